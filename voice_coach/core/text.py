"""The words of a text, and characters that XML may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import accumulate

from voice_coach.core.speech import Word

_SPOKEN_PUNCTUATION = "#%&@"
_SILENT_CATEGORIES = "PZCM"  # punctuation, spaces, control characters, accents without a letter

# Spaces and what no engine is given: control characters and broken surrogates.
_PIECE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")

_LETTERS_OF_A_DIGIT = 4
"""Letters in the name of a digit, about: one, seven, thirty."""

_LETTERS_OF_A_BOUNDARY = 1
_LETTERS_OF_A_PHRASE_END = 3
"""Length of an ended word beside its letters, and of an ended phrase, whose last word is drawn out; in
letters: the best whole numbers by measurement (``docs/decisions/0009-word-times-and-captions.md``)."""

_PHRASE_ENDS = ",.;:!?…–—"
_SENTENCE_ENDS = ".!?…"
_CLOSING = "\"'”’)»]"  # may stand behind a full stop


def has_words(text: str) -> bool:
    """Return whether there is anything to say in it: a letter, a digit, or a sign that has a name."""
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


def clean_text(text: str) -> str:
    """A word, or any text, on one line: what no engine is given is left out, spaces are single."""
    return " ".join(_PIECE.findall(text))


def nearest_word(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word that is most like this one; "" where none is much like it (difflib's ratio, 0 to 1)."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=cutoff)), "")


def ends_phrase(word: str) -> bool:
    """Return whether a comma, full stop or the like stands behind a word, where a voice pauses."""
    return word.rstrip(_CLOSING)[-1:] in tuple(_PHRASE_ENDS)


def ends_sentence(word: str) -> bool:
    """Return whether a full stop or the like stands behind a word."""
    return word.rstrip(_CLOSING)[-1:] in tuple(_SENTENCE_ENDS)


def shares(words: Sequence[str], whole_ms: int) -> list[int]:
    """Return when each word begins, and when the last ends, if they share a time by their letters."""
    sums = list(accumulate(map(_letters, words), initial=0))
    return [round(whole_ms * each / max(1, sums[-1])) for each in sums]


def share_out(text: str, duration_ms: int) -> tuple[Word, ...]:
    """The words of a text in the time that it takes, each as long as it has letters."""
    spans = word_spans(text)
    times = shares([text[first:end] for first, end in spans], duration_ms)
    return tuple(
        Word(first, end, start, stop)
        for (first, end), start, stop in zip(spans, times[:-1], times[1:], strict=True)
    )


def _letters(word: str) -> int:
    """Return how long a word takes to say, in letters; digits count as their names."""
    spoken = sum(_LETTERS_OF_A_DIGIT if char.isdigit() else char.isalnum() for char in word)
    return spoken + (_LETTERS_OF_A_PHRASE_END if ends_phrase(word) else 0) + _LETTERS_OF_A_BOUNDARY


_NOT_LEGAL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""All but the characters of XML 1.0, production 2; also a carriage return, which readers change."""


def legal(text: str, instead: str = "") -> str:
    """A text without the characters that XML 1.0 cannot hold, each replaced by ``instead``."""
    return _NOT_LEGAL.sub(instead, text)
