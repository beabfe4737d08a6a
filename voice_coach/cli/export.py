"""Write a session to an audio file: exactly the samples that would be played, whole or not at all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from voice_coach.cli.choices import add_pacing, notify, wishes
from voice_coach.cli.main import DONE
from voice_coach.cli.progress import Progress
from voice_coach.coach import DEFAULT_SESSION, Coach


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "session", nargs="?", default=DEFAULT_SESSION, metavar="SESSION|FILE", help="which one"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="a .wav or .flac file"
    )
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")
    add_pacing(parser)


def run(options: argparse.Namespace) -> int:
    target: Path = options.output
    with Coach(voice=options.voice, notify=notify) as coach:
        performance = coach.prepare(options.session, wishes(options), start_at=options.start_at)
        with Progress(f"Exporting {performance.session.title}") as progress:
            coach.export(performance, target, force=options.force, on_progress=progress.at)
    print(f"Wrote {target} ({progress.clock}).", file=sys.stderr)
    return DONE
