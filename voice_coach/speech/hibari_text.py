"""Phonemes for hibari: texts by its rules and dictionaries, speeds for a rate, gaps between words."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.text import word_spans

_PIECE: Final = re.compile(r"\S+")
_CLOSING: Final = "\"'”’)»]"
_DROPPED: Final = " ,;:–—…-."

MOST_PHONEMES: Final = 400
"""Spoken at once; as in hibari, the model never learned longer ones."""


@dataclass(frozen=True, slots=True)
class Phonemes:
    """A sentence, or as much of one as is spoken at once.

    Attributes:
        text: the phonemes, one character each.
        words: for each word: the index in the whole text of a character of it, and of its first phoneme.
    """

    text: str
    words: tuple[tuple[int, int], ...]


def _as_it_is(found: dict[str, Any]) -> dict[str, Any]:
    """Return what the parser found. Other threads run only meanwhile: without, sound broke for 0.2 s."""
    return found


def close_sentence(text: str, mark: str = ".") -> str:
    """The text with a mark at its end, unless a question or exclamation mark is there.

    Without one the model does not end a short word: a bare “two” is heard as “till”.
    """
    bare = text.rstrip(_CLOSING)
    return text if bare.endswith(("!", "?")) else bare.rstrip(_DROPPED) + mark


def name_characters(text: str) -> str:
    """The names of the characters of a text that has no sounds in English: “grinning face”."""
    return " ".join(unicodedata.name(char, "").lower() for char in text if not char.isspace())


class Reader:
    """Reads texts as phonemes; one thread at a time.

    Args:
        folder: where hibari is.
    """

    def __init__(self, folder: Path) -> None:
        from hibari import g2p

        def read(name: str) -> Any:
            opened = gzip.open if name.endswith(".gz") else open
            with opened(folder / name, "rt", encoding="utf-8") as file:
                return json.load(file, object_hook=_as_it_is)

        g2p._load_json = read  # pyright: ignore[reportPrivateUsage]
        self.numbers: dict[str, int] = read("vocab.json")
        self._g2p: Any = g2p.G2P()

    def phonemes(self, text: str) -> list[Phonemes]:
        """Return what is to be spoken of a text that ends as ``close_sentence`` makes it, sentence by
        sentence."""
        from hibari import Hibari

        at = 0
        parts: list[Phonemes] = []
        for sentence in Hibari.split_sentences(text):
            at = text.index(sentence, at)
            parts += _parts(self._sentence(sentence, at))
            at += len(sentence)
        return [part for part in parts if any(each.isalpha() for each in part.text)]

    def _sentence(self, sentence: str, at: int) -> Phonemes:
        """The phonemes of one sentence, as hibari joins them, and its words."""
        from hibari.g2p.normalize import normalize

        read: str = normalize(sentence)
        places = _places(sentence, read)
        begins = [piece.start() for piece in _PIECE.finditer(read)]
        joined, char = "", 0
        words: list[tuple[int, int]] = []
        for token in self._g2p.phonemize_tokens(self._g2p.tokenize(read)):
            char = max(char, read.find(token.text, char))
            spoken = "".join(each for each in token.phonemes or "" if each in self.numbers)
            if begins and any(each.isalpha() for each in spoken):
                words.append((at + places[max(0, bisect_right(begins, char) - 1)], len(joined)))
            joined += spoken + (" " if token.whitespace else "")
            char += len(token.text)
        skipped = len(joined) - len(joined.lstrip())
        return Phonemes(joined.strip(), tuple((char, max(0, first - skipped)) for char, first in words))


def _places(sentence: str, read: str) -> list[int]:
    """For each word as it is read, such as “kilograms”, where the word stands of which it was made, “kg”."""
    written = [(piece.start(), piece[0]) for piece in _PIECE.finditer(sentence)]
    words, heard = [word for _, word in written], read.split()
    if words == heard:
        return [char for char, _ in written]
    places: list[int] = []
    for _, first, end, heard_first, heard_end in SequenceMatcher(None, words, heard, False).get_opcodes():
        count = heard_end - heard_first
        places += [
            written[min(first + number * (end - first) // count, len(written) - 1)][0]
            for number in range(count)
        ]
    return places


def _parts(sentence: Phonemes) -> Iterator[Phonemes]:
    """The sentence in parts that can be spoken at once, ended at clauses where there are any."""
    text, done = sentence.text, 0
    while done < len(text):
        end = len(text)
        if end - done > MOST_PHONEMES:
            cuts = (
                text.rfind(mark, done, done + MOST_PHONEMES) + 1 for mark in (", ", "; ", ": ", "— ", " ")
            )
            end = next((cut for cut in cuts if cut > done), done + MOST_PHONEMES)
        inside = [(char, first - done) for char, first in sentence.words if done <= first < end]
        yield Phonemes(text[done:end].strip(), tuple(inside))
        done = end + (text[end : end + 1] == " ")


_OWN_WPM: Final = 253.5
_EVENNESS: Final = 0.87
"""Words a minute over trimmed sound at a speed of 1, and how the speed grows with them: by the shipped
prompts."""

_LAST_WORD: Final = 0.6
"""Drawn-out length of the last word, in words: for that, short prompts are spoken quicker."""

_SLOWEST, _FASTEST = 0.5, 2.0
"""Speed that the model is made for."""

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
class Delivery:
    """Speed and pauses with which a text is spoken.

    Attributes:
        speed: for the model; 1 is its own pace.
        gap_s: silence between words.
        level: what its samples are multiplied by.
    """

    speed: float
    gap_s: float = 0.0
    level: float = 1.0


def pace(text: str, rate_wpm: int) -> Delivery:
    """The pace of a text with at least one word for a rate."""
    count = len(word_spans(text))
    rate = max(rate_wpm, 1)
    own_wpm = _OWN_WPM / (1 + _LAST_WORD / count)
    speed = min(max((rate / own_wpm) ** _EVENNESS, _SLOWEST), _FASTEST)
    if count == 1:
        return Delivery(max(speed, _COUNT if is_count(text) else _ONE_WORD), level=_ALONE)
    # Slower than the model goes: its slowest words, and the rest of the time between them.
    slowest_wpm = own_wpm * _SLOWEST ** (1 / _EVENNESS)
    missing_s = max(60 / rate - 60 / slowest_wpm, 0.0) * count / (count - 1)
    return Delivery(speed, min(missing_s, _LONGEST_GAP_S))


def is_count(text: str) -> bool:
    """Return whether a text is a number and nothing else, as in “three, two, one” said second by second."""
    return _NUMBER.fullmatch(text.lower().rstrip(".")) is not None


_LOOK_MS: Final = 40
"""Milliseconds around the reported start of a word in which its sound may be cut."""

_STEP_MS: Final = 5
_FADE_MS: Final = 12


def spread(
    samples: NDArray[np.float32], starts: Sequence[int], gap: int, rate_hz: int
) -> tuple[NDArray[np.float32], list[int]]:
    """The sound with silence before each word, cut where it is softest.

    Args:
        samples: mono float32.
        starts: the frames at which words begin, in order.
        gap: frames of silence before each.
        rate_hz: frames per second.

    Returns:
        the sound, and where the words begin in it.
    """
    fade = np.linspace(0, 1, rate_hz * _FADE_MS // 1000, dtype=np.float32)
    cuts = [_softest(samples, start, rate_hz) for start in starts]
    pieces: list[NDArray[np.float32]] = []
    for piece in np.split(samples, cuts):
        piece = piece.copy()
        length = min(len(fade), len(piece) // 2)
        if pieces:
            pieces.append(np.zeros(gap, np.float32))
            piece[:length] *= fade[:length]
        piece[len(piece) - length :] *= fade[:length][::-1]
        pieces.append(piece)
    latest = (max(start, cut) for start, cut in zip(starts, cuts, strict=True))
    return np.concatenate(pieces), [start + number * gap for number, start in enumerate(latest, 1)]


def _softest(samples: NDArray[np.float32], at: int, rate_hz: int) -> int:
    """The frame near this one around which there is least sound; the nearest of several."""
    step, look = rate_hz * _STEP_MS // 1000, _LOOK_MS // _STEP_MS
    places = [at + step * number for number in sorted(range(-look, look + 1), key=abs)]
    places = [place for place in places if step <= place <= len(samples) - step] or [at]
    return min(places, key=lambda place: float(np.square(samples[place - step : place + step]).sum()))
