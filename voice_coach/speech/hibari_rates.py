"""How quick hibari has to be for so many words a minute; see ``docs/decisions/0024-natural-voice.md``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from voice_coach.model.words import word_spans

_OWN_WPM: Final = 253.5
_EVENNESS: Final = 0.87
"""Words a minute over trimmed sound at a speed of 1, and how the speed grows with them: by the shipped
prompts."""

_LAST_WORD: Final = 0.6
"""What the last word is drawn out by, in words: for that short prompts are spoken quicker."""

_SLOWEST, _FASTEST = 0.5, 2.0
"""What the model is made for."""

_ONE_WORD: Final = 0.85
_COUNT: Final = 1.0
"""The slowest speeds of a word alone and of a number: drawn out they are no longer understood."""

_ALONE: Final = 1.33
"""A word alone is 2.5 dB softer than a sentence."""

_LONGEST_GAP_S: Final = 2.0

_NUMBER: Final = re.compile(
    r"\d{1,3}|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(thir|four|fif|six|seven|eigh|nine)teen|(twen|thir|for|fif|six|seven|eigh|nine)ty(-[a-z]{3,5})?"
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a text is spoken.

    Attributes:
        speed: for the model; 1 is its own pace.
        gap_s: silence between words.
        level: what its samples are multiplied by.
    """

    speed: float
    gap_s: float = 0.0
    level: float = 1.0


def pace(text: str, rate_wpm: int) -> Pace:
    """The pace of a text with at least one word for a rate."""
    count = len(word_spans(text))
    rate = max(rate_wpm, 1)
    own_wpm = _OWN_WPM / (1 + _LAST_WORD / count)
    speed = min(max((rate / own_wpm) ** _EVENNESS, _SLOWEST), _FASTEST)
    if count == 1:
        return Pace(max(speed, _COUNT if is_count(text) else _ONE_WORD), level=_ALONE)
    # Slower than the model goes: its slowest words, and the rest of the time between them.
    slowest_wpm = own_wpm * _SLOWEST ** (1 / _EVENNESS)
    missing_s = max(60 / rate - 60 / slowest_wpm, 0.0) * count / (count - 1)
    return Pace(speed, min(missing_s, _LONGEST_GAP_S))


def is_count(text: str) -> bool:
    """Whether a text is a number and nothing else, as in “three, two, one” said second by second."""
    return _NUMBER.fullmatch(text.lower().rstrip(".")) is not None
