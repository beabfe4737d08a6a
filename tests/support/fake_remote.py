"""A remote that keeps what it is given; what it tells is what a test has set."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, TypeVar

from voice_coach.core.commands import CommandName
from voice_coach.core.status import LiveStatus, Status

_PATIENCE_S = 20
T = TypeVar("T")

AT_THE_THIRD = LiveStatus(
    mode="playing",
    status=Status(
        position_ms=305_000,
        chapter="Knee slide",
        exercise="knee-slide",
        speech=None,
        speaking=False,
        action=None,
        action_left_ms=0,
        coming=None,
        left_ms=400_000,
    ),
    session="lower-back-relief",
    title="Lower back relief",
    chapter=2,
    chapters=5,
    position_ms=65_000,
    duration_ms=150_000,
    set=1,
    rep=3,
    side="left",
)
"""In the middle of a session."""


class FakeRemote:
    """Gives nothing on; ``status`` is set by ``turn``."""

    def __init__(self, status: LiveStatus = AT_THE_THIRD) -> None:
        self.status = status
        self.fails = False
        self.given: list[CommandName] = []
        self.spoken: list[bool] = []
        self.announced: list[str] = []
        self.told: list[str] = []
        self._asked = threading.Event()
        self._grown = threading.Condition()

    def give(self, command: CommandName, *, spoken: bool = False) -> None:
        with self._grown:
            self.given.append(command)
            self.spoken.append(spoken)
            self._grown.notify_all()

    def announce(self, what: str) -> None:
        with self._grown:
            self.announced.append(what)
            self._grown.notify_all()

    def current_status(self) -> LiveStatus:
        self._asked.set()
        if self.fails:
            raise RuntimeError("the remote is broken")
        return self.status

    def turn(self, **changes: Any) -> LiveStatus:
        """Another moment."""
        self.status = replace(self.status, **changes)
        return self.status

    def tell(self, sentence: str) -> None:
        """What a control is told to notify with."""
        with self._grown:
            self.told.append(sentence)
            self._grown.notify_all()

    def wait_given(self, count: int) -> list[CommandName]:
        """All commands so far, once there are so many."""
        return self._wait(self.given, count)

    def wait_told(self) -> str:
        """The first sentence."""
        return self._wait(self.told, 1)[0]

    def wait_asked(self) -> None:
        """Until somebody has asked what the session is doing."""
        assert self._asked.wait(_PATIENCE_S)

    def _wait(self, kept: list[T], count: int) -> list[T]:
        with self._grown:
            came = self._grown.wait_for(lambda: len(kept) >= count, _PATIENCE_S)
            assert came, f"only {kept} in {_PATIENCE_S} s"
            return list(kept)
