"""The history's tables, and how each version of them becomes the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

MIGRATIONS: tuple[str, ...] = (
    # 1: a row for each exercise that was played. `run` is one playing of a session; `pain` is what was
    # reported for the exercise, 0 to 10, or NULL if nothing was. Times are milliseconds since 1970, UTC.
    """
    CREATE TABLE practice (
        id INTEGER PRIMARY KEY,
        run TEXT NOT NULL,
        session TEXT NOT NULL,
        exercise TEXT NOT NULL,
        at_ms INTEGER NOT NULL CHECK (typeof(at_ms) = 'integer'),
        completed INTEGER NOT NULL CHECK (completed IN (0, 1)),
        pain INTEGER CHECK (pain IS NULL OR (typeof(pain) = 'integer' AND pain BETWEEN 0 AND 10))
    );
    CREATE INDEX practice_of_exercise ON practice (exercise, at_ms);
    """,
)
"""The statements that lead from each version to the next. Only ever append: files of every version exist."""

VERSION = len(MIGRATIONS)


class NewerHistoryError(Exception):
    """A newer voice_coach has written the file; it is left as it is."""


def migrate(database: sqlite3.Connection) -> None:
    """Brings the tables to this version, whole or not at all; several programs may do so at once.

    Raises:
        NewerHistoryError: they are of a later version.
        sqlite3.Error: the file is damaged, locked or cannot be written.
    """
    if _version(database) == VERSION:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another player may have done it while this one waited.
        version = _version(database)
        if version > VERSION:
            raise NewerHistoryError
        for statements in MIGRATIONS[version:]:
            for statement in statements.split(";"):
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)
