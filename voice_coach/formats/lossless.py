"""WAV and FLAC: 16-bit mono at 48 000 Hz, exactly the samples that are played."""

from __future__ import annotations

import contextlib
import io
import os
import struct
from collections.abc import Iterable
from typing import Any

from voice_coach.audio.mixer import Block
from voice_coach.core.errors import OutputError, display_path
from voice_coach.core.interrupts import check_interrupt
from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.encoding.muxing import Label, add_cover
from voice_coach.formats.base import FileOutput
from voice_coach.formats.compressed import make_label
from voice_coach.formats.tags import vorbis_comments
from voice_coach.rendering.performance import Programme
from voice_coach.storage.atomic import atomic_write

FRAME_BYTES = 2
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_LARGEST_DATA_BYTES = 0xFFFF_FFFF - _HEADER.size
"""Sizes in a WAV header have 32 bits, and the one of the whole file counts nearly all of the header."""

_HOLES_ARE_ZEROS = os.name == "posix"
"""POSIX promises that what was skipped by seeking reads as zeros; Windows leaves it open."""


class WavFile(FileOutput):
    """Writes a WAV file of at most 4 GiB (12 hours). Silence is skipped over rather than written."""

    def write(self, programme: Programme) -> None:
        with atomic_write(self._target, force=self._options.force) as file:
            file.write(header(0))
            data_bytes = self._write_samples(file, programme.blocks())
            file.truncate(_HEADER.size + data_bytes)
            file.seek(0)
            file.write(header(data_bytes))

    def _write_samples(self, file: io.FileIO, blocks: Iterable[Block]) -> int:
        """The bytes that the samples take in all; the last may be a hole that is still to be made."""
        data_bytes = 0
        skipped = False
        for block in blocks:
            if data_bytes + block.samples.nbytes > _LARGEST_DATA_BYTES:
                raise OutputError(
                    f"{display_path(self._target)} cannot be written: a WAV file holds at most 12 hours. "
                    f"Use .flac instead, or export a part of the session."
                )
            if block.silent and _HOLES_ARE_ZEROS:
                skipped = True
            else:
                if skipped:
                    file.seek(_HEADER.size + data_bytes)
                    skipped = False
                file.write(block.samples.astype("<i2", copy=False).data)
            data_bytes += block.samples.nbytes
        return data_bytes


def header(data_bytes: int) -> bytes:
    """The 44 bytes before the samples (RIFF, with the WAVE format 1, PCM)."""
    return _HEADER.pack(
        b"RIFF",
        data_bytes + _HEADER.size - 8,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        SAMPLE_RATE_HZ,
        SAMPLE_RATE_HZ * FRAME_BYTES,
        FRAME_BYTES,
        8 * FRAME_BYTES,
        b"data",
        data_bytes,
    )


class FlacFile(FileOutput):
    """Writes a FLAC file, losslessly; the same samples give the same bytes."""

    def write(self, programme: Programme) -> None:
        import av
        from av.error import FFmpegError

        exact = {"fflags": "+bitexact"}  # no version of the encoder in the file
        with atomic_write(self._target, force=self._options.force) as file:
            label = make_label(programme, self._options.chapters)
            container: Any = av.open(file, "w", format="flac", container_options=exact)
            try:
                _encode(container, programme.blocks(), label)
            except BaseException:
                with contextlib.suppress(FFmpegError, OutputError):
                    container.close()  # writes the end of the file, and meets the same full disk again
                raise
            container.close()


def _encode(container: Any, blocks: Iterable[Block], label: Label) -> None:
    import av

    stream = container.add_stream("flac", rate=SAMPLE_RATE_HZ, format="s16", layout="mono")
    container.metadata.update(vorbis_comments(label))
    if cover := add_cover(container, label):
        container.start_encoding()
        cover()
    position_frames = 0
    for block in blocks:
        check_interrupt()
        if not len(block.samples):
            continue  # FFmpeg has no frames without samples
        frame = av.AudioFrame.from_ndarray(block.samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.pts = position_frames
        position_frames += len(block.samples)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
