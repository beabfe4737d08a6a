"""What the pages we write have in common: their pieces in ``page/``, and the policy under which they run."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "page"


@cache
def piece(*names: str) -> str:
    """The text of these files in ``page/``, one after the other."""
    return "".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def policy_hash(text: str) -> str:
    """How a content security policy names a script or a style that may be in the page (CSP level 3)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
