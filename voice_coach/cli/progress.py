"""Tells on a terminal how far an export has come; elsewhere, and where it is done at once, nothing."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from voice_coach.model.units import format_clock

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

_PATIENCE_S = 0.5
"""An export that is done sooner shows no bar, and spares itself the import of one."""

_DOING = {"rows": "Checking", "files": "Making"}


class _OnTerminal:
    """Bars that are shown when there is something to tell, and gone at the end. Use as a context manager."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._bars: Bars | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def _begin(self, done: str) -> Bars:
        """The bars, shown from now on; ``done`` is what stands behind each, in the markup of rich."""
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = TextColumn("{task.description}"), BarColumn(), TextColumn(done), TimeRemainingColumn()
        self._bars = Bars(*columns, console=Console(stderr=True), transient=True)
        self._bars.start()
        return self._bars


class Progress(_OnTerminal):
    """A bar that moves while a session is written."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._began_s = time.monotonic()
        self._written_ms = 0
        self._task: TaskID | None = None

    @property
    def clock(self) -> str:
        """How much sound is written, as minutes and seconds; "" if the file has none."""
        return format_clock(self._written_ms) if self._written_ms else ""

    def at(self, written_ms: int, share: float) -> None:
        """So much of the session is written, which is about that share of it (0 to 1)."""
        self._written_ms = written_ms
        if not self._is_terminal:
            return
        bars = self._bars
        if bars is None:
            if time.monotonic() - self._began_s < _PATIENCE_S:
                return
            bars = self._begin("{task.fields[clock]}")
            self._task = bars.add_task(self._title, total=1.0, clock="")
        if self._task is not None:
            bars.update(self._task, completed=share, clock=self.clock)


class ManyProgress(_OnTerminal):
    """A bar for each kind of work that many files take, as it begins."""

    def __init__(self) -> None:
        super().__init__()
        self._tasks: dict[str, TaskID] = {}

    def at(self, what: str, done: int, total: int) -> None:
        """So much of this kind of work, ``rows`` or ``files``, is done, of so much in all."""
        if not self._is_terminal:
            return
        bars = self._bars or self._begin("[progress.percentage]{task.percentage:>3.0f}%")
        if what not in self._tasks:
            self._tasks[what] = bars.add_task(_DOING[what], total=total)
        bars.update(self._tasks[what], completed=done, total=total)
