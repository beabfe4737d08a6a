"""Status of a live session for controls and displays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_coach.core.timeline import Event


@dataclass(frozen=True, slots=True)
class Status:
    """One moment.

    Attributes:
        position_ms: since the start of the session.
        chapter: the chapter's title.
        exercise: the exercise's id, or "".
        speech: what is being said, or was said last in this chapter.
        speaking: whether it is being said right now.
        action: what the body does (hold, rest, inhale …), if it is told to.
        action_left_ms: how long that goes on.
        coming: what is said next in this chapter.
        left_ms: until the end of the session, or None as long as that is not known.
    """

    position_ms: int
    chapter: str
    exercise: str
    speech: Event | None
    speaking: bool
    action: Event | None
    action_left_ms: int
    coming: Event | None
    left_ms: int | None


Mode = Literal[
    "playing", "paused", "waiting", "hurting", "asking", "resting", "offering", "scoring", "lost", "ended"
]
"""Mode of a live session.

``waiting`` until the person is ready; ``hurting``: it leads out of a position that hurts; ``asking`` how to
go on after that; ``resting`` until the person is ready again; ``offering`` something that may be taken up;
``scoring``: it asks how much pain there is;
``lose_device``: there is no sound device.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStatus:
    """One moment of a live session.

    Attributes:
        mode: what it is doing.
        status: where in the session that is; None until the first chapter is compiled. Nothing is said or
            done in it where nobody is to follow it, such as after something has hurt.
        session: the session's id.
        title: the session's title.
        chapter: the index of the chapter, from 0.
        chapters: how many there are.
        position_ms: in the chapter.
        duration_ms: of the chapter.
        set: which set of the exercise, where it has them; from 1. Likewise ``rep_compiler`` and ``side``.
        volume_db: how much louder (or, below 0, softer) than recorded.
        speed_percent: where the tempo factor stands; 100 is as scripts and own values say.
        saying: what the coach says besides the session, such as how long it still goes on; "" if nothing.
        has_easier: whether there is something easier instead of this exercise.
        offer: what is offered in the mode ``offering``: ``resume`` or ``keep``.
        score: the pain that was told at the end, from 0 for none to 10 for the worst; None if none was.
    """

    mode: Mode
    status: Status | None
    session: str
    title: str
    chapter: int
    chapters: int
    position_ms: int
    duration_ms: int
    set: int | None = None
    rep: int | None = None
    side: str | None = None
    volume_db: float = 0.0
    speed_percent: int = 100
    saying: str = ""
    has_easier: bool = False
    offer: str = ""
    score: int | None = None

    @property
    def is_asked_at_end(self) -> bool:
        """Return whether there is nothing left of the session but a question: for the pain, or for the
        pace."""
        return self.mode == "scoring" or self.offer == "keep"
