"""Programmes whose words are spoken by nobody: each takes as long as it has letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.support.fake_clips import VOICE, FakeLengths
from tests.support.paced_timelines import chapter, event, shipped
from voice_coach.core.options import About
from voice_coach.core.speech import DEFAULT_RATE_WPM, Utterance, Word
from voice_coach.core.text import share_out
from voice_coach.core.timeline import Chapter, Event, Timeline
from voice_coach.rendering.performance import Programme

LENGTHS = FakeLengths()


def utterance(text: str, rate_wpm: int = DEFAULT_RATE_WPM) -> Utterance:
    return Utterance(text, VOICE, rate_wpm)


def spoken(*prompts: tuple[int, str], title: str = "Part", rate_wpm: int = DEFAULT_RATE_WPM) -> Chapter:
    """A chapter in which each text is said so many milliseconds after the one before has ended."""
    events: list[Event] = []
    at_ms = 0
    for pause_ms, text in prompts:
        said = utterance(text, rate_wpm)
        start_ms, at_ms = at_ms + pause_ms, at_ms + pause_ms + LENGTHS.utterance_ms(said)
        events.append(replace(event("speech", "prompt", start_ms, at_ms, text), utterance=said))
    return chapter(title, at_ms + 1_000, *events)


def words_of(said: Utterance) -> Sequence[Word]:
    return share_out(said.text, LENGTHS.utterance_ms(said))


def programme(*chapters: Chapter, title: str = "Session", language: str = "en") -> Programme:
    return Programme(
        about=About(session="session", title=title, language=language, author="Somebody"),
        chapters=lambda: iter(chapters),
        blocks=lambda: iter(()),
        words=words_of,
        session=None,
        paces={},
    )


def shipped_timeline(name: str = "lower-back-short") -> Timeline:
    return shipped(name).timeline


def shipped_programme(name: str = "lower-back-short") -> Programme:
    """A session that comes with voice_coach, with the lengths of nobody's voice."""
    timeline = shipped_timeline(name)
    return programme(*timeline.chapters, title=timeline.title)
