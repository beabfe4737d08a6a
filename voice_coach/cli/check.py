"""Check scripts: every problem at once with its place, then whether all that is said fits its time."""

from __future__ import annotations

import argparse

from voice_coach.cli.main import DONE, FAILED, WRONG
from voice_coach.cli.telling import tell
from voice_coach.coach import Coach
from voice_coach.model.problems import CoachError, Problem


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scripts", nargs="*", metavar="SCRIPT", help="names or files; all there are if none is named"
    )
    parser.add_argument("--strict", action="store_true", help="advice about time counts as a problem too")


def run(options: argparse.Namespace) -> int:
    unread: list[CoachError] = []
    with Coach(notify=tell) as coach:
        names: list[str] = options.scripts or [str(each.path) for each in coach.listed()]
        problems: list[Problem] = []
        for name in names:
            try:
                problems += [problem for problem in coach.check(name) if problem not in problems]
            except CoachError as error:
                unread.append(error)
    errors = [problem for problem in problems if problem.severity == "error"]
    for told in (*problems, *unread):
        tell(told)
    if unread and not errors:
        return FAILED
    scripts = f"{len(names)} script{'s' if len(names) != 1 else ''}"
    if not problems:
        print(f"{scripts} checked: all well.")
        return DONE
    advice = len(problems) - len(errors)
    counted = [
        f"{count} {word}{'s' if count != 1 and word != 'advice' else ''}"
        for count, word in ((len(errors), "problem"), (advice, "warning"))
        if count
    ]
    tell(f"{scripts} checked: {' and '.join(counted)}.")
    return WRONG if errors or (options.strict and problems) else DONE
