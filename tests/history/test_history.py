"""The history of completed exercises, on real files: kept through kills, damage, and two players at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from voice_coach.core.history import Practice
from voice_coach.history.database import MIGRATIONS, VERSION
from voice_coach.history.log import History


class Told(list[str]):
    """The notices of a history."""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "person" / "history.db"


@pytest.fixture
def history(path: Path, told: Told) -> History:
    return History(path, told.append)


def _add(history: History, at_ms: int, run: str = "a run", exercise: str = "cat-back") -> None:
    history.add(exercise, session="morning", run=run, at_ms=at_ms)


def _past(history: History, exercise: str = "cat-back") -> Practice:
    return history.practice([exercise])[exercise]


def test_what_was_completed_is_known_in_order(history: History, told: Told) -> None:
    _add(history, 3_000, "third")
    _add(history, 1_000, "first")
    _add(history, 2_000, "second", exercise="squats")
    known = history.practice(["cat-back", "squats", "never"])
    assert known == {
        "cat-back": Practice((1_000, 3_000)),
        "squats": Practice((2_000,)),
        "never": Practice(),
    }
    assert told == []


def test_the_rounds_of_one_playing_count_once(history: History) -> None:
    for at_ms in (1_000, 2_000, 3_000):
        _add(history, at_ms)
    _add(history, 9_000, "another run")
    assert _past(history).completed_ms == (3_000, 9_000)


def test_what_was_broken_off_is_no_completion_and_pain_is_known(history: History) -> None:
    history.add("cat-back", session="s", run="1", at_ms=1_000, completed=False, pain=7)
    history.add("cat-back", session="s", run="2", at_ms=2_000, pain=3)
    history.add("cat-back", session="s", run="3", at_ms=3_000, pain=0)
    assert _past(history) == Practice((2_000, 3_000), pain_ms=2_000)
    with pytest.raises(ValueError, match="pain 11 is not from 0 to 10"):
        history.add("cat-back", session="s", run="4", at_ms=4_000, pain=11)


def test_reading_makes_no_file(history: History, path: Path) -> None:
    assert _past(history) == Practice()
    assert not path.parent.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_the_person_can_read_it(history: History, path: Path) -> None:
    _add(history, 1_000)
    with closing(sqlite3.connect(path)) as other:  # while it is open its other files are there too
        other.execute("SELECT * FROM practice").fetchall()
        files = list(path.parent.iterdir())
        assert len(files) == 3
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_it_is_a_file_that_other_programs_can_read(history: History, path: Path) -> None:
    _add(history, 1_000)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert other.execute("SELECT exercise, session, completed, pain FROM practice").fetchall() == [
            ("cat-back", "morning", 1, None)
        ]


@pytest.mark.parametrize("version", range(VERSION + 1))
def test_a_file_of_any_earlier_version_is_brought_up_to_date(
    history: History, path: Path, told: Told, version: int
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as old:
        for statements in MIGRATIONS[:version]:
            old.executescript(statements)
        old.execute(f"PRAGMA user_version = {version}")
    _add(history, 1_000)
    assert _past(history).completed_ms == (1_000,)
    assert told == []


def test_a_newer_file_stays_as_it_is(history: History, path: Path, told: Told) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("CREATE TABLE practice (all_other_columns)")
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    _add(history, 1_000)
    assert _past(history) == Practice()
    assert [path] == [file for file in path.parent.iterdir() if "damaged" in file.name or file == path]
    assert len(told) == 1
    assert "was written by a newer voice_coach. It stays as it is" in told[0]


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all " * 100)


def _torn(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4096 * 3))


def _others_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE practice (something TEXT)")
        other.execute(f"PRAGMA user_version = {VERSION}")


@pytest.mark.clock
@pytest.mark.parametrize("damage", [_garbage, _torn, _others_tables])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    history: History, path: Path, told: Told, damage: Callable[[Path], None]
) -> None:
    _add(history, 1_000)
    damage(path)
    damaged = path.read_bytes()
    assert _past(history) == Practice()
    (announcement,) = (file for file in path.parent.iterdir() if ".damaged-" in file.name)
    assert (
        announcement.read_bytes()[100:] == damaged[100:]
    )  # the first hundred hold what SQLite notes of each use
    assert len(told) == 1
    assert "is damaged" in told[0]
    assert announcement.name in told[0]
    _add(history, 2_000)
    assert _past(history).completed_ms == (2_000,)


def test_a_row_of_another_program_without_a_time_is_passed_over(
    history: History, path: Path, told: Told
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE practice (id, run, session, exercise, at_ms, completed, pain)")
        other.execute("CREATE TABLE hurt (id, run, session, exercise, at_ms, at_set, rep, side)")
        other.execute("INSERT INTO practice VALUES (1, 'r', 's', 'cat-back', 'yesterday', 1, 3)")
        other.execute("INSERT INTO hurt VALUES (1, 'r', 's', 'cat-back', 'yesterday', 1, 1, 'left')")
        other.execute(f"PRAGMA user_version = {VERSION}")
        other.commit()
    _add(history, 2_000)
    assert _past(history) == Practice((2_000,))
    assert told == []


_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from voice_coach.history import database as schema, log as history
path, limit = Path(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
if len(sys.argv) > 3:
    schema.MIGRATIONS += (sys.argv[3],)
    schema.VERSION += 1
history = history.History(path, print)
history.add("cat-back", session="s", run="on a full disk", at_ms=99_999)
"""

