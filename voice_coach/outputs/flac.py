"""FLAC: the same samples as WAV in a quarter of the space, and of any length, with tags and chapters."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

from voice_coach.audio.block import Block
from voice_coach.encoding.muxing import Label, add_cover
from voice_coach.model.problems import OutputError
from voice_coach.model.units import SAMPLE_RATE_HZ
from voice_coach.outputs.encoded_file import labelled
from voice_coach.outputs.output import FileOutput
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.tags import vorbis_comments
from voice_coach.outputs.whole_file import whole_file
from voice_coach.stopping import may_stop


class FlacFile(FileOutput):
    """Writes a FLAC file, losslessly; the same samples give the same bytes."""

    def write(self, programme: Programme) -> None:
        import av
        from av.error import FFmpegError

        exact = {"fflags": "+bitexact"}  # no version of the encoder in the file
        with whole_file(self._target, force=self._wishes.force) as file:
            label = labelled(programme, self._wishes.chapters)
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
        may_stop()
        if not len(block.samples):
            continue  # FFmpeg has no frames without samples
        frame = av.AudioFrame.from_ndarray(block.samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.pts = position_frames
        position_frames += len(block.samples)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
