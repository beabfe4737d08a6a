"""Sums of the history: days, streak, minutes, pain and what hurt. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from voice_coach.core.history import OUTSIDE, Led, LedExercise
from voice_coach.core.units import MS_PER_SECOND

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
class PainReport:
    """A pain that was told at the end of a session: when, and how much, from 0 to 10."""

    at: datetime
    pain: int


@dataclass(frozen=True, slots=True)
class Hurt:
    """Pain in an exercise.

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
    """Summary of the history.

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
    pains: tuple[PainReport, ...]
    hurts: tuple[Hurt, ...]


def summarise(past: Sequence[Led], today: date) -> Summary:
    """Return what the past comes to.

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
        pains=tuple(PainReport(led.ended, led.pain) for led in past if led.pain is not None),
        hurts=_hurts(past),
    )


def place(led_set: int | None, rep: int | None, side: str | None) -> str:
    """A place in an exercise for the eye, such as "set 2, rep 3, left"; "" where nothing is known."""
    parts = [f"set {led_set}" if led_set else "", f"rep {rep}" if rep else "", side or ""]
    return ", ".join(part for part in parts if part)


def _counts(led: Led) -> bool:
    return led.heard_ms is None or led.heard_ms >= _COUNTS_MS or any(done.to_end for done in led.exercises)


def _streak(days: Counter[date], last: date) -> int:
    """Return how many days in a row there are until this one."""
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


_MINUTE_MS = 60 * MS_PER_SECOND
_HOUR_MINUTES = 60


def sentences(told: Summary) -> tuple[str, ...]:
    """Return what the past comes to: days and streak, minutes, pain, what hurt."""
    return tuple(filter(None, (_days(told), _minutes(told), pain(told), _hurts_sentence(told))))


def pain(told: Summary) -> str:
    """Return how the pain went; "" where none was ever told."""
    if not told.pains:
        return ""
    first, last = told.pains[0], told.pains[-1]
    scale = "Pain at the end of a session, from 0 (none) to 10 (the worst)"
    if len(told.pains) == 1:
        return f"{scale}: {last.pain} on {day(last.at.date())}."
    low, high = (pick(each.pain for each in told.pains) for pick in (min, max))
    between = f"always {low}" if low == high else f"between {low} and {high}"
    return (
        f"{scale}: {first.pain} on {day(first.at.date())}, {last.pain} on {day(last.at.date())}; "
        f"{len(told.pains)} answers, {between}."
    )


def day(when: date) -> str:
    """A day for the eye and the ear, such as "21 November 2026"."""
    return f"{when.day} {when:%B %Y}"


def short_day(when: date) -> str:
    """A day in a column, such as "Sat 21 Nov"."""
    return f"{when:%a} {when.day:>2} {when:%b}"


def length(ms: int) -> str:
    """A length for the ear, such as "1 hour 5 minutes"."""
    hours, minutes = divmod(round(ms / _MINUTE_MS), _HOUR_MINUTES)
    if not hours:
        return many(minutes, "minute") if minutes else "less than a minute"
    return many(hours, "hour") + (f" {many(minutes, 'minute')}" if minutes else "")


def short_length(led: Led) -> str:
    """Return how long a session was led, in a column; "" if that is not known."""
    return "" if led.heard_ms is None else f"{round(led.heard_ms / _MINUTE_MS)} min"


def ending(led: Led) -> str:
    """Return whether a session was heard to its end."""
    return {None: "", True: "to its end", False: "left"}[led.to_end]


def done(exercise: LedExercise) -> str:
    """An exercise with what was done of it."""
    easier = ", easier" if exercise.easier else ""
    if exercise.of_reps:
        return f"{exercise.title} {exercise.reps} of {exercise.of_reps}{easier}"
    return f"{exercise.title}{'' if exercise.to_end else ' (left)'}{easier}"


def many(count: int, of: str) -> str:
    """Write a number of something."""
    return f"{count} {of}{'' if count == 1 else 's'}"


def _days(told: Summary) -> str:
    if not told.sessions:
        return ""
    on = f"You practised on {many(told.days, 'day')}"
    last = told.sessions[0].day
    known = {told.today: "today", told.today - timedelta(days=1): "yesterday"}
    until = known.get(last, f"on {day(last)}")
    if told.streak <= 1:
        text = f"{on}: {until}" if told.days == 1 else f"{on}, the last time {until}"
    elif told.streak == told.days:
        text = f"{on} in a row, until {until}"
    else:
        text = f"{on}, the last {told.streak} in a row, until {until}"
    most = f"; the most in a row were {told.longest}" if told.longest > max(told.streak, 1) else ""
    return f"{text}{most}."


def _minutes(told: Summary) -> str:
    if not told.sessions:
        return ""
    unknown = sum(led.heard_ms is None for led in told.sessions)
    besides = f" (of {unknown} the length is not known)" if unknown else ""
    week = f"{length(told.week_ms)} in {many(told.week_sessions, 'session')}"
    return (
        f"This week: {week if told.week_sessions else 'nothing yet'}. "
        f"In all: {length(told.heard_ms)} in {many(len(told.sessions), 'session')}{besides}."
    )


def _hurts_sentence(told: Summary) -> str:
    if not told.hurts:
        return ""
    times = sum(each.times for each in told.hurts)
    each = ", ".join(f"{hurt.title} {_often(hurt.times)}" for hurt in told.hurts)
    return f"Something hurt {_often(times)}: {each}."


def _often(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times} times")
