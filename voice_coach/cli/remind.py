"""Write reminders that a phone's calendar imports: a session several times a day, for some weeks."""

from __future__ import annotations

import argparse
import shlex
from datetime import datetime, time
from pathlib import Path

from voice_coach.cli.choices import add_session
from voice_coach.cli.main import DONE
from voice_coach.cli.telling import tell
from voice_coach.coach import Coach
from voice_coach.model.problems import WishError, shown
from voice_coach.reminding import (
    MOST_WEEKS,
    USUAL_TIMES,
    USUAL_WEEKS,
    Reminders,
    parse_days,
    parse_time,
    remind,
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
        raise WishError(f"{shown(target)}: a calendar file's name ends in {_ENDING}, or nothing imports it.")
    with Coach(notify=tell) as coach:
        made = remind(
            coach,
            options.session,
            target,
            times=tuple(options.at or USUAL_TIMES),
            weekdays=options.days,
            weeks=options.weeks,
            now=datetime.now().astimezone(),
            how=_how,
            force=options.force,
        )
    tell(
        f"Wrote {shown(target)}: {_told(made)}. Send it to your phone and open it there: its calendar offers "
        "to import it."
    )
    return DONE


def _how(session: str) -> str:
    name = shlex.quote(session)
    return (
        f"Lie down and start it with: voice-coach play {name}\n"
        f"On a phone: play the file that voice-coach export {name} has written."
    )


def _told(made: Reminders) -> str:
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
    except WishError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _weeks(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_WEEKS:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a number of weeks from 1 to {MOST_WEEKS}")
