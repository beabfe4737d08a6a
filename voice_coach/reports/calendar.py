"""Reminders as a calendar file (RFC 5545), which phones and calendars import."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from icalendar import Event

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES: Final = uuid.UUID("6a1e2f0c-53c2-5d0e-9a55-0d5f7c1b2e44")
"""Namespace in which the names of our reminders are unique; drawn once."""

_PRODUCT: Final = "-//voice_coach//reminders//EN"
_SECONDS_PER_MINUTE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """Content and times of reminders.

    Attributes:
        session: the session's id.
        title: its title.
        length_ms: how long it is.
        times: of the day, in order.
        weekdays: 0 is Monday; all of them is every day.
        weeks: for how long.
        how: how to start it, in a sentence or two.
        person: tells this person's reminders from those of others in a calendar they share; not shown.
    """

    session: str
    title: str
    length_ms: int
    times: tuple[time, ...]
    weekdays: tuple[int, ...]
    weeks: int
    how: str
    person: str


def calendar(wanted: Reminders, now: datetime) -> bytes:
    """The file.

    Times have no zone: 8:00 is 8:00 wherever the phone is (RFC 5545, 3.3.5, form 1). Each time of the day is
    an event that repeats. The first, second … of a session always have the same UID, so importing another
    file replaces them, as its SEQUENCE is higher.

    Args:
        wanted: what to be reminded of.
        now: the time, with its zone; no reminder lies before it.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("name", wanted.title)
    made.add("x-wr-calname", wanted.title)
    for number, at in enumerate(wanted.times):
        made.add_component(_event(wanted, number, at, now))
    return made.to_ical()


def first_day(at: time, weekdays: Sequence[int], now: datetime) -> date:
    """The first day from now on that is one of these, and today only if the time is still to come."""
    today = now.date() if at > now.time() else now.date() + timedelta(days=1)
    return next(day for day in (today + timedelta(days=n) for n in range(7)) if day.weekday() in weekdays)


def uid(person: str, session: str, number: int) -> str:
    """Return what tells a reminder from all others in the world; the same for the same three at any time."""
    return str(uuid.uuid5(_NAMES, "\0".join((person, session, str(number)))))


def _event(wanted: Reminders, number: int, at: time, now: datetime) -> Event:
    from icalendar import Alarm, Event

    begin = datetime.combine(first_day(at, wanted.weekdays, now), at)
    event = Event()
    event.add("uid", uid(wanted.person, wanted.session, number))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", int(now.timestamp()) // _SECONDS_PER_MINUTE)
    event.add("summary", wanted.title)
    event.add("description", wanted.how)
    event.add("dtstart", begin)
    event.add("dtend", begin + timedelta(milliseconds=wanted.length_ms))
    event.add("rrule", _rule(wanted))
    event.add("transp", "TRANSPARENT")  # nobody is too busy to meet for it
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", wanted.title)
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)
    return event


def _rule(wanted: Reminders) -> dict[str, object]:
    """Return how it repeats: so many times, not until a day, which each calendar reads in a zone of its
    own."""
    many = wanted.weeks * len(wanted.weekdays)
    if len(wanted.weekdays) == len(WEEKDAYS):
        return {"freq": "daily", "count": many}
    return {"freq": "weekly", "count": many, "byday": [_CODES[day] for day in wanted.weekdays]}
