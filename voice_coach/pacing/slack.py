"""The times between, with which a session is made to fit: pauses, rests and moves.

What is a parameter moves between the bounds of its script; what is written moves between shares of its
written time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from voice_coach.model.pace import Pace, Stretch
from voice_coach.model.script import Tunable
from voice_coach.model.settings import GENERAL, under_fit

Between = Literal["pauses", "rests", "moves"]


@dataclass(frozen=True, slots=True)
class Slack:
    """How far the times between are moved: -1 as short as may be, 0 as without a fit, 1 as long as may be."""

    pauses: float = 0.0
    rests: float = 0.0
    moves: float = 0.0

    def at(self, name: Between, place: float) -> Slack:
        """The same with one of them elsewhere."""
        return replace(self, **{name: place})

    def of(self, name: Between) -> float:
        """How far one of them is moved."""
        return float(getattr(self, name))

    def towards(self, other: Slack, share: float) -> Slack:
        """What lies between two, 0 this one and 1 the other."""
        return Slack(
            self.pauses + (other.pauses - self.pauses) * share,
            self.rests + (other.rests - self.rests) * share,
            self.moves + (other.moves - self.moves) * share,
        )


BETWEEN: tuple[Between, ...] = ("pauses", "rests", "moves")
"""In the order in which they are trimmed; they are given back, and stretched, in reverse."""

AS_IT_IS = Slack()
LADDER = (
    Slack(-1, -1, -1),
    Slack(-1, -1, 0),
    Slack(-1, 0, 0),
    AS_IT_IS,
    Slack(0, 0, 1),
    Slack(0, 1, 1),
    Slack(1, 1, 1),
)
"""From the shortest to the longest, one kind after the other."""

SHORTEST, LONGEST = LADDER[0], LADDER[-1]

REACH: Mapping[Between, tuple[float, float]] = {
    "pauses": (0.5, 2.0),
    "rests": (0.5, 2.0),
    # Of a move as written, the words take up to half (scripts/languages/en.yaml): 85 % of it still leaves a
    # sore back 70 % of the time for moving.
    "moves": (0.85, 2.0),
}
"""The least and the most of its written time, whatever the knob has done before; our choice."""


def stretched(pace: Pace, slack: Slack) -> Stretch | None:
    """What the slack does to the times that are no parameters, None if nothing."""
    stretch = Stretch(
        pauses=_factor(pace, "pauses", slack.pauses),
        rests=_factor(pace, "rests", slack.rests),
        moves=_factor(pace, "moves", slack.moves),
    )
    return None if stretch == Stretch() else stretch


def between_values(
    pace: Pace, tune: Mapping[str, Tunable], fixed: frozenset[str], slack: Slack
) -> dict[str, int]:
    """The parameters that the slack changes, by name."""
    values: dict[str, int] = {}
    for name, tunable in tune.items():
        value, low, high = pace.values[name], tunable.minimum, tunable.maximum
        kind = under_fit(name)
        if kind == "stays" or kind == "counts" or name in fixed:
            continue
        if isinstance(value, int) and isinstance(low, int) and isinstance(high, int):
            values[name] = _moved(value, low, high, slack.of(kind))
    if "gap" not in fixed:
        limits = GENERAL["gap"]
        gap = round(pace.gap_ms * _factor(pace, "pauses", slack.pauses))
        values["gap"] = min(max(gap, min(limits.minimum, pace.gap_ms)), max(limits.maximum, pace.gap_ms))
    before = {**pace.values, "gap": pace.gap_ms}
    return {name: value for name, value in values.items() if value != before[name]}


def _factor(pace: Pace, name: Between, place: float) -> float:
    """By how much a written time is multiplied, on top of what the knob does to it."""
    least, most = REACH[name]
    by_knob = pace.stretch.of(name)
    if place < 0:
        return 1 + place * (1 - min(1.0, least / by_knob))
    return 1 + place * (max(1.0, most / by_knob) - 1)


def _moved(value: int, low: int, high: int, place: float) -> int:
    return round(value + place * (value - low if place < 0 else high - value))
