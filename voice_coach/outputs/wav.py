"""WAV: 16-bit mono at 48 000 Hz, exactly the samples that are played."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterable

from voice_coach.audio.block import Block
from voice_coach.model.problems import OutputError, shown
from voice_coach.model.units import SAMPLE_RATE_HZ
from voice_coach.outputs.output import FileOutput
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.whole_file import whole_file

FRAME_BYTES = 2
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_LARGEST_DATA_BYTES = 0xFFFF_FFFF - _HEADER.size
"""Sizes in a WAV header have 32 bits, and the one of the whole file counts nearly all of the header."""

_HOLES_ARE_ZEROS = os.name == "posix"
"""POSIX promises that what was skipped by seeking reads as zeros; Windows leaves it open."""


class WavFile(FileOutput):
    """Writes a WAV file of at most 4 GiB (12 hours). Silence is skipped over rather than written."""

    def write(self, programme: Programme) -> None:
        with whole_file(self._target, force=self._wishes.force) as file:
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
                    f"{shown(self._target)} cannot be written: a WAV file holds at most 12 hours. "
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
