"""The typeface of covers and sheets: Open Sans, which has the letters of Latin, Greek and Cyrillic script."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_SPACE = re.compile(r"[ \t\r\n\f\v]+")  # not the one that keeps words together
FONTS = Path(__file__).resolve().parent / "fonts"

FAMILY = "Open Sans"
REGULAR = FONTS / "OpenSans-Regular.ttf"
BOLD = FONTS / "OpenSans-Bold.ttf"
SCRIPTS = "Latin, Greek and Cyrillic"


def composed(text: str) -> str:
    """A text on one line, with each accent on its letter where Unicode has such a letter."""
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text).strip())
