"""The interface of a control, and commands that come before the session has begun."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal, Protocol

from voice_coach.core.commands import CommandName
from voice_coach.core.status import LiveStatus


class SessionRemote(Protocol):
    """Interface of a session for its controls. Any thread may call; no method waits."""

    def give(self, command: CommandName, *, spoken: bool = False) -> None:
        """Have a command carried out, after those that were given before.

        One that was ``spoken`` is confirmed by a sound: who spoke cannot know that they were understood.
        """
        ...

    def announce(self, what: Literal["deaf", "hears_again"]) -> None:
        """Have the coach say that spoken commands are not understood any more, or again."""
        ...

    def current_status(self) -> LiveStatus:
        """Return what the session is doing at this moment, as it is heard."""
        ...


class Control(ABC):
    """A way to steer a session.

    To add one, write a class in a file of its own here that derives from this one, turns what comes in into
    commands by the table in ``core/commands.py``, and name it where controls are chosen. Import its library
    inside a method. Its class belongs into the contract suite in ``tests/controls/``.

    A control never ends or stops the session by failing: what goes wrong it tells once, in a sentence, and
    the session goes on without it.
    """

    is_at_hand: ClassVar[bool] = True
    """A user who lies on the floor may have it within reach."""

    @abstractmethod
    def start(self, remote: SessionRemote) -> None:
        """Begin to listen, in a thread of its own or wherever it does not hold up the caller.

        Raises:
            CoachError: it cannot be used here; the text says why, and what to do.
        """

    def on_change(self, status: LiveStatus) -> None:  # noqa: B027 (most have nothing to show)
        """The session does something else now, or has come to another chapter: for those who show it."""

    @abstractmethod
    def close(self) -> None:
        """Stop listening, and let go of everything; may be called again."""


class PendingCommands:
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
        self._remote: SessionRemote | None = None
        self._kept: list[Callable[[SessionRemote], None]] = []
        self._lock = threading.Lock()

    def give(self, command: CommandName, *, spoken: bool = False) -> None:
        self._hand_on(lambda remote: remote.give(command, spoken=spoken))

    def announce(self, what: Literal["deaf", "hears_again"]) -> None:
        self._hand_on(lambda remote: remote.announce(what))

    def current_status(self) -> LiveStatus:
        remote = self._remote
        return self._status if remote is None else remote.current_status()

    def bind(self, remote: SessionRemote) -> None:
        """There is a session now."""
        with self._lock:
            for act in self._kept:
                act(remote)
            self._remote = remote

    def _hand_on(self, act: Callable[[SessionRemote], None]) -> None:
        with self._lock:
            if self._remote is None:
                self._kept.append(act)
            else:
                act(self._remote)
