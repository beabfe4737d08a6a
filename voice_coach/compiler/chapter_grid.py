"""Chapters begin on a grid, so that what a prompt's length moves ends with its chapter.

A codec cuts sound into packets of a fixed length. The same sound makes the same packets only where it lies
at the same place between their borders; if one prompt grew by 70 ms, all that follows would be encoded anew.
What is quiet at the end of each chapter gives or takes up to half a step of the grid, and the last evens it
out: the session ends when it would. That is the gap after the last prompt, and a fifth of a pause there that
nobody tunes. Nothing else is cut for it: where that is not enough, the next chapter begins beside the grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from voice_coach.compiler.schedule import Scheduled
from voice_coach.model.timeline import Chapter, Event

GRID_MS = 960
"""The least that is a whole number of packets in MP3 (24 ms), AAC (64 ms are three) and Opus (20 ms)."""

_SHARE = 5
"""A pause at the end of a chapter gives this part of itself at most."""


def on_grid(chapters: Iterable[Scheduled], count: int) -> Iterator[Scheduled]:
    """The same chapters, beginning on the grid where they can; none begins half a step from its time or more.

    Args:
        chapters: in order; none is pulled before the one before it was taken.
        count: how many there are.
    """
    true_ms = placed_ms = 0
    for number, scheduled in enumerate(chapters, 1):
        chapter = scheduled.chapter
        true_ms += chapter.duration_ms
        over_ms = placed_ms + max(map(_needed_until, chapter.events), default=0)
        end_ms = round(true_ms / GRID_MS) * GRID_MS
        if number == count or end_ms < over_ms:
            end_ms = max(true_ms, over_ms)
        yield replace(scheduled, chapter=_lasting(chapter, end_ms - placed_ms))
        placed_ms = end_ms


def _needed_until(event: Event) -> int:
    """Until when a chapter lasts at least, for an event."""
    gives = event.kind == "pause" and event.mark.parameter is None
    return event.end_ms - (event.end_ms - event.start_ms) // _SHARE if gives else event.end_ms


def _lasting(chapter: Chapter, duration_ms: int) -> Chapter:
    """The chapter with more or less quiet at its end."""
    events = tuple(
        event if event.end_ms <= duration_ms else replace(event, end_ms=duration_ms)
        for event in chapter.events
    )
    positions = tuple(
        span if span.start_ms <= duration_ms else replace(span, start_ms=duration_ms, leaves_ms=duration_ms)
        for span in chapter.positions
    )
    return replace(chapter, duration_ms=duration_ms, events=events, positions=positions)
