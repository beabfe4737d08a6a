"""A screen of its own on a terminal, which follows the window's size and leaves no trace.

Lines that stay in place among others would be torn apart when the window is resized.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from typing import TYPE_CHECKING

from voice_coach.cli.telling import tell

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

Picture = Callable[[int, int], "RenderableType"]
"""What there is to show in so many columns and lines."""


def is_screen() -> bool:
    """Whether stdout is a terminal on which something can stay in place."""
    return sys.stdout.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


class Screen:
    """It is there from the first picture until it is closed; what is told meanwhile comes after it."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._told = io.StringIO()
        self._telling = redirect_stderr(self._told)

    def show(self, picture: Picture, *, bell: bool = False) -> None:
        """Shows this instead of what was shown before, and rings if asked to."""
        if self._live is None:
            # Imported only now: when a session is played, after its first sound.
            from rich.live import Live

            self._live = Live(auto_refresh=False, screen=True, redirect_stdout=False, redirect_stderr=False)
            self._live.start()
            self._telling.__enter__()
        # rich would believe COLUMNS and LINES in the environment, which do not follow the window.
        columns, lines = os.get_terminal_size(sys.stdout.fileno())
        if not (columns and lines):  # a terminal that does not know
            columns, lines = 80, 24
        self._live.console.size = (columns, lines)
        if bell:
            self._live.console.bell()
        self._live.update(picture(columns, lines), refresh=True)

    def close(self) -> None:
        """Gives the terminal back as it was; may be called again."""
        if self._live is not None:
            self._telling.__exit__(None, None, None)
            self._live.stop()
            self._live = None
            if told := self._told.getvalue().rstrip("\n"):
                tell(told)
