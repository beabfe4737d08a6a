"""The history's tables, and how each version of them becomes the next."""

from __future__ import annotations

import sqlite3
from contextlib import closing

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
    # 2: a row for each time that something hurt, at which set, rep and side of the exercise, if it has any.
    """
    CREATE TABLE hurt (
        id INTEGER PRIMARY KEY,
        run TEXT NOT NULL,
        session TEXT NOT NULL,
        exercise TEXT NOT NULL,
        at_ms INTEGER NOT NULL CHECK (typeof(at_ms) = 'integer'),
        at_set INTEGER,
        rep INTEGER,
        side TEXT
    );
    CREATE INDEX hurt_by_exercise ON hurt (exercise, at_ms);
    """,
    # 3: a row for each session that was led, and one for each part of it. `..._offset_s` is the local time's
    # lead over UTC then, so that a day stays the day it was wherever the person goes. `seen_ms` is when the
    # row was last written, `ended_ms` NULL where nothing could be written at the end. `heard_ms` is what was
    # really led, without pauses; `asked` whether anybody was asked for the pain at its end.
    # What is only known from the tables above becomes a session of which neither
    # the length nor whether it was heard to its end is known. No `id` is used again: somebody may still
    # mean the one that was forgotten.
    """
    CREATE TABLE led (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run TEXT NOT NULL UNIQUE,
        session TEXT NOT NULL,
        title TEXT NOT NULL,
        began_ms INTEGER NOT NULL CHECK (typeof(began_ms) = 'integer'),
        began_offset_s INTEGER NOT NULL,
        seen_ms INTEGER NOT NULL,
        seen_offset_s INTEGER NOT NULL,
        ended_ms INTEGER,
        to_end INTEGER CHECK (to_end IS NULL OR to_end IN (0, 1)),
        heard_ms INTEGER CHECK (heard_ms IS NULL OR heard_ms >= 0),
        guidance TEXT,
        pace_percent INTEGER,
        fit_ms INTEGER,
        asked INTEGER NOT NULL DEFAULT 0 CHECK (asked IN (0, 1)),
        pain INTEGER CHECK (pain IS NULL OR (typeof(pain) = 'integer' AND pain BETWEEN 0 AND 10))
    );
    CREATE INDEX led_by_time ON led (began_ms);
    CREATE TABLE led_exercise (
        led INTEGER NOT NULL REFERENCES led (id) ON DELETE CASCADE,
        chapter INTEGER NOT NULL,
        easier INTEGER NOT NULL CHECK (easier IN (0, 1)),
        exercise TEXT NOT NULL,
        title TEXT NOT NULL,
        reps INTEGER NOT NULL,
        of_reps INTEGER NOT NULL,
        heard_ms INTEGER NOT NULL,
        to_end INTEGER NOT NULL CHECK (to_end IN (0, 1)),
        PRIMARY KEY (led, chapter, easier)
    ) WITHOUT ROWID;
    INSERT INTO led (run, session, title, began_ms, began_offset_s, seen_ms, seen_offset_s)
        SELECT run, session, session, min(at_ms),
            CAST(strftime('%s', min(at_ms) / 1000, 'unixepoch', 'localtime') AS INTEGER) - min(at_ms) / 1000,
            max(at_ms),
            CAST(strftime('%s', max(at_ms) / 1000, 'unixepoch', 'localtime') AS INTEGER) - max(at_ms) / 1000
        FROM (
            SELECT run, session, at_ms FROM practice WHERE typeof(at_ms) = 'integer'
            UNION ALL SELECT run, session, at_ms FROM hurt WHERE typeof(at_ms) = 'integer'
        )
        WHERE at_ms BETWEEN 0 AND 253402300799000
        GROUP BY run;
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
        if database.in_transaction:  # else SQLite has rolled back by itself, as on a full disk
            database.execute("ROLLBACK")
        raise


def is_ours(database: sqlite3.Connection) -> bool:
    """Whether the tables are those of the version that the file names.

    Raises:
        sqlite3.Error: the file cannot be read.
    """
    version, found = _version(database), _columns(database)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        expected = _columns(model)
        for number, statements in enumerate(MIGRATIONS, 1):
            model.executescript(statements)
            if number == version:
                expected = _columns(model)
        names = {table for table, _ in _columns(model)}
    return version > VERSION or {(table, column) for table, column in found if table in names} == expected


def _version(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def _columns(database: sqlite3.Connection) -> set[tuple[str, str]]:
    """The names of all tables and their columns."""
    of_tables = "sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    return set(database.execute(f"SELECT t.name, c.name FROM {of_tables}"))
