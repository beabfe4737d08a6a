"""A timeline together with the pacing that made it, for those who show both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from voice_coach.model.pace import Pace, Stretched
from voice_coach.model.script import Tunable
from voice_coach.model.settings import format_setting
from voice_coach.model.timeline import Chapter, Event, Timeline
from voice_coach.model.units import format_duration, format_pattern

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
"""Which part of a pace's stretch moves a time that is written in the script, by the kind of its event."""


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
        """What may be tuned in a chapter."""
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


def in_force(pace: Pace, tune: Mapping[str, Tunable]) -> Iterator[tuple[str, str, str]]:
    """Each value of a chapter's pace: its name, the value as it is written, and where it comes from."""
    for name, value in pace.values.items():
        if name in tune:
            yield name, format_setting(value, tune[name].type), pace.origin(name)
    yield "gap", format_duration(pace.gap_ms), pace.origin("gap")
    yield "rate", f"{pace.rate_wpm} words a minute", pace.origin("rate")
    yield "guidance", pace.guidance, pace.origin("guidance")


def by_origin(values: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """The values of ``in_force`` in few words, an origin at a time: ``hold 45s, reps 4 (yours)``."""
    grouped: dict[str, list[str]] = {}
    for name, value, origin in values:
        grouped.setdefault(origin, []).append(f"{name} {value}")
    yield from (f"{', '.join(each)} ({origin})" for origin, each in grouped.items())


def length_reason(event: Event, pace: Pace) -> str:
    """What set the length of an event, for people: ``hold 45s (yours)``, ``2s in the script, × 1.33``."""
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
    return pace.stretch.of(part) if part else 1.0


def _times(factor: float) -> str:
    return "" if factor == 1 else f" × {factor:.2f}"
