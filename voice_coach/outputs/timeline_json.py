"""A timeline as JSON, documented in docs/timeline-json.md. A change that breaks readers raises VERSION."""

from __future__ import annotations

from typing import Any

from voice_coach.model.timeline import Event, Timeline
from voice_coach.model.units import SAMPLE_RATE_HZ

VERSION = 1


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """A timeline as plain data; all times are milliseconds from the start of the session, ends exclusive."""
    chapters: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for chapter, start_ms in zip(timeline.chapters, timeline.starts_ms(), strict=True):
        chapters.append(
            {
                "title": chapter.title,
                "exercise": chapter.exercise or None,
                "start_ms": start_ms,
                "end_ms": start_ms + chapter.duration_ms,
            }
        )
        events += [_event(event, chapter.exercise, start_ms) for event in chapter.events]
    return {
        "version": VERSION,
        "session": timeline.session,
        "title": timeline.title,
        "language": timeline.language,
        "sample_rate": SAMPLE_RATE_HZ,
        "duration_ms": timeline.duration_ms,
        "chapters": chapters,
        "events": events,
    }


def _event(event: Event, exercise: str, start_ms: int) -> dict[str, Any]:
    return {
        "lane": event.lane,
        "kind": event.kind,
        "start_ms": start_ms + event.start_ms,
        "end_ms": start_ms + event.end_ms,
        "text": event.text or None,
        "sound": event.sound or None,
        "exercise": exercise or None,
        "set": event.mark.set,
        "rep": event.mark.rep,
        "side": event.mark.side,
        "source": str(event.mark.where),
    }
