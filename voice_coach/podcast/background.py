"""The background of a podcast's episodes, chosen alike for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voice_coach.core.errors import OutputError
from voice_coach.formats.base import AUDIO
from voice_coach.podcast.feed import FEED_NAME, read_feed


def may_be_episode(ending: str) -> bool:
    """Return whether a feed lists files of this format, such as ``.mp3``."""
    return ending in AUDIO


def has_podcast(folder: Path) -> bool:
    """Return whether a feed of ours is in a folder, which need not be there."""
    try:
        feed, _ = read_feed(folder / FEED_NAME)
    except OutputError:
        return False  # not ours, or not to be read
    return bool(feed.address)


class UsualBeds:
    """Beds of files without a chosen bed; looks for a podcast in each folder once."""

    def __init__(self) -> None:
        self._podcasts: dict[Path, bool] = {}

    def of(self, folder: Path, ending: str) -> str:
        """``noise`` for sound beside a feed of ours, else ``none``.

        Args:
            folder: where the file goes; need not be there.
            ending: its format, such as ``.mp3``.
        """

        if not may_be_episode(ending):
            return "none"
        if folder not in self._podcasts:
            self._podcasts[folder] = has_podcast(folder)
        return "noise" if self._podcasts[folder] else "none"


def bed_notes(*, in_podcast: bool, too_soft: bool, in_table: bool = False) -> Iterator[str]:
    """Return notes about a bed that may surprise the user.

    Args:
        in_podcast: whether there is one that nobody chose, as the file goes where a podcast is.
        too_soft: whether there is one at the loudness of broadcasts.
        in_table: whether it is asked for by the rows of a table, not by options.
    """
    files, bed, loudness = _IN_TABLE if in_table else _BY_OPTIONS
    if in_podcast:
        yield (
            f"Your podcast is in that folder, so soft noise lies under {files}, as many players skip "
            f"silence. {bed} none leaves it out."
        )
    if too_soft:
        yield (
            f"With {loudness} broadcast a bed is too soft for players that go by peaks, such as AntennaPod: "
            f"they may skip the short pauses between words. For them use {loudness} phone."
        )


_BY_OPTIONS = "it", "--bed", "--loudness"
_IN_TABLE = "rows that name no bed", "The bed", "the loudness"
