"""Shows a playing session to whoever looks: on a terminal a few lines that stay in place, elsewhere a log."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from voice_coach.cli.telling import mute
from voice_coach.model.timeline import Event
from voice_coach.model.units import format_clock

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

    from voice_coach.model.status import Status


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
    """What is said, what comes next and the time left, in place."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._live: Live | None = None

    def show(self, status: Status) -> None:
        super().show(status)
        if self._live is None:
            # Imported after the first sound, from the thread that tells the status.
            from rich.live import Live

            self._live = Live(auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(_picture(self._title, status), refresh=True)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


def make_display(title: str, *, quiet: bool) -> Display:
    """The display that suits where the output goes."""
    if quiet:
        return Display(title)
    in_place = sys.stdout.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
    return TerminalDisplay(title) if in_place else LogDisplay(title)


def _picture(title: str, status: Status) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    left = "…" if status.left_ms is None else format_clock(status.left_ms)
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column()
    table.add_row("", Text(f"{title} · {status.chapter}", style="bold"))
    table.add_row(
        "now", Text(status.speech.text if status.speech else "", style="bold" if status.speaking else "")
    )
    if status.action is not None:
        table.add_row(status.action.kind, Text(f"{-(-status.action_left_ms // 1000)} s", style="cyan"))
    else:
        table.add_row("", "")
    table.add_row("next", Text(status.coming.text if status.coming else "", style="dim"))
    table.add_row(
        "left", Text(f"{left}   ({format_clock(status.position_ms)} done)   Ctrl-C ends", style="dim")
    )
    return table
