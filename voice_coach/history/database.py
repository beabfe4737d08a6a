"""The history's SQLite file: its tables and migrations, opened for one short use, set aside when damaged."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import chain, count
from pathlib import Path
from typing import Final, TypeVar

from voice_coach.core.errors import CoachError

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
    """Bring the tables to this version, whole or not at all; several programs may do so at once.

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
    """Return whether the tables are those of the version that the file names.

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


T = TypeVar("T")

_PATIENCE_S: Final = 2.0
"""Seconds that one player waits for another that is writing; a write takes some milliseconds."""

_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""Messages of SQLite about a file that is no database."""


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
        """Return whether there is anything to read; a link that leads nowhere is not nothing."""
        return os.path.lexists(self.path)

    def attempt(self, act: Callable[[sqlite3.Connection], T]) -> T | None:
        """Call ``use``, but report errors and return None, so that a session goes on without history."""
        try:
            return self.use(act)
        except HistoryError as error:
            if not self._told:
                self._told = True
                self._notify(error.live)
        return None

    def use(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Return what ``act`` returns, given the database; each statement is a transaction by itself.

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
        """Rename a damaged file, with what SQLite keeps beside it, so that the next use begins a new one."""
        announcement = _unused(
            self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        )
        try:
            # Another player may have set it aside already, and a good new one may lie in its place.
            if seen == _identity(self.path):
                for ending in ("", "-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        Path(f"{self.path}{ending}").rename(f"{announcement}{ending}")
        except OSError as reason:
            return self._unusable(reason.strerror or reason)
        told = (
            f"{self.path}, where voice_coach remembers which exercises you completed, is damaged ({error}). "
            f"It is now {announcement.name}, and a new one is begun."
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
    """Return whether a file can never be used, rather than just not now."""
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
    """Make the file, readable by the person alone (SQLite gives its other files the same mode)."""
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
