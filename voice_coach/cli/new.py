"""Write a commented script to start from; it plays as it is."""

from __future__ import annotations

import argparse
from pathlib import Path

from voice_coach.cli.main import DONE
from voice_coach.coach import Coach


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=("exercise", "session"), help="what kind of script")
    parser.add_argument("name", metavar="NAME", help="its id: small letters, digits and dashes")
    parser.add_argument("--folder", type=Path, default=Path(), help="where to write it (here)")


def run(options: argparse.Namespace) -> int:
    with Coach() as coach:
        path = coach.new_script(options.kind, options.name, options.folder)
    print(f"Wrote {path}. Open it in an editor, change a line, then:")
    print(f"  voice-coach check {path}")
    print(f"  voice-coach play {path}")
    return DONE
