"""The words of a programme with their times from its very start: what every format of text is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voice_coach.model.timeline import Chapter, Event
from voice_coach.model.words import shared_out, written
from voice_coach.outputs.programme import Programme


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as it is written, and when it is spoken.

    Attributes:
        text: with what stands right behind it, on one line; never empty.
        start_ms: from the start of the programme.
        end_ms: exclusive; the start of the next word at most.
    """

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class PlacedChapter:
    """A chapter and when it begins, in milliseconds from the start of the programme."""

    chapter: Chapter
    start_ms: int

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.chapter.duration_ms


def placed_chapters(programme: Programme) -> Iterator[PlacedChapter]:
    """The chapters in order, each compiled when it is reached."""
    start_ms = 0
    for chapter in programme.chapters():
        yield PlacedChapter(chapter, start_ms)
        start_ms += chapter.duration_ms


def prompts(programme: Programme, placed: PlacedChapter) -> Iterator[tuple[Event, list[SpokenWord]]]:
    """What is said in a chapter, in order, each with its words; there is at least one."""
    for event in placed.chapter.events:
        if event.lane == "speech" and (words := spoken_words(programme, event, placed.start_ms)):
            yield event, words


def spoken_words(programme: Programme, event: Event, offset_ms: int) -> list[SpokenWord]:
    """The words of an event of the speech lane, none past its end. Where nobody knows, letters tell.

    Args:
        programme: knows when each word of an utterance is spoken.
        event: what is said.
        offset_ms: what is added to all times: the start of the chapter.
    """
    words = programme.words(event.utterance) if event.utterance else ()
    text = event.utterance.text if event.utterance and words else event.text
    # A prompt that is cut off by what follows keeps its words, with no time for those that are not heard.
    return [
        SpokenWord(
            written(text[word.first : word.end]),
            offset_ms + min(event.start_ms + word.start_ms, event.end_ms),
            offset_ms + min(event.start_ms + word.end_ms, event.end_ms),
        )
        for word in words or shared_out(text, event.end_ms - event.start_ms)
    ]
