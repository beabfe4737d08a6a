"""Shows a playing session to whoever looks: on a terminal a screen, elsewhere a log."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from voice_coach.cli.telling import mute, tell
from voice_coach.model.timeline import Event
from voice_coach.model.units import format_clock

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

    from voice_coach.model.status import Status

_ROOMY_COLUMNS, _ROOMY_LINES = 40, 8
"""A window smaller than this shows less."""


class Display:
    """Remembers where the session is and shows nothing; the others show it too."""

    def __init__(self, title: str) -> None:
        self._title = title
        self.last: Status | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def show(self, status: Status) -> None:
        """The session has come to this moment."""
        self.last = status

    def note(self, sentence: str) -> None:
        """Tells what did not go as asked but is no reason to stop."""
        tell(sentence)

    def close(self) -> None:
        """The session is over."""


class LogDisplay(Display):
    """A line for each prompt as it is spoken, for logs and pipes."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._said: Event | None = None
        self._log(title)

    def show(self, status: Status) -> None:
        super().show(status)
        if status.speech is not None and status.speech is not self._said:
            self._said = status.speech
            self._log(f"{format_clock(status.position_ms):>6}  {status.speech.text}")

    def _log(self, line: str) -> None:
        try:
            print(line, flush=True)
        except BrokenPipeError:
            mute()  # the reader has gone; the listener has not


class TerminalDisplay(Display):
    """What is said, what comes next and the time left, on a screen of its own that leaves no trace.

    Lines that stay in place among others would be torn apart when the window is resized.
    """

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._live: Live | None = None
        self._notes: list[str] = []

    def show(self, status: Status) -> None:
        super().show(status)
        if self._live is None:
            # Imported after the first sound, from the thread that tells the status.
            from rich.live import Live

            self._live = Live(auto_refresh=False, screen=True, redirect_stdout=False, redirect_stderr=False)
            self._live.start()
        # rich would believe COLUMNS and LINES in the environment, which do not follow the window.
        columns, lines = os.get_terminal_size(sys.stdout.fileno())
        if not (columns and lines):  # a terminal that does not know
            columns, lines = 80, 24
        self._live.console.size = (columns, lines)
        small = columns < _ROOMY_COLUMNS or lines < _ROOMY_LINES
        self._live.update(_picture(self._title, status, small=small), refresh=True)

    def note(self, sentence: str) -> None:
        self._notes.append(sentence)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        for sentence in self._notes:
            super().note(sentence)
        self._notes.clear()


def make_display(title: str, *, quiet: bool) -> Display:
    """The display that suits where the output goes."""
    if quiet:
        return Display(title)
    in_place = sys.stdout.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
    return TerminalDisplay(title) if in_place else LogDisplay(title)


def _picture(title: str, status: Status, *, small: bool) -> RenderableType:
    """Rows of a name and what it is now; in a small window only what matters most, each on one line."""
    from rich.table import Table
    from rich.text import Text

    def text(content: str, style: str = "") -> Text:
        return Text(content, style, no_wrap=small, overflow="ellipsis" if small else "fold")

    left = "…" if status.left_ms is None else format_clock(status.left_ms)
    action = ("", text(""))
    if status.action is not None:
        action = status.action.kind, text(f"{-(-status.action_left_ms // 1000)} s", "cyan")
    now = "now", text(status.speech.text if status.speech else "", "bold" if status.speaking else "")
    if small:
        rows = [action, now, ("left", text(left, "dim"))]
    else:
        clock = f"{left}   ({format_clock(status.position_ms)} done)   Ctrl-C ends"
        rows = [
            ("", text(f"{title} · {status.chapter}", "bold")),
            now,
            action,
            ("next", text(status.coming.text if status.coming else "", "dim")),
            ("left", text(clock, "dim")),
        ]
    table = Table.grid(padding=(0, 1 if small else 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    return table
