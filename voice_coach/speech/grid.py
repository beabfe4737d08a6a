"""Samples as 16-bit integers: how conditioned clips are kept. They lie on that grid, so nothing is lost."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.model.speech import Clip, Word, duration_ms

FULL_SCALE: Final = np.float32(32_768)


def to_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Float samples (full scale ±1) that lie on the grid; little-endian, as files are everywhere."""
    return np.multiply(samples, FULL_SCALE, dtype=np.float32).astype("<i2")


def to_float32(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """The samples again, full scale ±1."""
    return np.multiply(samples, 1 / FULL_SCALE, dtype=np.float32)


_WORD: Final = struct.Struct("<4I")  # first, end, start and end in ms
WORD_BYTES: Final = _WORD.size


@dataclass(frozen=True, slots=True)
class GridClip:
    """A clip as it is kept: 16-bit samples, little-endian, shape (frames,), and their rate.

    Its words are packed, ``WORD_BYTES`` each: most who want the samples do not want the words.
    """

    samples: NDArray[np.int16]
    rate_hz: int
    packed_words: bytes = b""

    @classmethod
    def of(cls, clip: Clip) -> GridClip:
        """A clip whose samples lie on the grid."""
        packed = [_WORD.pack(word.first, word.end, word.start_ms, word.end_ms) for word in clip.words]
        return cls(to_int16(clip.samples), clip.rate_hz, b"".join(packed))

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds, rounded up as a clip's is."""
        return duration_ms(len(self.samples), self.rate_hz)

    def words(self) -> tuple[Word, ...]:
        """When each word is spoken."""
        return tuple(Word(*each) for each in _WORD.iter_unpack(self.packed_words))

    def clip(self) -> Clip:
        """The clip ready to mix, without its words."""
        return Clip(to_float32(self.samples), self.rate_hz)
