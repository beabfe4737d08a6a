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
        self._lanes: list[tuple[list[Event], list[Event]]] = []

    def learn(self, chapters: Sequence[Chapter]) -> None:
        """Takes in the chapters that are known by now, from the first on."""
        for chapter in chapters[len(self._chapters) :]:
            self._chapters.append(chapter)
            self._starts.append(self._starts[-1] + chapter.duration_ms)
            speech = [event for event in chapter.events if event.lane == "speech"]
            self._lanes.append((speech, [event for event in chapter.events if event.lane == "action"]))

    def at(self, position_ms: int, *, complete: bool) -> Status | None:
        """The status at a position; None where no chapter is known yet.

        Args:
            position_ms: since the start of the session.
            complete: whether all chapters are known, and so the time left.
        """
        index = min(bisect_right(self._starts, position_ms), len(self._chapters)) - 1
        if index < 0:
            return None
        chapter, start_ms = self._chapters[index], self._starts[index]
        here = position_ms - start_ms
        spoken, done = self._lanes[index]
        said = bisect_right(spoken, here, key=_start)
        speech = spoken[said - 1] if said else None
        acting = bisect_right(done, here, key=_start)
        action = done[acting - 1] if acting and done[acting - 1].end_ms > here else None
        return Status(
            position_ms=position_ms,
            chapter=chapter.title,
            exercise=chapter.exercise,
            speech=speech,
            speaking=speech is not None and speech.end_ms > here,
            action=action,
            action_left_ms=action.end_ms - here if action else 0,
            coming=spoken[said] if said < len(spoken) else None,
            left_ms=max(0, self._starts[-1] - position_ms) if complete else None,
        )


def _start(event: Event) -> int:
    return event.start_ms
