"""What *expand* makes: a flat list of instructions that have no times yet.

A sequence of :class:`Speech`, :class:`Sound`, :class:`Silence`, :class:`Lasting`, :class:`Span` and
:class:`InPosition`. What has
a length of its own and something happening inside (a hold, a rest, guided breathing, counted reps) is a span;
what happens inside it are overlays, each anchored to a moment of the span.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_coach.model.problems import Where
from voice_coach.model.script import Guidance, Position, Side

SpeechKind = Literal["prompt", "countdown", "count", "breath", "move"]
SilenceKind = Literal["pause", "wait", "gap", "move"]
SpanKind = Literal["hold", "rest", "breathe", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where in the exercise a cue belongs. ``parameter`` names what set its length, if anything did."""

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
