"""Captions: prompts cut into lines that can be read along, with word times.

The bounds are those of Netflix's Timed Text Style Guide, which subtitlers work by: 42 characters a line
(English) and two lines, 5/6 of a second at least and 7 seconds at most. A caption is shorter only where the
next one begins: words at their time come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from voice_coach.core.text import clean_text, ends_phrase, ends_sentence, share_out
from voice_coach.core.timeline import Chapter, Event
from voice_coach.encoding.muxing import Subtitle
from voice_coach.rendering.performance import Programme


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
    """Return what is said in a chapter, in order, each with its words; there is at least one."""
    for event in placed.chapter.events:
        if event.lane == "speech" and (words := spoken_words(programme, event, placed.start_ms)):
            yield event, words


def spoken_words(programme: Programme, event: Event, offset_ms: int) -> list[SpokenWord]:
    """Return the words of an event of the speech lane, none past its end. Without known times they are placed
    by letters.

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
            clean_text(text[word.first : word.end]),
            offset_ms + min(event.start_ms + word.start_ms, event.end_ms),
            offset_ms + min(event.start_ms + word.end_ms, event.end_ms),
        )
        for word in words or share_out(text, event.end_ms - event.start_ms)
    ]


LINE_CHARACTERS = 42
SHORTEST_MS = 833
LONGEST_MS = 7_000

_FOR_A_SENTENCE, _FOR_A_PHRASE = 40, 20
"""Number of characters that the sides of a cut may differ more where a sentence or a phrase ends."""

CaptionLine = tuple[SpokenWord, ...]


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption.

    Attributes:
        start_ms: from the start of the programme; the start of its first word.
        end_ms: exclusive; the start of the next caption at most.
        lines: one or two, of at least one word each.
    """

    start_ms: int
    end_ms: int
    lines: tuple[CaptionLine, ...]

    @property
    def words(self) -> CaptionLine:
        """All of its words in order."""
        return tuple(word for line in self.lines for word in line)

    @property
    def texts(self) -> tuple[str, ...]:
        """Its lines as they are read."""
        return tuple(map(join_words, self.lines))


def captions(programme: Programme) -> Iterator[Caption]:
    """All captions of a programme, in order; chapters are compiled as they are reached."""
    for placed in placed_chapters(programme):
        yield from chapter_captions(programme, placed)


def subtitles(programme: Programme) -> Iterator[Subtitle]:
    """The captions for a track inside a file of sound."""
    for caption in captions(programme):
        yield Subtitle("\n".join(caption.texts), caption.start_ms, caption.end_ms)


def chapter_captions(programme: Programme, placed: PlacedChapter) -> list[Caption]:
    """The captions of a chapter: none lasts beyond it, holds words of two prompts, or overlaps another."""
    cut = [
        Caption(part[0].start_ms, part[-1].end_ms, lines)
        for _, words in prompts(programme, placed)
        for part, lines in _cut(tuple(piece for word in words for piece in _fitting(word)))
    ]
    nexts = [*(caption.start_ms for caption in cut), placed.end_ms][1:]
    return [
        replace(caption, end_ms=min(max(caption.end_ms, caption.start_ms + SHORTEST_MS), following))
        for caption, following in zip(cut, nexts, strict=True)
        if following > caption.start_ms  # what is cut off before its first word is not heard
    ]


def join_words(words: Sequence[SpokenWord]) -> str:
    """Words as they are read."""
    return " ".join(word.text for word in words)


def _fitting(word: SpokenWord) -> Iterator[SpokenWord]:
    """A word in pieces that fit in a line: where no spaces are written, a sentence is one word."""
    count = -(-len(word.text) // LINE_CHARACTERS)
    size = -(-len(word.text) // count)
    for start in range(0, len(word.text), size):
        end = min(start + size, len(word.text))
        yield SpokenWord(word.text[start:end], _moment(word, start), _moment(word, end))


def _moment(word: SpokenWord, character: int) -> int:
    return word.start_ms + (word.end_ms - word.start_ms) * character // len(word.text)


def _cut(words: CaptionLine) -> Iterator[tuple[CaptionLine, tuple[CaptionLine, ...]]]:
    """Words in as few parts as can be read, with the lines of each."""
    lines = _lines(words) if words[-1].end_ms - words[0].start_ms <= LONGEST_MS else ()
    if lines or len(words) == 1:
        yield words, lines or (words,)
        return
    first, second = min(_halves(words), key=_cost)
    yield from _cut(first)
    yield from _cut(second)


def _lines(words: CaptionLine) -> tuple[CaptionLine, ...]:
    """Words in one line or two; () if they are too many."""
    if _length(words) <= LINE_CHARACTERS:
        return (words,)
    fitting = [halves for halves in _halves(words) if max(map(_length, halves)) <= LINE_CHARACTERS]
    return min(fitting, key=_cost, default=())


def _halves(words: CaptionLine) -> Iterator[tuple[CaptionLine, CaptionLine]]:
    for cut in range(1, len(words)):
        yield words[:cut], words[cut:]


def _cost(halves: tuple[CaptionLine, CaptionLine]) -> int:
    """Return how bad a place to cut is."""
    first, second = halves
    last = first[-1].text
    allowed = _FOR_A_SENTENCE if ends_sentence(last) else _FOR_A_PHRASE if ends_phrase(last) else 0
    return abs(_length(first) - _length(second)) - allowed


def _length(words: CaptionLine) -> int:
    return sum(len(word.text) for word in words) + len(words) - 1
