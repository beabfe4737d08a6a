"""Samples as 16-bit integers: how conditioned clips are kept. They lie on that grid, so nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.model.speech import Clip, duration_ms

FULL_SCALE: Final = np.float32(32_768)


def to_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Float samples (full scale ±1) that lie on the grid; little-endian, as files are everywhere."""
    return np.multiply(samples, FULL_SCALE, dtype=np.float32).astype("<i2")


def to_float32(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """The samples again, full scale ±1."""
    return np.multiply(samples, 1 / FULL_SCALE, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class GridClip:
    """A clip as it is kept: 16-bit samples, little-endian, shape (frames,), and their rate."""

    samples: NDArray[np.int16]
    rate_hz: int

    @classmethod
    def of(cls, clip: Clip) -> GridClip:
        """A clip whose samples lie on the grid."""
        return cls(to_int16(clip.samples), clip.rate_hz)

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds, rounded up as a clip's is."""
        return duration_ms(len(self.samples), self.rate_hz)

    def clip(self) -> Clip:
        """The clip ready to mix."""
        return Clip(to_float32(self.samples), self.rate_hz)
