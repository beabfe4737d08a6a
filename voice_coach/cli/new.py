"""Write a commented script to start from; it plays as it is."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from voice_coach.cli.main import DONE
from voice_coach.cli.options import one_of
from voice_coach.coach import Coach

_KINDS = ("exercise", "session")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", type=one_of(_KINDS), metavar="|".join(_KINDS), help="what kind of script")
    parser.add_argument("name", metavar="NAME", help="its id: small letters, digits and dashes")
    parser.add_argument("--folder", type=Path, default=Path(), help="where to write it (here)")


def run(options: argparse.Namespace) -> int:
    with Coach() as coach:
        path = coach.new_script(options.kind, options.name, options.folder)
    print(f"Wrote {path}. Open it in an editor, change a line, then:")
    print(f"  {shlex.join(('voice-coach', 'check', str(path)))}")
    print(f"  {shlex.join(('voice-coach', 'play', str(path)))}")
    return DONE
