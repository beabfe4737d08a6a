"""Reminders of a session, written for a phone's calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Final

from voice_coach.coach import Coach
from voice_coach.model.problems import WishError
from voice_coach.model.words import nearest_word
from voice_coach.outputs.reminders import WEEKDAYS, Reminders, calendar
from voice_coach.outputs.whole_file import check_free, whole_file

USUAL_TIMES: Final = (time(8), time(13), time(20))
"""The article has it "several times a day", shorter and more precisely rather than once for long."""

USUAL_WEEKS: Final = 6
MOST_WEEKS: Final = 104

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST: Final = 3
_MEANT: Final = {"all": tuple(range(7)), "workdays": tuple(range(5))}


def parse_time(text: str) -> time:
    """A time of the day, such as 8:00 or 20:15.

    Raises:
        ValueError: it is none.
    """
    hours, _, minutes = text.partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        raise ValueError(text)
    if len(hours) > 2 or len(minutes) != 2:
        raise ValueError(text)
    return time(int(hours), int(minutes))


def parse_days(text: str) -> tuple[int, ...]:
    """Days of the week, such as "mon,wed,fri", "workdays" or "all"; 0 is Monday.

    Raises:
        WishError: one of them is none; the text says which.
    """
    found: set[int] = set()
    for word in filter(None, (part.strip().lower() for part in text.split(","))):
        if word in _MEANT:
            found.update(_MEANT[word])
            continue
        named = [
            number for number, day in enumerate(_DAYS) if len(word) >= _SHORTEST and day.startswith(word)
        ]
        if not named:
            near = nearest_word(word, (*WEEKDAYS, *_MEANT))
            hint = f" Did you mean '{near}'?" if near else ""
            raise WishError(f"'{word}' is no day.{hint} There are {', '.join(WEEKDAYS)}; workdays; all.")
        found.update(named)
    if not found:
        raise WishError(f"'{text}' names no day. There are {', '.join(WEEKDAYS)}; workdays; all.")
    return tuple(sorted(found))


def remind(
    coach: Coach,
    session: str,
    target: Path,
    *,
    times: tuple[time, ...],
    weekdays: tuple[int, ...],
    weeks: int,
    now: datetime,
    how: Callable[[str], str],
    force: bool,
) -> Reminders:
    """Writes reminders of a session, whole or not at all.

    Args:
        coach: knows the session.
        session: its name or file.
        target: the file.
        times: of the day; each once.
        weekdays: on which, 0 is Monday.
        weeks: for how long.
        now: the time, with its zone.
        how: gives, for the session as it was asked for, how to start it.
        force: replace the file if there is one.

    Raises:
        CoachError: there is no such session, or the file cannot be written.
    """
    check_free(target, force=force)
    chosen = coach.load(session)
    wanted = Reminders(
        session=chosen.id,
        title=chosen.title,
        length_ms=coach.timeline(coach.prepare(chosen)).duration_ms,
        times=tuple(sorted(set(times))),
        weekdays=weekdays,
        weeks=weeks,
        how=how(session),
        person=str(coach.home.history.parent),
    )
    data = calendar(wanted, now)
    with whole_file(target, force=force) as file:
        file.write(data)
    return wanted
