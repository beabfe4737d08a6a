"""Tell what works on this machine, and what to do about what does not."""

from __future__ import annotations

import argparse

from voice_coach.cli.main import DONE, FAILED
from voice_coach.coach import Coach

_SIGNS = {"well": "ok", "missing": "--", "ill": "!!"}


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # it has no options


def run(options: argparse.Namespace) -> int:
    del options
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
