"""Whether a file would be an episode of a podcast of ours: what players cut silence out of."""

from __future__ import annotations

from pathlib import Path

from voice_coach.model.problems import OutputError
from voice_coach.outputs.feed_episodes import MEDIA_TYPES
from voice_coach.outputs.feed_xml import FEED_NAME, known_feed


def may_be_episode(ending: str) -> bool:
    """Whether a feed lists files of this format, such as ``.mp3``."""
    return ending in MEDIA_TYPES


def podcast_in(folder: Path) -> bool:
    """Whether a feed of ours is in a folder, which need not be there."""
    try:
        feed, _ = known_feed(folder / FEED_NAME)
    except OutputError:
        return False  # not ours, or not to be read
    return bool(feed.address)
