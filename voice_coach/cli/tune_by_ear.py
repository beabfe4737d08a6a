"""Tune by ear: keys change what is being heard; the dials are shown in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from voice_coach.cli.console import Screen, is_screen, print_line
from voice_coach.coach import Coach
from voice_coach.controls.keyboard import Keyboard
from voice_coach.core.errors import CoachError, DeviceError
from voice_coach.session.preview import LATENCY_MS, DialRow, RepPreview

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

KEYS = "↑↓ choose  ←→ or -+ change  space pause  r reset  s save  q or Esc discard"
_FEW_KEYS = "↑↓ ←→ space r s q"
_LOOK_S = 0.1

_ROOMY_LINES = 8
"""A window of fewer lines shows only what matters most."""


def listen(coach: Coach, exercise: str, session: str | None = None) -> dict[str, str] | None:
    """Let a person tune an exercise by ear.

    Returns:
        The values to save as people write them, maybe none; or None if all is to be discarded.

    Raises:
        DeviceError: there is no sound device, or it was lost; the text tells what had been changed, too.
        CoachError: there is no such exercise, no terminal, or no engine speaks.
        KeyboardInterrupt: Ctrl-C; the terminal is as it was.
    """
    with Keyboard() as keyboard:
        device = coach.device(latency_ms=LATENCY_MS)
        listening = coach.preview(exercise, session)
        screen = _InPlace() if is_screen() else _LineDisplay()
        board = _Board(listening, session)
        try:
            screen.show(board)
            listening.start(device)
            while not board.over:
                key = keyboard.read(_LOOK_S)
                listening.check()
                board.press(key)
                screen.show(board)
        except DeviceError as error:
            values = " ".join(f"{name}={value}" for name, value in listening.changed_values().items())
            come_to = f" You had come to {values}." if values else ""
            raise DeviceError(f"{error}\nNothing was changed.{come_to}") from error
        finally:
            screen.close()
            listening.stop()
    return listening.changed_values() if board.save else None


class _Board:
    """Keys and display of tuning by ear."""

    def __init__(self, listening: RepPreview, session: str | None) -> None:
        self.listening = listening
        only = f", for {session} only" if session else ""
        self.title = f"{listening.title}{only}: one rep, over and over"
        self.chosen = 0
        self.over = False
        self.save = False
        self.message = ""
        self.at_bound = False
        self._keys: dict[str, Callable[[], None]] = {
            "up": lambda: self._choose(-1),
            "k": lambda: self._choose(-1),
            "down": lambda: self._choose(1),
            "j": lambda: self._choose(1),
            "right": lambda: self._nudge(1),
            "+": lambda: self._nudge(1),
            "=": lambda: self._nudge(1),
            "left": lambda: self._nudge(-1),
            "-": lambda: self._nudge(-1),
            "space": self._pause,
            "r": self._reset,
            "s": lambda: self._end(save=True),
            "q": lambda: self._end(save=False),
            "escape": lambda: self._end(save=False),
            "end": lambda: self._end(save=False),
        }

    def press(self, key: str) -> None:
        self.at_bound = False
        if key:
            self.message = ""
            self._keys.get(key, lambda: None)()

    def _choose(self, by: int) -> None:
        self.chosen = (self.chosen + by) % len(self.listening.dials)

    def _nudge(self, steps: int) -> None:
        dial = self.listening.dials[self.chosen]
        try:
            if not self.listening.nudge(dial, steps):
                row = self.listening.rows()[self.chosen]
                bound = f"{row.maximum} is the most" if steps > 0 else f"{row.minimum} is the least"
                self.message = f"{row.label}: {bound}."
                self.at_bound = True
        except CoachError as error:
            self.message = str(error)
            self.at_bound = True

    def _pause(self) -> None:
        self.listening.paused = not self.listening.paused

    def _reset(self) -> None:
        self.listening.reset()
        self.message = "As it was."

    def _end(self, *, save: bool) -> None:
        self.over, self.save = True, save


class _InPlace:
    """A screen of its own."""

    def __init__(self) -> None:
        self._screen = Screen()

    def show(self, board: _Board) -> None:
        self._screen.show(lambda columns, lines: _picture(board, columns, lines), bell=board.at_bound)

    def close(self) -> None:
        self._screen.close()


class _LineDisplay:
    """A line for each change, where nothing can stay in place."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, board: _Board) -> None:
        row = board.listening.rows()[board.chosen]
        about = ", ".join(filter(None, (f"{row.minimum} to {row.maximum}", _remark(row))))
        line = f"{row.label} {row.value} ({about})"
        if board.listening.paused:
            line += ", paused"
        if board.message:
            line += f"  {board.message}"
        if line != self._last:
            print_line(line if self._last else f"{board.title}\n{KEYS}\n{line}")
            self._last = line

    def close(self) -> None:
        """There is nothing to put away."""


def _picture(board: _Board, columns: int, lines: int) -> RenderableType:
    """The dials, as many as there is room for around the chosen one, and each other thing on one line."""
    from rich.console import Group
    from rich.text import Text

    def line(content: str, style: str) -> Text:
        return Text(content, style, no_wrap=True, overflow="ellipsis")

    keys = line(KEYS if columns >= len(KEYS) else _FEW_KEYS, "dim")
    now, message = line(_now(board), "cyan"), line(board.message, "yellow")
    if lines < _ROOMY_LINES:
        above, below = [message if board.message else now], [keys]
    else:
        above, below = [line(board.title, "bold"), now], [message, keys]
    dials = _dials(board)
    room = max(1, lines - len(above) - len(below))
    first = max(0, min(board.chosen - room // 2, len(dials) - room))
    return Group(*above, *dials[first : first + room], *below)


def _dials(board: _Board) -> list[Text]:
    """Each dial on one line, of which a narrow window shows the beginning."""
    from rich.text import Text

    rows = board.listening.rows()
    ranges = [f"{row.minimum} to {row.maximum}" for row in rows]
    label, value, range_ = (
        max(map(len, column)) for column in ([row.label for row in rows], [row.value for row in rows], ranges)
    )
    lines: list[Text] = []
    for index, (row, bounds) in enumerate(zip(rows, ranges, strict=True)):
        chosen, changed = index == board.chosen, row.value != row.before
        style = "bold reverse" if chosen else "bold" if changed else ""
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{'>' if chosen else ' '} {row.label:<{label}}  {row.value:<{value}}", style)
        line.append(f"  {bounds:<{range_}}", "dim")
        line.append(f"  {_remark(row)}".rstrip(), "bold" if changed else "dim")
        lines.append(line)
    return lines


def _remark(row: DialRow) -> str:
    """Return what it was, if it has been changed, and whether it cannot be heard."""
    was = f"was {row.before}" if row.value != row.before else ""
    return ", ".join(filter(None, (was, "" if row.is_heard else "not heard in one rep")))


def _now(board: _Board) -> str:
    """Return what is being heard and done."""
    if board.listening.paused:
        return "You have paused it; space goes on."
    heard = board.listening.position()
    parts: list[str] = []
    for event in heard.chapter.events:
        if event.start_ms <= heard.position_ms < event.end_ms:
            if event.lane == "action":
                left_s = -(-(event.end_ms - heard.position_ms) // 1000)
                parts.append(f"{event.kind} {left_s} s")
            elif event.lane == "speech":
                parts.append(f"“{event.text}”")
    return "   ".join(parts)
