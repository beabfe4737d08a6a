"""What is said, cut into captions that can be read along.

The bounds are those of Netflix's Timed Text Style Guide, which subtitlers work by: 42 characters a line
(English) and two lines, 5/6 of a second at least and 7 seconds at most. A caption is shorter only where the
next one begins: words at their time come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from voice_coach.encoding.timed_text import Subtitle
from voice_coach.model.words import ends_phrase, ends_sentence
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import PlacedChapter, SpokenWord, placed_chapters, prompts

LINE_CHARACTERS = 42
SHORTEST_MS = 833
LONGEST_MS = 7_000

_FOR_A_SENTENCE, _FOR_A_PHRASE = 40, 20
"""How many characters the two sides of a cut may be less alike where a sentence or a phrase ends."""

Line = tuple[SpokenWord, ...]


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown at a time.

    Attributes:
        start_ms: from the start of the programme; the start of its first word.
        end_ms: exclusive; the start of the next caption at most.
        lines: one or two, of at least one word each.
    """

    start_ms: int
    end_ms: int
    lines: tuple[Line, ...]

    @property
    def words(self) -> Line:
        """All of its words in order."""
        return tuple(word for line in self.lines for word in line)

    @property
    def texts(self) -> tuple[str, ...]:
        """Its lines as they are read."""
        return tuple(map(joined, self.lines))


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


def joined(words: Sequence[SpokenWord]) -> str:
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


def _cut(words: Line) -> Iterator[tuple[Line, tuple[Line, ...]]]:
    """Words in as few parts as can be read, with the lines of each."""
    lines = _lines(words) if words[-1].end_ms - words[0].start_ms <= LONGEST_MS else ()
    if lines or len(words) == 1:
        yield words, lines or (words,)
        return
    first, second = min(_halves(words), key=_cost)
    yield from _cut(first)
    yield from _cut(second)


def _lines(words: Line) -> tuple[Line, ...]:
    """Words in one line or two; () if they are too many."""
    if _length(words) <= LINE_CHARACTERS:
        return (words,)
    fitting = [halves for halves in _halves(words) if max(map(_length, halves)) <= LINE_CHARACTERS]
    return min(fitting, key=_cost, default=())


def _halves(words: Line) -> Iterator[tuple[Line, Line]]:
    for cut in range(1, len(words)):
        yield words[:cut], words[cut:]


def _cost(halves: tuple[Line, Line]) -> int:
    """How bad a place to cut is."""
    first, second = halves
    last = first[-1].text
    allowed = _FOR_A_SENTENCE if ends_sentence(last) else _FOR_A_PHRASE if ends_phrase(last) else 0
    return abs(_length(first) - _length(second)) - allowed


def _length(words: Line) -> int:
    return sum(len(word.text) for word in words) + len(words) - 1
