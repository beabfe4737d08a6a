"""What the past comes to, in sentences, on a terminal, as a table: days, streaks, pain, what hurt."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.history import Led, LedExercise, LedPacing, PainStop
from voice_coach.reports.history_summary import Summary, length, sentences, summarise
from voice_coach.reports.history_views import COLUMNS, DRAWN, PLAIN, history_csv, history_lines

TODAY = date(2026, 11, 21)
MINUTE_MS = 60_000


def led(
    days_ago: int,
    *,
    minutes: float | None = 15,
    pain: int | None = None,
    done: tuple[LedExercise, ...] = (),
    stops: tuple[PainStop, ...] = (),
    offset_s: int = 0,
    hour: int = 12,
    today: date = TODAY,
) -> Led:
    """A session so many days ago."""
    began = datetime(today.year, today.month, today.day, hour, tzinfo=UTC) - timedelta(days=days_ago)
    at_ms = round(began.timestamp() * 1000)
    return Led(
        id=days_ago,
        session="s",
        title="Slow, slower",
        began_ms=at_ms,
        began_offset_s=offset_s,
        ended_ms=at_ms,
        ended_offset_s=offset_s,
        to_end=True,
        heard_ms=None if minutes is None else round(minutes * MINUTE_MS),
        pain=pain,
        exercises=done,
        stops=stops,
    )


def of(*days_ago: int) -> Summary:
    return summarise([led(each) for each in sorted(days_ago, reverse=True)], TODAY)


def shown(told: Summary, columns: int = 80, weeks: int = 12) -> list[str]:
    return ["".join(text for text, _ in line) for line in history_lines(told, columns, weeks, PLAIN)]


@pytest.mark.parametrize(
    ("days_ago", "says"),
    [
        ((0,), "You practised on 1 day: today."),
        ((1,), "You practised on 1 day: yesterday."),
        ((4,), "You practised on 1 day: on 17 November 2026."),
        ((0, 1, 2), "You practised on 3 days in a row, until today."),
        ((1, 2, 5), "You practised on 3 days, the last 2 in a row, until yesterday."),
        ((0, 3), "You practised on 2 days, the last time today."),
        ((2, 3), "You practised on 2 days, the last time on 19 November 2026; the most in a row were 2."),
        ((0, 0, 5, 6, 7), "You practised on 4 days, the last time today; the most in a row were 3."),
    ],
)
def test_days_in_a_row(days_ago: tuple[int, ...], says: str) -> None:
    assert sentences(of(*days_ago))[0] == says


def test_a_day_is_that_of_where_the_person_was() -> None:
    auckland, here = led(1, hour=13, offset_s=13 * 3600), led(0)
    assert [each.day.day for each in (auckland, here)] == [21, 21]
    assert summarise([auckland, here], TODAY).days == 1


def test_minutes_of_this_week_and_of_all() -> None:
    told = summarise([led(20, minutes=None), led(6), led(5, minutes=50), led(0, minutes=10.6)], TODAY)
    assert sentences(told)[1] == (
        "This week: 1 hour 1 minute in 2 sessions. "
        "In all: 1 hour 16 minutes in 4 sessions (of 1 the length is not known)."
    )
    assert sentences(of(9))[1] == "This week: nothing yet. In all: 15 minutes in 1 session."


def test_who_looked_in_has_not_practised() -> None:
    done = LedExercise(chapter=1, exercise="a", title="A", reps=1, of_reps=1, heard_ms=9, to_end=True)
    told = summarise([led(3, minutes=0.9, done=(done,)), led(2, minutes=1), led(0, minutes=0.9)], TODAY)
    assert (told.days, len(told.sessions)) == (2, 2)


@pytest.mark.parametrize(
    ("ms", "says"),
    [
        (0, "less than a minute"),
        (60_000, "1 minute"),
        (3_600_000, "1 hour"),
        (7_500_000, "2 hours 5 minutes"),
    ],
)
def test_lengths(ms: int, says: str) -> None:
    assert length(ms) == says


def test_pain_is_told_first_and_last_and_between() -> None:
    assert sentences(of(0))[2:] == ()
    one = summarise([led(0, pain=0)], TODAY)
    assert sentences(one)[2].endswith("from 0 (none) to 10 (the worst): 0 on 21 November 2026.")
    two = summarise([led(9, pain=7), led(3, pain=8), led(0, pain=3)], TODAY)
    assert sentences(two)[2].endswith(
        "7 on 12 November 2026, 3 on 21 November 2026; 3 answers, between 3 and 8."
    )
    assert sentences(summarise([led(1, pain=2), led(0, pain=2)], TODAY))[2].endswith("2 answers, always 2.")


def _bars(lines: list[str]) -> dict[str, str]:
    """What stands before each bar, and the bar."""
    first = next(index for index, line in enumerate(lines) if line.startswith("Pain, 0 to 10"))
    rows = lines[first + 1 : lines.index("", first)]
    return {line[:17].strip(): line[17:].strip() for line in rows}


def test_a_bar_for_each_answer_and_where_they_are_many_for_each_day_or_week() -> None:
    few = [led(1, pain=4), led(0, pain=10)]
    assert _bars(shown(summarise(few, TODAY))) == {
        "Fri 20 Nov     4": "#" * 16,
        "Sat 21 Nov    10": "#" * 40,
    }
    a_day = [led(each // 2, pain=each % 2) for each in range(15, -1, -1)]
    by_day = shown(summarise(a_day, TODAY))
    assert "Pain, 0 to 10, the mean of each day" in by_day
    assert len(_bars(by_day)) == 8
    assert set(_bars(by_day).values()) == {"##"}
    by_week = shown(summarise([led(each, pain=5) for each in range(130, -1, -1)], TODAY))
    assert "Pain, 0 to 10, the mean of each week, the last 14" in by_week
    assert list(_bars(by_week))[-1].startswith("Mon 16 Nov")


def test_what_hurt_comes_with_where_most_often_first() -> None:
    done = LedExercise(
        chapter=1, exercise="bow", title="The bow", reps=1, of_reps=5, heard_ms=9, to_end=False
    )
    at = led(3).began_ms
    hurts = (
        PainStop(exercise="nod", at_ms=at),
        PainStop(exercise="bow", at_ms=at, rep=2, side="left"),
        PainStop(exercise="bow", at_ms=at, set=1, rep=3),
        PainStop(exercise="bow", at_ms=at, rep=2, side="left"),
    )
    told = summarise([led(3, done=(done,), stops=hurts)], TODAY)
    assert sentences(told)[-1] == "Something hurt 4 times: The bow 3 times, nod once."
    lines = shown(told)
    assert "  The bow: 3×, last on 18 November 2026 (rep 2, left ×2; set 1, rep 3)" in lines
    assert "  nod: 1×, last on 18 November 2026" in lines


def test_a_pain_or_a_stop_is_listed_however_short_the_session_was() -> None:
    stop = PainStop(exercise="knee-slide", at_ms=0, rep=2)
    short = [led(3, minutes=0.4), led(2, minutes=0.4, pain=5), led(1, minutes=0.4, stops=(stop,))]
    told = summarise(short, TODAY)
    assert (told.sessions, [each.id for each in told.listed]) == ((), [1, 2])
    assert any("pain 5" in line for line in shown(told))


def test_the_calendar_has_weeks_as_rows_and_today_in_brackets() -> None:
    lines = shown(of(0, 0, 19, 12))
    head = lines.index("Sessions a day, today in brackets")
    assert lines[head + 1 : head + 5] == [
        "         Mo  Tu  We  Th  Fr  Sa  Su",
        " 2 Nov    1   .   .   .   .   .   .",
        " 9 Nov    1   .   .   .   .   .   .",
        "16 Nov    .   .   .   .   .  [2]",
    ]
    assert " 9 Nov" not in "\n".join(shown(of(0, 19), weeks=1))


@pytest.mark.parametrize("columns", [24, 30, 34, 40, 80, 200])
def test_it_fits_the_window(columns: int) -> None:
    done = LedExercise(chapter=1, exercise="a", title="A b c", reps=1, of_reps=9, heard_ms=9, to_end=False)
    stops = (PainStop(exercise="a", at_ms=0, set=1, rep=3, side="left"),)
    past = [led(each, pain=each % 11, done=(done,), stops=stops) for each in range(60, -1, -1)]
    for line in shown(summarise(past, TODAY), columns):
        assert len(line) <= max(columns, 29), line


@given(
    today=st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    days_ago=st.lists(st.integers(0, 400), min_size=1, max_size=20, unique=True),
    columns=st.integers(30, 200),
)
def test_on_any_day_no_line_is_wider_than_the_window_or_ends_in_blanks(
    today: date, days_ago: list[int], columns: int
) -> None:
    stops = (PainStop(exercise="Wednesday in September", at_ms=0, set=10, rep=30, side="right"),)
    past = [
        led(each, minutes=each, pain=each % 11, stops=stops, today=today) for each in sorted(days_ago)[::-1]
    ]
    for line in shown(summarise(past, today), columns):
        assert len(line) <= columns, line
        assert line == line.rstrip()


def test_what_is_drawn_differs_in_its_signs_alone() -> None:
    told = summarise([led(2, pain=3), led(0, pain=4)], TODAY)
    drawn = "\n".join("".join(text for text, _ in line) for line in history_lines(told, 80, 12, DRAWN))
    assert drawn.replace("█", "#").replace("·", ".") == "\n".join(shown(told))
    assert "█" in drawn


def test_the_table_is_read_by_others() -> None:
    done = LedExercise(chapter=1, exercise="a", title='A "b", c', reps=4, of_reps=9, heard_ms=9, to_end=False)
    easier = LedExercise(
        chapter=1, exercise="a", title="A", reps=2, of_reps=2, heard_ms=9, to_end=True, easier=True
    )
    stop = PainStop(exercise="a", at_ms=0, set=1, rep=3, side="left")
    one = led(0, pain=0, done=(done, easier), stops=(stop,), offset_s=3600)
    full = replace(one, pacing=LedPacing(guidance="key", pace_percent=80, fit_ms=720_000))
    rows = list(csv.DictReader(io.StringIO(history_csv([full, led(0, minutes=None)]), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0] == {
        "began": "2026-11-21T13:00:00+01:00",
        "ended": "2026-11-21T13:00:00+01:00",
        "session": "s",
        "title": "Slow, slower",
        "minutes": "15.0",
        "to_end": "yes",
        "pain": "0",
        "guidance": "key",
        "pace_percent": "80",
        "fit_minutes": "12.0",
        "reps": "6",
        "exercises": 'A "b", c 4 of 9; A 2 of 2, easier',
        "stops_for_pain": "a set 1 rep 3 left",
    }
    assert (rows[1]["minutes"], rows[1]["pain"], rows[1]["exercises"]) == ("", "", "")


@pytest.mark.parametrize("title", ["=1+2", "+1", "-1", "@sum(a)", "\t=1+2", "\r=1+2"])
def test_a_title_is_never_a_formula_in_the_table(title: str) -> None:
    done = LedExercise(chapter=1, exercise="a", title=title, reps=0, of_reps=0, heard_ms=9, to_end=True)
    one = replace(led(0, done=(done,)), title=title, session=title)
    (row,) = csv.DictReader(io.StringIO(history_csv([one]), newline=""))
    assert (row["title"], row["session"], row["exercises"]) == (f"'{title}",) * 3
    assert (row["minutes"], row["reps"]) == ("15.0", "0")
