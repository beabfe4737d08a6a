"""AAC and Opus through PyAV."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from voice_coach.encoding.codecs import Settings
from voice_coach.encoding.packets import Packets
from voice_coach.model.units import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable

    from av import AudioFrame
    from av.audio.codeccontext import AudioCodecContext
    from av.buffer import Buffer

FORMATS = {"aac": "fltp", "libopus": "s16", "libmp3lame": "s16p"}
"""The form of samples that each encoder takes."""


class AvEncoder:
    """One encoder of FFmpeg, for one stretch of sound."""

    def __init__(self, settings: Settings) -> None:
        import av

        name = settings.codec.name
        context = cast("AudioCodecContext", av.CodecContext.create(name, "w"))
        context.sample_rate = SAMPLE_RATE_HZ
        context.layout = "mono"
        context.format = FORMATS[name]
        context.bit_rate = settings.bit_rate
        context.time_base = Fraction(1, SAMPLE_RATE_HZ)
        context.options = {**settings.codec.options, **EXACT}
        self._context = context
        self._position = 0

    @staticmethod
    def version() -> str:
        import av

        return f"av {av.__version__} {av.library_versions['libavcodec']}"

    def encode(self, samples: NDArray[np.int16]) -> Packets:
        import av

        if not len(samples):
            return Packets.of([])
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        frame.pts = self._position
        self._position += len(samples)
        return self._packets(frame)

    def finish(self) -> Packets:
        return self._packets(None)

    def _packets(self, frame: AudioFrame | None) -> Packets:
        encode = cast(
            "Callable[[AudioFrame | None], list[Buffer]]", self._context.encode
        )  # typed in part only
        return Packets.of([bytes(packet) for packet in encode(frame)])


EXACT = {"flags": "+bitexact"}
"""No name and version of the encoder among the packets."""
