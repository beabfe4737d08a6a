"""Tune by ear: keys change what is being heard; the dials are shown in place."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from voice_coach.cli.keyboard import Keyboard
from voice_coach.cli.telling import mute
from voice_coach.coach import Coach
from voice_coach.listening import LATENCY_MS, Listening
from voice_coach.model.problems import CoachError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

KEYS = "↑↓ choose  ←→ or -+ change  space pause  r reset  s save  q or Esc discard"
_LOOK_S = 0.1


def listen(coach: Coach, exercise: str, session: str | None = None) -> dict[str, str] | None:
    """Lets a person tune an exercise by ear.

    Returns:
        The values to save as people write them, maybe none; or None if all is to be discarded.

    Raises:
        DeviceError: there is no sound device, or it was lost.
        CoachError: there is no such exercise, no terminal, or no engine speaks.
        KeyboardInterrupt: Ctrl-C; the terminal is as it was.
    """
    with Keyboard() as keyboard:
        device = coach.device(latency_ms=LATENCY_MS)
        listening = coach.listen(exercise, session)
        screen = _InPlace() if _is_screen() else _Lines()
        board = _Board(listening)
        try:
            screen.show(board)
            listening.start(device)
            while not board.over:
                key = keyboard.read(_LOOK_S)
                listening.check()
                board.press(key)
                screen.show(board)
        finally:
            screen.close()
            listening.stop()
    return listening.changed() if board.save else None


class _Board:
    """What keys do, and what there is to show."""

    def __init__(self, listening: Listening) -> None:
        self.listening = listening
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
                bound = row.maximum if steps > 0 else row.minimum
                self.message = f"{row.label} goes {'up' if steps > 0 else 'down'} to {bound}."
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


def _is_screen() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


class _InPlace:
    """A few lines that stay in place."""

    def __init__(self) -> None:
        self._live: Live | None = None

    def show(self, board: _Board) -> None:
        if self._live is None:
            from rich.live import Live

            self._live = Live(auto_refresh=False, transient=True)
            self._live.start()
        if board.at_bound:
            self._live.console.bell()
        self._live.update(_picture(board), refresh=True)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()


class _Lines:
    """A line for each change, where nothing can stay in place."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, board: _Board) -> None:
        row = board.listening.rows()[board.chosen]
        line = f"{row.label} {row.value} ({row.minimum} to {row.maximum})"
        if board.listening.paused:
            line += ", paused"
        if board.message:
            line += f"  {board.message}"
        if line != self._last:
            self._print(line if self._last else f"{board.listening.title}\n{KEYS}\n{line}")
            self._last = line

    def close(self) -> None:
        """There is nothing to put away."""

    def _print(self, line: str) -> None:
        try:
            print(line, flush=True)
        except BrokenPipeError:
            mute()


def _picture(board: _Board) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(no_wrap=True)
    for index, row in enumerate(board.listening.rows()):
        chosen = index == board.chosen
        style = "bold reverse" if chosen else "bold" if row.changed else ""
        table.add_row(
            Text(f"{'>' if chosen else ' '} {row.label}", style=style),
            Text(row.value, style=style),
            Text(f"{row.minimum} to {row.maximum}", style="dim"),
        )
    return Group(
        Text(f"{board.listening.title}: one rep, over and over", style="bold"),
        Text(_now(board), style="cyan"),
        table,
        Text(board.message, style="yellow"),
        Text(KEYS, style="dim"),
    )


def _now(board: _Board) -> str:
    """What is being heard and done."""
    if board.listening.paused:
        return "paused"
    heard = board.listening.heard()
    parts: list[str] = []
    for event in heard.chapter.events:
        if event.start_ms <= heard.position_ms < event.end_ms:
            if event.lane == "action":
                left_s = -(-(event.end_ms - heard.position_ms) // 1000)
                parts.append(f"{event.kind} {left_s} s")
            elif event.lane == "speech":
                parts.append(f"“{event.text}”")
    return "   ".join(parts)
