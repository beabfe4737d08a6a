"""Where the chapters of a file begin and end: each exercise, or each set and side of it too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from voice_coach.encoding.muxing import Mark
from voice_coach.model.export import ChapterLevel
from voice_coach.model.script import Side
from voice_coach.model.timeline import Chapter

SHORTEST_MS = 10_000
"""Nobody skips to less than this: sides that alternate faster stay together."""

_Place = tuple[int | None, Side | None]


def chapter_marks(chapters: Iterable[Chapter], level: ChapterLevel) -> list[Mark]:
    """The marks of a whole file, without gaps, in milliseconds from its start.

    Args:
        chapters: in order.
        level: what begins a mark.
    """
    marks: list[Mark] = []
    start_ms = 0
    for chapter in chapters:
        ends = start_ms + chapter.duration_ms
        marks += _sets(chapter, start_ms) if level == "sets" else [_mark(chapter.title, start_ms, ends)]
        start_ms = ends
    return [mark for mark in marks if mark.end_ms > mark.start_ms]


def _sets(chapter: Chapter, start_ms: int) -> Iterator[Mark]:
    """What comes before the first set, then each set and side, to where the next one begins."""
    here, since = chapter.title, 0
    for at, place in _places(chapter):
        if at - since >= SHORTEST_MS:
            yield _mark(here, start_ms + since, start_ms + at)
            since = at
        elif here != chapter.title:
            continue  # too short to be a chapter: what comes stays with it
        here = _named(chapter.title, place)
    yield _mark(here, start_ms + since, start_ms + chapter.duration_ms)


def _places(chapter: Chapter) -> Iterator[tuple[int, _Place]]:
    """When each set or side begins, in milliseconds from the start of the chapter."""
    last: _Place = (None, None)
    for event in chapter.events:
        place = (event.mark.set, event.mark.side)
        if place not in ((None, None), last):
            yield event.start_ms, place
            last = place


def _named(title: str, place: _Place) -> str:
    number, side = place
    parts = [f"set {number}"] if number is not None else []
    return f"{title}: {', '.join([*parts, *([side] if side else [])])}"


def _mark(title: str, start_ms: int, end_ms: int) -> Mark:
    return Mark(title=title, start_ms=start_ms, end_ms=end_ms)
