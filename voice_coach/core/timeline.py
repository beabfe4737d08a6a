"""Cues without times, as the compiler's first pass makes them, and the timeline of its second.

A sequence of :class:`Speech`, :class:`Sound`, :class:`Silence`, :class:`Lasting`, :class:`Span` and
:class:`InPosition`. What has
a length of its own and something happening inside (a hold, a rest, guided breathing, counted reps) is a span;
what happens inside it are overlays, each anchored to a moment of the span.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_coach.core.errors import Where
from voice_coach.core.script import Guidance, Position, Side
from voice_coach.core.speech import Utterance

SpeechKind = Literal["prompt", "countdown", "count", "breath", "move"]
SilenceKind = Literal["pause", "wait", "gap", "move"]
SpanKind = Literal["hold", "rest", "breathe", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Place of a cue in the exercise. ``parameter`` names what set its length, if anything did."""

    where: Where
    set: int | None = None
    rep: int | None = None
    side: Side | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Words to speak. ``texts`` are alternatives, best first: inside a span the first that fits is said."""

    texts: tuple[str, ...]
    kind: SpeechKind
    guidance: Guidance
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A sound cue; ``duration_ms`` stretches it, None is its own length."""

    name: str
    mark: Mark
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nothing to hear for a time."""

    duration_ms: int
    kind: SilenceKind
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of a span, from ``start_ms`` to ``end_ms`` (exclusive) within it.

    ``label`` tells the parts of a tempo apart: the part's word, or its number.
    """

    kind: str
    label: str = ""
    start_ms: int
    end_ms: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Something inside a span.

    ``at_ms`` is its start, or with ``align`` "end" its end. When two spoken overlays want the same moment the
    higher ``priority`` wins and the other moves later, ending by ``latest_ms`` at most, or is left out. What
    is only true at its moment (``exact``) never moves. ``phase`` is the one at whose start a prompt was asked
    for; where it outlasts that, lint tells.
    """

    cue: Speech | Sound
    at_ms: int
    priority: int
    latest_ms: int
    align: Literal["start", "end"] = "start"
    exact: bool = False
    phase: Phase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of exactly ``duration_ms``, with its phases in order and its overlays in any order."""

    kind: SpanKind
    duration_ms: int
    phases: tuple[Phase, ...]
    overlays: tuple[Overlay, ...]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """Prompts that together take at least ``minimum_ms``: what the words leave over is shared out after each.

    After each prompt comes at least ``gap_ms``, so that many words make it longer.
    """

    cues: tuple[Speech, ...]
    minimum_ms: int
    gap_ms: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class InPosition:
    """The position that what follows takes the body to be in; nothing is heard.

    With ``to``, what follows leads from there into that position, and the next of these says where it ends.
    With ``anywhere``, what follows is safe to hear and do in every position.
    """

    position: Position
    to: Position | None = None
    anywhere: bool = False


Cue = Speech | Sound | Silence | Span | Lasting | InPosition


Lane = Literal["speech", "sound", "action"]
"""``speech`` and ``sound`` are heard; ``action`` is what the body does meanwhile (hold, rest, inhale …)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A cue with times. ``start_ms`` and ``end_ms`` (exclusive) count from the start of the chapter.

    On the speech lane ``utterance`` is what is spoken; on the sound lane ``sound`` is the sound cue's name
    and ``sound_ms`` the length it is stretched to (None: its own, cut short at ``end_ms`` if need be).
    """

    lane: Lane
    kind: str
    start_ms: int
    end_ms: int
    mark: Mark
    text: str = ""
    utterance: Utterance | None = None
    sound: str = ""
    sound_ms: int | None = None
    guidance: Guidance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionSpan:
    """The position that a chapter takes the body to be in, from a moment until the next span begins.

    Attributes:
        start_ms: the moment, from the start of the chapter.
        position: the position; on the way into another one, the position that is left.
        to: where the way leads; None where the body stays.
        leaves_ms: the end of the first sentence of a way, before which nobody has left the position;
            elsewhere ``start_ms``.
        anywhere: whether all that is said in it is safe to hear and do in every position.
    """

    start_ms: int
    position: Position
    to: Position | None
    leaves_ms: int
    anywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A named span of the timeline: the opening, one exercise, or the closing.

    ``events`` are sorted by start, then lane. ``exercise`` is the exercise's id, "" for opening and closing.
    ``positions`` are in order; the first one begins with the chapter. Without any, all is safe anywhere.
    """

    title: str
    exercise: str
    duration_ms: int
    events: tuple[Event, ...]
    positions: tuple[PositionSpan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A whole session in order; chapter *n* starts where chapter *n−1* ends."""

    session: str
    title: str
    language: str
    chapters: tuple[Chapter, ...]

    @property
    def duration_ms(self) -> int:
        return sum(chapter.duration_ms for chapter in self.chapters)

    def starts_ms(self) -> tuple[int, ...]:
        """The start of each chapter from the beginning of the session."""
        starts = [0]
        for chapter in self.chapters:
            starts.append(starts[-1] + chapter.duration_ms)
        return tuple(starts[:-1])
