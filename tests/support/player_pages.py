"""Small programmes whose sound tells its place: each second is a tone of its own pitch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tests.support.paced_timelines import chapter, event
from voice_coach.audio.mixer import Block
from voice_coach.core.options import About
from voice_coach.core.speech import Utterance, Word
from voice_coach.core.timeline import Chapter, Event
from voice_coach.core.units import MS_PER_SECOND, SAMPLE_RATE_HZ
from voice_coach.rendering.performance import Programme

LOWEST_HZ, STEP_HZ = 300, 60
SECONDS = 48
"""Three chapters of 16 seconds."""


def tone_hz(second: int) -> int:
    return LOWEST_HZ + STEP_HZ * second


def tones(seconds: int = SECONDS) -> Iterator[Block]:
    turns = np.arange(SAMPLE_RATE_HZ) * (2 * np.pi / SAMPLE_RATE_HZ)
    for second in range(seconds):
        samples = (8_000 * np.sin(turns * tone_hz(second))).astype(np.int16)
        samples.setflags(write=False)
        yield Block(samples, silent=False)


def said(kind: str, start_ms: int, end_ms: int, text: str) -> Event:
    made = event("speech", kind, start_ms, end_ms, text)
    return replace(made, utterance=Utterance(text, "fake:letters", 150))


def one_second_words(utterance: Utterance) -> Sequence[Word]:
    """A word each second."""
    words: list[Word] = []
    end = 0
    for number, word in enumerate(utterance.text.split()):
        first = utterance.text.index(word, end)
        end = first + len(word)
        words.append(Word(first, end, number * MS_PER_SECOND, (number + 1) * MS_PER_SECOND))
    return words


CHAPTERS = (
    chapter(
        "Welcome",
        16_000,
        event("sound", "sound", 500, 1_500, "bell"),
        said("prompt", 2_000, 6_000, "Lie on 𝄞 back."),
        said("prompt", 8_000, 9_000, "Listen."),
    ),
    chapter(
        "Pelvic tuck",
        16_000,
        said("prompt", 1_000, 3_000, "Tuck it."),
        event("action", "hold", 4_000, 12_000),
        said("countdown", 9_000, 9_500, "three"),
        said("countdown", 10_000, 10_500, "two"),
        said("countdown", 11_000, 11_500, "one"),
        said("prompt", 12_000, 13_000, "Let go."),
        exercise="pelvic-tuck",
    ),
    chapter(
        "Chair breathing",
        16_000,
        event("action", "inhale", 2_000, 6_000),
        event("sound", "sound", 2_000, 6_000, "inhale"),
        event("action", "exhale", 6_000, 12_000),
        said("prompt", 13_000, 14_000, "Well done."),
        exercise="chair-breathing",
    ),
)


def programme(
    chapters: Sequence[Chapter] = CHAPTERS, *, title: str = "Lower back", language: str = "en"
) -> Programme:
    return Programme(
        about=About(session="lower-back", title=title, language=language, author="voice_coach"),
        chapters=lambda: iter(chapters),
        blocks=tones,
        words=one_second_words,
        session=None,
        paces={},
    )
