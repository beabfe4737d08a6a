"""Text as the tokens that Moonshine reads and writes: byte pairs, as in Llama's tokenizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        self._texts = _read(content)
        self._numbers = {
            text.decode(errors="replace"): number
            for number, text in enumerate(self._texts)
            if number >= _BYTES_END
        }

    def of(self, text: str) -> list[int]:
        """The tokens of a text of letters and usual signs, as if it were the beginning of all.

        Raises:
            KeyError: it has a letter that has no token.
        """
        parts = list(_SPACE + text.replace(" ", _SPACE))
        while True:
            pairs = ((self._numbers.get(a + b), at) for at, (a, b) in enumerate(pairwise(parts)))
            # Pairs were learnt in the order of their numbers, and are joined in it.
            joined = min(((number, at) for number, at in pairs if number is not None), default=None)
            if joined is None:
                return [self._numbers[part] for part in parts]
            at = joined[1]
            parts[at : at + 2] = [parts[at] + parts[at + 1]]

    def text(self, tokens: Iterable[int]) -> str:
        """The text of tokens."""
        content = b"".join(self._texts[token] for token in tokens)
        return content.decode(errors="replace").replace(_SPACE, " ").strip()

    def begins_word(self, token: int) -> bool:
        """Whether a token is the beginning of a word, or the end of all."""
        return token == END or self._texts[token].startswith(_SPACE.encode())


def _read(content: bytes) -> Sequence[bytes]:
    texts: list[bytes] = []
    at = 0
    while at < len(content):
        length = content[at]
        at += 1
        if length >= _LONG:
            length += (content[at] - 1) * _LONG
            at += 1
        texts.append(content[at : at + length])
        at += length
    return texts
