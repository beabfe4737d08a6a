"""Show how it went: a calendar of days, minutes, pain, what hurt. It is kept on this machine only."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from voice_coach.cli.colours import can_draw, print_drawing
from voice_coach.cli.console import command, says_yes, tell
from voice_coach.cli.main import DONE, FAILED, WRONG
from voice_coach.core.errors import display_path
from voice_coach.core.history import PAIN_SCALE
from voice_coach.history.view import EVERYTHING, HistoryView
from voice_coach.paths import find_home

_STDOUT = "-"
_NO_PAIN = "none"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weeks", type=_weeks, default=12, metavar="WEEKS", help="how many weeks the calendar shows (12)"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write it as a page, to keep or to show")
    parser.add_argument("--csv", metavar="FILE", help="write every session to a table; - prints it")
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")
    parser.add_argument(
        "--pain",
        type=_pain,
        metavar="0..10",
        help="how much pain there was at the end of the last session, 0 none, 10 the worst; "
        "'none' takes back what was said",
    )
    parser.add_argument(
        "--forget",
        nargs="?",
        const=EVERYTHING,
        metavar="WHAT",
        help="forget everything, or a day (2026-11-21), a session of it (2026-11-21 08:05), "
        "or all sessions of a name; asks first",
    )
    parser.add_argument("--yes", action="store_true", help="forget without being asked")


def run(options: argparse.Namespace) -> int:
    given = [name for name in ("html", "csv", "pain", "forget") if getattr(options, name) is not None]
    if len(given) > 1 and not {*given} <= {"html", "csv"}:
        tell(f"Do one thing at a time: {' or '.join(f'--{name}' for name in given)}.")
        return WRONG
    if options.force and not (options.html or options.csv):
        tell("--force goes with --html or --csv: it lets a file be replaced.")
        return WRONG
    if options.yes and options.forget is None:
        tell("--yes goes with --forget.")
        return WRONG
    past = HistoryView(find_home(), datetime.now().astimezone().date())
    if options.forget is not None:
        return _forget(past, options.forget, is_sure=options.yes)
    if options.pain is not None:
        pain = None if options.pain == _NO_PAIN else options.pain
        led = past.correct_pain(pain)
        said = "no pain is kept" if pain is None else f"pain {pain}"
        tell(f"{led.title} of {led.began:%Y-%m-%d %H:%M}: {said}.")
        return DONE
    if past.is_empty:
        return _nothing(past, is_file=bool(given) and options.csv != _STDOUT)
    if given:
        _write(past, options)
    else:
        # What is not for the eye alone: no decoration where colours are not wanted either.
        drawn = can_draw() and not os.environ.get("NO_COLOR")
        print_drawing(lambda columns: past.lines(columns, options.weeks, drawn=drawn))
    return DONE


def _write(past: HistoryView, options: argparse.Namespace) -> None:
    if options.html is not None:
        past.write_page(options.html, force=options.force)
        tell(f"Wrote {display_path(options.html)}.")
    if options.csv == _STDOUT:
        print(past.csv().replace("\r\n", "\n"), end="")
    elif options.csv is not None:
        past.write_csv(Path(options.csv), force=options.force)
        tell(f"Wrote {display_path(options.csv)}.")


def _nothing(past: HistoryView, *, is_file: bool) -> int:
    if past.is_kept:
        tell("Nothing is remembered yet. Lie down and play a session; what you do is shown here afterwards:")
        tell(f"  {command('play')}", whole=True)
    else:
        tell("Nothing is remembered: your pacing file says 'history: off'.")
    if is_file:
        tell("So no file was written.")
        return FAILED
    return DONE


def _forget(past: HistoryView, what: str, *, is_sure: bool) -> int:
    if what == EVERYTHING and not past.is_there:
        tell("There is nothing to forget.")
        return DONE
    described = past.describe(what)
    if not is_sure:
        if not sys.stdin.isatty():
            tell(f"This would forget {described}. To do so without being asked, add --yes.")
            return WRONG
        tell(f"Forget {described}? It cannot be brought back, and fewer words become all words again.")
        if not says_yes():
            tell("Nothing was forgotten.")
            return DONE
    past.forget(what)
    tell(f"Forgotten: {described}.")
    return DONE


def _weeks(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a number of weeks, such as 12")


def _pain(text: str) -> int | str:
    low, high = PAIN_SCALE
    if text == _NO_PAIN:
        return text
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {low} to {high}, or {_NO_PAIN}")
