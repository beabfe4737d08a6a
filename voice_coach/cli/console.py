"""Sentences for the user on stderr, a screen that is drawn again, and progress bars."""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from voice_coach.core.units import format_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.live import Live
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

_QUOTED = re.compile(r" {0,5}\d+ \| | {6}\| ")
"""Start of lines that show a script, and of the lines of marks below them."""


def tell(sentence: object, *, whole: bool = False) -> None:
    """Tell the user something. If nothing reads stderr any more, that is no error.

    Args:
        sentence: what is told; on a terminal its lines are broken between words.
        whole: whether its lines are left as they are, such as a command to be copied.
    """
    text = str(sentence)
    with suppress(OSError, ValueError):
        if not whole and sys.stderr.isatty():
            text = wrapped(text, os.get_terminal_size(sys.stderr.fileno()).columns)
        print(text, file=sys.stderr, flush=True)


def says_yes() -> bool:
    """Return whether the person answers what was asked with yes; only where they are at a terminal."""
    print("y for yes: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def wrapped(text: str, columns: int) -> str:
    """A text with its long lines broken between words, each part indented as its line was.

    The lines of a script, and the marks below them, stay as they are, and so does a single long word.

    Args:
        text: lines.
        columns: how many letters go on a line; 0 where nobody knows.
    """
    return "\n".join(part for line in text.split("\n") for part in _parts(line, columns)) if columns else text


def _parts(line: str, columns: int) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip())]
    while len(line) > columns and not _QUOTED.match(line):
        end = line.rfind(" ", len(indent), columns + 1)
        if end <= len(indent):  # a word that is longer than the line
            end = line.find(" ", max(columns, len(indent)))
        if end < 0:
            break
        yield line[:end].rstrip()
        line = indent + line[end:].lstrip()
    yield line


def command(verb: str, *words: str) -> str:
    """A command as it works where this one was typed: through make, from a virtual environment, from PATH."""
    import shlex
    import shutil
    from pathlib import Path

    if "MAKELEVEL" in os.environ:
        return shlex.join(["make", verb]) + (f" ARGS={shlex.quote(shlex.join(words))}" if words else "")
    called = Path(sys.argv[0])
    found = shutil.which("voice-coach")
    if called.name == "__main__.py":
        program = [Path(sys.executable).name, "-m", "voice_coach"]
    elif found and called.exists() and Path(found).samefile(called):
        program = ["voice-coach"]
    else:
        program = [str(called)]
    return shlex.join([*program, verb, *words])


def mute() -> None:
    """Send further output nowhere, so that the exit does not complain about a closed stdout."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def print_line(line: str) -> None:
    """Print a line at once; if the reader has gone, the listener has not, so that is no reason to fail."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        mute()


Picture = Callable[[int, int], "RenderableType"]
"""Function that draws the display in so many columns and lines."""


def is_screen() -> bool:
    """Return whether stdout is a terminal on which something can stay in place."""
    return sys.stdout.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


class Screen:
    """Display that is drawn again in place, from the first picture until it is closed. Sentences wait
    until then."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._told = io.StringIO()
        self._telling = redirect_stderr(self._told)

    def show(self, picture: Picture, *, bell: bool = False) -> None:
        """Show this instead of what was shown before, and rings if asked to."""
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
        """Give the terminal back as it was; may be called again."""
        if self._live is not None:
            self._telling.__exit__(None, None, None)
            self._live.stop()
            self._live = None
            if told := self._told.getvalue().rstrip("\n"):
                tell(told)


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


class ProgressBar(_OnTerminal):
    """A bar that moves while a session is written."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._began_s = time.monotonic()
        self._written_ms = 0
        self._task: TaskID | None = None

    @property
    def clock(self) -> str:
        """Return how much sound is written, as minutes and seconds; "" if the file has none."""
        return format_clock(self._written_ms) if self._written_ms else ""

    def update(self, written_ms: int, share: float) -> None:
        """Show the milliseconds that are written, and the share of the session that they are (0 to 1)."""
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
        """Show the number of ``rows`` or ``files`` that are done, and their total."""
        if not self._is_terminal:
            return
        bars = self._bars or self._begin("[progress.percentage]{task.percentage:>3.0f}%")
        if what not in self._tasks:
            self._tasks[what] = bars.add_task(_DOING[what], total=total)
        bars.update(self._tasks[what], completed=done, total=total)
