"""Print a session's timeline: every prompt, sound and hold with its time."""

from __future__ import annotations

import argparse
import sys

from voice_coach.cli.choices import add_pacing, add_session, wishes
from voice_coach.cli.main import DONE
from voice_coach.cli.telling import tell
from voice_coach.coach import Coach


def arguments(parser: argparse.ArgumentParser) -> None:
    add_session(parser)
    parser.add_argument("--json", action="store_true", help="as JSON, documented in docs/timeline-json.md")
    add_pacing(parser)


def run(options: argparse.Namespace) -> int:
    with Coach(voice=options.voice, pacing=options.file, notify=tell) as coach:
        performance = coach.prepare(options.session, wishes(options), start_at=options.start_at)
        if options.json:
            import json

            # Read as UTF-8 by whoever follows the standard; elsewhere only ASCII is safe.
            escaped = sys.stdout.encoding.lower() != "utf-8"
            print(json.dumps(coach.timeline_json(performance), ensure_ascii=escaped, indent=1))
        else:
            for line in coach.timeline_lines(performance):
                print(line)
    return DONE
