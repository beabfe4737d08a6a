"""The past as it is known, and how it is corrected or forgotten."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Final

from voice_coach.core.history import Led, LedExercise, LedPacing, PainStop
from voice_coach.history.database import HistoryError, HistoryFile

_LED: Final = "SELECT * FROM led ORDER BY began_ms, id"
_OF_LED: Final = ("practice", "hurt")
_RUNS: Final = ("led", *_OF_LED)
"""The tables with a column ``run``; the others follow by themselves."""


def led_sessions(path: Path) -> tuple[Led, ...]:
    """The sessions that were led, oldest first; nothing is made where there is no file.

    Raises:
        HistoryError: the file cannot be used.
    """
    file = HistoryFile(path, lambda _sentence: None)
    return file.use(_read) if file.is_there else ()


def correct_pain(path: Path, led: int, pain: int | None) -> None:
    """Keep another pain for a session; None for none told.

    Raises:
        HistoryError: the file cannot be used.
    """
    file = HistoryFile(path, lambda _sentence: None)
    file.use(lambda database: database.execute("UPDATE led SET pain = ? WHERE id = ?", (pain, led)))


def is_anything_there(path: Path) -> bool:
    """Return whether there is a history, even one that cannot be read or was set aside as damaged."""
    return os.path.lexists(path) or any(_damaged(path))


def forget(path: Path, leds: Collection[int] | None) -> None:
    """Forget these sessions, or with None everything, so that no byte of them is left in the file.

    What was set aside as damaged goes with everything. Who is just leading a session does so undisturbed.

    Raises:
        HistoryError: the file cannot be used, or not be rewritten now; then what is left of it is told.
    """
    file = HistoryFile(path, lambda _sentence: None)
    if file.is_there:
        file.use(lambda database: _forget(database, leds))
    if leds is None:
        for announcement in _damaged(path):
            try:
                announcement.unlink()
            except OSError as error:
                raise HistoryError(
                    f"{announcement}, a damaged history, cannot be deleted ({error.strerror or error})",
                    live=".",
                    looking=". Everything else is forgotten; delete it by hand.",
                ) from error


def _damaged(path: Path) -> list[Path]:
    """Return what was set aside."""
    return list(path.parent.glob(f"{path.name}.damaged-*"))


def _forget(database: sqlite3.Connection, leds: Collection[int] | None) -> None:
    database.execute("BEGIN IMMEDIATE")
    if leds is None:
        for table in _RUNS:
            database.execute(f"DELETE FROM {table}")
    else:
        (runs,) = zip(*_runs(database, leds), strict=True) if leds else ((),)
        for table in _RUNS:
            database.executemany(f"DELETE FROM {table} WHERE run = ?", [(run,) for run in runs])
        # What belongs to no session is shown nowhere, so nobody could name it.
        for table in _OF_LED:
            database.execute(f"DELETE FROM {table} WHERE run NOT IN (SELECT run FROM led)")
    database.execute("COMMIT")
    # The pages that held it are written anew, and then the log of those pages is emptied.
    database.execute("VACUUM")
    busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise HistoryError(
            "It is forgotten, but a copy may stay in the file as long as another program uses it",
            live=".",
            looking=". Ask again when no session is being played.",
        )


def _runs(database: sqlite3.Connection, leds: Collection[int]) -> list[tuple[str]]:
    return [
        found
        for led in leds
        for found in database.execute("SELECT run FROM led WHERE id = ?", (led,)).fetchall()
    ]


def _read(database: sqlite3.Connection) -> tuple[Led, ...]:
    database.row_factory = sqlite3.Row
    database.execute("BEGIN")  # all of it as it was at one moment
    exercises, before, stops = _exercises(database), _before(database), _stops(database)
    found = tuple(
        _rows(row, (before if row["heard_ms"] is None else exercises)[row["run"]], stops[row["run"]])
        for row in database.execute(_LED)
    )
    database.execute("COMMIT")
    return found


def _rows(row: sqlite3.Row, exercises: list[LedExercise], stops: list[PainStop]) -> Led:
    return Led(
        id=row["id"],
        session=row["session"],
        title=row["title"],
        began_ms=row["began_ms"],
        began_offset_s=row["began_offset_s"],
        ended_ms=row["seen_ms"] if row["ended_ms"] is None else row["ended_ms"],
        ended_offset_s=row["seen_offset_s"],
        # One that was killed has not been heard to its end; of what came before the table nobody knows.
        to_end=None if row["heard_ms"] is None else bool(row["to_end"]),
        heard_ms=row["heard_ms"],
        pacing=LedPacing(guidance=row["guidance"], pace_percent=row["pace_percent"], fit_ms=row["fit_ms"]),
        pain=row["pain"],
        exercises=tuple(exercises),
        stops=tuple(stops),
    )


def _exercises(database: sqlite3.Connection) -> dict[str, list[LedExercise]]:
    """Return what was done in each run."""
    found: dict[str, list[LedExercise]] = defaultdict(list)
    with_run = "SELECT run, led_exercise.* FROM led_exercise JOIN led ON led.id = led"
    for row in database.execute(f"{with_run} ORDER BY led, chapter, easier"):
        found[row["run"]].append(
            LedExercise(
                chapter=row["chapter"],
                easier=bool(row["easier"]),
                exercise=row["exercise"],
                title=row["title"],
                reps=row["reps"],
                of_reps=row["of_reps"],
                heard_ms=row["heard_ms"],
                to_end=bool(row["to_end"]),
            )
        )
    return found


def _before(database: sqlite3.Connection) -> dict[str, list[LedExercise]]:
    """Return what was completed in each run, from before there was a table of sessions."""
    found: dict[str, list[LedExercise]] = defaultdict(list)
    for run, name in database.execute("SELECT run, exercise FROM practice WHERE completed = 1 ORDER BY id"):
        place = len(found[run])
        done = LedExercise(
            chapter=place, exercise=name, title=name, reps=0, of_reps=0, heard_ms=0, to_end=True
        )
        found[run].append(done)
    return found


def _stops(database: sqlite3.Connection) -> dict[str, list[PainStop]]:
    """Return what hurt in each run."""
    found: dict[str, list[PainStop]] = defaultdict(list)
    for row in database.execute("SELECT * FROM hurt WHERE typeof(at_ms) = 'integer' ORDER BY id"):
        stop = PainStop(
            exercise=row["exercise"],
            at_ms=row["at_ms"],
            set=row["at_set"],
            rep=row["rep"],
            side=row["side"],
        )
        found[row["run"]].append(stop)
    return found
