"""How it went, in sentences: what comes first wherever the history is shown, for eyes and ears alike."""

from __future__ import annotations

from datetime import date, timedelta

from voice_coach.model.past import Led, LedExercise
from voice_coach.model.units import MS_PER_SECOND
from voice_coach.outputs.history_summary import Summary

_MINUTE_MS = 60 * MS_PER_SECOND
_HOUR_MINUTES = 60


def sentences(told: Summary) -> tuple[str, ...]:
    """What the past comes to: days and streak, minutes, pain, what hurt."""
    return tuple(filter(None, (_days(told), _minutes(told), pain(told), _hurts(told))))


def pain(told: Summary) -> str:
    """How the pain went; "" where none was ever told."""
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
    """How long a session was led, in a column; "" if that is not known."""
    return "" if led.heard_ms is None else f"{round(led.heard_ms / _MINUTE_MS)} min"


def ending(led: Led) -> str:
    """Whether a session was heard to its end."""
    return {None: "", True: "to its end", False: "left"}[led.to_end]


def done(exercise: LedExercise) -> str:
    """An exercise with what was done of it."""
    easier = ", easier" if exercise.easier else ""
    if exercise.of_reps:
        return f"{exercise.title} {exercise.reps} of {exercise.of_reps}{easier}"
    return f"{exercise.title}{'' if exercise.to_end else ' (left)'}{easier}"


def many(count: int, of: str) -> str:
    """So many of something."""
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


def _hurts(told: Summary) -> str:
    if not told.hurts:
        return ""
    times = sum(each.times for each in told.hurts)
    each = ", ".join(f"{hurt.title} {_often(hurt.times)}" for hurt in told.hurts)
    return f"Something hurt {_often(times)}: {each}."


def _often(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times} times")
