"""The day that commands tell or write is that of the local clock, whichever day it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
from mutagen.flac import FLAC

from tests.support.command import voice_coach
from tests.support.made_past import made_past

pytestmark = pytest.mark.clock


def now() -> datetime:
    """Return what a clock on the wall shows."""
    return datetime.now()


def test_a_file_names_the_day_it_was_made(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(f"file,session\nof-many.flac,{tiny}\n", "utf-8")
    before = now()
    assert voice_coach("export", tiny, "-o", tmp_path / "alone.flac").code == 0
    assert voice_coach("export", "--manifest", tmp_path / "table.csv", "-o", tmp_path).code == 0
    days = {f"{each:%Y-%m-%d}" for each in (before, now())}
    for name in ("alone.flac", "of-many.flac"):
        tags: Any = FLAC(tmp_path / name)
        assert tags["date"][0] in days


def place(day: date) -> tuple[str, int]:
    """Return where a day is in the calendar: how its row begins, and its column."""
    monday = day - timedelta(days=day.weekday())
    return f"{monday.day:>2} {monday:%b}  ", day.weekday()


def test_today_stands_in_brackets_in_its_week_and_no_line_is_too_long(coach_home: Path) -> None:
    made_past(coach_home / "history.db")
    before = now()
    lines = voice_coach("history").out.splitlines()
    (today,) = (line for line in lines if "[" in line)
    assert (today[:8], (today.index("[") - 9) // 4) in {place(before.date()), place(now().date())}
    assert lines[lines.index(today) + 1] == ""  # the last week is this one
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)


def test_the_first_reminders_are_the_next_there_are(tmp_path: Path) -> None:
    before = now()
    assert voice_coach("remind", "lower-back-short", "-o", "back.ics", cwd=tmp_path).code == 0
    early, late = sorted((before, now()))  # where the clock is put back it is earlier after
    written: Any = vobject.readOne((tmp_path / "back.ics").read_text("utf-8"))
    begins = [event.dtstart.value for event in written.vevent_list]
    assert [each.hour for each in begins] == [8, 13, 20]
    assert all(early < each <= late + timedelta(days=1) for each in begins)
