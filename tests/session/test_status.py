"""What is going on at a moment: at, just before and just after every boundary."""

from __future__ import annotations

import pytest

from voice_coach.core.errors import Where
from voice_coach.core.timeline import Chapter, Event, Lane, Mark
from voice_coach.session.navigation import status_at

MARK = Mark(where=Where("script.yaml", 1))


def _event(lane: Lane, start_ms: int, end_ms: int, what: str) -> Event:
    text = what if lane == "speech" else ""
    return Event(lane=lane, kind=what, start_ms=start_ms, end_ms=end_ms, mark=MARK, text=text)


def _chapter(title: str, duration_ms: int, *events: Event) -> Chapter:
    return Chapter(title=title, exercise=title.lower(), duration_ms=duration_ms, events=events)


ONE = _chapter(
    "One",
    10_000,
    _event("speech", 1_000, 2_000, "Hello."),
    _event("sound", 1_500, 2_500, "bell"),
    _event("action", 3_000, 8_000, "hold"),
    _event("speech", 5_000, 6_000, "Halfway."),
)
TWO = _chapter("Two", 4_000, _event("speech", 0, 1_000, "Next."), _event("action", 1_000, 4_000, "rest"))


@pytest.mark.parametrize(
    ("position_ms", "title", "speech", "speaking", "action", "action_left_ms", "coming"),
    [
        (0, "One", None, False, None, 0, "Hello."),
        (999, "One", None, False, None, 0, "Hello."),
        (1_000, "One", "Hello.", True, None, 0, "Halfway."),
        (1_999, "One", "Hello.", True, None, 0, "Halfway."),
        (2_000, "One", "Hello.", False, None, 0, "Halfway."),
        (3_000, "One", "Hello.", False, "hold", 5_000, "Halfway."),
        (5_000, "One", "Halfway.", True, "hold", 3_000, None),
        (7_999, "One", "Halfway.", False, "hold", 1, None),
        (8_000, "One", "Halfway.", False, None, 0, None),
        (9_999, "One", "Halfway.", False, None, 0, None),
        (10_000, "Two", "Next.", True, None, 0, None),
        (11_000, "Two", "Next.", False, "rest", 3_000, None),
        (13_999, "Two", "Next.", False, "rest", 1, None),
        (14_000, "Two", "Next.", False, None, 0, None),
        (99_000, "Two", "Next.", False, None, 0, None),
    ],
)
def test_at_each_boundary(
    position_ms: int,
    title: str,
    speech: str | None,
    speaking: bool,
    action: str | None,
    action_left_ms: int,
    coming: str | None,
) -> None:
    chapter, start_ms = (ONE, 0) if position_ms < ONE.duration_ms else (TWO, ONE.duration_ms)
    status = status_at(chapter, position_ms - start_ms, position_ms=position_ms, left_ms=7)
    assert (status.position_ms, status.chapter, status.exercise) == (position_ms, title, title.lower())
    assert (status.speech and status.speech.text, status.speaking) == (speech, speaking)
    assert (status.action and status.action.kind, status.action_left_ms) == (action, action_left_ms)
    assert (status.coming and status.coming.text) == coming
    assert status.left_ms == 7
