"""Finds out what is going on at a moment of a chapter."""

from __future__ import annotations

from bisect import bisect_right

from voice_coach.model.status import Status
from voice_coach.model.timeline import Chapter, Event


def moment(chapter: Chapter, here_ms: int, *, position_ms: int, left_ms: int | None) -> Status:
    """The status at a place in a chapter.

    Args:
        chapter: the chapter.
        here_ms: the place in it.
        position_ms: since the start of the session.
        left_ms: until its end, or None if that is not known.
    """
    spoken = [event for event in chapter.events if event.lane == "speech"]
    done = [event for event in chapter.events if event.lane == "action"]
    said = bisect_right(spoken, here_ms, key=_start)
    speech = spoken[said - 1] if said else None
    acting = bisect_right(done, here_ms, key=_start)
    action = done[acting - 1] if acting and done[acting - 1].end_ms > here_ms else None
    return Status(
        position_ms=position_ms,
        chapter=chapter.title,
        exercise=chapter.exercise,
        speech=speech,
        speaking=speech is not None and speech.end_ms > here_ms,
        action=action,
        action_left_ms=action.end_ms - here_ms if action else 0,
        coming=spoken[said] if said < len(spoken) else None,
        left_ms=left_ms,
    )


def _start(event: Event) -> int:
    return event.start_ms
