"""Prints a drawing on a terminal, in colours unless NO_COLOR says not to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from voice_coach.reports.show import drawing_signs

if TYPE_CHECKING:
    from voice_coach.reports.show import StyledLine

STYLES = {
    "head": "bold",
    "faint": "dim",
    "prompt": "blue",
    "countdown": "yellow",
    "count": "magenta",
    "breath": "cyan",
    "move": "magenta",
    "sound": "yellow",
    "hold": "red",
    "rest": "green",
    "pause": "bright_black",
    "wait": "bright_black",
    "inhale": "cyan",
    "top": "blue",
    "exhale": "blue",
    "bottom": "cyan",
    "part": "red",
}
"""The colours of a terminal's own palette, so that they suit light and dark."""


def can_draw() -> bool:
    """Return whether standard output is a terminal that has the signs."""
    if not sys.stdout.isatty() or os.environ.get("TERM") in ("dumb", "unknown"):
        return False
    try:
        drawing_signs().encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return True


def print_drawing(make: Callable[[int], Iterable[StyledLine]]) -> None:
    """Print what ``make`` draws for the terminal's width."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in make(console.width):
        console.print(Text.assemble(*((text, STYLES.get(style, "")) for text, style in line)))
