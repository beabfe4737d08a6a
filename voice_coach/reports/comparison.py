"""A timeline together with the pacing that made it, and what differs from another."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from voice_coach.core.parameters import Pace, Stretched, format_setting
from voice_coach.core.script import Tunable
from voice_coach.core.timeline import Chapter, Event, Timeline
from voice_coach.core.units import format_clock, format_duration, format_pattern

_STRETCHED_AS: Mapping[str, Stretched] = {
    "pause": "pauses",
    "wait": "pauses",
    "rest": "rests",
    "move": "moves",
    "inhale": "breath",
    "top": "breath",
    "exhale": "breath",
    "bottom": "breath",
}
"""Part of a pace's stretch that moves a time written in the script, by the kind of its event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedTimeline:
    """A timeline with the pace of each chapter.

    Attributes:
        name: the pacing as people know it: ``plain``, ``pace calm, guidance key``.
        timeline: the session with its times.
        paces: of each chapter as it is spoken, in their order.
        tunes: what may be tuned, by the exercise's id.
    """

    name: str
    timeline: Timeline
    paces: tuple[Pace, ...]
    tunes: Mapping[str, Mapping[str, Tunable]] = field(default_factory=dict[str, Mapping[str, Tunable]])

    def tune(self, chapter: Chapter) -> Mapping[str, Tunable]:
        """Return what may be tuned in a chapter."""
        return self.tunes.get(chapter.exercise, {})


def as_spoken(pace: Pace, chapter: Chapter) -> Pace:
    """The pace at which a chapter is spoken: with the rate unslowed where slow words had no room."""
    rate_wpm = pace.unslowed_wpm
    if rate_wpm is None or all(
        event.utterance.rate_wpm != rate_wpm for event in chapter.events if event.utterance
    ):
        return pace
    origin = f"{pace.origins['rate']}, since slower words would not fit"
    return replace(
        pace,
        rate_wpm=rate_wpm,
        unslowed_wpm=None,
        origins={**pace.origins, "rate": origin},
        turned=pace.turned - {"rate"},
    )


def effective_values(pace: Pace, tune: Mapping[str, Tunable]) -> Iterator[tuple[str, str, str]]:
    """Each value of a chapter's pace: its name, the value as it is written, and where it comes from."""
    for name, value in pace.values.items():
        if name in tune:
            yield name, format_setting(value, tune[name].type), pace.origin(name)
    yield "gap", format_duration(pace.gap_ms), pace.origin("gap")
    yield "rate", f"{pace.rate_wpm} words a minute", pace.origin("rate")
    yield "guidance", pace.guidance, pace.origin("guidance")


def values_by_origin(values: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """The values of ``effective_values`` in few words, an origin at a time: ``hold 45s, reps 4 (yours)``."""
    grouped: dict[str, list[str]] = {}
    for name, value, origin in values:
        grouped.setdefault(origin, []).append(f"{name} {value}")
    yield from (f"{', '.join(each)} ({origin})" for origin, each in grouped.items())


def length_reason(event: Event, pace: Pace) -> str:
    """Return what set the length of an event, for people: ``hold 45s (yours)``, ``2s in the script, ×
    1.33``."""
    length = event.end_ms - event.start_ms
    if event.lane == "speech":
        return f"its words at {pace.rate_wpm} a minute ({pace.origin('rate')})"
    if event.lane == "sound" and event.sound_ms is None:
        return "the sound's own length"
    name = event.mark.parameter
    if name is not None and name in pace.values:
        return _tuned(name, length, event, pace)
    kind = "inhale" if event.lane == "sound" else event.kind
    factor = _factor(pace, kind)
    if kind == "move":
        return f"time to get there{_times(factor)}, or as long as its words need"
    return f"{format_duration(round(length / factor))} in the script{_times(factor)}"


def _tuned(name: str, length: int, event: Event, pace: Pace) -> str:
    value = pace.values[name]
    if isinstance(value, tuple):
        return f"{name} {format_pattern(value)} ({pace.origin(name)})"
    if value != length and event.kind != "part":
        return f"{name} {format_duration(length)} (script, for this set)"
    return f"{name} {format_duration(value)} ({pace.origin(name)})"


def _factor(pace: Pace, kind: str) -> float:
    part = _STRETCHED_AS.get(kind)
    return pace.stretch.factor_of(part) if part else 1.0


def _times(factor: float) -> str:
    return "" if factor == 1 else f" × {factor:.2f}"


MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Amount of speech in a chapter. Times count from its start.

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
    """Return how much is said in a chapter, and where most and least."""
    speech = [event for event in chapter.events if event.lane == "speech"]
    return Talk(
        words=sum(map(word_count, speech)),
        prompts=len(speech),
        speech_ms=sum(event.end_ms - event.start_ms for event in speech),
        quiet=_longest_quiet(speech, chapter.duration_ms),
        fullest=_fullest_minute(speech),
    )


def word_count(event: Event) -> int:
    """Return how many words an event says."""
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
    """Sums over several chapters of one pacing; ``clock`` is their length, – without any."""

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


def group_texts(events: tuple[Event, ...]) -> Iterator[tuple[Event, int]]:
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
