"""How easily phrases are understood: one person's voice, and one room, needs more of it than another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

EASES: Final = (-1, 0, 1, 2)
"""From hard, with the fewest false commands, to easy, with the fewest that are missed."""

USUAL_EASE: Final = 0


def kept_ease(path: Path, recogniser: str) -> int:
    """The ease that was found for a recogniser with ``voice-coach listen``; the usual one if none was.

    A file that cannot be read, or says something else, counts as none.

    Args:
        path: the file that it is kept in, see ``Home.hearing``.
        recogniser: its name.
    """
    ease = _read(path).get(recogniser)
    return ease if isinstance(ease, int) and ease in EASES else USUAL_EASE


def ease_text(path: Path, recogniser: str, ease: int) -> str:
    """The content of that file with another ease for a recogniser; what it says of others stays."""
    return json.dumps(_read(path) | {recogniser: ease}) + "\n"


def _read(path: Path) -> dict[str, object]:
    try:
        said: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): ease for name, ease in said.items()} if isinstance(said, dict) else {}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
