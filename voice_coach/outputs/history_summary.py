"""What the past comes to: days, streak, minutes, pain and what hurt. Pure; days are those of the calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from voice_coach.model.past import OUTSIDE, Led

_COUNTS_MS: Final = 60_000
"""A session of which so much was led counts, and one in which an exercise was completed."""

WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday to Sunday.

    Attributes:
        monday: its first day.
        sessions: how many were led on each day; None for days to come.
    """

    monday: date
    sessions: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A pain that was told at the end of a session: when, and how much, from 0 to 10."""

    at: datetime
    pain: int


@dataclass(frozen=True, slots=True)
class Hurt:
    """What hurt in an exercise.

    Attributes:
        title: the exercise.
        times: how often somebody said that it hurt.
        places: the sets, reps and sides in which it did, those of most times first, with how often.
        last: the day when it did last.
    """

    title: str
    times: int
    places: tuple[tuple[str, int], ...]
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the past comes to.

    Attributes:
        today: the day it is told on.
        sessions: those that count, newest first; not those of which hardly anything was led.
        listed: besides those the ones with something to tell: a pain, or what hurt; newest first.
        days: on how many days something was led.
        streak: on how many of them in a row, until today or yesterday.
        longest: the most there were in a row.
        heard_ms: how long was led, without pauses, as far as that is known; likewise ``week_ms`` this week.
        week_sessions: how many sessions there were this week.
        weeks: from the first one to this one.
        pains: those that were told, oldest first.
        hurts: what hurt, most often first.
    """

    today: date
    sessions: tuple[Led, ...]
    listed: tuple[Led, ...]
    days: int
    streak: int
    longest: int
    heard_ms: int
    week_ms: int
    week_sessions: int
    weeks: tuple[Week, ...]
    pains: tuple[Told, ...]
    hurts: tuple[Hurt, ...]


def summary(past: Sequence[Led], today: date) -> Summary:
    """What the past comes to.

    Args:
        past: all sessions, oldest first.
        today: the day it is.
    """
    counted = [led for led in past if _counts(led)]
    per_day = Counter(led.day for led in counted)
    monday = today - timedelta(days=today.weekday())
    this_week = [led for led in counted if led.day >= monday]
    return Summary(
        today=today,
        sessions=tuple(reversed(counted)),
        listed=tuple(led for led in reversed(past) if _counts(led) or led.pain is not None or led.stops),
        days=len(per_day),
        streak=_streak(per_day, today) or _streak(per_day, today - timedelta(days=1)),
        longest=max((_streak(per_day, day) for day in per_day), default=0),
        heard_ms=sum(led.heard_ms or 0 for led in counted),
        week_ms=sum(led.heard_ms or 0 for led in this_week),
        week_sessions=len(this_week),
        weeks=_weeks(per_day, today),
        pains=tuple(Told(led.ended, led.pain) for led in past if led.pain is not None),
        hurts=_hurts(past),
    )


def place(led_set: int | None, rep: int | None, side: str | None) -> str:
    """A place in an exercise for the eye, such as "set 2, rep 3, left"; "" where nothing is known."""
    parts = [f"set {led_set}" if led_set else "", f"rep {rep}" if rep else "", side or ""]
    return ", ".join(part for part in parts if part)


def _counts(led: Led) -> bool:
    return led.heard_ms is None or led.heard_ms >= _COUNTS_MS or any(done.to_end for done in led.exercises)


def _streak(days: Counter[date], last: date) -> int:
    """How many days in a row there are until this one."""
    length = 0
    while days[last - timedelta(days=length)]:
        length += 1
    return length


def _weeks(days: Counter[date], today: date) -> tuple[Week, ...]:
    first = min(days, default=today)
    monday = first - timedelta(days=first.weekday())
    weeks: list[Week] = []
    while monday <= max(today, *days, today):
        dates = [monday + timedelta(days=number) for number in range(WEEK)]
        sessions = tuple(days[day] if day <= today or days[day] else None for day in dates)
        weeks.append(Week(monday, sessions))
        monday += timedelta(days=WEEK)
    return tuple(weeks)


def _hurts(past: Sequence[Led]) -> tuple[Hurt, ...]:
    titles = {**OUTSIDE, **{done.exercise: done.title for led in past for done in led.exercises}}
    stops = [(led, stop) for led in past for stop in led.stops]
    often = Counter(stop.exercise for _, stop in stops)
    found: list[Hurt] = []
    for exercise, times in often.most_common():
        here = [(led, stop) for led, stop in stops if stop.exercise == exercise]
        places = Counter(place(stop.set, stop.rep, stop.side) for _, stop in here)
        named = tuple((where, count) for where, count in places.most_common() if where)
        found.append(Hurt(titles.get(exercise, exercise), times, named, max(led.day for led, _ in here)))
    return tuple(found)
