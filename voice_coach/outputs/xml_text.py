"""Text as XML can hold it."""

from __future__ import annotations

import re

_NOT_LEGAL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""All but the characters of XML 1.0, production 2; also a carriage return, which readers change."""


def legal(text: str, instead: str = "") -> str:
    """A text without the characters that XML 1.0 cannot hold, each replaced by ``instead``."""
    return _NOT_LEGAL.sub(instead, text)
