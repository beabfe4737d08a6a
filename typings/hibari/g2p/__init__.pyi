from collections.abc import Callable
from typing import Any

_load_json: Callable[[str], Any]

class Tok:
    text: str
    whitespace: str
    phonemes: str | None

class G2P:
    def __init__(self) -> None: ...
    def tokenize(self, text: str) -> list[Tok]: ...
    def phonemize_tokens(self, tokens: list[Tok]) -> list[Tok]: ...
