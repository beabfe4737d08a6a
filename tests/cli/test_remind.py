"""``voice-coach remind``: what other programs read in the file, and when they remind."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
from dateutil.rrule import rrulestr

from tests.support.command import voice_coach
from voice_coach.cli.remind import parse_days, parse_time
from voice_coach.core.errors import UsageError
from voice_coach.reports.calendar import Reminders, calendar, first_day

SATURDAY = datetime.fromisoformat("2026-11-21T08:05:30+01:00")


def reminders(**other: Any) -> Reminders:
    wanted: dict[str, Any] = {
        "session": "back",
        "title": "Back, gently; every day",
        "length_ms": 12 * 60_000,
        "times": (time(8), time(13)),
        "weekdays": tuple(range(7)),
        "weeks": 6,
        "how": "Play it.\nOr export it, to a phone: this is a line to be folded, with ä, – and 😀 in it.",
        "person": "/home/anna",
    }
    return Reminders(**wanted | other)


def events(data: bytes) -> list[Any]:
    """The events, as another program reads them."""
    return list(vobject.readOne(data.decode("utf-8")).vevent_list)


def moments(event: Any) -> list[datetime]:
    """When an event is, as another program finds."""
    return list(rrulestr(event.rrule.value, dtstart=event.dtstart.value))


def test_another_program_reads_all_of_it() -> None:
    wanted = reminders()
    data = calendar(wanted, SATURDAY)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    first, second = events(data)
    assert (first.summary.value, first.description.value) == (wanted.title, wanted.how)
    assert first.dtend.value - first.dtstart.value == timedelta(minutes=12)
    assert (first.transp.value, first.valarm.action.value) == ("TRANSPARENT", "DISPLAY")
    assert first.valarm.trigger.value == timedelta(0)
    assert first.valarm.description.value == wanted.title
    assert [event.dtstart.value for event in (first, second)] == [
        datetime(2026, 11, 22, 8),  # eight o'clock is over today
        datetime(2026, 11, 21, 13),
    ]


def test_times_have_no_zone_so_that_they_hold_where_one_travels() -> None:
    data = calendar(reminders(), SATURDAY)
    assert b"DTSTART:20261121T130000\r\n" in data
    assert b"TZID" not in data
    assert b"DTSTAMP:20261121T070530Z\r\n" in data


def test_every_day_for_some_weeks() -> None:
    first, second = (moments(event) for event in events(calendar(reminders(weeks=2), SATURDAY)))
    assert (len(first), len(second)) == (14, 14)
    assert (second[0], second[-1]) == (datetime(2026, 11, 21, 13), datetime(2026, 12, 4, 13))


def test_on_some_days() -> None:
    data = calendar(reminders(weekdays=(0, 2, 5), weeks=3, times=(time(20),)), SATURDAY)
    (event,) = events(data)
    found = moments(event)
    assert [f"{each:%a %d}" for each in found[:4]] == ["Sat 21", "Mon 23", "Wed 25", "Sat 28"]
    assert len(found) == 9
    assert {each.time() for each in found} == {time(20)}


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("hour", [7, 8, 9])
def test_the_first_one_is_the_next_there_is(weekday: int, hour: int) -> None:
    first = datetime.combine(first_day(time(hour), [weekday], SATURDAY), time(hour))
    now = SATURDAY.replace(tzinfo=None)
    assert now < first <= now + timedelta(days=7)
    assert first.weekday() == weekday


def _uids(wanted: Reminders, now: datetime = SATURDAY) -> list[str]:
    return [event.uid.value for event in events(calendar(wanted, now))]


def test_importing_again_replaces() -> None:
    later = SATURDAY + timedelta(minutes=1)
    changed = reminders(times=(time(9), time(18), time(21)), weeks=2, title="New")
    assert _uids(changed, later)[:2] == _uids(reminders())
    before, after = (int(events(calendar(reminders(), now))[0].sequence.value) for now in (SATURDAY, later))
    assert before < after < 1 << 31


def test_reminders_of_others_are_others() -> None:
    mine = _uids(reminders())
    assert len({*mine, *_uids(reminders(person="/home/ben")), *_uids(reminders(session="neck"))}) == 6


@pytest.mark.parametrize(("text", "at"), [("8:00", time(8)), ("08:05", time(8, 5)), ("23:59", time(23, 59))])
def test_times_of_the_day(text: str, at: time) -> None:
    assert parse_time(text) == at


@pytest.mark.parametrize(
    "text", ["", "8", "8:0", "24:00", "8:60", "8:00:00", "-1:00", "008:00", "٨:00", "8.00"]
)
def test_what_is_no_time_of_the_day(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (a time's own)
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon,wed,fri", (0, 2, 4)),
        ("Friday, mon", (0, 4)),
        ("workdays", (0, 1, 2, 3, 4)),
        ("workdays,sun,sun", (0, 1, 2, 3, 4, 6)),
        ("all", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_days_of_the_week(text: str, days: tuple[int, ...]) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize(
    ("text", "says"), [("mon,wes", "Did you mean 'wed'"), ("mo", "'mo' is no day"), (",", "no day")]
)
def test_what_is_no_day_of_the_week(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_days(text)


def test_three_times_a_day_for_six_weeks_if_nothing_is_said(tmp_path: Path) -> None:
    ended = voice_coach("remind", cwd=tmp_path)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith(
        "Wrote lower-back-relief.ics: Lower back relief at 8:00, 13:00, 20:00, every day, for 6 weeks."
    )
    found = events((tmp_path / "lower-back-relief.ics").read_bytes())
    assert [len(moments(event)) for event in found] == [42, 42, 42]
    assert "voice-coach play lower-back-relief" in found[0].description.value
    length = found[0].dtend.value - found[0].dtstart.value
    assert timedelta(minutes=20) < length < timedelta(minutes=40)


def test_it_is_written_as_it_is_asked_for_and_replaces_only_when_told(tmp_path: Path) -> None:
    asked = [
        "remind",
        "lower-back-short",
        "--at",
        "20:00",
        "--at",
        "7:30",
        "--at",
        "7:30",
        "--days",
        "mon,wed",
    ]
    ended = voice_coach(*asked, "--weeks", "1", "-o", "back.ics", cwd=tmp_path)
    assert "at 7:30, 20:00, Monday, Wednesday, for 1 week." in ended.err
    written = (tmp_path / "back.ics").read_bytes()
    assert [event.dtstart.value.time() for event in events(written)] == [time(7, 30), time(20)]
    refused = voice_coach(*asked, "-o", "back.ics", cwd=tmp_path)
    assert refused.code == 1
    assert "back.ics is there already" in refused.err
    assert (tmp_path / "back.ics").read_bytes() == written
    assert voice_coach(*asked, "-o", "back.ics", "--force", cwd=tmp_path).code == 0
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["back.ics"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--at", "8"], "'8' is not a time of the day, such as 8:00 or 20:15"),
        (["--days", "fry"], "'fry' is no day. Did you mean 'fri'?"),
        (["--weeks", "0"], "'0' is not a number of weeks from 1 to 104"),
        (["-o", "back.txt"], "back.txt: a calendar file's name ends in .ics"),
        (["lower-bak-relief"], 'did you mean "lower-back-relief"?'),
    ],
)
def test_what_is_meant_otherwise_is_refused(tmp_path: Path, arguments: list[str], says: str) -> None:
    ended = voice_coach("remind", *arguments, cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []
