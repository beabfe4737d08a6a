"""What was completed when, in one SQLite file of the person's own; never an obstacle to playing."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from itertools import chain, count
from pathlib import Path
from typing import Final, TypeVar

from voice_coach.history.schema import NewerHistoryError, is_ours, migrate
from voice_coach.model.cue import Mark
from voice_coach.model.practice import PAIN_SCALE, Practice

T = TypeVar("T")

_PATIENCE_S: Final = 2.0
"""How long one player waits for another that is just writing; a write takes some milliseconds."""

_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What SQLite says of a file that is none of its own."""

_ADD = "INSERT INTO practice (run, session, exercise, at_ms, completed, pain) VALUES (?, ?, ?, ?, ?, ?)"
# The rounds of one playing are one time. A row that another program wrote without a time is passed over.
_ROWS = "FROM practice WHERE exercise = ? AND typeof(at_ms) = 'integer'"
_COMPLETED = f"SELECT max(at_ms) {_ROWS} AND completed = 1 GROUP BY run ORDER BY 1"
_HURT = "INSERT INTO hurt (run, session, exercise, at_ms, at_set, rep, side) VALUES (?, ?, ?, ?, ?, ?, ?)"
_PAIN = f"""
    SELECT max(at_ms) FROM (
        SELECT at_ms {_ROWS} AND pain > 0
        UNION ALL SELECT at_ms FROM hurt WHERE exercise = ? AND typeof(at_ms) = 'integer'
    )
"""


class History:
    """The exercises that were played, as far as it can be known and kept.

    Each call opens the file for itself, so threads may call, and other players too. Whatever goes wrong is
    told once, and then the history is as if empty and keeps nothing. A damaged file is set aside.

    Args:
        path: the file; it and its folder are made when something is first kept.
        notify: told, in a sentence, what went wrong.
    """

    def __init__(self, path: Path, notify: Callable[[str], None]) -> None:
        self.path = path
        self._notify = notify
        self._told = False

    def practice(self, exercises: Iterable[str]) -> dict[str, Practice]:
        """The past of each of these exercises; of one that is new it is empty."""
        found = {exercise: Practice() for exercise in exercises}
        # Nothing is made only to be read; a link that leads nowhere is not nothing.
        if os.path.lexists(self.path):
            known = self._use(
                lambda database: {exercise: _practice(database, exercise) for exercise in found}
            )
            found |= known or {}
        return found

    def add(
        self,
        exercise: str,
        *,
        session: str,
        run: str,
        at_ms: int,
        completed: bool = True,
        pain: int | None = None,
    ) -> None:
        """Keeps that an exercise was played; it is on the disk when this returns.

        Args:
            exercise: its id.
            session: the id of the session it was played in.
            run: tells this playing of the session from all others.
            at_ms: when it ended, in milliseconds since 1970, UTC.
            completed: whether it was played to its end.
            pain: what was reported for it, 0 to 10, or None.

        Raises:
            ValueError: the pain is not on that scale.
        """
        if pain is not None and not PAIN_SCALE[0] <= pain <= PAIN_SCALE[1]:
            raise ValueError(f"pain {pain} is not from {PAIN_SCALE[0]} to {PAIN_SCALE[1]}")
        row = (run, session, exercise, at_ms, int(completed), pain)
        self._use(lambda database: database.execute(_ADD, row))

    def add_hurt(self, exercise: str, *, session: str, run: str, at_ms: int, mark: Mark | None) -> None:
        """Keeps that something hurt; it is on the disk when this returns.

        Args:
            exercise: its id.
            session, run, at_ms: as for ``add``.
            mark: which set, rep and side it was.
        """
        place = (mark.set, mark.rep, mark.side) if mark else (None, None, None)
        self._use(lambda database: database.execute(_HURT, (run, session, exercise, at_ms, *place)))

    def _use(self, act: Callable[[sqlite3.Connection], T]) -> T | None:
        """Opens the database for one short use; None, and a notice, where the file fails it."""
        seen: tuple[int, int] | None = None
        try:
            seen = _make_private(self.path)
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None)) as database:
                _set_up(database)
                return act(database)
        except NewerHistoryError:
            self._tell(
                f"{self.path} was written by a newer voice_coach. It stays as it is, and what you complete "
                "now is not remembered."
            )
        except sqlite3.Error as error:
            if _is_damaged(self.path, error):
                self._set_aside(seen, error)
            else:
                self._tell_unusable(error)
        except OSError as error:
            self._tell_unusable(error.strerror or error)
        return None

    def _set_aside(self, seen: tuple[int, int] | None, error: sqlite3.Error) -> None:
        """Renames a damaged file, with what SQLite keeps beside it, so that the next use begins a new one."""
        aside = _unused(self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"))
        try:
            # Another player may have set it aside already, and a good new one may lie in its place.
            if seen == _identity(self.path):
                for ending in ("", "-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        Path(f"{self.path}{ending}").rename(f"{aside}{ending}")
        except OSError as reason:
            self._tell_unusable(reason.strerror or reason)
            return
        self._tell(
            f"{self.path}, where voice_coach remembers which exercises you completed, is damaged ({error}). "
            f"It is now {aside.name}, and a new one is begun."
        )

    def _tell_unusable(self, reason: object) -> None:
        self._tell(
            f"{self.path} cannot be used ({reason}), so what you completed before is not known, and what you "
            "complete now is not remembered. See that its folder can be written to."
        )

    def _tell(self, sentence: str) -> None:
        if not self._told:
            self._told = True
            self._notify(sentence)


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


def _practice(database: sqlite3.Connection, exercise: str) -> Practice:
    completed = tuple(moment for (moment,) in database.execute(_COMPLETED, (exercise,)))
    (pain,) = database.execute(_PAIN, (exercise, exercise)).fetchone()
    return Practice(completed, pain)


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
    migrate(database)
