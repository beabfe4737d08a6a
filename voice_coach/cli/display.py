"""Shows a playing session to whoever looks: on a terminal a screen, elsewhere a log."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from voice_coach.cli.screen import Screen, is_screen
from voice_coach.cli.telling import mute, tell
from voice_coach.model.timeline import Event
from voice_coach.model.units import format_clock

if TYPE_CHECKING:
    from rich.console import RenderableType

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
    """What is said, what comes next and the time left, on a screen of its own."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._screen = Screen()

    def show(self, status: Status) -> None:
        super().show(status)
        self._screen.show(lambda columns, lines: _picture(self._title, status, columns, lines))

    def close(self) -> None:
        self._screen.close()


def make_display(title: str, *, quiet: bool) -> Display:
    """The display that suits where the output goes."""
    if quiet:
        return Display(title)
    return TerminalDisplay(title) if is_screen() else LogDisplay(title)


def _picture(title: str, status: Status, columns: int, lines: int) -> RenderableType:
    """Rows of a name and what it is now; in a small window only what matters most, each on one line."""
    from rich.table import Table
    from rich.text import Text

    small = columns < _ROOMY_COLUMNS or lines < _ROOMY_LINES

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
