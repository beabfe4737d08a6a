"""The desk of a session that is still being made, so that what can steer it may decide how it is made."""

from __future__ import annotations

import threading

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
        self._kept: list[CommandName] = []
        self._lock = threading.Lock()

    def give(self, command: CommandName) -> None:
        with self._lock:
            if self._desk is None:
                self._kept.append(command)
            else:
                self._desk.give(command)

    def now(self) -> LiveStatus:
        desk = self._desk
        return self._status if desk is None else desk.now()

    def bind(self, desk: Desk) -> None:
        """There is a session now."""
        with self._lock:
            for command in self._kept:
                desk.give(command)
            self._desk = desk
