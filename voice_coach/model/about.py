"""What a session says about itself in the files that are made of it."""

from __future__ import annotations

from dataclasses import dataclass


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
        """The title with whom it is for, so that files for several people are told apart."""
        return f"{self.title} ({self.person})".lstrip() if self.person else self.title
