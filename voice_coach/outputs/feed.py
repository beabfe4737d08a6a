"""A podcast feed over the audio files of a folder, for the person's own players."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from voice_coach.model.about import About
from voice_coach.model.problems import OutputError, WrongOutputError, shown
from voice_coach.model.units import MS_PER_SECOND
from voice_coach.outputs.feed_episodes import Episode, audio_files, read_episode
from voice_coach.outputs.feed_xml import (
    CHAPTERS_ENDING,
    COVER_NAME,
    FEED_NAME,
    Channel,
    checked_address,
    feed_xml,
    known_feed,
)
from voice_coach.outputs.whole_file import whole_file


def write_feed(
    folder: Path, address: str = "", title: str = "", *, force: bool = False
) -> tuple[str, list[Episode]]:
    """Writes or updates ``feed.xml`` over the audio files in a folder, with chapters and a cover beside it.

    What was said in it before about the feed itself stays, and so does the day on which each file was first
    listed; files that are gone are left out.

    Args:
        folder: where the audio files are.
        address: where the folder is on the web; the one that the feed names already if not given.
        title: of the feed; the one that it has already if not given.
        force: replace a feed that is not ours; nothing of it is kept.

    Returns:
        The address of the feed, and its episodes, the newest first.

    Raises:
        OutputError: there is no such folder, no address is known, there are no audio files, the feed
            that is there is not ours, or something cannot be read or written.
    """
    if not folder.is_dir():
        raise WrongOutputError(f"{shown(folder)} is not a folder. Export sessions into one first.")
    channel, since = known_feed(folder / FEED_NAME, force=force)
    channel = replace(
        channel,
        address=checked_address(address) if address else channel.address,
        title=title or channel.title,
    )
    if not channel.address:
        raise WrongOutputError(
            "A feed has to say where its files are on the web: give it with --url, "
            "such as --url http://192.168.1.20:8000/ for a computer at home."
        )
    episodes = sorted(
        (read_episode(path, since) for path in audio_files(folder)),
        key=lambda each: (each.since, each.name),
        reverse=True,
    )
    if not episodes:
        raise OutputError(
            f"There are no audio files in {shown(folder)}. Export one: voice-coach export -o "
            f"{shown(folder / 'lower-back-relief.mp3')}"
        )
    languages = [episode.language for episode in episodes if episode.language]
    channel = replace(channel, language=languages[0] if languages else channel.language)
    if not (folder / COVER_NAME).exists():
        _write(folder / COVER_NAME, _cover(channel))
    for episode in episodes:
        if episode.chapters:
            _write(folder / (episode.name + CHAPTERS_ENDING), _chapters_json(episode))
    _write(folder / FEED_NAME, feed_xml(channel, episodes))
    return channel.address + FEED_NAME, episodes


def _chapters_json(episode: Episode) -> bytes:
    """The chapters as podcastindex.org's JSON chapters format 1.2 has them, in seconds."""
    chapters = [
        {"startTime": mark.start_ms / MS_PER_SECOND, "title": mark.title} for mark in episode.chapters
    ]
    return json.dumps({"version": "1.2.0", "chapters": chapters}, ensure_ascii=False, indent=1).encode()


def _cover(channel: Channel) -> bytes:
    from voice_coach.outputs.cover import cover_jpeg

    return cover_jpeg(About(session="", title=channel.title, language=channel.language))


def _write(path: Path, data: bytes) -> None:
    with whole_file(path, force=True) as file:
        file.write(data)


def update_feed(
    folder: Path, address: str = "", title: str = "", *, force: bool = False
) -> tuple[str, int, tuple[str, ...]]:
    """Writes or updates a podcast feed over the audio files in a folder.

    Args:
        folder: where the audio files are.
        address: where the folder is on the web; the one that the feed names already if not given.
        title: of the feed; the one that it has already if not given.
        force: replace a feed that is not ours.

    Returns:
        Its address, how many files they are, and the names of those that say that they have no bed.

    Raises:
        OutputError: it could not be written.
    """
    found, episodes = write_feed(folder, address, title, force=force)
    return found, len(episodes), tuple(sorted(each.name for each in episodes if each.bed == "none"))
