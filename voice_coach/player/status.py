"""Finds out what is going on at a moment of the session."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from voice_coach.model.status import Status
from voice_coach.model.timeline import Chapter, Event


class Follower:
    """Finds the status at a position, in chapters of which more may still be coming."""

    def __init__(self) -> None:
        self._chapters: list[Chapter] = []
        self._starts: list[int] = [0]

    def learn(self, chapters: Sequence[Chapter]) -> None:
        """Takes in the chapters that are known by now, from the first on."""
        for chapter in chapters[len(self._chapters) :]:
            self._chapters.append(chapter)
            self._starts.append(self._starts[-1] + chapter.duration_ms)

    def at(self, position_ms: int, *, complete: bool) -> Status | None:
        """The status at a position; None where no chapter is known yet.

        Args:
            position_ms: since the start of the session.
            complete: whether all chapters are known, and so the time left.
        """
        index = min(bisect_right(self._starts, position_ms), len(self._chapters)) - 1
        if index < 0:
            return None
        left_ms = max(0, self._starts[-1] - position_ms) if complete else None
        here_ms = position_ms - self._starts[index]
        return moment(self._chapters[index], here_ms, position_ms=position_ms, left_ms=left_ms)


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
