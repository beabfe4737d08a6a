"""Check scripts: every problem at once with its place, then whether all that is said fits its time.

Without a name: your own scripts, those in the current folder, and those that came with voice_coach.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path

from voice_coach.cli.console import tell
from voice_coach.cli.main import DONE, FAILED, WRONG
from voice_coach.coach import Coach
from voice_coach.core.errors import CoachError, Problem, UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scripts",
        nargs="*",
        metavar="SCRIPT",
        help="names, files, or folders of scripts; if none is named, your own scripts, those in the current "
        "folder, and those that came with voice_coach",
    )
    parser.add_argument("--strict", action="store_true", help="advice counts as a problem too")


def run(options: argparse.Namespace) -> int:
    unread: list[CoachError] = []
    problems: list[Problem] = []
    with Coach(notify=tell) as coach:
        names, which = _named(options.scripts, coach, unread) if options.scripts else _all(coach)
        noun = "file" if any(coach.tuner.problems_in(name) is not None for name in names) else "script"
        for name in names:
            try:
                problems += [problem for problem in coach.check(name) if problem not in problems]
            except CoachError as error:
                unread.append(error)
    # What a script gives cause for by itself is not told again for each session that uses it.
    problems = [each for each in problems if not each.settings or replace(each, settings="") not in problems]
    errors = [problem for problem in problems if problem.severity == "error"]
    for told in (*problems, *unread):
        tell(told)
    if unread and not errors:
        return WRONG if any(isinstance(each, UsageError) for each in unread) else FAILED
    scripts = f"{len(names)} {noun}{'s' if len(names) != 1 else ''} checked{which}"
    if not problems:
        print(f"{scripts}: all well.")
        return DONE
    advice = len(problems) - len(errors)
    counted = [
        f"{count} {word}{'s' if count != 1 else ''}"
        for count, word in ((len(errors), "problem"), (advice, "warning"))
        if count
    ]
    tell(f"{scripts}: {' and '.join(counted)}.")
    return WRONG if errors or (options.strict and problems) else DONE


def _named(given: list[str], coach: Coach, unread: list[CoachError]) -> tuple[list[str], str]:
    """The scripts that are named, those in folders that are named too."""
    names: list[str] = []
    for name in given:
        if not Path(name).is_dir() or name in {each.id for each in coach.list_scripts()}:
            names.append(name)
        elif found := coach.scripts_in(Path(name)):
            names += map(str, found)
        else:
            unread.append(CoachError(f"There are no scripts in the folder {name}: their names end in .yaml."))
    return names, ""


def _all(coach: Coach) -> tuple[list[str], str]:
    """The scripts that are nearby, and in words how many lie where."""
    own = coach.scripts_in(coach.home.scripts)
    came = [each.path for each in coach.list_scripts() if each.path not in own]
    known = {path.resolve() for path in (*own, *came)}
    here = [path for path in coach.scripts_in(Path()) if path.resolve() not in known and _is_script(path)]
    where = [
        f"{len(own) or 'none'} of yours in {coach.home.scripts}",
        *([f"{len(here)} in this folder"] if here else []),
        f"{len(came)} that came with voice_coach",
    ]
    return [str(path) for path in (*own, *here, *came)], f" ({', '.join(where)})"


def _is_script(path: Path) -> bool:
    """Return whether a YAML file of any origin calls itself a script; also a broken one may."""
    try:
        return bool(re.search(r"^kind:\s*[a-z]", path.read_text("utf-8", "replace")[:100_000], re.MULTILINE))
    except OSError:
        return False
