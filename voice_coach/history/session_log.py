"""The sessions that are led, written down meanwhile: what was recorded outlives a kill at any moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from voice_coach.history.file import HistoryFile
from voice_coach.model.past import LedExercise, LedPacing, local_offset_s
from voice_coach.model.practice import PAIN_SCALE

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
        """Whether the question for the pain is answered now and then.

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
        """Keeps that a session has begun.

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

    def progress(
        self,
        led: str | None,
        *,
        at_ms: int,
        heard_ms: int,
        pace_percent: int | None = None,
        exercises: Sequence[LedExercise] = (),
    ) -> bool:
        """Keeps how far a session has come; whether it could.

        Args:
            led: which, from ``begin``.
            at_ms: the time now.
            heard_ms: how long it was really led so far.
            pace_percent: where the one knob stands now.
            exercises: those that have changed since; an earlier word about the same chapter is replaced.
        """
        return self._write(led, at_ms, heard_ms, pace_percent, exercises, None)

    def ended(
        self,
        led: str | None,
        *,
        at_ms: int,
        heard_ms: int,
        to_end: bool,
        pace_percent: int | None = None,
        exercises: Sequence[LedExercise] = (),
    ) -> bool:
        """Keeps that a session is over; whether it could.

        Args:
            led, at_ms, heard_ms, pace_percent, exercises: as for ``progress``.
            to_end: whether it was heard to its end, rather than left.
        """
        return self._write(led, at_ms, heard_ms, pace_percent, exercises, to_end)

    def asked(self, led: str | None) -> None:
        """Keeps that somebody is asked how much pain there is."""
        if led is not None:
            self._file.attempt(lambda database: database.execute(_ASKED, (led,)))

    def score(self, led: str | None, pain: int | None) -> bool:
        """Keeps how much pain there is at the end of a session; a later word replaces an earlier one.

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
