"""Show what can be tuned in an exercise and where each value comes from, and set your own."""

from __future__ import annotations

import argparse
from pathlib import Path

from voice_coach.cli.by_ear import listen
from voice_coach.cli.choices import add_file, setting
from voice_coach.cli.main import DONE, FAILED, WRONG
from voice_coach.cli.telling import tell
from voice_coach.cli.tuning_table import print_changes, print_left, print_overview, print_table
from voice_coach.coach import Coach

_ALL_OF_IT = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "exercise",
        nargs="?",
        metavar="EXERCISE",
        help="a name from 'voice-coach list'; all for every exercise",
    )
    parser.add_argument(
        "values", nargs="*", type=setting, metavar="NAME=VALUE", help="set this, such as hold=45s reps=4"
    )
    parser.add_argument("--for", dest="session", metavar="SESSION", help="in this session only")
    parser.add_argument("--listen", action="store_true", help="tune by ear: keys change what you hear")
    parser.add_argument(
        "--reset",
        nargs="?",
        const=_ALL_OF_IT,
        metavar="NAME",
        help="take back one value, or all of the exercise",
    )
    add_file(parser)
    parser.add_argument("--export", type=Path, metavar="FILE", help="copy your values to a file to send")
    parser.add_argument("--force", action="store_true", help="replace that file if there is one")
    parser.add_argument(
        "--import",
        dest="take_over",
        type=Path,
        metavar="FILE",
        help="check a pacing file and set all it sets",
    )


def run(options: argparse.Namespace) -> int:
    if options.force and not options.export:
        tell("--force goes with --export: it lets a file be replaced.")
        return WRONG
    with Coach(pacing=options.file, notify=tell) as coach:
        if options.export or options.take_over:
            return _exchange(coach, options)
        if options.exercise is None:
            if options.session or options.listen or options.reset is not None:
                tell("Which exercise? Name it: voice-coach tune EXERCISE ... ('all' for what holds for all).")
                if options.reset is not None:
                    tell(f"To take back everything there is, delete {coach.tuner.file.path}")
                return WRONG
            print_overview(coach)
            return DONE
        if options.listen:
            return _listen(coach, options)
        if options.reset is not None:
            if options.values:
                tell("Set values or reset them, one at a time.")
                return WRONG
            changes = coach.tuner.reset(options.exercise, options.reset or None, options.session)
            print_changes(changes, "Nothing was tuned there, so nothing has changed.")
            if not options.reset and not options.session:
                print_left(coach, options.exercise, options.file)
        elif options.values:
            twice = sorted({name for name, _ in options.values if _count(name, options.values) > 1})
            if twice:
                tell(f"{', '.join(twice)}: given more than once. Nothing was changed.")
                return WRONG
            print_changes(coach.tune(options.exercise, dict(options.values), options.session), "")
        else:
            print_table(coach, options.exercise, options.session)
    return DONE


def _listen(coach: Coach, options: argparse.Namespace) -> int:
    if options.values or options.reset is not None:
        tell("Tune by ear, set values, or reset them, one at a time.")
        return WRONG
    try:
        values = listen(coach, options.exercise, options.session)
    except KeyboardInterrupt:
        tell("Stopped: nothing was changed.")
        return FAILED
    if values is None:
        tell("Discarded: nothing was changed.")
    elif values:
        print_changes(coach.tune(options.exercise, values, options.session), "")
    else:
        tell("Nothing differs from before, so nothing was changed.")
    return DONE


def _count(name: str, values: list[tuple[str, str]]) -> int:
    return sum(name == each for each, _ in values)


def _exchange(coach: Coach, options: argparse.Namespace) -> int:
    if options.exercise or options.session or options.listen or options.reset is not None:
        tell(
            "--export and --import take all values at once: name no exercise or session with them, "
            "and neither --listen nor --reset."
        )
        return WRONG
    if options.export:
        coach.tuner.export(options.export, force=options.force)
        tell(f"Wrote {options.export}. Whoever gets it: voice-coach tune --import FILE")
    if options.take_over:
        print_changes(coach.tuner.take_over(options.take_over), "It sets nothing, so nothing has changed.")
    return DONE
