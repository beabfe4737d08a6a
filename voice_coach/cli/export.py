"""Write a session to an audio file: exactly the samples that would be played, whole or not at all."""

from __future__ import annotations

import argparse
from pathlib import Path

from voice_coach.cli.choices import add_pacing, add_session, wishes
from voice_coach.cli.telling import tell
from voice_coach.cli.writing import write
from voice_coach.coach import Coach


def arguments(parser: argparse.ArgumentParser) -> None:
    add_session(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="a .wav or .flac file; if none is named, one with the session's name, here",
    )
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")
    add_pacing(parser)


def run(options: argparse.Namespace) -> int:
    with Coach(voice=options.voice, pacing=options.file, notify=tell) as coach:
        performance = coach.prepare(options.session, wishes(options), start_at=options.start_at)
        target = options.output or Path(f"{performance.session.id}.wav")
        return write(coach, performance, target, force=options.force)
