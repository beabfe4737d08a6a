"""Where a chapter is quiet and where it is crowded."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from voice_coach.model.timeline import Chapter, Event

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How much is said in a chapter. Times count from its start.

    Attributes:
        words: how many words are spoken.
        prompts: how many times the coach begins to speak.
        speech_ms: how long there is speech.
        quiet: start and end of the longest time without speech.
        fullest: start of the minute in which most words begin, and how many these are.
    """

    words: int
    prompts: int
    speech_ms: int
    quiet: tuple[int, int]
    fullest: tuple[int, int]


def talk(chapter: Chapter) -> Talk:
    """How much is said in a chapter, and where most and least."""
    speech = [event for event in chapter.events if event.lane == "speech"]
    return Talk(
        words=sum(map(word_count, speech)),
        prompts=len(speech),
        speech_ms=sum(event.end_ms - event.start_ms for event in speech),
        quiet=_longest_quiet(speech, chapter.duration_ms),
        fullest=_fullest_minute(speech),
    )


def word_count(event: Event) -> int:
    """How many words an event says."""
    return len(event.text.split()) if event.lane == "speech" else 0


def _longest_quiet(speech: list[Event], duration_ms: int) -> tuple[int, int]:
    starts = [*(event.start_ms for event in speech), duration_ms]
    ends = [0, *(event.end_ms for event in speech)]
    # The first of those that last the same.
    return max(zip(ends, starts, strict=True), key=lambda gap: gap[1] - gap[0])


def _fullest_minute(speech: list[Event]) -> tuple[int, int]:
    """The start of the first word of that minute, and the words that begin in it."""
    best, words = (0, 0), 0
    inside: deque[Event] = deque()
    for event in speech:
        inside.append(event)
        words += word_count(event)
        while event.start_ms - inside[0].start_ms >= MINUTE_MS:
            words -= word_count(inside.popleft())
        if words > best[1]:
            best = (inside[0].start_ms, words)
    return best
