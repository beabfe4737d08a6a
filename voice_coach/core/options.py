"""Options of an export: format, quality, chapters, loudness, background, and facts about the session in
the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Loudness = Literal["phone", "aes", "broadcast"]
LOUDNESS_LUFS: dict[Loudness, float] = {"phone": -19.0, "aes": -18.0, "broadcast": -23.0}
"""Integrated loudness (ITU-R BS.1770-4) of one channel.

``phone``: −19 LUFS in mono is −16 on two loudspeakers, as podcasts and phones expect; ``aes``: AES TD1008;
``broadcast``: EBU R 128.
"""

LEAD_IN_MS = 500
"""Silence before the first sound: wireless headsets swallow the first few hundred milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mastering:
    """Loudness, background and leading silence of an export.

    Attributes:
        loudness: a preset.
        bed: ``none``, ``tone``, ``noise``, or the path of an audio file.
        lead_in_ms: silence before the first sound, in milliseconds.
    """

    loudness: Loudness = "phone"
    bed: str = "none"
    lead_in_ms: int = LEAD_IN_MS


Quality = Literal["small", "normal", "high"]
QUALITIES: tuple[Quality, ...] = ("small", "normal", "high")

ChapterLevel = Literal["exercises", "sets"]
CHAPTER_LEVELS: tuple[ChapterLevel, ...] = ("exercises", "sets")

CAPTION_FORMATS = ("vtt", "srt", "lrc", "txt")
"""The formats of text that can be written beside a file of sound, by their endings."""

Paper = Literal["a4", "letter"]
PAPERS: tuple[Paper, ...] = ("a4", "letter")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """Options of a file; a format ignores those that do not concern it.

    Attributes:
        force: replace the file if there is one.
        quality: how much room the sound may take, where a format leaves something out of it.
        chapters: what begins a chapter: an exercise, or each set of it too.
        paper: the paper that a sheet is printed on.
        cache: a folder where a format may keep what it could use again; None keeps nothing.
    """

    force: bool = False
    quality: Quality = "normal"
    chapters: ChapterLevel = "exercises"
    paper: Paper = "a4"
    cache: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Options of an export.

    Attributes:
        file: what is asked of the file.
        mastering: loudness, bed, and the silence before the first sound.
        format: an ending such as ``.mp3``; the one of the file's name if not given.
        date: the day to name in the file, as ``2026-11-21``; "" names none.
        captions: formats from ``CAPTION_FORMATS`` to write beside the file, under the same name.
    """

    file: FileOptions = field(default_factory=FileOptions)
    mastering: Mastering = field(default_factory=Mastering)
    format: str = ""
    date: str = ""
    captions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Title, author and the like, as the tags of an audio file or the items of a feed name them.

    Attributes:
        session: the session's id.
        title: its title.
        language: its language, as a BCP 47 tag such as ``en``.
        author: who is behind the exercises; "" if the scripts do not say.
        description: what the session is for; "" if the scripts do not say.
        source: where the exercises come from; "" if the scripts do not say.
        date: the day it was made, as ``2026-11-21``; "" leaves it out, so that the same input gives the same
            bytes on any day.
        album: the title of the whole, where this is a part of it; "" for the whole.
        track: which part it is, from 1; 0 for the whole.
        tracks: how many parts there are.
        person: whom it is made for; "" for nobody in particular.
        bed: what lies under it: ``none``, ``tone``, ``noise``, or ``file`` for a sound of one's own; "" if
            that is not known.
    """

    session: str
    title: str
    language: str = "en"
    author: str = ""
    description: str = ""
    source: str = ""
    date: str = ""
    album: str = ""
    track: int = 0
    tracks: int = 0
    person: str = ""
    bed: str = ""

    @property
    def full_title(self) -> str:
        """Return the title with the person that it is for, so that files for several people can be told
        apart."""
        return f"{self.title} ({self.person})".lstrip() if self.person else self.title
