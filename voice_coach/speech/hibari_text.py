"""From a text to phonemes by hibari's rules and dictionaries, and where in the text their words stand."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

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


def closed(text: str, mark: str = ".") -> str:
    """The text with a mark at its end, unless a question or exclamation mark is there.

    Without one the model does not end a short word: a bare “two” is heard as “till”.
    """
    bare = text.rstrip(_CLOSING)
    return text if bare.endswith(("!", "?")) else bare.rstrip(_DROPPED) + mark


def named(text: str) -> str:
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
        """What is to be spoken of a text that ends as ``closed`` makes it, sentence by sentence."""
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
