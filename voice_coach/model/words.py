"""The words of a text, and a time shared out among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from voice_coach.model.speech import Word

_SPOKEN_PUNCTUATION = "#%&@"
_SILENT_CATEGORIES = "PZCM"  # punctuation, spaces, control characters, accents without a letter

# Spaces and what no engine is given: control characters and broken surrogates.
_PIECE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")

_LETTERS_OF_A_DIGIT = 4
"""Letters in the name of a digit, about: one, seven, thirty."""

_LETTERS_OF_A_BOUNDARY = 1.5
"""What beginning and ending a word takes beside its letters; the best by measurement."""


def has_words(text: str) -> bool:
    """Whether there is anything to say in it: a letter, a digit, or a sign that has a name."""
    return any(
        char in _SPOKEN_PUNCTUATION or unicodedata.category(char)[0] not in _SILENT_CATEGORIES
        for char in text
    )


def word_spans(text: str) -> list[tuple[int, int]]:
    """First index, and index after the last, of each word: what stands between spaces.

    What has nothing to say, such as a dash, belongs to the word before it, or to the first one.
    """
    spans: list[tuple[int, int]] = []
    begins = -1  # of what stands before the first word
    for piece in _PIECE.finditer(text):
        first, end = piece.span()
        if has_words(piece[0]):
            spans.append((begins if begins >= 0 else first, end))
            begins = -1
        elif spans:
            spans[-1] = (spans[-1][0], end)
        elif begins < 0:
            begins = first
    return spans


def letters(text: str) -> float:
    """How long a word takes to say, in letters; digits count as their names."""
    spoken = sum(_LETTERS_OF_A_DIGIT if char.isdigit() else char.isalnum() for char in text)
    return spoken + _LETTERS_OF_A_BOUNDARY


def shares(texts: Sequence[str], whole_ms: int) -> list[int]:
    """When each text begins, and when the last ends, if they share a time by their letters."""
    sums = list(accumulate(map(letters, texts), initial=0.0))
    return [round(whole_ms * each / sums[-1]) if sums[-1] else 0 for each in sums]


def shared_out(text: str, duration_ms: int) -> tuple[Word, ...]:
    """The words of a text in the time that it takes, each as long as it has letters."""
    spans = word_spans(text)
    times = shares([text[first:end] for first, end in spans], duration_ms)
    return tuple(
        Word(first, end, start, stop)
        for (first, end), start, stop in zip(spans, times[:-1], times[1:], strict=True)
    )
