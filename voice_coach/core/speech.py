"""Spoken text and its sound: utterances and clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_VOICE = "hibari:heart"
DEFAULT_RATE_WPM = 150


@dataclass(frozen=True, slots=True)
class Utterance:
    """The unit of synthesis and of the cache: exact text, voice and rate.

    ``voice`` is ``ENGINE:NAME``, such as ``espeak:en-us`` or ``pyttsx3:Samantha``; an engine's name
    alone means that engine's default voice.
    """

    text: str
    voice: str
    rate_wpm: int

    @property
    def engine(self) -> str:
        return self.voice.partition(":")[0]

    @property
    def voice_name(self) -> str:
        return self.voice.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Clip:
    """Samples in memory.

    Attributes:
        samples: mono float32, shape (frames,), full scale is ±1.
        rate_hz: frames per second.
        words: when each word is spoken; () where that is not known or not asked for.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    words: tuple[Word, ...] = ()

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds, rounded up."""
        return duration_ms(len(self.samples), self.rate_hz)


@dataclass(frozen=True, slots=True)
class Word:
    """Time of a word in an utterance. A word is what stands between spaces.

    Attributes:
        first: index of its first character in the utterance's text.
        end: index after its last one, what stands right behind it (a full stop, a comma) included.
        start_ms: from the start of the clip.
        end_ms: exclusive; the start of the next word at most.
    """

    first: int
    end: int
    start_ms: int
    end_ms: int


def duration_ms(frames: int, rate_hz: int) -> int:
    """The length of so many frames in whole milliseconds, rounded up."""
    return -(-frames * 1000 // rate_hz)


class ClipSource(Protocol):
    """Gives an utterance's clip, ready to mix: 48 000 Hz, trimmed, calibrated. Blocks until it is there."""

    def clip(self, utterance: Utterance) -> Clip: ...


class SoundSource(Protocol):
    """Gives the sound cue ``name`` at 48 000 Hz, stretched to ``duration_ms`` or (None) at its own length."""

    def clip(self, name: str, duration_ms: int | None) -> Clip: ...
