"""A timeline as text: for people, and for golden files, one event a line."""

from __future__ import annotations

from collections.abc import Iterator

from voice_coach.model.timeline import Chapter, Event, Timeline
from voice_coach.model.units import format_clock

_LANE_SIGNS = {"speech": "says", "sound": "sound", "action": "does"}


def text_lines(timeline: Timeline) -> Iterator[str]:
    """The timeline a line at a time: a head, then each chapter with its events."""
    yield f"{timeline.title}  {format_clock(timeline.duration_ms)}"
    for chapter, start_ms in zip(timeline.chapters, timeline.starts_ms(), strict=True):
        yield ""
        yield f"{clock_ms(start_ms)}  {chapter.title}  {format_clock(chapter.duration_ms)}"
        yield from chapter_lines(chapter, start_ms)


def chapter_lines(chapter: Chapter, start_ms: int = 0) -> Iterator[str]:
    """The events of a chapter, one a line: start, length, lane, what, and its set, rep and side."""
    for event in chapter.events:
        length = event.end_ms - event.start_ms
        place = place_of(event)
        line = (
            f"{clock_ms(start_ms + event.start_ms)}  {length / 1000:>7.3f}  {_LANE_SIGNS[event.lane]:<5}  "
            f"{event.kind:<9}  {event.text or event.sound or '-'}"
        )
        yield f"{line}  ({place})" if place else line


def place_of(event: Event) -> str:
    """``set 2, rep 3, left``, or nothing."""
    mark = event.mark
    parts = [f"set {mark.set}" if mark.set else "", f"rep {mark.rep}" if mark.rep else "", mark.side or ""]
    return ", ".join(part for part in parts if part)


def clock_ms(ms: int) -> str:
    """``03:07.250``; hours only where there are any."""
    seconds, millis = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02}:{seconds:02}.{millis:03}"
    return f"{hours}:{clock}" if hours else clock
