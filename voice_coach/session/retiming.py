"""From one timing of a chapter into another while it is heard: nothing is cut, said twice or left out.

Both timings are of the same steps. The new one is joined on where nothing is being said, at the place that
corresponds: as far into the same hold, phase or silence as the old one has come. The result is a chapter like
any other, so it is rendered like any other, and up to the join it is the old one sample for sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from voice_coach.core.timeline import Chapter, Event, Lane, PositionSpan

EventKey = tuple[Hashable, ...]
"""Name of an event that is the same in every timing of a chapter."""

_LANE_ORDER: dict[Lane, int] = {"action": 0, "sound": 1, "speech": 2}


@dataclass(frozen=True, slots=True)
class KeyedEvent:
    """An event of a course."""

    name: EventKey
    event: Event


@dataclass(frozen=True, slots=True)
class KeyedTimeline:
    """A chapter whose events can be found again in another timing of it.

    Attributes:
        chapter: what is heard.
        named: its events in order, with their names.
    """

    chapter: Chapter
    named: tuple[KeyedEvent, ...]


def keyed_timeline(chapter: Chapter) -> KeyedTimeline:
    """The course of a chapter as it was compiled."""
    many: Counter[EventKey] = Counter()
    named: list[KeyedEvent] = []
    phase: Event | None = None
    for event in chapter.events:
        mark = event.mark
        if event.lane == "action":
            phase = event
        name = (event.lane, event.kind, *_what(event, phase), mark.where, mark.set, mark.rep, mark.side)
        named.append(KeyedEvent((*name, many[name]), event))
        many[name] += 1
    return KeyedTimeline(chapter, tuple(named))


def _what(event: Event, phase: Event | None) -> EventKey:
    """Return what tells events of one step apart; never words that are spoken, as they change with the
    pace."""
    if event.lane == "sound":
        return (event.sound,)
    if event.lane == "action":
        return (event.text,)  # the parts of a tempo have their words here
    # The words of a breath or a tempo belong to their phase, and the number of phases may change.
    return (phase.kind, phase.text) if phase and event.kind in ("breath", "count") else ()


def join_timelines(old: KeyedTimeline, from_ms: int, new: KeyedTimeline) -> KeyedTimeline:
    """The old course up to the first moment from ``from_ms`` on where it can be left, then the new one."""
    leave_ms = _calm_ms(old, from_ms)
    begun = {each.name for each in old.named if each.event.start_ms < leave_ms}
    # What is still to come is not over: a countdown that begins anew because its hold became longer.
    coming = {each.name for each in old.named if each.event.start_ms >= leave_ms}
    said = begun - coming
    going_on = _action_at(old, leave_ms)
    there = {each.name: each.event for each in new.named}
    place_ms = _place_ms(old, leave_ms, new, there, coming)
    shift_ms = leave_ms - place_ms

    before = [_end(each, leave_ms) for each in old.named if each.event.start_ms < leave_ms]
    after = [
        KeyedEvent(each.name, _move(each.event, shift_ms))
        for each in new.named
        if each.event.start_ms >= place_ms and not (each.name in begun and each.event.lane == "action")
        if not (each.name in said and _is_once(each.event))
    ]
    if going_on and going_on.event.start_ms < leave_ms and (goal := there.get(going_on.name)):
        lasts = replace(going_on.event, end_ms=max(leave_ms, goal.end_ms + shift_ms))
        before = [KeyedEvent(each.name, lasts) if each.name == going_on.name else each for each in before]
    duration_ms = new.chapter.duration_ms + shift_ms
    named = sorted([*_rung_out(before, after, duration_ms), *after], key=_order)
    chapter = replace(
        new.chapter,
        duration_ms=duration_ms,
        events=tuple(each.event for each in named),
        positions=(
            *(span for span in old.chapter.positions if span.start_ms < leave_ms),
            *(_span_moved(span, shift_ms) for span in new.chapter.positions if span.start_ms >= place_ms),
        ),
    )
    return KeyedTimeline(chapter, tuple(named))


def _calm_ms(course: KeyedTimeline, from_ms: int) -> int:
    """The first moment from there on at which no words are being said and no breath tone sounds.

    What has a length of its own, such as a bell, may ring on.
    """
    calm_ms = from_ms
    for each in course.named:
        event = each.event
        is_whole = event.lane == "speech" or event.sound_ms is not None
        if is_whole and event.start_ms < calm_ms < event.end_ms:
            calm_ms = event.end_ms
    return calm_ms


def _place_ms(
    old: KeyedTimeline, leave_ms: int, new: KeyedTimeline, there: dict[EventKey, Event], coming: set[EventKey]
) -> int:
    """The place in the new course that corresponds to a moment of the old one."""
    action = _action_at(old, leave_ms)
    if action and (goal := there.get(action.name)):
        place_ms = min(goal.start_ms + leave_ms - action.event.start_ms, goal.end_ms)
        since_ms = goal.start_ms
    elif not action and (last := _last_begun(old, leave_ms, there)):
        goal = there[last.name]
        rings = last.event.end_ms > leave_ms
        since_ms = goal.start_ms if rings else goal.end_ms
        place_ms = since_ms + leave_ms - (last.event.start_ms if rings else last.event.end_ms)
    elif action or leave_ms:
        # What is going on is no longer there, such as the sixth of now five breaths.
        after = (each.name for each in old.named if each.event.start_ms >= leave_ms and each.name in there)
        return next((there[name].start_ms for name in after), new.chapter.duration_ms)
    else:
        return 0
    # What was still to come and would be over by now is not left out: it comes now.
    missed = next((each for each in _between(new, since_ms, place_ms) if each.name in coming), None)
    if missed is not None:
        place_ms = _in_rhythm(missed, new, coming)
    return min(place_ms, new.chapter.duration_ms)


def _in_rhythm(missed: KeyedEvent, new: KeyedTimeline, coming: set[EventKey]) -> int:
    """Return where to go on to hear what was missed: in the middle of a countdown the pause before it too."""
    before = [each for each in new.named if each.name[:-1] == missed.name[:-1] and each.name not in coming]
    if missed.event.kind != "countdown" or not before:
        return missed.event.start_ms
    return min(missed.event.start_ms, before[-1].event.end_ms)


def _between(course: KeyedTimeline, from_ms: int, to_ms: int) -> Iterator[KeyedEvent]:
    return (each for each in course.named if from_ms <= each.event.start_ms < to_ms)


def _action_at(course: KeyedTimeline, at_ms: int) -> KeyedEvent | None:
    """Return what the body does at a moment."""
    at = (each for each in course.named if each.event.start_ms <= at_ms < each.event.end_ms)
    return next((each for each in at if each.event.lane == "action"), None)


def _last_begun(course: KeyedTimeline, at_ms: int, there: dict[EventKey, Event]) -> KeyedEvent | None:
    """Return what began last before a moment, of what the new course has too."""
    begun = (each for each in course.named if each.event.start_ms < at_ms and each.name in there)
    return max(begun, key=lambda each: (each.event.start_ms, each.event.end_ms), default=None)


def _is_once(event: Event) -> bool:
    """All but a countdown, which goes to the end of its hold: where that has moved, it is counted again."""
    return event.kind != "countdown"


def _end(each: KeyedEvent, at_ms: int) -> KeyedEvent:
    if each.event.lane != "action":
        return each
    return KeyedEvent(each.name, replace(each.event, end_ms=min(each.event.end_ms, at_ms)))


def _rung_out(before: list[KeyedEvent], after: list[KeyedEvent], duration_ms: int) -> Iterator[KeyedEvent]:
    """A sound that rings on ends where the next one begins, as everywhere, or with the chapter."""
    starts_ms = (each.event.start_ms for each in after if each.event.lane == "sound")
    next_ms = min(starts_ms, default=duration_ms)
    for each in before:
        if each.event.lane == "sound" and each.event.end_ms > next_ms:
            yield KeyedEvent(each.name, replace(each.event, end_ms=next_ms))
        else:
            yield each


def _move(event: Event, by_ms: int) -> Event:
    return replace(event, start_ms=event.start_ms + by_ms, end_ms=event.end_ms + by_ms)


def _span_moved(span: PositionSpan, by_ms: int) -> PositionSpan:
    return replace(span, start_ms=span.start_ms + by_ms, leaves_ms=span.leaves_ms + by_ms)


def _order(each: KeyedEvent) -> tuple[int, int, int]:
    return each.event.start_ms, _LANE_ORDER[each.event.lane], each.event.end_ms
