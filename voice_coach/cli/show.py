"""Print a session's timeline: every prompt, sound and hold with its time."""

from __future__ import annotations

import argparse

from voice_coach.cli.choices import add_pacing, wishes
from voice_coach.cli.main import DONE
from voice_coach.coach import Coach


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", nargs="?", default=None, metavar="SESSION|FILE", help="which one")
    parser.add_argument("--json", action="store_true", help="as JSON, documented in docs/timeline-json.md")
    add_pacing(parser)


def run(options: argparse.Namespace) -> int:
    with Coach(voice=options.voice) as coach:
        performance = coach.prepare(options.session, wishes(options), start_at=options.start_at)
        if options.json:
            import json

            print(json.dumps(coach.timeline_json(performance), ensure_ascii=False, indent=1))
        else:
            for line in coach.timeline_lines(performance):
                print(line)
    return DONE
