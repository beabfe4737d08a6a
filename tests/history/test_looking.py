"""Looking back: what is forgotten is gone, byte for byte, whoever is just playing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.made_past import made_past
from tests.support.recorder import begin, part, recording
from voice_coach.history.database import HistoryError
from voice_coach.history.log import History
from voice_coach.history.queries import correct_pain, forget, is_anything_there, led_sessions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "history.db"
    made_past(made)
    return made


def _bytes(path: Path) -> bytes:
    """All that is in the file and in those beside it."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.iterdir()))


@pytest.mark.parametrize("trace", [b"Lower back relief", b"knee-slide", b"run 7"])
def test_of_everything_that_is_forgotten_no_byte_is_left(path: Path, trace: bytes) -> None:
    with closing(sqlite3.connect(path)) as other:  # an open player: what was written lies in the log
        other.execute("SELECT * FROM led").fetchall()
        History(path, pytest.fail).sessions.begin(
            run="run 7 again", session="knee-slide", title="Lower back relief", at_ms=0
        )
        assert trace in _bytes(path)
        forget(path, None)
        assert trace not in _bytes(path)
    assert led_sessions(path) == ()
    assert History(path, pytest.fail).practice(["knee-slide"])["knee-slide"].completed_ms == ()


def test_what_is_not_meant_stays(path: Path) -> None:
    all_of_it = led_sessions(path)
    gone = all_of_it[4]
    before = len(History(path, pytest.fail).practice(["pelvic-tuck"])["pelvic-tuck"].completed_ms)
    forget(path, [gone.id])
    assert led_sessions(path) == (*all_of_it[:4], *all_of_it[5:])
    assert len(History(path, pytest.fail).practice(["pelvic-tuck"])["pelvic-tuck"].completed_ms) == before - 1
    assert b"run 4" not in _bytes(path)
    assert b"run 5" in _bytes(path)


def test_what_hurt_is_forgotten_with_its_session(path: Path) -> None:
    forget(path, [led.id for led in led_sessions(path) if led.stops])
    assert History(path, pytest.fail).practice(["knee-slide"])["knee-slide"].pain_ms is None
    assert not any(led.stops for led in led_sessions(path))


def test_what_belongs_to_no_session_goes_with_whatever_is_forgotten(path: Path) -> None:
    history = History(path, pytest.fail)
    history.add("squats", session="s", run="never begun", at_ms=1_000)
    history.add_hurt("squats", session="s", run="never begun", at_ms=1_000, mark=None)
    forget(path, [led_sessions(path)[0].id])
    squats = history.practice(["squats"])["squats"]
    assert (squats.completed_ms, squats.pain_ms) == ((), None)
    assert b"never begun" not in _bytes(path)
    assert len(led_sessions(path)) == 12


def test_what_was_set_aside_as_damaged_goes_with_everything(path: Path) -> None:
    shutil.copy(path, path.with_name("history.db.damaged-20261101-080000"))
    forget(path, [led_sessions(path)[0].id])
    assert len(list(path.parent.glob("*.damaged-*"))) == 1
    forget(path, None)
    assert list(path.parent.glob("*.damaged-*")) == []


def test_who_is_just_playing_is_not_disturbed(path: Path) -> None:
    with recording(path, "a", 40) as player:
        begin(player)
        assert player.stdout
        for _ in range(20):
            player.stdout.readline()
        forget(path, [led.id for led in led_sessions(path) if led.session == "lower-back-relief"])
        player.stdout.read()
        assert player.stderr
        assert player.stderr.read() == ""
        assert player.wait(60) == 0
    assert {led.session for led in led_sessions(path)} == {"morning"}
    assert len(led_sessions(path)) == 40


def test_a_session_that_is_forgotten_while_it_is_led_does_not_come_back(path: Path) -> None:
    log = History(path, pytest.fail).sessions
    led = log.begin(run="now", session="s", title="S", at_ms=1_800_000_000_000)
    forget(path, None)
    log.record_progress(led, at_ms=1_800_000_000_000, heard_ms=1_000)
    log.record_end(led, at_ms=1_800_000_000_000, heard_ms=1_000, to_end=True)
    log.record_pain(led, 3)
    assert led_sessions(path) == ()


def test_what_comes_of_a_session_that_was_forgotten_is_not_told_of_another(path: Path) -> None:
    log = History(path, pytest.fail).sessions
    first = log.begin(run="first", session="s", title="S", at_ms=1_800_000_000_000)
    (meant,) = (led.id for led in led_sessions(path) if led.session == "s")
    forget(path, [meant])
    log.begin(run="second", session="s", title="S", at_ms=1_800_000_100_000)
    log.record_end(first, at_ms=1_800_000_200_000, heard_ms=1_000, to_end=True, exercises=[part(1)])
    log.record_pain(first, 9)
    correct_pain(path, meant, 8)  # as somebody does who has looked before
    second = led_sessions(path)[-1]
    assert second.id != meant
    assert (second.to_end, second.heard_ms, second.pain, second.exercises) == (False, 0, None, ())


def test_who_reads_at_the_same_time_is_told_that_a_copy_may_stay(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_coach.history.database._PATIENCE_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM led").fetchone()
        with pytest.raises(HistoryError, match="Ask again when no session is being played"):
            forget(path, None)
    assert led_sessions(path) == ()
    forget(path, None)
    assert b"Lower back relief" not in _bytes(path)


def test_the_pain_is_corrected(path: Path) -> None:
    first, *others = led_sessions(path)
    correct_pain(path, first.id, 1)
    assert led_sessions(path)[0].pain == 1
    correct_pain(path, first.id, None)
    assert led_sessions(path)[0].pain is None
    assert list(led_sessions(path)[1:]) == others


def test_looking_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "nobody" / "history.db"
    assert led_sessions(path) == ()
    forget(path, None)
    assert not is_anything_there(path)
    assert not path.parent.exists()


def test_what_cannot_be_read_is_told_to_who_looks(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.mkdir()
    with pytest.raises(HistoryError, match="cannot be used .* no other program holds the file"):
        led_sessions(path)
    path.rmdir()
    path.write_bytes(b"nothing of ours" * 100)
    with pytest.raises(HistoryError, match="is damaged .* a new one is begun"):
        led_sessions(path)
    assert led_sessions(path) == ()
