"""Tests that read a clock pass on any day: a leap day, the last of a year, those when the clock is changed.

The rest of the tests reads no calendar. Whether what a command prints depends on the day cannot be seen in a
test that runs it, so whatever asks for the day has a test with the mark, named here.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.days import DAYS, ROOT, Day, pytest_on

READERS = {
    "cli/export.py": "tests/cli/test_day.py",
    "cli/history.py": "tests/cli/test_day.py",
    "cli/many.py": "tests/cli/test_day.py",
    "cli/remind.py": "tests/cli/test_day.py",
    "history/database.py": "tests/history/test_history.py",
}
"""The modules of voice_coach that read the calendar, and the tests with the mark that run them."""

CALENDAR = re.compile(
    r"(datetime|date)\.(now|today|utcnow)|time\.(localtime|gmtime|ctime|asctime|strftime|mktime)"
)


def reads_calendar(path: Path) -> bool:
    names = (each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Attribute))
    return any(CALENDAR.fullmatch(ast.unparse(each)) for each in names)


TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MARK = re.compile(r"^(pytestmark = |@)pytest\.mark\.clock$", re.MULTILINE)
MARKED = [path for path in TESTS if MARK.search(path.read_text("utf-8"))]


@pytest.mark.skipif(sys.platform != "linux", reason="a clock is moved by LD_PRELOAD")
@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day.zone}-{day.local}")
def test_on_any_day_nothing_fails(day: Day, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = pytest_on(day, ["-q", "-m", "clock", *MARKED], tmp_path)
    assert code == 0, capfd.readouterr().out


def test_whoever_reads_the_calendar_is_known() -> None:
    package = ROOT / "voice_coach"
    found = {path.relative_to(package).as_posix() for path in package.rglob("*.py") if reads_calendar(path)}
    assert found == set(READERS)
    assert {ROOT / path for path in READERS.values()} <= set(MARKED)


def test_tests_that_read_the_calendar_have_the_mark() -> None:
    assert {path for path in TESTS if reads_calendar(path)} <= set(MARKED)
