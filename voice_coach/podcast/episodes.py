"""The audio files of a folder, as episodes of a podcast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from voice_coach.audio.recording import NotSoundError, open_sound
from voice_coach.core.errors import OutputError, display_path
from voice_coach.core.units import MS_PER_SECOND
from voice_coach.formats.base import AUDIO
from voice_coach.formats.tags import bed_of, two_letters

_VORBIS_COMMENTS = ("ogg", "flac")
"""Formats, by FFmpeg's names, of which it calls the description "comment"; elsewhere that is the source."""


@dataclass(frozen=True, slots=True)
class EpisodeChapter:
    """Start of a chapter, in milliseconds, and its title."""

    start_ms: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One audio file.

    Attributes:
        name: of the file, in the folder of the feed.
        size_bytes: how large it is.
        duration_ms: how long it plays.
        title: as its tags say, or its name.
        description: as its tags say; "" if they do not.
        language: as its tags say, as BCP 47 has it; "" if they do not.
        author: as its tags say; "" if they do not.
        chapters: its chapters, in order.
        since: when it was first listed.
        transcript: the name of a file of captions beside it; "" if there is none.
        bed: what lies under it, as its tags say; "" if they do not.
    """

    name: str
    size_bytes: int
    duration_ms: int
    title: str
    description: str = ""
    language: str = ""
    author: str = ""
    chapters: tuple[EpisodeChapter, ...] = ()
    since: datetime
    transcript: str = ""
    bed: str = ""


def audio_files(folder: Path) -> list[Path]:
    """The audio files in a folder, by name."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in AUDIO and path.is_file() and not path.name.startswith(".")
    ]


def read_episode(path: Path, since: Mapping[str, datetime]) -> Episode:
    """An audio file as an episode.

    Args:
        path: the file.
        since: when files were first listed; one that is not in there is since it was last changed.

    Raises:
        OutputError: it cannot be read as sound.
    """
    status = path.stat()
    try:
        with open_sound(path) as container:
            duration_ms = (container.duration or 0) // 1000
            tags = _tags(container)
            marks = tuple(
                EpisodeChapter(
                    round(chapter["start"] * chapter["time_base"] * MS_PER_SECOND),
                    chapter["metadata"].get("title", ""),
                )
                for chapter in container.chapters()
                if chapter["time_base"]
            )
    except (NotSoundError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else ""
        raise OutputError(
            f"{display_path(path)} cannot be read as sound ({reason or error}). "
            "Take it out of the folder, or export it again."
        ) from None
    beside = [path.with_suffix(ending) for ending in (".vtt", ".srt")]
    return Episode(
        name=path.name,
        size_bytes=status.st_size,
        duration_ms=duration_ms,
        title=tags.get("title") or path.stem,
        description=tags.get("description", ""),
        language=two_letters(tags.get("language", "")),
        author=tags.get("artist", ""),
        chapters=marks,
        since=since.get(path.name) or datetime.fromtimestamp(int(status.st_mtime), UTC),
        transcript=next((file.name for file in beside if file.is_file()), ""),
        bed=bed_of(tags.get("keywords", "")),
    )


def _tags(container: Any) -> dict[str, str]:
    """The tags of a file over those of its sound: Ogg has only these, and MP4 tells the language there."""
    both = [*(stream.metadata for stream in container.streams.audio[:1]), container.metadata]
    found = {key.lower(): value for tags in both for key, value in tags.items()}
    if container.format.name in _VORBIS_COMMENTS and "comment" in found:
        found.setdefault("description", found["comment"])
    return found
