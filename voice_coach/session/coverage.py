"""Coverage of a session: what was played as fast as time passes. Pure; all in milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from voice_coach.core.timeline import Chapter

_LATE_MS: Final = 500
"""Milliseconds by which more may have been heard than time has passed: looks come late, devices report in
steps."""

_MOST_OF_IT: Final = 0.75
"""Share of a rep, its end included, that has to be led so that it counts as done."""

ChapterKey = tuple[int, bool]
"""A chapter's index, and whether it is the exercise's easier variant."""


class CoverageTracker:
    """Tracker of the parts of a session that were really led; what was skipped was not.

    Args:
        chapter: gives a chapter as it is heard now; None as long as it is not compiled.
        index: the index of the chapter it begins in,
        easier: whether that is the easier variant,
        at_ms: and the place in it.
        now_ms: the time.
    """

    def __init__(
        self,
        chapter: Callable[[int, bool], Chapter | None],
        index: int,
        easier: bool,
        at_ms: int,
        now_ms: int,
    ) -> None:
        self._chapter = chapter
        self._key: ChapterKey = index, easier
        self._at_ms = at_ms
        self._now_ms = now_ms
        self._stretches: dict[ChapterKey, list[tuple[int, int]]] = {}
        self._whole: set[ChapterKey] = set()
        self.total_ms = 0

    @property
    def chapters(self) -> tuple[ChapterKey, ...]:
        """The chapters of which anything was led, in order."""
        return tuple(sorted({*self._stretches, *self._whole}))

    def look(self, index: int, easier: bool, at_ms: int, now_ms: int) -> None:
        """The session is there now."""
        self._follow((index, easier), at_ms, now_ms)
        self._key, self._at_ms, self._now_ms = (index, easier), at_ms, now_ms

    def whole(self, index: int, now_ms: int) -> None:
        """Note that a chapter was heard to its end since the last look, for callers that know more
        closely."""
        key = index, False
        self._whole.add(key)
        chapter = self._chapter(*key)
        if chapter is not None and (led_ms := self._follow(key, chapter.duration_ms, now_ms)):
            # It may have ended a while ago, and more was heard since.
            self._key, self._at_ms, self._now_ms = key, chapter.duration_ms, self._now_ms + led_ms

    def is_whole(self, key: ChapterKey) -> bool:
        """Return whether a chapter was led to its end."""
        chapter = self._chapter(*key)
        ends = [end for _, end in self._stretches.get(key, ())]
        return key in self._whole or (chapter is not None and chapter.duration_ms in ends)

    def led_ms(self, key: ChapterKey) -> int:
        """Return how much of a chapter was led; what was heard twice counts once."""
        return sum(end - start for start, end in self._stretches.get(key, ()))

    def reps(self, key: ChapterKey) -> tuple[int, int]:
        """Return how many reps of a chapter were done, and how many there are; those of all sets and
        sides."""
        chapter = self._chapter(*key)
        reps = _reps(chapter) if chapter else []
        return sum(self._is_done(key, start, end) for start, end in reps), len(reps)

    def _is_done(self, key: ChapterKey, start: int, end: int) -> bool:
        parts = [
            (max(start, a), min(end, b)) for a, b in self._stretches.get(key, ()) if a < end and b > start
        ]
        led_ms = sum(b - a for a, b in parts)
        return any(b == end for _, b in parts) and led_ms >= _MOST_OF_IT * (end - start)

    def _follow(self, there: ChapterKey, at_ms: int, now_ms: int) -> int:
        """Note the way to a place, if it was led; how long that was."""
        past_ms = now_ms - self._now_ms + _LATE_MS if now_ms >= self._now_ms else 0
        way = self._way(there, at_ms)
        led_ms = sum(end - start for _, start, end in way)
        if led_ms > past_ms:
            return 0
        for number, (key, start, end) in enumerate(way, 1):
            self._add(key, start, end)
            if number < len(way):
                self._whole.add(key)
        return led_ms

    def _way(self, there: ChapterKey, at_ms: int) -> list[tuple[ChapterKey, int, int]]:
        """The stretches on the way to a place, if nothing is jumped over; [] if it lies behind."""
        (index, easier), (goal, is_easier) = self._key, there
        if goal == index:
            return [(there, self._at_ms, at_ms)] if easier == is_easier and at_ms >= self._at_ms else []
        way: list[tuple[ChapterKey, int, int]] = []
        for passed in range(index, goal):
            key = (passed, easier if passed == index else False)
            if (chapter := self._chapter(*key)) is None:
                return []
            way.append(
                (key, min(self._at_ms, chapter.duration_ms) if passed == index else 0, chapter.duration_ms)
            )
        return [*way, (there, 0, at_ms)] if way else []

    def _add(self, key: ChapterKey, start: int, end: int) -> None:
        self.total_ms += end - start
        if start == end:
            return
        merged: list[tuple[int, int]] = []
        for a, b in sorted([*self._stretches.get(key, ()), (start, end)]):
            if merged and a <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(b, merged[-1][1])
            else:
                merged.append((a, b))
        self._stretches[key] = merged


def _reps(chapter: Chapter) -> list[tuple[int, int]]:
    """From where to where each rep goes, in order, as ``places.rep_starts`` tells them apart."""
    reps: list[tuple[int, int]] = []
    before: object = None
    for event in chapter.events:
        mark = event.mark
        rep = (mark.set, mark.rep, mark.side)
        if mark.rep is not None and rep != before:
            reps.append((event.start_ms, event.end_ms))
        elif mark.rep is not None:
            reps[-1] = reps[-1][0], max(reps[-1][1], event.end_ms)
        before = rep
    return reps
