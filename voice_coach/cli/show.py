"""Show a session's timeline: drawn on a terminal, as words, as a page; or two pacings side by side."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from voice_coach.cli.colours import can_draw, print_drawing
from voice_coach.cli.console import tell
from voice_coach.cli.main import DONE, WRONG
from voice_coach.cli.options import Pacing, add_pacing, add_session, read_pacing, session_options
from voice_coach.coach import Coach
from voice_coach.reports.show import drawing, lines, paced, write_page


def arguments(parser: argparse.ArgumentParser) -> None:
    add_session(parser)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument(
        "--text", action="store_true", help="every event in words, as always into a file or pipe"
    )
    kinds.add_argument("--json", action="store_true", help="as JSON, documented in docs/timeline-json.md")
    kinds.add_argument("--html", type=Path, metavar="FILE", help="write a page to zoom, scroll and send")
    parser.add_argument("--force", action="store_true", help="replace the page if there is one")
    parser.add_argument(
        "--compare",
        type=read_pacing,
        metavar="PACING",
        help='another pacing beside it: plain (no wishes), script (nor values of yours), or like "calm key"',
    )
    add_pacing(parser)


def run(options: argparse.Namespace) -> int:
    if options.json and options.compare:
        tell("voice-coach show: --json shows one pacing. Leave out --compare, or run it once for each.")
        return WRONG
    with Coach(voice=options.voice, pacing=options.file, notify=tell) as coach:
        asked = session_options(options)
        performance = coach.prepare(options.session, asked, start_at=options.start_at)
        if options.json:
            import json

            # Read as UTF-8 by whoever follows the standard; elsewhere only ASCII is safe.
            escaped = sys.stdout.encoding.lower() != "utf-8"
            print(json.dumps(coach.timeline_json(performance), ensure_ascii=escaped, indent=1))
            return DONE
        other = options.compare and coach.prepare(
            options.session, options.compare.options, start_at=options.start_at, yours=options.compare.yours
        )
        first = paced(performance, Pacing(asked).name(performance))
        second = paced(other, options.compare.name(other)) if other else None
        if options.html:
            write_page(options.html, first, second, force=options.force)
            tell(f"Wrote {options.html}. Open it in any browser; it needs no network.")
        elif options.text or not can_draw():
            for line in lines(first, second):
                print(line)
        else:
            print_drawing(lambda width: drawing(first, second, width=width))
    return DONE
