"""The tuned espeak voices: one table, from the measurements in ``docs/decisions/0001-voice.md``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SLOWEST, FASTEST = 80, 450
"""What espeak's own rate parameter takes."""

_SECONDS_PER_GAP: Final = 0.0258  # what one unit of word gap adds to each word at the slowest rate
_LONGEST_GAP_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EspeakVoice:
    """A voice and what it is tuned with.

    Attributes:
        file: espeak's file for the language in small letters, with ``+VARIANT`` if any.
        pitch: 0 to 100; 50 is the voice's own.
        range: how far the pitch moves, 0 (monotone) to 100; 50 is the voice's own.
        word_gap: extra pause between words, in 10 ms.
        spoken_per_asked: words per minute that are spoken for each that espeak is asked for.
        gain_db: brings it to the house level; None if not measured.
    """

    name: str
    language: str
    description: str
    file: str
    pitch: int = 50
    range: int = 50
    word_gap: int = 0
    spoken_per_asked: float = 1.28
    gain_db: float | None = None

    def rate(self, rate_wpm: int) -> tuple[int, int]:
        """What to ask of espeak for this many spoken words per minute: its rate, and more word gap."""
        asked = max(rate_wpm, 1) / self.spoken_per_asked
        if asked >= SLOWEST:
            return round(min(asked, FASTEST)), 0
        # Slower than espeak goes: the words as slow as they get, and the rest of the time between them.
        missing_s = 60 / max(rate_wpm, 1) - 60 / (SLOWEST * self.spoken_per_asked)
        return SLOWEST, round(min(missing_s, _LONGEST_GAP_S) / _SECONDS_PER_GAP)


VOICES: Final = (
    EspeakVoice(
        name="en-us",
        language="en-us",
        description="American English, the clearest by measurement",
        file="gmw/en-us",
        spoken_per_asked=1.25,
        gain_db=1.5,
    ),
    EspeakVoice(
        name="en-gb",
        language="en-gb",
        description="British English",
        file="gmw/en",
        spoken_per_asked=1.285,
        gain_db=0.6,
    ),
    EspeakVoice(
        name="en-us-f5",
        language="en-us",
        description="American English, a higher voice",
        file="gmw/en-us+f5",
        spoken_per_asked=1.16,
        gain_db=1.3,
    ),
)
"""The first is the default."""
