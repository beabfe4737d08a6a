"""Timelines with their paces: small ones by hand, and shipped sessions with lengths that need no voice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.support.fake_clips import compiled, library, plans
from voice_coach.core.errors import Where
from voice_coach.core.parameters import Pace
from voice_coach.core.script import Guidance, Setting
from voice_coach.core.timeline import Chapter, Event, Lane, Mark, Timeline
from voice_coach.pacing.layers import effective_pace
from voice_coach.reports.comparison import PacedTimeline

PACE = effective_pace({}, [])


def event(lane: Lane, kind: str, start_ms: int, end_ms: int, text: str = "", **more: Any) -> Event:
    """An event written in line 7 of x.yaml."""
    mark = Mark(where=Where(more.pop("file", "x.yaml"), more.pop("line", 7)), **more)
    sound = text if lane == "sound" else ""
    return Event(
        lane=lane,
        kind=kind,
        start_ms=start_ms,
        end_ms=end_ms,
        mark=mark,
        text="" if sound else text,
        sound=sound,
    )


def chapter(title: str, duration_ms: int, *events: Event, exercise: str = "") -> Chapter:
    return Chapter(title=title, exercise=exercise, duration_ms=duration_ms, events=events)


def timeline(*chapters: Chapter, title: str = "Session", language: str = "en") -> Timeline:
    return Timeline(session="session", title=title, language=language, chapters=chapters)


def paced(
    *chapters: Chapter, name: str = "plain", paces: Sequence[Pace] = (), title: str = "Session"
) -> PacedTimeline:
    return PacedTimeline(
        name=name,
        timeline=timeline(*chapters, title=title),
        paces=tuple(paces) or (PACE,) * len(chapters),
    )


def shipped(
    name: str,
    guidance: Guidance | None = None,
    values: dict[str, Setting] | None = None,
    *,
    called: str = "plain",
) -> PacedTimeline:
    """A shipped session."""
    session = library().session(name)
    planned = plans(session, guidance, values)
    return PacedTimeline(
        name=called,
        timeline=Timeline(
            session=session.id,
            title=session.title,
            language="en",
            chapters=tuple(compiled(plan).chapter for plan in planned),
        ),
        paces=tuple(plan.pace for plan in planned),
        tunes={entry.exercise.id: entry.exercise.tune for entry in session.entries},
    )
