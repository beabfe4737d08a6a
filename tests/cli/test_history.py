"""``voice-coach history`` as a person types it: shown, written, corrected, forgotten after a question."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import voice_coach
from tests.support.made_past import made_past
from tests.support.pseudo_terminal import Terminal, terminal
from voice_coach.history.database import VERSION
from voice_coach.history.log import History
from voice_coach.history.queries import led_sessions


@pytest.fixture
def path(coach_home: Path) -> Path:
    made = coach_home / "history.db"
    made_past(made)
    return made


@pytest.mark.clock
def test_it_begins_with_sentences_and_is_plain_where_nobody_looks(path: Path) -> None:
    assert path.exists()
    ended = voice_coach("history")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("You practised on 12 days, ")
    assert "\x1b" not in ended.out
    assert "█" not in ended.out
    assert "Knee slide: 2×, last on 12 November 2026 (rep 3, left ×2)" in ended.out
    assert all(len(line) <= 80 and line == line.rstrip() for line in ended.out.splitlines())


def test_where_nothing_is_remembered_it_says_what_to_do(coach_home: Path, tmp_path: Path) -> None:
    ended = voice_coach("history")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith("Nothing is remembered yet. Lie down and play a session")
    assert "play\n" in ended.err
    assert not coach_home.exists()
    ended = voice_coach("history", "--html", tmp_path / "no.html")
    assert (ended.code, (tmp_path / "no.html").exists()) == (1, False)
    coach_home.mkdir()
    (coach_home / "pacing.yaml").write_text("kind: pacing\nhistory: off\n")
    assert "your pacing file says 'history: off'" in voice_coach("history").err


def test_it_is_written_whole_and_replaces_only_when_told(path: Path, tmp_path: Path) -> None:
    ended = voice_coach("history", "--html", "went.html", "--csv", "went.csv", cwd=tmp_path)
    assert (ended.code, ended.said) == (0, "Wrote went.html.\nWrote went.csv.\n")
    assert "How it went" in (tmp_path / "went.html").read_text("utf-8")
    with (tmp_path / "went.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(led_sessions(path)) == 13
    (tmp_path / "went.html").write_text("mine")
    refused = voice_coach("history", "--html", "went.html", cwd=tmp_path)
    assert refused.code == 1
    assert "went.html is there already. Use --force" in refused.err
    assert (tmp_path / "went.html").read_text() == "mine"
    assert voice_coach("history", "--html", "went.html", "--force", cwd=tmp_path).code == 0


def test_the_table_is_printed(path: Path) -> None:
    ended = voice_coach("history", "--csv", "-")
    assert (ended.code, ended.err) == (0, "")
    assert len(list(csv.DictReader(ended.out.splitlines()))) == len(led_sessions(path))


def test_the_last_pain_is_corrected(path: Path) -> None:
    ended = voice_coach("history", "--pain", "7")
    assert (ended.code, ended.err) == (0, "Lower back relief of 2026-11-21 13:05: pain 7.\n")
    assert led_sessions(path)[-1].pain == 7
    assert voice_coach("history", "--pain", "none").code == 0
    assert led_sessions(path)[-1].pain is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--pain", "11"], "'11' is not a whole number from 0 to 10, or none"),
        (["--weeks", "0"], "'0' is not a number of weeks, such as 12"),
        (["--force"], "--force goes with --html or --csv"),
        (["--yes"], "--yes goes with --forget"),
        (["--forget", "--csv", "x.csv"], "Do one thing at a time: --csv or --forget"),
        (["--forget", "2026-11-02"], "This would forget 1 session of 2026-11-02. To do so"),
        (["--forget"], "This would forget everything (13 sessions since 2 November 2026)."),
        (["--forget", "lower-back-relieve"], "Did you mean 'lower-back-relief'?"),
        (["--forget", "2026-11-01", "--yes"], "Nothing is remembered of '2026-11-01'."),
    ],
)
def test_what_is_meant_otherwise_is_refused(
    path: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    before = led_sessions(path)
    ended = voice_coach("history", *arguments, cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert led_sessions(path) == before


@pytest.mark.parametrize(
    ("what", "left"), [("2026-11-21", 11), ("2026-11-21 13:05", 12), ("lower-back-relief", 0)]
)
def test_a_day_a_session_or_all_of_a_name_are_forgotten(path: Path, what: str, left: int) -> None:
    ended = voice_coach("history", "--forget", what, "--yes")
    assert (ended.code, len(led_sessions(path))) == (0, left)
    assert f"Forgotten: {13 - left} session" in ended.err


def test_everything_is_forgotten(path: Path) -> None:
    ended = voice_coach("history", "--forget", "--yes")
    assert (ended.code, ended.err) == (0, "Forgotten: everything (13 sessions since 2 November 2026).\n")
    assert led_sessions(path) == ()
    assert History(path, pytest.fail).practice(["pelvic-tuck"])["pelvic-tuck"].completed_ms == ()
    assert voice_coach("history").err.startswith("Nothing is remembered yet")


def test_there_may_be_nothing_to_forget() -> None:
    ended = voice_coach("history", "--forget", "--yes")
    assert (ended.code, ended.err) == (0, "There is nothing to forget.\n")


@pytest.fixture
def asked(path: Path) -> Generator[Terminal]:
    assert path.exists()
    with terminal("history", "--forget", "2026-11-21") as running:
        running.wait_for("y for yes: ")
        yield running


@pytest.mark.parametrize(("answer", "left"), [("y", 11), ("yes", 11), ("n", 13), ("", 13), ("\x04", 13)])
def test_it_asks_before_it_forgets(path: Path, asked: Terminal, answer: str, left: int) -> None:
    assert "Forget 2 sessions of 2026-11-21? It cannot be brought back" in asked.shown
    asked.press(answer if answer == "\x04" else f"{answer}\n")
    assert asked.wait() == 0
    assert len(led_sessions(path)) == left


def test_ctrl_c_is_no(path: Path, asked: Terminal) -> None:
    asked.press("\x03")
    assert asked.wait() == 1
    assert len(led_sessions(path)) == 13


def test_a_newer_history_is_refused_in_a_sentence(path: Path) -> None:
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    for arguments in ([], ["--forget", "--yes"], ["--pain", "3"]):
        ended = voice_coach("history", *arguments)
        assert (ended.code, ended.out) == (1, "")
        assert "was written by a newer voice_coach. It stays as it is" in ended.err


@pytest.mark.clock
def test_colours_and_signs_are_for_terminals(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert path.exists()
    with terminal("history") as running:
        running.wait_for("The last sessions")
        assert "\x1b[" in running.shown
        assert "█" in running.shown
    monkeypatch.setenv("NO_COLOR", "1")
    with terminal("history") as running:
        running.wait_for("The last sessions")
        assert "█" not in running.shown
        assert "\x1b[3" not in running.shown
