"""One moment of a live session, and what can be heard in it: plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from voice_coach.core.script import Position
from voice_coach.core.status import Mode
from voice_coach.core.timeline import Chapter
from voice_coach.session.body import STANDING, Body, Detour

AnnouncementName = Literal[
    "paused",
    "going_on",
    "tick",
    "slower",
    "faster",
    "slowest",
    "fastest",
    "loudest",
    "quietest",
    "time_left",
    "where",
    "ready_ask",
    "ready_reminder",
    "ready_limit",
    "way_out",
    "way_out_anywhere",
    "hurts_ask",
    "hurts_limit",
    "no_easier",
    "rest_begins",
    "rest_reminder",
    "back_to_exercise",
    "lead_in",
    "caution",
    "easier_begins",
    "skipped",
    "nothing_before",
    "nothing_after",
    "ended",
    "ended_after_pain",
    "device_back",
    "device_back_paused",
    "resume_offer",
    "resumed",
    "keep_offer",
    "kept",
    "heard",
    "not_now",
    "help",
    "listen_begins",
    "score_ask",
    "score_thanks",
    "deaf",
    "hears_again",
]
"""Names of the announcements."""

SOUNDS: Final[Mapping[AnnouncementName, str]] = {
    "paused": "pause",
    "going_on": "go-on",
    "tick": "tick",
    "heard": "heard",
    "not_now": "not-now",
}
"""Sound cues that say enough by themselves, so that they come at once."""

Answer = Literal["rest", "easier", "leave-out"]
"""Ways to go on after something has hurt, other than not at all."""

Offer = Literal["resume", "keep"]
"""Offers to the user: to resume the last session, or to keep the pace for the next time."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something said or sounded besides the session.

    Attributes:
        name: what.
        chapter: the index of the chapter that it is about.
        at_ms: the place in it.
        easier: whether that is the exercise's easier variant.
        left_ms: the time left, where that is what is told; None if it is not known yet.
        points: the pain, where that is what is told.
        detour: where the body is led, and from where, where that is what is done.
    """

    name: AnnouncementName
    chapter: int = 0
    at_ms: int = 0
    easier: bool = False
    left_ms: int | None = None
    points: int | None = None
    detour: Detour | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One moment. Times are milliseconds of the stream, so that going back in it is going back to a state.

    Attributes:
        mode: what the session is doing.
        chapter: where it goes on: the index of a chapter,
        at_ms: and the place in it.
        easier: whether it is the exercise's easier variant that goes on there.
        announcements: what is said before it goes on; the first is being said.
        announcement_ms: how much of that has been said.
        since_ms: how long it has been silent in this mode.
        told: how often somebody has been reminded in it.
        held: the mode to go on in after a pause.
        lost_in: the mode to go on in when there is a device again.
        answer: how to go on after the way out, where that was said before it was asked; "" if not.
        hurt: whether something has hurt, and nobody has gone on since.
        body: where the body is, from what has been heard.
        offer: what may be taken up in the mode ``offering``.
        offered_percent: where the tempo factor stands once the offer to resume is taken up; None is where
            it is.
        score: the pain that was told at the end, from 0 to 10.
        volume_db: how much louder than recorded.
        speed_percent: where the tempo factor stands.
    """

    mode: Mode = "playing"
    chapter: int = 0
    at_ms: int = 0
    easier: bool = False
    announcements: tuple[Announcement, ...] = ()
    announcement_ms: int = 0
    since_ms: int = 0
    told: int = 0
    held: Mode = "playing"
    lost_in: Mode = "playing"
    answer: Answer | Literal[""] = ""
    hurt: bool = False
    body: Body = STANDING
    offer: Offer = "resume"
    offered_percent: int | None = None
    score: int | None = None
    volume_db: float = 0.0
    speed_percent: int = 100

    @property
    def is_asked_at_end(self) -> bool:
        """Return whether nothing is left of the session but a question, also while that is held up."""
        mode = self.lost_in if self.mode == "lost" else self.mode
        mode = self.held if mode == "paused" else mode
        return mode == "scoring" or (mode == "offering" and self.offer == "keep")


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of a whole session.

    Attributes:
        waits: whether anybody can say that they are ready; without, a wait is its fixed time.
        asks_pain: whether it is asked at the end how much pain there is.
        speed_percent: where the tempo factor stood when the session began.
    """

    waits: bool = True
    asks_pain: bool = False
    speed_percent: int = 100


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Next part of the stream: a stretch of a chapter, or silence (None), in which time goes on likewise."""

    chapter: Chapter | None
    from_ms: int
    until_ms: int


class PlayableContent(Protocol):
    """Interface of the content of a session. Only ``expect`` blocks for long."""

    @property
    def count(self) -> int:
        """Return how many chapters the session has."""
        ...

    def chapter(self, index: int, *, easier: bool = False) -> Chapter | None:
        """A chapter, or its exercise's easier variant; None if it is not compiled yet, or there is none."""
        ...

    def expect(self, index: int, timeout_s: float) -> None:
        """Wait until a chapter is compiled, so long at most.

        Raises:
            CoachError: it cannot be.
        """
        ...

    def has_easier(self, index: int) -> bool:
        """Return whether there is an easier variant of a chapter's exercise."""
        ...

    def position(self, index: int) -> Position | None:
        """The position of a chapter's exercise; None in the opening and the closing."""
        ...

    def left_ms(self, index: int, at_ms: int, *, easier: bool = False) -> int | None:
        """The time left from a place to the end; None if not all chapters are compiled yet."""
        ...

    def announcement(self, what: Announcement) -> Chapter:
        """Return what is said or sounded besides; it lasts longer than nothing."""
        ...
