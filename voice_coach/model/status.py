"""What is going on at a moment of a session: what is said and done, what comes next, how long is left."""

from __future__ import annotations

from dataclasses import dataclass

from voice_coach.model.timeline import Event


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
