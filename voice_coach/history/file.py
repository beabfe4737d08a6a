"""The history's file: opened for one short use, brought up to date, set aside when it is damaged."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import chain, count
from pathlib import Path
from typing import Final, TypeVar

from voice_coach.history.schema import NewerHistoryError, is_ours, migrate
from voice_coach.model.problems import CoachError

T = TypeVar("T")

_PATIENCE_S: Final = 2.0
"""How long one player waits for another that is just writing; a write takes some milliseconds."""

_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What SQLite says of a file that is none of its own."""


class HistoryError(CoachError):
    """The history could not be used.

    Attributes:
        fact: what is the matter, in a sentence.
        live: the same with what that means for a session that is led now.
        looking: the same with what to do for whoever looks at the history.
    """

    def __init__(self, fact: str, *, live: str, looking: str) -> None:
        self.live = f"{fact}{live}"
        super().__init__(f"{fact}{looking}")


class HistoryFile:
    """One SQLite file of the person's own.

    Each use opens it for itself, so threads may use it, and other players too.

    Args:
        path: the file; it and its folder are made when something is first kept.
        notify: told, in a sentence, what went wrong; only the first time.
    """

    def __init__(self, path: Path, notify: Callable[[str], None]) -> None:
        self.path = path
        self._notify = notify
        self._told = False

    @property
    def is_there(self) -> bool:
        """Whether there is anything to read; a link that leads nowhere is not nothing."""
        return os.path.lexists(self.path)

    def attempt(self, act: Callable[[sqlite3.Connection], T]) -> T | None:
        """As ``use``, but what goes wrong is told and then None is returned: a session goes on without it."""
        try:
            return self.use(act)
        except HistoryError as error:
            if not self._told:
                self._told = True
                self._notify(error.live)
        return None

    def use(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """What ``act`` returns, given the database; each statement is a transaction by itself.

        Raises:
            HistoryError: the file cannot be used. If it is damaged it has been set aside.
        """
        seen: tuple[int, int] | None = None
        try:
            seen = _make_private(self.path)
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None)) as database:
                _set_up(database)
                return act(database)
        except NewerHistoryError:
            raise HistoryError(
                f"{self.path} was written by a newer voice_coach. It stays as it is",
                live=", and what you complete now is not remembered.",
                looking="; the newer voice_coach can read it.",
            ) from None
        except sqlite3.Error as error:
            if _is_damaged(self.path, error):
                raise self._set_aside(seen, error) from error
            raise self._unusable(error) from error
        except OSError as error:
            raise self._unusable(error.strerror or error) from error

    def _set_aside(self, seen: tuple[int, int] | None, error: sqlite3.Error) -> HistoryError:
        """Renames a damaged file, with what SQLite keeps beside it, so that the next use begins a new one."""
        aside = _unused(self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"))
        try:
            # Another player may have set it aside already, and a good new one may lie in its place.
            if seen == _identity(self.path):
                for ending in ("", "-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        Path(f"{self.path}{ending}").rename(f"{aside}{ending}")
        except OSError as reason:
            return self._unusable(reason.strerror or reason)
        told = (
            f"{self.path}, where voice_coach remembers which exercises you completed, is damaged ({error}). "
            f"It is now {aside.name}, and a new one is begun."
        )
        return HistoryError(told, live="", looking="")

    def _unusable(self, reason: object) -> HistoryError:
        return HistoryError(
            f"{self.path} cannot be used ({reason})",
            live=", so what you completed before is not known, and what you complete now is not remembered. "
            "See that its folder can be written to.",
            looking=". See that its folder can be written to, and that no other program holds the file.",
        )


def _is_damaged(path: Path, error: sqlite3.Error) -> bool:
    """Whether a file can never be used, rather than just not now."""
    code = error.sqlite_errorcode & 0xFF
    if code != sqlite3.SQLITE_ERROR:
        return code in _DAMAGED
    # SQLite's word for anything else, such as tables that are not ours; only these are a reason.
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE_S)) as database:
            return not is_ours(database)
    except sqlite3.Error:
        return False


def _make_private(path: Path) -> tuple[int, int]:
    """Makes the file, readable by the person alone (SQLite gives its other files the same mode)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return _identity(path)


def _unused(path: Path) -> Path:
    """This path, or with a number if there is such a file: what was set aside is never overwritten."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(each for each in chain([path], numbered) if not os.path.lexists(each))


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _set_up(database: sqlite3.Connection) -> None:
    # Another player that does the same at this moment may be in the way; whoever comes later finds it done.
    with suppress(sqlite3.OperationalError):
        database.execute("PRAGMA journal_mode = WAL")
    # Whole after a kill; after a power cut the last row may be missing, and nothing worse.
    database.execute("PRAGMA synchronous = NORMAL")
    # What is forgotten is overwritten, not only unlinked.
    database.execute("PRAGMA secure_delete = ON")
    database.execute("PRAGMA foreign_keys = ON")
    migrate(database)
