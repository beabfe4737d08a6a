"""What was completed when, in one SQLite file of the person's own; never an obstacle to playing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from voice_coach.history.file import HistoryFile
from voice_coach.history.session_log import SessionLog
from voice_coach.model.cue import Mark
from voice_coach.model.practice import PAIN_SCALE, Practice

# A session may have been forgotten while it is led: then nothing more of it is kept.
_UNLESS_FORGOTTEN = "WHERE EXISTS (SELECT 1 FROM led WHERE run = :run)"
_ADD = """
    INSERT INTO practice (run, session, exercise, at_ms, completed, pain)
    SELECT :run, :session, :exercise, :at_ms, :completed, :pain
"""
# The rounds of one playing are one time. A row that another program wrote without a time is passed over.
_ROWS = "FROM practice WHERE exercise = ? AND typeof(at_ms) = 'integer'"
_COMPLETED = f"SELECT max(at_ms) {_ROWS} AND completed = 1 GROUP BY run ORDER BY 1"
_HURT = """
    INSERT INTO hurt (run, session, exercise, at_ms, at_set, rep, side)
    SELECT :run, :session, :exercise, :at_ms, :set, :rep, :side
"""
_PAIN = f"""
    SELECT max(at_ms) FROM (
        SELECT at_ms {_ROWS} AND pain > 0
        UNION ALL SELECT at_ms FROM hurt WHERE exercise = ? AND typeof(at_ms) = 'integer'
    )
"""


class History:
    """The exercises that were played, as far as it can be known and kept.

    Whatever goes wrong is told once, and then the history is as if empty and keeps nothing. A damaged file is
    set aside. Threads may call, and other players use the same file.

    Args:
        path: the file; it and its folder are made when something is first kept.
        notify: told, in a sentence, what went wrong.
    """

    def __init__(self, path: Path, notify: Callable[[str], None]) -> None:
        self._file = HistoryFile(path, notify)
        self.sessions = SessionLog(self._file)

    def practice(self, exercises: Iterable[str]) -> dict[str, Practice]:
        """The past of each of these exercises; of one that is new it is empty."""
        found = {exercise: Practice() for exercise in exercises}
        # Nothing is made only to be read.
        if self._file.is_there:
            known = self._file.attempt(
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
        begun: bool = False,
    ) -> None:
        """Keeps that an exercise was played; it is on the disk when this returns.

        Args:
            exercise: its id.
            session: the id of the session it was played in.
            run: tells this playing of the session from all others.
            at_ms: when it ended, in milliseconds since 1970, UTC.
            completed: whether it was played to its end.
            pain: what was reported for it, 0 to 10, or None.
            begun: whether ``sessions`` knows this run; if it was forgotten since, nothing is kept.

        Raises:
            ValueError: the pain is not on that scale.
        """
        if pain is not None and not PAIN_SCALE[0] <= pain <= PAIN_SCALE[1]:
            raise ValueError(f"pain {pain} is not from {PAIN_SCALE[0]} to {PAIN_SCALE[1]}")
        row = {
            "run": run,
            "session": session,
            "exercise": exercise,
            "at_ms": at_ms,
            "completed": int(completed),
            "pain": pain,
        }
        statement = _ADD + (_UNLESS_FORGOTTEN if begun else "")
        self._file.attempt(lambda database: database.execute(statement, row))

    def add_hurt(
        self,
        exercise: str,
        *,
        session: str,
        run: str,
        at_ms: int,
        mark: Mark | None,
        begun: bool = False,
    ) -> None:
        """Keeps that something hurt; it is on the disk when this returns.

        Args:
            exercise: its id.
            session, run, at_ms, begun: as for ``add``.
            mark: which set, rep and side it was.
        """
        row = {
            "run": run,
            "session": session,
            "exercise": exercise,
            "at_ms": at_ms,
            "set": mark.set if mark else None,
            "rep": mark.rep if mark else None,
            "side": mark.side if mark else None,
        }
        statement = _HURT + (_UNLESS_FORGOTTEN if begun else "")
        self._file.attempt(lambda database: database.execute(statement, row))


def _practice(database: sqlite3.Connection, exercise: str) -> Practice:
    completed = tuple(moment for (moment,) in database.execute(_COMPLETED, (exercise,)))
    (pain,) = database.execute(_PAIN, (exercise, exercise)).fetchone()
    return Practice(completed, pain)
