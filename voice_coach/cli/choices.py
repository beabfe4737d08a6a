"""The options that play, export and show share."""

from __future__ import annotations

import argparse
import sys

from voice_coach.coach import Wishes
from voice_coach.model.script import GUIDANCE_LEVELS
from voice_coach.model.speech import DEFAULT_VOICE


def add_pacing(parser: argparse.ArgumentParser) -> None:
    """How a session is spoken: voice, rate, guidance, and where it starts."""
    parser.add_argument(
        "--voice", default=DEFAULT_VOICE, metavar="ENGINE:NAME", help=f"who speaks ({DEFAULT_VOICE})"
    )
    parser.add_argument("--rate", type=int, metavar="WPM", help="speech in words per minute")
    parser.add_argument("--guidance", choices=GUIDANCE_LEVELS, help="how much is said (full)")
    parser.add_argument(
        "--from", dest="start_at", default="", metavar="EXERCISE", help="begin with this exercise"
    )


def notify(sentence: str) -> None:
    """Tells what did not go as asked but is no reason to stop."""
    print(sentence, file=sys.stderr)


def wishes(options: argparse.Namespace) -> Wishes:
    """The command line's wishes."""
    return Wishes(rate_wpm=options.rate, guidance=options.guidance)
