"""``voice-coach --debug`` and ``doctor --report``: for maintainers what was done, and nothing of the user."""

from __future__ import annotations

from pathlib import Path

from tests.support.command import voice_coach

PRIVATE = """\
kind: exercise
id: secret-knee
title: Secret knee of Ms Doe
position: standing
steps:
  - Ms Doe, hush now.
  - hold: 2s
hurts: Stop.
"""


def _log(home: Path) -> str:
    return (home / "log" / "voice-coach.log").read_text("utf-8")


def test_debug_writes_a_log_and_says_where(coach_home: Path, tiny: Path) -> None:
    ended = voice_coach("--debug", "play", str(tiny), "--output", "none", "--quiet")
    assert ended.code == 0
    assert str(coach_home / "log" / "voice-coach.log") in ended.err
    lines = _log(coach_home).splitlines()
    assert lines[0].endswith(" play")
    assert any("session begins on NullDevice" in line for line in lines)
    assert "ended in chapter" in lines[-1]


def test_without_debug_nothing_is_logged(coach_home: Path, tiny: Path) -> None:
    assert voice_coach("play", str(tiny), "--output", "none", "--quiet").code == 0
    assert not (coach_home / "log").exists()


def test_a_log_holds_only_the_last_command(coach_home: Path) -> None:
    voice_coach("--debug", "list")
    voice_coach("--debug", "voices")
    assert "list" not in _log(coach_home).splitlines()[0]


def test_a_failure_is_logged_by_its_type_and_its_lines_of_code(coach_home: Path) -> None:
    ended = voice_coach("--debug", "play", "no-such-session")
    assert ended.code == 2
    log = _log(coach_home)
    assert "UsageError" in log
    assert "library.py:" in log
    assert "no-such-session" not in log


def test_a_log_that_cannot_be_written_is_told(coach_home: Path) -> None:
    coach_home.mkdir()
    (coach_home / "log").write_text("in the way")
    ended = voice_coach("--debug", "list")
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert str(coach_home / "log") in ended.err


def test_a_report_holds_nothing_of_the_user(coach_home: Path, tmp_path: Path) -> None:
    exercises = coach_home / "scripts" / "exercises"
    exercises.mkdir(parents=True)
    (exercises / "secret-knee.yaml").write_text(PRIVATE)
    broken = exercises / "broken-doe.yaml"
    broken.write_text("kind: exercise\n")
    environ = {"HOME": str(tmp_path / "doe"), "USER": "doe", "LOGNAME": "doe"}
    play = ("--debug", "play", "secret-knee", "--output", "none", "--quiet")
    assert voice_coach(*play, environ=environ).code == 0
    assert voice_coach("--debug", "play", str(broken), environ=environ).code == 2
    report = tmp_path / "report.txt"
    ended = voice_coach("doctor", "--report", str(report), environ=environ)
    assert (ended.code, ended.out) == (0, "")
    text = report.read_text("utf-8")
    assert "scripts: ill: The user's own have problems." in text
    assert "ScriptError" in text
    for private in ("doe", "secret", "hush", str(tmp_path)):
        assert private not in text.casefold()


def test_a_report_that_exists_is_kept(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("mine")
    assert voice_coach("doctor", "--report", str(report)).code == 1
    assert report.read_text() == "mine"
    assert voice_coach("doctor", "--report", str(report), "--force").code == 0
    assert "Python: well" in report.read_text("utf-8")
