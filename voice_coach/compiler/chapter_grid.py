"""Chapters begin on a grid, so that what a prompt's length moves ends with its chapter.

A codec cuts sound into packets of a fixed length. The same sound makes the same packets only where it lies
at the same place between their borders; if one prompt grew by 70 ms, all that follows would be encoded anew.
The silence at the end of each chapter gives or takes up to half a step of the grid, and the last one evens it
out: the session ends when it would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from voice_coach.compiler.schedule import Scheduled
from voice_coach.model.timeline import Chapter

GRID_MS = 960
"""The least that is a whole number of packets in MP3 (24 ms), AAC (64 ms are three) and Opus (20 ms)."""


def on_grid(chapters: Iterable[Scheduled], count: int) -> Iterator[Scheduled]:
    """The same chapters, each beginning on the grid, as the first one does; the last ends when it would.

    Args:
        chapters: in order; none is pulled before the one before it was taken.
        count: how many there are.
    """
    true_ms = placed_ms = 0
    for number, scheduled in enumerate(chapters, 1):
        chapter = scheduled.chapter
        true_ms += chapter.duration_ms
        end_ms = true_ms if number == count else round(true_ms / GRID_MS) * GRID_MS
        heard_ms = placed_ms + _heard_ms(chapter)
        if end_ms < heard_ms:
            end_ms = heard_ms if number == count else -(-heard_ms // GRID_MS) * GRID_MS
        yield replace(scheduled, chapter=_lasting(chapter, end_ms - placed_ms))
        placed_ms = end_ms


def _heard_ms(chapter: Chapter) -> int:
    """Until when something can be heard."""
    return max((event.end_ms for event in chapter.events if event.lane != "action"), default=0)


def _lasting(chapter: Chapter, duration_ms: int) -> Chapter:
    """The chapter with another silence at its end."""
    if duration_ms == chapter.duration_ms:
        return chapter
    events = (
        event if event.end_ms <= duration_ms else replace(event, end_ms=duration_ms)
        for event in chapter.events
        if event.start_ms < duration_ms
    )
    return replace(chapter, duration_ms=duration_ms, events=tuple(events))