_MUCH = "CREATE TABLE much (x); INSERT INTO much SELECT zeroblob(100000)"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file")
@pytest.mark.parametrize(("rows", "limit", "migration"), [(20, 34_000, (_MUCH,)), (0, 2_000, ())])
def test_a_full_disk_is_told_and_a_good_file_stays(
    history: History, path: Path, told: Told, rows: int, limit: int, migration: tuple[str, ...]
) -> None:
    for number in range(rows):
        _add(history, number, f"run {number}")
    done = subprocess.run(
        [sys.executable, "-c", _ON_A_FULL_DISK, str(path), str(limit), *migration],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot be used" in done.stdout
    assert [file for file in path.parent.iterdir() if "damaged" in file.name] == []
    assert _past(history).completed_ms == tuple(range(rows))
    _add(history, 99_999, "with room again")
    assert _past(history).completed_ms == (*range(rows), 99_999)
    assert told == []


@pytest.mark.parametrize("error", ["INSERT INTO nowhere VALUES (1)", "CREATE TABLE practice (x)"])
def test_a_migration_that_fails_leaves_the_file_as_it_was(
    history: History, path: Path, told: Told, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    _add(history, 1_000)
    with monkeypatch.context() as newer:
        newer.setattr(
            "voice_coach.history.database.MIGRATIONS", (*MIGRATIONS, f"CREATE TABLE y (z); {error}")
        )
        newer.setattr("voice_coach.history.database.VERSION", VERSION + 1)
        _add(history, 2_000, "second")
    assert len(told) == 1
    assert "cannot be used" in told[0]
    assert _past(history).completed_ms == (1_000,)
    _add(history, 3_000, "third")
    assert _past(history).completed_ms == (1_000, 3_000)
    assert [file.name for file in path.parent.iterdir() if "damaged" in file.name] == []


def test_what_was_set_aside_is_never_overwritten(path: Path, told: Told) -> None:
    path.parent.mkdir()
    for turn in range(3):
        path.write_bytes(b"damaged %d " % turn * 100)
        _past(History(path, told.append))
    assert len([file for file in path.parent.iterdir() if ".damaged-" in file.name]) == 3


def _is_a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def _parent_is_a_file(path: Path) -> None:
    path.parent.write_text("in the way")


def _leads_nowhere(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("/nowhere/at/all")


@pytest.mark.parametrize("obstacle", [_is_a_folder, _parent_is_a_file, _leads_nowhere])
def test_where_nothing_can_be_kept_one_notice_is_told(
    history: History, path: Path, told: Told, obstacle: Callable[[Path], None]
) -> None:
    obstacle(path)
    _add(history, 1_000)
    assert _past(history) == Practice()
    assert len(told) == 1
    assert f"{path} cannot be used" in told[0]


def test_a_file_that_is_locked_for_long_is_told_and_left(
    history: History, path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_coach.history.database._PATIENCE_S", 0.05)
    _add(history, 1_000)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        _add(history, 2_000, "second")
        assert _past(history).completed_ms == (1_000,)  # reading does not wait for a writer
    assert len(told) == 1
    assert "locked" in told[0]


_PLAYER = """
import sys
from pathlib import Path
from voice_coach.history.log import History
path, name, many = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
history = History(path, lambda sentence: sys.exit(sentence))
sys.stdin.readline()
for number in range(many):
    history.add("cat-back", session="s", run=f"{name} {number}", at_ms=number)
    print(number, flush=True)
"""


def _player(path: Path, name: str, many: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _PLAYER, str(path), name, str(many)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_players_at_the_same_time_all_are_remembered(history: History, path: Path, told: Told) -> None:
    """They begin at one moment, so that they make the file together."""
    players = [_player(path, name, 20) for name in "abc"]
    for player in players:
        assert player.stdin
        player.stdin.write("\n")
        player.stdin.flush()
    for player in players:
        _, errors = player.communicate(timeout=60)
        assert (player.returncode, errors) == (0, "")
    assert len(_past(history).completed_ms) == 60
    assert told == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("kept", [1, 7])
def test_what_was_kept_outlives_a_kill(history: History, path: Path, told: Told, kept: int) -> None:
    with _player(path, "a", 10_000) as player:
        assert player.stdin
        assert player.stdout
        player.stdin.write("\n")
        player.stdin.flush()
        for _ in range(kept):
            player.stdout.readline()
        player.send_signal(signal.SIGKILL)
        player.wait()
    completed = _past(history).completed_ms
    assert completed == tuple(range(len(completed)))
    assert len(completed) >= kept
    _add(history, 99_999, "after it")
    assert _past(history).completed_ms[-1] == 99_999
    assert told == []
