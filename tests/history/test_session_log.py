"""Sessions are kept as they go on: through kills, with two players at once, in files of every version."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.support.recorder import BEGAN_MS, PARTS, begin, part, recording
from voice_coach.core.history import Led, LedPacing, PainStop
from voice_coach.history.database import MIGRATIONS, VERSION, HistoryError
from voice_coach.history.log import History, SessionLog
from voice_coach.history.queries import led_sessions

OLD = Path(__file__).parent / "old"
LATER_MS = BEGAN_MS + 10_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "person" / "history.db"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def log(path: Path, told: list[str]) -> SessionLog:
    return History(path, told.append).sessions


def _begin(log: SessionLog, run: str = "a run", at_ms: int = BEGAN_MS) -> str | None:
    return log.begin(run=run, session="morning", title="Morning", at_ms=at_ms)


def test_a_session_is_known_with_all_that_was_kept_of_it(
    log: SessionLog, path: Path, told: list[str]
) -> None:
    pacing = LedPacing(guidance="key", pace_percent=100, fit_ms=720_000)
    led = log.begin(run="a run", session="morning", title="Morning", at_ms=BEGAN_MS, pacing=pacing)
    log.record_progress(led, at_ms=BEGAN_MS + 9_000, heard_ms=8_000, exercises=[part(1)])
    log.record_progress(led, at_ms=BEGAN_MS + 20_000, heard_ms=15_000, pace_percent=80, exercises=[part(2)])
    log.record_end(led, at_ms=BEGAN_MS + 30_000, heard_ms=21_000, to_end=True)
    log.record_pain(led, 3)
    (found,) = led_sessions(path)
    assert (found.session, found.title, found.to_end, found.heard_ms) == ("morning", "Morning", True, 21_000)
    assert (found.began_ms, found.ended_ms) == (BEGAN_MS, BEGAN_MS + 30_000)
    assert found.pacing == LedPacing(guidance="key", pace_percent=80, fit_ms=720_000)
    assert found.exercises == (part(1), part(2))
    assert found.pain == 3
    assert told == []


def test_a_later_word_about_a_chapter_replaces_the_earlier_one(log: SessionLog, path: Path) -> None:
    led = _begin(log)
    log.record_progress(led, at_ms=BEGAN_MS, heard_ms=0, exercises=[part(2)])
    log.record_progress(led, at_ms=BEGAN_MS, heard_ms=0, exercises=[part(3), part(2)])
    assert led_sessions(path)[0].exercises == (part(2), part(3))


def test_the_pain_can_be_corrected_and_taken_back(log: SessionLog, path: Path) -> None:
    led = _begin(log)
    for pain in (7, 2, 0, None):
        log.record_pain(led, pain)
        assert led_sessions(path)[0].pain == pain
    for wrong in (-1, 11):
        with pytest.raises(ValueError, match="is not from 0 to 10"):
            log.record_pain(led, wrong)


def test_a_session_that_was_never_told_to_end_was_left_when_it_was_last_seen(
    log: SessionLog, path: Path
) -> None:
    led = _begin(log)
    log.record_progress(led, at_ms=BEGAN_MS + 60_000, heard_ms=50_000)
    (found,) = led_sessions(path)
    assert (found.to_end, found.ended_ms, found.heard_ms) == (False, BEGAN_MS + 60_000, 50_000)


def test_where_nothing_can_be_kept_a_session_goes_on(log: SessionLog, path: Path, told: list[str]) -> None:
    path.mkdir(parents=True)
    led = _begin(log)
    assert led is None
    log.record_progress(led, at_ms=0, heard_ms=0)
    log.record_end(led, at_ms=0, heard_ms=0, to_end=True)
    log.record_pain(led, 3)
    assert len(told) == 1


_ELSEWHERE = """
import sys, time
from pathlib import Path
from voice_coach.history.log import History
log = History(Path(sys.argv[1]), sys.exit).sessions
log.begin(run=sys.argv[2], session="s", title="S", at_ms=int(sys.argv[3]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no TZ")
def test_a_day_stays_the_day_it_was_wherever_the_person_goes(path: Path) -> None:
    at_ms = 1_793_575_800_000  # 1 November 2026, 23:30 UTC
    for zone in ("Pacific/Auckland", "America/New_York", "Asia/Kathmandu"):
        subprocess.run(
            [sys.executable, "-c", _ELSEWHERE, str(path), zone, str(at_ms)], check=True, env={"TZ": zone}
        )
    days = {found.began.strftime("%d %H:%M"): found.day for found in led_sessions(path)}
    assert days == {
        "02 12:30": date(2026, 11, 2),
        "01 18:30": date(2026, 11, 1),
        "02 05:15": date(2026, 11, 2),
    }


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_that_an_earlier_version_has_written_is_read(
    path: Path, told: list[str], version: int
) -> None:
    """``old/version-N.db`` was written by the voice_coach of that time."""
    path.parent.mkdir()
    shutil.copy(OLD / f"version-{version}.db", path)
    history = History(path, told.append)
    sessions = {found.began_ms: found for found in led_sessions(path)}
    hurt = version > 1
    assert len(sessions) == 4 + hurt
    first = min(sessions.values(), key=lambda each: each.began_ms)
    assert (first.session, first.to_end, first.heard_ms, first.pain) == (
        "lower-back-relief",
        None,
        None,
        None,
    )
    assert [done.exercise for done in first.exercises] == ["pelvic-tuck", "knee-slide", "chair-breathing"]
    stops = [stop for found in sessions.values() for stop in found.stops]
    assert [(stop.exercise, stop.rep, stop.side) for stop in stops] == (
        [("knee-slide", 3, "left"), ("pelvic-tuck", None, None)] if hurt else []
    )
    assert len(history.practice(["knee-slide"])["knee-slide"].completed_ms) == 3
    led = history.sessions.begin(run="new", session="s", title="S", at_ms=LATER_MS)
    history.sessions.record_end(led, at_ms=LATER_MS, heard_ms=5, to_end=True)
    assert led_sessions(path)[-1].heard_ms == 5
    assert told == []


def test_a_row_from_no_time_of_ours_is_no_session(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as old:
        for statements in MIGRATIONS[:2]:
            old.executescript(statements)
        old.execute("PRAGMA user_version = 2")
        row = "INSERT INTO practice (run, session, exercise, at_ms, completed) VALUES (?, 's', 'bow', ?, 1)"
        old.executemany(row, [("before", -1), ("never", 1 << 62), ("then", BEGAN_MS)])
        old.commit()
    assert [found.began_ms for found in led_sessions(path)] == [BEGAN_MS]


def test_what_was_completed_adds_no_exercise_to_a_session_that_keeps_its_own(
    path: Path, log: SessionLog
) -> None:
    """A kill may fall between the row of an exercise that was completed and that of the session."""
    led = _begin(log)
    assert led
    History(path, sys.exit).add("bow", session="morning", run=led, at_ms=LATER_MS)
    assert [(found.exercises, found.heard_ms) for found in led_sessions(path)] == [((), 0)]


def test_a_newer_file_is_refused_in_a_sentence_and_stays(
    path: Path, log: SessionLog, told: list[str]
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("CREATE TABLE led (all_other_columns)")
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    assert _begin(log) is None
    with pytest.raises(
        HistoryError, match="was written by a newer voice_coach. It stays as it is; the newer"
    ):
        led_sessions(path)
    assert path.read_bytes()[100:] == before[100:]
    assert ["newer voice_coach" in sentence for sentence in told] == [True]


def test_players_at_once_all_are_remembered(path: Path) -> None:
    """They begin at one moment, so that they make the file together."""
    players = [recording(path, name, 10) for name in "ab"]
    for player in players:
        begin(player)
    for player in players:
        _, errors = player.communicate(timeout=60)
        assert (player.returncode, errors) == (0, "")
    found = led_sessions(path)
    assert len(found) == 20
    assert all(each.exercises == tuple(part(number) for number in range(1, PARTS + 1)) for each in found)
    assert sorted(each.pain or 0 for each in found) == sorted([*range(10), *range(10)])


def _lines_until_killed(path: Path, name: str, lines: int, bytes_more: int) -> list[str]:
    """What a player has told of before it was killed, after so many lines and then so many bytes."""
    with recording(path, name, 1_000) as player:
        begin(player)
        assert player.stdout
        told = [player.stdout.readline().strip() for _ in range(lines)]
        player.stdout.read(bytes_more)
        player.send_signal(signal.SIGKILL)
        player.wait()
    return told


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("seed", range(6))
def test_what_was_recorded_outlives_a_kill_at_any_moment(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for name in ("first", "second"):
        told = _lines_until_killed(path, name, chance.randrange(1, 40), chance.randrange(60))
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            runs = dict(database.execute("SELECT id, run FROM led"))
        by_run = {runs[found.id]: found for found in led_sessions(path)}
        for line in told:
            _as_told(by_run, line)
        for found in by_run.values():
            assert [done.reps for done in found.exercises] == [*range(1, len(found.exercises) + 1)]
            assert found.heard_ms == 1_000 * len(found.exercises)


def _as_told(by_run: dict[str, Led], line: str) -> None:
    """What a line has told is there."""
    what, _, run = line.replace("begun ", "begun of ").replace("ended ", "ended of ").partition(" of ")
    found = by_run[run]
    if what.startswith("part"):
        assert len(found.exercises) >= int(what.split()[1])
    if what == "ended":
        assert found.to_end
        assert found.pain is not None
        assert found.stops == (PainStop(exercise="bow", at_ms=found.ended_ms, rep=2, side="left"),)
