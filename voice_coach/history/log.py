"""Writes sessions into the history while they are done, so that a kill loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from voice_coach.core.history import PAIN_SCALE, LedExercise, LedPacing, Practice, local_offset_s
from voice_coach.core.timeline import Mark
from voice_coach.history.database import HistoryFile

_BEGIN = """
    INSERT INTO led (run, session, title, began_ms, began_offset_s, seen_ms, seen_offset_s, heard_ms,
        guidance, pace_percent, fit_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
"""
_PROGRESS = """
    UPDATE led SET seen_ms = ?, seen_offset_s = ?, heard_ms = ?, pace_percent = coalesce(?, pace_percent)
    WHERE run = ?
"""
# A session may have been forgotten while it is led: then nothing more of it is kept.
_EXERCISE = """
    INSERT OR REPLACE INTO led_exercise
        (led, chapter, easier, exercise, title, reps, of_reps, heard_ms, to_end)
    SELECT id, ?, ?, ?, ?, ?, ?, ?, ? FROM led WHERE run = ?
"""
_ENDED = "UPDATE led SET ended_ms = seen_ms, to_end = ? WHERE run = ?"
_LAST_PAINS = "SELECT pain FROM led WHERE asked = 1 OR pain IS NOT NULL ORDER BY id DESC LIMIT ?"
_UNANSWERED = 3
_ASKED = "UPDATE led SET asked = 1 WHERE run = ?"
_SCORE = "UPDATE led SET pain = ? WHERE run = ?"


class SessionLog:
    """Keeps what comes of led sessions. All of it is on the disk when a call returns.

    What goes wrong is told by the file's ``notify``, once, and nothing more is raised: a session is led all
    the same. Where ``begin`` could not write it returns None, which all other calls take and then do nothing.
    They tell whether they could write, so that it can be tried again.

    Args:
        file: the history's file.
    """

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def is_answered(self) -> bool:
        """Return whether the question for the pain is answered now and then.

        It was after one of the last three sessions in which it was asked, or there were not so many yet. An
        answer that was given later, or unasked, counts as well.
        """
        if not self._file.is_there:
            return True

        def last(database: sqlite3.Connection) -> list[tuple[int | None]]:
            return database.execute(_LAST_PAINS, (_UNANSWERED,)).fetchall()

        pains = self._file.attempt(last) or []
        return len(pains) < _UNANSWERED or any(pain is not None for (pain,) in pains)

    def begin(
        self, *, run: str, session: str, title: str, at_ms: int, pacing: LedPacing | None = None
    ) -> str | None:
        """Keep that a session has begun.

        Args:
            run: tells this playing of it from all others; what was completed and hurt in it has the same.
            session: its id.
            title: its title.
            at_ms: when it began, in milliseconds since 1970, UTC.
            pacing: the pacing it begins with.

        Returns:
            What the other calls know it by: its run, which no other session has, whatever is forgotten or
            set aside meanwhile. None if it could not be kept.
        """
        known = pacing or LedPacing()
        moment = (at_ms, local_offset_s(at_ms))
        row = (run, session, title, *moment, *moment, known.guidance, known.pace_percent, known.fit_ms)
        return run if self._file.attempt(lambda database: database.execute(_BEGIN, row)) else None

    def record_progress(
        self,
        led: str | None,
        *,
        at_ms: int,
        heard_ms: int,
        pace_percent: int | None = None,
        exercises: Sequence[LedExercise] = (),
    ) -> bool:
        """Keep how far a session has come; whether it could.

        Args:
            led: which, from ``begin``.
            at_ms: the time now.
            heard_ms: how long it was really led so far.
            pace_percent: where the tempo factor stands now.
            exercises: those that have changed since; an earlier word about the same chapter is replaced.
        """
        return self._write(led, at_ms, heard_ms, pace_percent, exercises, None)

    def record_end(
        self,
        led: str | None,
        *,
        at_ms: int,
        heard_ms: int,
        to_end: bool,
        pace_percent: int | None = None,
        exercises: Sequence[LedExercise] = (),
    ) -> bool:
        """Keep that a session is over; whether it could.

        Args:
            led, at_ms, heard_ms, pace_percent, exercises: as for ``record_progress``.
            to_end: whether it was heard to its end, rather than left.
        """
        return self._write(led, at_ms, heard_ms, pace_percent, exercises, to_end)

    def record_question(self, led: str | None) -> None:
        """Record that the pain was asked for."""
        if led is not None:
            self._file.attempt(lambda database: database.execute(_ASKED, (led,)))

    def record_pain(self, led: str | None, pain: int | None) -> bool:
        """Keep how much pain there is at the end of a session; a later word replaces an earlier one.

        Returns:
            Whether it could.

        Args:
            led: which, from ``begin``.
            pain: from 0, none, to 10, the worst there can be; None takes back what was said.

        Raises:
            ValueError: it is not on that scale.
        """
        if pain is not None and not PAIN_SCALE[0] <= pain <= PAIN_SCALE[1]:
            raise ValueError(f"pain {pain} is not from {PAIN_SCALE[0]} to {PAIN_SCALE[1]}")
        if led is None:
            return False
        return self._file.attempt(lambda database: database.execute(_SCORE, (pain, led))) is not None

    def _write(
        self,
        led: str | None,
        at_ms: int,
        heard_ms: int,
        pace_percent: int | None,
        exercises: Sequence[LedExercise],
        to_end: bool | None,
    ) -> bool:
        if led is None:
            return False

        def write(database: sqlite3.Connection) -> bool:
            database.execute("BEGIN IMMEDIATE")
            database.execute(_PROGRESS, (at_ms, local_offset_s(at_ms), heard_ms, pace_percent, led))
            database.executemany(_EXERCISE, [(*_row(each), led) for each in exercises])
            if to_end is not None:
                database.execute(_ENDED, (to_end, led))
            database.execute("COMMIT")
            return True

        return self._file.attempt(write) is not None


def _row(done: LedExercise) -> tuple[object, ...]:
    return (
        done.chapter,
        done.easier,
        done.exercise,
        done.title,
        done.reps,
        done.of_reps,
        done.heard_ms,
        done.to_end,
    )


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
        """Keep that an exercise was played; it is on the disk when this returns.

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
        """Keep that something hurt; it is on the disk when this returns.

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
