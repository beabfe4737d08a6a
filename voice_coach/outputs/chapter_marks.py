"""Where the chapters of a file begin and end: each exercise, or each set and side of it too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby

from voice_coach.encoding.muxing import ChapterMark
from voice_coach.model.export import ChapterLevel
from voice_coach.model.script import Side
from voice_coach.model.timeline import Chapter

SHORTEST_MS = 10_000
"""Nobody skips to less than this: sides that alternate faster stay together."""

_Place = tuple[int | None, Side | None]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a chapter, in milliseconds from its start; ``place`` is None before the first set."""

    start_ms: int
    end_ms: int
    place: _Place | None

    @property
    def is_short(self) -> bool:
        return self.end_ms - self.start_ms < SHORTEST_MS


def chapter_marks(chapters: Iterable[Chapter], level: ChapterLevel) -> list[ChapterMark]:
    """The marks of a whole file, without gaps, in milliseconds from its start.

    Args:
        chapters: in order.
        level: what begins a mark.
    """
    marks: list[ChapterMark] = []
    start_ms = 0
    for chapter in chapters:
        ends = start_ms + chapter.duration_ms
        marks += _sets(chapter, start_ms) if level == "sets" else [_mark(chapter.title, start_ms, ends)]
        start_ms = ends
    return [mark for mark in marks if mark.end_ms > mark.start_ms]


def _sets(chapter: Chapter, start_ms: int) -> Iterator[ChapterMark]:
    """What comes before the first set, then each set and side, to where the next one begins."""
    starts: list[tuple[int, _Place | None]] = [(0, None), *_places(chapter)]
    ends = [*(at for at, _ in starts[1:]), chapter.duration_ms]
    pieces = [_Piece(at, end, place) for (at, place), end in zip(starts, ends, strict=True) if end > at]
    # Sides rather join with those of their own set.
    sets = [_long_enough(run) for _, run in groupby(pieces, lambda each: each.place and each.place[:1])]
    named = [(_named(chapter.title, each.place), each) for each in _long_enough(chain.from_iterable(sets))]
    for title, same in groupby(named, lambda each: each[0]):
        run = [piece for _, piece in same]
        yield _mark(title, start_ms + run[0].start_ms, start_ms + run[-1].end_ms)


def _long_enough(pieces: Iterable[_Piece]) -> list[_Piece]:
    """The pieces, those that are too short joined with what comes, and the last with what came."""
    found: list[_Piece] = []
    for piece in pieces:
        if found and found[-1].is_short:
            first = found.pop()
            # What comes before the first set is no place of its own.
            place = _shared(first.place, piece.place) if first.place else piece.place
            found.append(_Piece(first.start_ms, piece.end_ms, place))
        else:
            found.append(piece)
    if len(found) > 1 and found[-1].is_short:
        last = found.pop()
        before = found.pop()
        found.append(_Piece(before.start_ms, last.end_ms, _shared(before.place, last.place)))
    return found


def _shared(one: _Place | None, other: _Place | None) -> _Place:
    """What two places have in common: the set, if sides of it are joined."""
    if one is None or other is None:
        return None, None
    return one[0] if one[0] == other[0] else None, one[1] if one[1] == other[1] else None


def _places(chapter: Chapter) -> Iterator[tuple[int, _Place]]:
    """When each set or side begins, in milliseconds from the start of the chapter."""
    last: _Place = (None, None)
    for event in chapter.events:
        place = (event.mark.set, event.mark.side)
        if place not in ((None, None), last):
            yield event.start_ms, place
            last = place


def _named(title: str, place: _Place | None) -> str:
    number, side = place or (None, None)
    parts = [*([f"set {number}"] if number is not None else []), *([side] if side else [])]
    return f"{title}: {', '.join(parts)}" if parts else title


def _mark(title: str, start_ms: int, end_ms: int) -> ChapterMark:
    return ChapterMark(title=title, start_ms=start_ms, end_ms=end_ms)
