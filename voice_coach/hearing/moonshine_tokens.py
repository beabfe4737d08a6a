"""Text as the tokens that Moonshine reads and writes: byte pairs, as in Llama's tokenizer."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

BEGIN: Final = 1
END: Final = 2

_BYTES_END: Final = 259
"""The tokens before it are special ones and single bytes."""
_SPACE: Final = "\u2581"
_LONG: Final = 128
"""From this on a length takes two bytes."""


class Tokens:
    """Every token there is.

    Args:
        content: of ``tokenizer.bin``: for each token its length, in one byte or two, and its bytes.
    """

    def __init__(self, content: bytes) -> None:
        # As they are, and in order: 32 768 objects of Python would take 7 MB.
        self._content = content
        self._places = array("i", _places(content))
        ordered = sorted(range(_BYTES_END, len(self._places) // 2), key=self._bytes)
        self._ordered = array("i", ordered)
        self._known: dict[str, int | None] = {}

    def of(self, text: str) -> list[int]:
        """The tokens of a text of letters and usual signs, as if it were the beginning of all.

        Raises:
            KeyError: it has a letter that has no token.
        """
        parts = list(_SPACE + text.replace(" ", _SPACE))
        while True:
            pairs = ((self._number(a + b), at) for at, (a, b) in enumerate(pairwise(parts)))
            # Pairs were learnt in the order of their numbers, and are joined in it.
            joined = min(((number, at) for number, at in pairs if number is not None), default=None)
            if joined is None:
                return [self._written(part) for part in parts]
            at = joined[1]
            parts[at : at + 2] = [parts[at] + parts[at + 1]]

    def text(self, tokens: Iterable[int]) -> str:
        """The text of tokens."""
        content = b"".join(self._bytes(token) for token in tokens)
        return content.decode(errors="replace").replace(_SPACE, " ").strip()

    def begins_word(self, token: int) -> bool:
        """Whether a token is the beginning of a word, or the end of all."""
        return token == END or self._bytes(token).startswith(_SPACE.encode())

    def _bytes(self, token: int) -> bytes:
        begin, end = self._places[2 * token : 2 * token + 2]
        return self._content[begin:end]

    def _number(self, text: str) -> int | None:
        """The token of a text, if it has one."""
        if text not in self._known:
            wanted = text.encode()
            at = bisect_left(self._ordered, wanted, key=self._bytes)
            found = self._ordered[at] if at < len(self._ordered) else END
            self._known[text] = found if self._bytes(found) == wanted else None
        return self._known[text]

    def _written(self, text: str) -> int:
        number = self._number(text)
        if number is None:
            raise KeyError(text)
        return number


def _places(content: bytes) -> Iterator[int]:
    """Where the bytes of each token begin and end, one after the other."""
    at = 0
    while at < len(content):
        length = content[at]
        at += 1
        if length >= _LONG:
            length += (content[at] - 1) * _LONG
            at += 1
        yield at
        at += length
        yield at
