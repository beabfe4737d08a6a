"""Write or update a podcast feed over the audio files in a folder, for players on your own devices."""

from __future__ import annotations

import argparse
from pathlib import Path

from voice_coach.cli.console import tell
from voice_coach.cli.export import stoppable
from voice_coach.cli.main import DONE
from voice_coach.core.errors import display_path
from voice_coach.podcast.feed import update_feed


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder with the audio files")
    parser.add_argument(
        "--url", default="", metavar="URL", help="where the folder is on the web; needed the first time"
    )
    parser.add_argument("--title", default="", metavar="TITLE", help="the title of the feed")
    parser.add_argument("--force", action="store_true", help="replace a feed.xml that is not voice_coach's")


def run(options: argparse.Namespace) -> int:
    target = options.folder / "feed.xml"
    with stoppable(target):
        address, episodes, bare = update_feed(options.folder, options.url, options.title, force=options.force)
    many = "s" if episodes != 1 else ""
    tell(f"Wrote {display_path(target)} with {episodes} episode{many}. Its address is {address}")
    if bare:
        have = "have" if len(bare) > 1 else "has"
        tell(
            f"{', '.join(bare)} {have} no bed: players that skip silence skip the exercise there. "
            "Export again as before, with --bed noise --force."
        )
    return DONE
