"""Tell what works on this machine, and what to do about what does not."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.cli.console import tell
from voice_coach.cli.main import DONE, FAILED

if TYPE_CHECKING:
    from voice_coach.licences import Licensed

_SIGNS = {"well": "ok", "missing": "--", "ill": "!!"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--licences",
        action="store_true",
        help="instead list the licences of voice_coach, of the voices and of all that is installed with it",
    )
    parser.add_argument(
        "--report",
        metavar="FILE",
        help="instead write a text file to send with a question; nothing of you or your scripts is in it",
    )
    parser.add_argument("--force", action="store_true", help="replace the report if it exists")


def run(options: argparse.Namespace) -> int:
    if options.licences:
        return _list_licences()
    return _report(options.report, force=options.force) if options.report else _examine()


def _report(name: str, *, force: bool) -> int:
    from voice_coach.coach import Coach
    from voice_coach.doctor import write_report

    path = Path(name)
    with Coach() as coach:
        write_report(coach, path, force=force)
    tell(f"Written: {path}. Please read it before you send it.")
    return DONE


def _examine() -> int:
    from voice_coach.coach import Coach
    from voice_coach.doctor import examine

    ill = 0
    with Coach() as coach:
        for finding in examine(coach):
            ill += finding.state == "ill"
            print(f"{_SIGNS[finding.state]}  {finding.what:<16} {finding.says}", flush=True)
            if finding.advice:
                print(f"    {'':<16} {finding.advice}")
    print("\nEverything that is needed works." if not ill else "\nWhat is marked !! has to be put right.")
    return FAILED if ill else DONE


def _list_licences() -> int:
    from voice_coach.licences import licences
    from voice_coach.paths import licence_list, licence_texts

    found = licences()
    rows = list(_rows((found.own, *found.installed)))
    width = max(len(name) for name, _ in rows)
    for name, licence in rows:
        print(f"{name:<{width}}  {licence}")
    if found.absent:
        print(f"\nOptional or for other systems, and not installed: {', '.join(found.absent)}")
    print(f"\nThe full texts, and NOTICE: {licence_texts()}")
    print("Those of another package: python -m pip show --files PACKAGE")
    print(f"For other programs, as CycloneDX: {licence_list()}")
    return DONE


def _rows(licensed: Iterable[Licensed], indent: str = "") -> Iterator[tuple[str, str]]:
    for each in licensed:
        yield f"{indent}{each.name} {each.version}".rstrip(), each.licence
        yield from _rows(each.inside, f"{indent}  ")
