"""Write reminders that a phone's calendar imports: a session several times a day, for some weeks."""

from __future__ import annotations

import argparse
import shlex
from datetime import datetime, time
from pathlib import Path
from typing import Final

from voice_coach.cli.console import tell
from voice_coach.cli.main import DONE
from voice_coach.cli.options import add_session
from voice_coach.coach import Coach
from voice_coach.core.errors import UsageError, display_path
from voice_coach.core.text import nearest_word
from voice_coach.reports.calendar import WEEKDAYS, Reminders, calendar
from voice_coach.storage.atomic import atomic_write, check_free

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
        UsageError: one of them is none; the text says which.
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
            raise UsageError(f"'{word}' is no day.{hint} There are {', '.join(WEEKDAYS)}; workdays; all.")
        found.update(named)
    if not found:
        raise UsageError(f"'{text}' names no day. There are {', '.join(WEEKDAYS)}; workdays; all.")
    return tuple(sorted(found))


def _reminders(
    coach: Coach, session: str, times: tuple[time, ...], weekdays: tuple[int, ...], weeks: int
) -> Reminders:
    """Return the reminders of a session.

    Args:
        coach: knows the session.
        session: its name or file.
        times: of the day.
        weekdays: days of the week, 0 is Monday.
        weeks: for how long.

    Raises:
        CoachError: there is no such session.
    """
    chosen = coach.load(session)
    return Reminders(
        session=chosen.id,
        title=chosen.title,
        length_ms=coach.timeline(coach.prepare(chosen)).duration_ms,
        times=tuple(sorted(set(times))),
        weekdays=weekdays,
        weeks=weeks,
        how=_how(session),
        person=str(coach.home.history.parent),
    )


_ENDING = ".ics"


def arguments(parser: argparse.ArgumentParser) -> None:
    add_session(parser)
    parser.add_argument(
        "--at",
        action="append",
        type=_time,
        metavar="TIME",
        help="a time of the day, such as 8:00; may be given more than once "
        f"({', '.join(map(_shown, USUAL_TIMES))})",
    )
    parser.add_argument(
        "--days",
        type=_days,
        default=parse_days("all"),
        metavar="DAYS",
        help="such as mon,wed,fri, or workdays (all)",
    )
    parser.add_argument(
        "--weeks",
        type=_weeks,
        default=USUAL_WEEKS,
        metavar="WEEKS",
        help=f"for how many weeks ({USUAL_WEEKS})",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help=f"the file to write, such as back{_ENDING}; if none is named, one with the session's name, here",
    )
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")


def run(options: argparse.Namespace) -> int:
    target = options.output or Path(f"{Path(options.session).stem}{_ENDING}")
    if target.suffix.lower() != _ENDING:
        raise UsageError(
            f"{display_path(target)}: a calendar file's name ends in {_ENDING}, or nothing imports it."
        )
    check_free(target, force=options.force)
    with Coach(notify=tell) as coach:
        times = tuple(options.at or USUAL_TIMES)
        made = _reminders(coach, options.session, times, options.days, options.weeks)
    with atomic_write(target, force=options.force) as file:
        file.write(calendar(made, datetime.now().astimezone()))
    tell(
        f"Wrote {display_path(target)}: {_summary(made)}. Send it to your phone and open it there: its "
        "calendar offers to import it."
    )
    return DONE


def _how(session: str) -> str:
    name = shlex.quote(session)
    return (
        f"Lie down and start it with: voice-coach play {name}\n"
        f"On a phone: play the file that voice-coach export {name} has written."
    )


def _summary(made: Reminders) -> str:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    days = "every day" if len(made.weekdays) == len(names) else ", ".join(names[day] for day in made.weekdays)
    weeks = f"{made.weeks} week{'' if made.weeks == 1 else 's'}"
    return f"{made.title} at {', '.join(map(_shown, made.times))}, {days}, for {weeks}"


def _shown(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"


def _time(text: str) -> time:
    try:
        return parse_time(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a time of the day, such as 8:00 or 20:15"
        ) from None


def _days(text: str) -> tuple[int, ...]:
    try:
        return parse_days(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _weeks(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_WEEKS:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a number of weeks from 1 to {MOST_WEEKS}")
