"""List the sessions and exercises there are: yours first, then those that come with voice_coach."""

from __future__ import annotations

import argparse

from voice_coach.cli.main import DONE
from voice_coach.coach import Coach


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--files", action="store_true", help="also where each script lies")


def run(options: argparse.Namespace) -> int:
    with Coach() as coach:
        listed = list(coach.list_scripts())
    width = max((len(each.id) for each in listed), default=0)
    for kind in ("session", "exercise"):
        print(f"{kind}s:")
        for each in listed:
            if each.kind == kind:
                title = each.title if each.readable else "has problems, see: voice-coach check " + each.id
                print(f"  {each.id:<{width}}  {title}")
                if options.files:
                    print(f"  {'':<{width}}  {each.path}")
    print("\nPlay one: voice-coach play NAME")
    return DONE
