"""Which bed a file gets that nobody chose one for: in the folder of a podcast of ours a soft noise."""

from __future__ import annotations

from pathlib import Path

from voice_coach.model.problems import OutputError
from voice_coach.outputs.feed_episodes import MEDIA_TYPES
from voice_coach.outputs.feed_xml import FEED_NAME, known_feed


def usual_bed(folder: Path, ending: str) -> str:
    """``noise`` for sound that goes where a feed of ours is, else ``none``.

    Podcast players are those that cut silence.

    Args:
        folder: where the file goes; need not be there.
        ending: its format, such as ``.mp3``.
    """
    if ending not in MEDIA_TYPES:
        return "none"
    try:
        feed, _ = known_feed(folder / FEED_NAME)
    except OutputError:
        return "none"  # not ours, or not to be read
    return "noise" if feed.address else "none"
