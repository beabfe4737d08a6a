"""The effective values for one exercise, and where each came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voice_coach.model.script import Guidance, Setting

BUILT_IN = "built-in"
"""The name of the layer that holds where nobody says otherwise."""

FADED = "what you know"
"""The name of the layer that guidance ``auto`` comes from."""

Stretched = Literal["pauses", "rests", "moves", "breath"]
"""What the times that nobody tunes are for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """By how much the times that nobody tunes are multiplied, by what they are for.

    Attributes:
        pauses: silences written in scripts (``pause``, ``wait``, ``then``).
        rests: rests written with a time of their own.
        moves: the time to get from one position to another, and from one side to the other.
        breath: breaths written as a pattern.
    """

    pauses: float = 1.0
    rests: float = 1.0
    moves: float = 1.0
    breath: float = 1.0

    def of(self, kind: Stretched) -> float:
        """By how much the times of a kind are multiplied."""
        return float(getattr(self, kind))

    def by(self, other: Stretch) -> Stretch:
        """Both, one after the other."""
        return Stretch(
            pauses=self.pauses * other.pauses,
            rests=self.rests * other.rests,
            moves=self.moves * other.moves,
            breath=self.breath * other.breath,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the compiler needs to know of pacing.

    Attributes:
        values: each of the exercise's parameters by name; milliseconds, counts or patterns.
        gap_ms: silence after each prompt.
        rate_wpm: speech rate in words per minute.
        unslowed_wpm: the rate before the knob slowed it: where slow words would not fit, they are said so.
        guidance: how much is said.
        origins: the layer each value came from, such as ``script`` or ``command line``.
        stretch: for the times that are written in the script and are no parameters.
        turned: the names of the values that the one knob has changed.
    """

    values: Mapping[str, Setting]
    gap_ms: int
    rate_wpm: int
    guidance: Guidance
    origins: Mapping[str, str]
    stretch: Stretch = Stretch()
    turned: frozenset[str] = frozenset()
    unslowed_wpm: int | None = None

    def origin(self, name: str) -> str:
        """Where a value comes from, for people, and whether the knob turned it."""
        knob = f", then pace from {self.origins['speed']}" if name in self.turned else ""
        return f"{self.origins[name]}{knob}"
