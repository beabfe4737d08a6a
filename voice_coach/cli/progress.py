"""Tells on a terminal how far an export has come; elsewhere, and where it is done at once, nothing."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from voice_coach.model.units import format_clock

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_PATIENCE_S = 0.5
"""An export that is done sooner shows no bar, and spares itself the import of one."""


class Progress:
    """A bar that moves while a session is written."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._began_s = time.monotonic()
        self._written_ms = 0
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._is_terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def clock(self) -> str:
        """How much sound is written, as minutes and seconds; "" if the file has none."""
        return format_clock(self._written_ms) if self._written_ms else ""

    def at(self, written_ms: int, share: float) -> None:
        """So much of the session is written, which is about that share of it (0 to 1)."""
        self._written_ms = written_ms
        if not self._is_terminal:
            return
        if self._bar is None:
            if time.monotonic() - self._began_s < _PATIENCE_S:
                return
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            clock = TextColumn("{task.fields[clock]}")
            columns = (TextColumn("{task.description}"), BarColumn(), clock, TimeRemainingColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._title, total=1.0, clock="")
            self._bar.start()
        if self._task is not None:
            self._bar.update(self._task, completed=share, clock=self.clock)
