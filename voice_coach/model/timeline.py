"""What *schedule* makes: events with integer millisecond times, in chapters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_coach.model.cue import Mark
from voice_coach.model.script import Guidance, Position
from voice_coach.model.speech import Utterance

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
