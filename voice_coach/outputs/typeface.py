"""The typeface of covers and sheets: Open Sans, which has the letters of Latin, Greek and Cyrillic script."""

from __future__ import annotations

import unicodedata
from pathlib import Path

_FONTS = Path(__file__).resolve().parent / "fonts"

FAMILY = "Open Sans"
REGULAR = _FONTS / "OpenSans-Regular.ttf"
BOLD = _FONTS / "OpenSans-Bold.ttf"
SCRIPTS = "Latin, Greek and Cyrillic"


def composed(text: str) -> str:
    """A text on one line, with each accent on its letter where Unicode has such a letter."""
    return unicodedata.normalize("NFC", " ".join(text.split()))
