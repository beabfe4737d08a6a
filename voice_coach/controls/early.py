"""The desk of a session that is still being made, so that what can steer it may decide how it is made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

from voice_coach.controls.control import Desk
from voice_coach.model.commands import CommandName
from voice_coach.model.live import LiveStatus


class EarlyDesk:
    """Keeps what it is given until there is a session, and then hands everything on.

    Args:
        session: the session's id.
        title: its title.
        chapters: how many chapters it will have.
    """

    def __init__(self, session: str, title: str, chapters: int) -> None:
        self._status = LiveStatus(
            mode="playing",
            status=None,
            session=session,
            title=title,
            chapter=0,
            chapters=chapters,
            position_ms=0,
            duration_ms=0,
        )
        self._desk: Desk | None = None
        self._kept: list[Callable[[Desk], None]] = []
        self._lock = threading.Lock()

    def give(self, command: CommandName, *, spoken: bool = False) -> None:
        self._hand_on(lambda desk: desk.give(command, spoken=spoken))

    def announce(self, what: Literal["deaf", "hears_again"]) -> None:
        self._hand_on(lambda desk: desk.announce(what))

    def now(self) -> LiveStatus:
        desk = self._desk
        return self._status if desk is None else desk.now()

    def bind(self, desk: Desk) -> None:
        """There is a session now."""
        with self._lock:
            for act in self._kept:
                act(desk)
            self._desk = desk

    def _hand_on(self, act: Callable[[Desk], None]) -> None:
        with self._lock:
            if self._desk is None:
                self._kept.append(act)
            else:
                act(self._desk)
