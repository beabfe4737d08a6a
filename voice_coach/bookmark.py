"""Where a session was left, and how it was asked for: what it takes to go on with it after anything."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from voice_coach.wishes import Wishes

VERSION: Final = 1

OFFERED_MS: Final = 24 * 3_600_000
"""A session that was left longer ago is not offered again; ``play --resume`` still finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a session was asked for, so that it can be asked for again.

    Attributes:
        session: its name or file; None for the default.
        wishes: what was wished for.
        voice: who speaks, if it was said.
        pacing: the pacing file, if one was named.
        start_at: the exercise to begin with.
        bed: what is heard under it.
    """

    session: str | None
    wishes: Wishes
    voice: str | None = None
    pacing: Path | None = None
    start_at: str = ""
    bed: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """The place, and everything that made the session what it was.

    Attributes:
        session: its name or file, as it was asked for; None for the default.
        title: its title.
        wishes: what was asked for, with the knob as it was asked for.
        voice: who spoke, or None for the language's own voice.
        pacing: the pacing file that was named, or None.
        speed_percent: where the knob stood in the end.
        exercise: the exercise's id, "" in the opening and closing.
        occurrence: the how manieth time it comes in the session that was, from 0.
        exercise_title: its title, or the chapter's.
        chapter: the chapter's index, of
        chapters: so many.
        at_ms: the place in it, in milliseconds.
        set: which set, rep and side that was, where there are any; likewise ``rep`` and ``side``.
        easier: whether it was the exercise's easier variant.
        start_at: the exercise that the session began with, "" for its beginning.
        bed: what was heard under it.
        saved_ms: when, in milliseconds since 1970, UTC.
        run: which playing of the session kept it.
    """

    session: str | None
    title: str
    wishes: Wishes
    voice: str | None
    pacing: str | None
    speed_percent: int
    exercise: str
    occurrence: int
    exercise_title: str
    chapter: int
    chapters: int
    at_ms: int
    set: int | None = None
    rep: int | None = None
    side: str | None = None
    easier: bool = False
    start_at: str = ""
    bed: str = "none"
    saved_ms: int = 0
    run: str = ""
    version: int = field(default=VERSION, init=False)

    def asked(self) -> Asked:
        """How the session is asked for once more."""
        pacing = Path(self.pacing) if self.pacing is not None else None
        return Asked(
            session=self.session,
            wishes=self.wishes,
            voice=self.voice,
            pacing=pacing,
            start_at=self.start_at,
            bed=self.bed,
        )

    def may_be_offered(self, asked: Asked, now_ms: int) -> bool:
        """Whether somebody who asks for this is asked to go on instead: it is the same, and not long ago."""
        wishes = replace(asked.wishes, speed=self.wishes.speed)
        same = replace(asked, session=named(asked.session), wishes=wishes) == self.asked()
        has_begun = self.chapter > 0 or self.at_ms > 0
        return same and has_begun and 0 <= now_ms - self.saved_ms <= OFFERED_MS

    def chapter_in(self, exercises: Sequence[str]) -> int | None:
        """The index of the same chapter in a session with these exercises; None if it is gone.

        Args:
            exercises: the exercise's id of each chapter, "" for the opening and closing.
        """
        if not self.exercise:
            index = len(exercises) - 1 if self.chapter else 0
            is_there = len(exercises) > (1 if self.chapter else 0) and not exercises[index]
            return index if is_there else None
        same = [index for index, exercise in enumerate(exercises) if exercise == self.exercise]
        return same[self.occurrence] if self.occurrence < len(same) else None

    def moved_to(self, exercises: Sequence[str]) -> Bookmark:
        """The bookmark at the nearest place there is where its own is gone: at the start of a chapter.

        That is the last time the same exercise comes, or what now stands where it stood.
        """
        same = [index for index, exercise in enumerate(exercises) if exercise and exercise == self.exercise]
        last = max((index for index, exercise in enumerate(exercises) if exercise), default=0)
        index = same[-1] if same else min(self.chapter, last)
        return replace(self, chapter=index, at_ms=0, set=None, rep=None, side=None, easier=False)


def named(session: str | None) -> str | None:
    """A session's file as it is found from every folder; a name stays a name."""
    if session is None or not (os.path.sep in session or Path(session).suffix):
        return session
    return str(Path(session).absolute())
