"""Steps in a few words, and what is heard of them."""

from __future__ import annotations

from typing import Any

from tests.support.fake_clips import HERE
from voice_coach.core.script import During, Hold, Say
from voice_coach.core.timeline import Chapter


def say(*texts: str, **more: Any) -> Say:
    return Say(where=HERE, texts=texts, **more)


def hold(duration: Any = 60_000, *during: During, countdown: int = 0, role: Any = "hold") -> Hold:
    return Hold(where=HERE, duration=duration, during=during, countdown=countdown, role=role)


def item(*texts: str, **more: Any) -> During:
    return During(where=HERE, say=texts, **more)


def spoken(chapter: Chapter) -> list[tuple[int, str]]:
    """Start and text of everything said."""
    return [(event.start_ms, event.text) for event in chapter.events if event.lane == "speech"]


def sounds(chapter: Chapter) -> list[tuple[int, int, str]]:
    return [(event.start_ms, event.end_ms, event.sound) for event in chapter.events if event.lane == "sound"]
