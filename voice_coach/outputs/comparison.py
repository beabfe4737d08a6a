"""What differs between two pacings of a session: two timelines in, differences out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from voice_coach.model.timeline import Chapter, Event, Timeline
from voice_coach.model.units import format_clock
from voice_coach.outputs.talk import word_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The length of a chapter in one of the pacings, what is said in it, and only in it."""

    index: int
    chapter: Chapter
    start_ms: int
    words: int
    prompts: int
    only: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The same chapter in both pacings; None where one of them does not have it."""

    first: Tally | None
    second: Tally | None

    @property
    def title(self) -> str:
        there = self.first or self.second
        return there.chapter.title if there else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What several chapters of one pacing come to together; ``clock`` is how long they are, – without any."""

    duration_ms: int
    clock: str
    words: int
    prompts: int


def totals(side: Iterable[Tally | None]) -> Totals:
    """Of the chapters of one pacing, None where it lacks one."""
    there = [tally for tally in side if tally]
    duration_ms = sum(tally.chapter.duration_ms for tally in there)
    return Totals(
        duration_ms=duration_ms,
        clock=format_clock(duration_ms) if there else "–",
        words=sum(tally.words for tally in there),
        prompts=sum(tally.prompts for tally in there),
    )


def compare(first: Timeline, second: Timeline) -> tuple[Pair, ...]:
    """The chapters of two timelines side by side, in order.

    A prompt is the same in both if the same line of the script says the same words in the same set, rep and
    side, whenever that is. Chapters that only one of them has stand alone.
    """
    return tuple(
        Pair(
            first=_tally(first, one, second.chapters[other] if other is not None else None),
            second=_tally(second, other, first.chapters[one] if one is not None else None),
        )
        for one, other in _aligned(first.chapters, second.chapters)
    )


def grouped(events: tuple[Event, ...]) -> Iterator[tuple[Event, int]]:
    """Each of the texts once, with its first event and how often it is said."""
    counts = Counter(event.text for event in events)
    firsts = {event.text: event for event in reversed(events)}
    for event in sorted(firsts.values(), key=lambda each: each.start_ms):
        yield event, counts[event.text]


def _aligned(
    first: tuple[Chapter, ...], second: tuple[Chapter, ...]
) -> Iterator[tuple[int | None, int | None]]:
    names = [[(chapter.exercise, chapter.title) for chapter in chapters] for chapters in (first, second)]
    for tag, a, b, c, d in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(range(a, b), range(c, d), strict=True)
        else:
            yield from ((index, None) for index in range(a, b))
            yield from ((None, index) for index in range(c, d))


def _tally(timeline: Timeline, index: int | None, other: Chapter | None) -> Tally | None:
    if index is None:
        return None
    chapter = timeline.chapters[index]
    speech = [event for event in chapter.events if event.lane == "speech"]
    return Tally(
        index=index,
        chapter=chapter,
        start_ms=timeline.starts_ms()[index],
        words=sum(map(word_count, speech)),
        prompts=len(speech),
        only=tuple(_only(speech, other)),
    )


def _only(speech: list[Event], other: Chapter | None) -> Iterator[Event]:
    there = Counter(_same(event) for event in (other.events if other else ()) if event.lane == "speech")
    for event in speech:
        if there[_same(event)] > 0:
            there[_same(event)] -= 1
        else:
            yield event


def _same(event: Event) -> Hashable:
    mark = event.mark
    return event.text, mark.where, mark.set, mark.rep, mark.side
