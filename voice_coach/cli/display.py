"""Display of a playing session: a screen on a terminal, a log elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from voice_coach.cli.console import Screen, is_screen, print_line, tell
from voice_coach.core.parameters import FULL_PERCENT
from voice_coach.core.timeline import Event
from voice_coach.core.units import format_clock

if TYPE_CHECKING:
    from rich.console import RenderableType

    from voice_coach.core.status import LiveStatus, Mode

_MODES: Final[Mapping[Mode, str]] = {
    "paused": "paused",
    "waiting": "waiting for you",
    "hurting": "coming out of the position; then",
    "asking": "how shall we go on?",
    "resting": "resting until you are ready; or",
    "offering": "on offer",
    "scoring": "how much does it hurt, 0 to 10?",
    "ended": "ending",
    "lost": "the sound device has gone; the session goes on when there is one again",
}
"""Names of the modes other than playing."""

_FEW_KEYS = "space pause · h that hurts · q end"
_KEYS = (
    f"{_FEW_KEYS} · ← → back, on · [ ] rep · pgup pgdn exercise · r again · - + pace · ↑ ↓ volume · "
    "t how long · w where · ? help"
)
_ANSWERS = "1 rest, 2 easier, 3 leave it out, 4 end"
_ANSWERS_WITHOUT_EASIER = "1 rest, 3 leave it out, 4 end"
_DIGITS = "press the number; space leaves it open"
_OFFERS = {"resume": "space goes on from there", "keep": "space keeps it"}

_ROOMY_COLUMNS, _ROOMY_LINES = 40, 8
"""A window smaller than this shows less."""

_LINES_FOR_KEYS = 12
"""Lines there must be for the keys to be shown as well."""


class Display:
    """Remembers where the session is and shows nothing; the others show it too."""

    def __init__(self, title: str) -> None:
        self._title = title
        self.last: LiveStatus | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def show(self, status: LiveStatus) -> None:
        """The session has come to this moment."""
        self.last = status

    @property
    def was_left(self) -> bool:
        """Return whether the session was ended before its end."""
        last = self.last.status if self.last else None
        return last is None or last.left_ms is None or last.left_ms > 0

    def note(self, sentence: str) -> None:
        """Tell what did not go as asked but is no reason to stop."""
        tell(sentence)

    def close(self) -> None:
        """The session is over."""


class LogDisplay(Display):
    """A line for each prompt as it is spoken, for logs and pipes."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._said: Event | None = None
        self._mode: Mode = "playing"
        self._besides = ""
        print_line(title)

    def show(self, status: LiveStatus) -> None:
        super().show(status)
        now = status.status
        if now is None:
            return
        clock = f"{format_clock(now.position_ms):>6}"
        if status.mode != self._mode:
            self._mode = status.mode
            if status.mode in _MODES:
                print_line(f"{clock}  ({_mode(status)})")
        if status.saying and status.saying != self._besides:
            print_line(f"{clock}  – {status.saying}")
        self._besides = status.saying
        is_session = status.mode == "playing" and not status.saying
        if not is_session:
            self._said = None  # what comes next may be the same words once more
        elif now.speech is not None and now.speech is not self._said:
            self._said = now.speech
            print_line(f"{clock}  {now.speech.text}")


class TerminalDisplay(Display):
    """Screen with the words that are spoken, the next words and the time left."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._screen = Screen()

    def show(self, status: LiveStatus) -> None:
        super().show(status)
        self._screen.show(lambda columns, lines: _picture(self._title, status, columns, lines))

    def close(self) -> None:
        self._screen.close()


def make_display(title: str, *, quiet: bool) -> Display:
    """The display that suits where the output goes."""
    if quiet:
        return Display(title)
    return TerminalDisplay(title) if is_screen() else LogDisplay(title)


def _mode(live: LiveStatus) -> str:
    """Return what the session is doing, and the keys that matter then."""
    told = _MODES[live.mode]
    if live.mode == "scoring":
        return f"{told} {_DIGITS if live.score is None else live.score}"
    if live.mode in ("hurting", "asking", "resting"):
        return f"{told} {_ANSWERS if live.has_easier else _ANSWERS_WITHOUT_EASIER}"
    return _OFFERS.get(live.offer, told)


def _turned(live: LiveStatus) -> str:
    """Return what was turned by hand: pace and volume."""
    pace = f"   {live.speed_percent} %" if live.speed_percent != FULL_PERCENT else ""
    return pace + (f"   {live.volume_db:+g} dB" if live.volume_db else "")


def _picture(title: str, live: LiveStatus, columns: int, lines: int) -> RenderableType:
    """Rows of a name and what it is now; in a small window only what matters most, each on one line."""
    from rich.table import Table
    from rich.text import Text

    small = columns < _ROOMY_COLUMNS or lines < _ROOMY_LINES
    status = live.status

    def text(content: str, style: str = "") -> Text:
        return Text(content, style, no_wrap=small, overflow="ellipsis" if small else "fold")

    left = "…" if status is None or status.left_ms is None else format_clock(status.left_ms)
    action = ("", text(""))
    if live.mode in _MODES:
        action = "", text(_mode(live), "bold yellow")
    elif status is not None and status.action is not None:
        action = status.action.kind, text(f"{-(-status.action_left_ms // 1000)} s", "cyan")
    said = live.saying or (status.speech.text if status and status.speech else "")
    is_speaking = bool(live.saying) or (status is not None and status.speaking and live.mode == "playing")
    now = "now", text(said, "bold" if is_speaking else "")
    if small:
        rows = [action, now, ("left", text(left, "dim"))]
    else:
        done = format_clock(status.position_ms if status else 0)
        clock = f"{left}   ({done} done)   Ctrl-C ends{_turned(live)}"
        rows = [
            ("", text(f"{title} · {status.chapter}" if status else title, "bold")),
            now,
            action,
            ("next", text(status.coming.text if status and status.coming else "", "dim")),
            ("left", text(clock, "dim")),
        ]
        if lines >= _LINES_FOR_KEYS:
            rows += [("", text("")), ("", text(_KEYS, "dim"))]
        else:
            rows.append(("", text(_FEW_KEYS, "dim")))
    table = Table.grid(padding=(0, 1 if small else 2, 0, 0))
    # As wide as its longest name, so that nothing moves when another one comes.
    table.add_column(justify="right", style="dim", no_wrap=True, min_width=0 if small else len("exhale"))
    table.add_column()
    for row in rows:
        table.add_row(*row)
    return table
