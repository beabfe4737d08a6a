"""Position of the user's body in a live session, from what has been heard. Pure.

A chapter is compiled for a body that did all that comes before it. Whoever leaves something out, goes back,
goes on with a session of yesterday or was hurt on the way is elsewhere, and is led from there first.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from voice_coach.core.script import Position
from voice_coach.core.timeline import Chapter, PositionSpan

_LYING: Final[tuple[Position, ...]] = ("prone", "supine", "side-lying")

_DOING: Final = ("hold", "inhale", "exhale", "part")

Way = tuple[int, int]
"""A way into a position: the index of the chapter, and of the span in its ``positions``."""


@dataclass(frozen=True, slots=True)
class Body:
    """Position of the user's body.

    Attributes:
        position: the position that it is in, or can safely come into from wherever it is.
        is_there: whether it is in that position.
        way: the way that it is on, if any.
        to: where that leads.
    """

    position: Position = "standing"
    is_there: bool = True
    way: Way | None = None
    to: Position | None = None


STANDING: Final = Body()
"""Body at the start of a session that says nothing else."""


@dataclass(frozen=True, slots=True)
class Detour:
    """Way of the body before a chapter goes on.

    Attributes:
        origin: where the body is led from.
        is_there: whether it is there; otherwise it is asked to come there first.
        to: the position to be led into.
        at_ms: the place in the chapter to go on at after that.
        waits: whether that is in the middle of an exercise: its position is set up again, and the coach
            waits there until the person is ready.
    """

    origin: Position
    is_there: bool
    to: Position
    at_ms: int
    waits: bool

    @property
    def is_needless(self) -> bool:
        """Return whether the body is already where it would be led."""
        return self.is_there and self.origin == self.to


def position_between(one: Position, other: Position) -> Position:
    """Return the position that can safely be reached from anywhere between two others."""
    return "side-lying" if one in _LYING and other in _LYING else "all fours"


def release_position(body: Body) -> Body:
    """Return the body after it was asked to find any position that is comfortable."""
    return Body(position_between(body.position, body.position), is_there=False)


def advance_body(body: Body, chapter: Chapter, index: int, from_ms: int, to_ms: int) -> Body:
    """Return where the body is after a stretch of a chapter has been heard.

    Args:
        body: where it was before.
        chapter: the chapter.
        index: its index in the session; -1 for what is said besides.
        from_ms: the start of the stretch.
        to_ms: its end.
    """
    for number, span in enumerate(chapter.positions):
        if span.to is not None:
            if span.start_ms < to_ms and from_ms < span.leaves_ms <= to_ms:
                body = Body(
                    position_between(span.position, span.to), is_there=False, way=(index, number), to=span.to
                )
        elif number and from_ms < span.start_ms <= to_ms and _leads_on(body, chapter, index, number - 1):
            body = Body(span.position)
    return body


def needed_position(chapter: Chapter, at_ms: int) -> Position | None:
    """Return the position that a place in a chapter is for; None where any will do."""
    found = _span_at(chapter, at_ms)
    if found is None:
        return None
    span = found[1]
    return None if span.to is not None or _is_free(chapter, span) else span.position


def detour(body: Body, chapter: Chapter, index: int, at_ms: int) -> Detour | None:
    """Return what the body has to do before a chapter goes on at a place; None if it can.

    On a way that was begun one may go on and back as one likes.
    """
    found = _span_at(chapter, at_ms)
    if found is None:
        return None
    number, span = found
    if span.to is None:
        if _is_free(chapter, span) or (body.is_there and body.position == span.position):
            return None
        is_set_up = at_ms >= _first_rep_ms(chapter, span.start_ms)
        return _from(body, index, span.position, at_ms if is_set_up else span.start_ms, waits=is_set_up)
    if body.to == span.to and body.way is not None and body.way[0] == index:
        return None
    is_behind = body.position == span.to and at_ms > span.start_ms
    if body.is_there and (body.position == span.position or is_behind):
        return None
    return _from(body, index, span.to, _end_ms(chapter, number), waits=False)


def next_detour_ms(body: Body, chapter: Chapter, index: int, at_ms: int) -> int | None:
    """Return the start of the way that comes next if the body cannot go it from where it is, else None.

    Where another position is reached before that, it is asked again from there.
    """
    span = next((span for span in chapter.positions if span.start_ms > at_ms), None)
    if span is None or span.to is None or detour(body, chapter, index, span.start_ms) is None:
        return None
    return span.start_ms


def way_start_ms(chapter: Chapter) -> int:
    """Return the start of the way into a chapter's first position; 0 if there is none."""
    return next((span.start_ms for span in chapter.positions if span.to is not None), 0)


def _from(body: Body, index: int, to: Position, at_ms: int, *, waits: bool) -> Detour:
    """Return the detour from where the body is; who is on the way there already need only be told where."""
    is_on_it = body.to == to and body.way is not None and body.way[0] == index
    origin = to if is_on_it else body.position
    return Detour(origin, body.is_there, to, at_ms, waits)


def _span_at(chapter: Chapter, at_ms: int) -> tuple[int, PositionSpan] | None:
    starts = [span.start_ms for span in chapter.positions]
    number = bisect_right(starts, at_ms) - 1
    return (number, chapter.positions[number]) if number >= 0 else None


def _leads_on(body: Body, chapter: Chapter, index: int, number: int) -> bool:
    """Tell whether a body reaches the end of a span, and was not elsewhere while it was heard."""
    return body.way == (index, number) or body == Body(chapter.positions[number].position)


def _is_free(chapter: Chapter, span: PositionSpan) -> bool:
    """Tell whether what is said in a span is for every position, as in the opening and closing."""
    return span.anywhere or not chapter.exercise


def _first_rep_ms(chapter: Chapter, from_ms: int) -> int:
    """Return when what is done in a position begins, after what is said to set it up."""
    begun = (
        event.start_ms
        for event in chapter.events
        if event.start_ms >= from_ms
        and (event.mark.rep is not None or (event.lane == "action" and event.kind in _DOING))
    )
    return next(begun, chapter.duration_ms)


def _end_ms(chapter: Chapter, number: int) -> int:
    """Return when a way has come to its end."""
    to = chapter.positions[number].to
    after = (span for span in chapter.positions[number + 1 :] if span.to is None and span.position == to)
    return next((span.start_ms for span in after), chapter.duration_ms)
