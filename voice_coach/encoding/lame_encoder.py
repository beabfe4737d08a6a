"""MP3 through lameenc, which is LAME and nothing else."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from voice_coach.encoding.codecs import Settings
from voice_coach.encoding.packets import Packets
from voice_coach.model.units import SAMPLE_RATE_HZ

_RESTORING = np.float32(1 / 0.95)
"""LAME's own presets make everything softer by 0.95 (0.45 dB), and lameenc cannot tell it not to."""


class LameEncoder:
    """One LAME, for one stretch of sound, at a constant bit rate."""

    def __init__(self, settings: Settings) -> None:
        import lameenc

        lame = lameenc.Encoder()
        lame.silence()  # tells nothing on the terminal
        lame.set_channels(1)
        lame.set_in_sample_rate(SAMPLE_RATE_HZ)
        lame.set_bit_rate(settings.bit_rate // 1000)
        lame.set_quality(int(settings.codec.options["compression_level"]))
        self._lame = lame
        # At 48 000 Hz the packets of every bit rate have a whole number of bytes, all the same.
        self._size = settings.bit_rate * settings.codec.frame // (8 * SAMPLE_RATE_HZ)
        self._rest = b""
        self._began = False

    @staticmethod
    def version() -> str:
        return f"lameenc {version('lameenc')}, at the level it is given"

    def encode(self, samples: NDArray[np.int16]) -> Packets:
        if not len(samples):
            return self._cut(b"")
        self._began = True
        restored = np.multiply(samples, _RESTORING, dtype=np.float32)
        np.rint(restored, out=restored)
        np.clip(restored, -32_768, 32_767, out=restored)
        return self._cut(bytes(self._lame.encode(restored.astype("<i2").tobytes())))

    def finish(self) -> Packets:
        return self._cut(bytes(self._lame.flush()) if self._began else b"")

    def _cut(self, data: bytes) -> Packets:
        data = self._rest + data
        count = len(data) // self._size
        end = count * self._size
        self._rest = data[end:]
        return Packets(data[:end], np.full(count, self._size, "<u2"))
