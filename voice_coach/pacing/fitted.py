"""What a fit is given and what it finds: the parts of a session, how long they take, the layers on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from voice_coach.model.pace import Pace
from voice_coach.model.problems import CoachError
from voice_coach.model.script import Tunable
from voice_coach.model.units import format_clock
from voice_coach.pacing.doses import Dose
from voice_coach.pacing.layers import Layer
from voice_coach.pacing.slack import AS_IT_IS, Slack


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What has a pace of its own: an exercise of a session, or its opening and closing.

    Attributes:
        title: its title, "" for opening and closing.
        tune: its parameters with their bounds.
        pace: its pace without the fit.
        fixed: the names that the fit leaves alone, ``gap`` and ``guidance`` among them.
    """

    title: str
    tune: Mapping[str, Tunable]
    pace: Pace
    fixed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a session takes.

    Attributes:
        parts_ms: how long each part takes, in all its turns.
        uneven: in how many places one side gets more than the other.
        besides_ms: what belongs to no part: silence before the first.
    """

    parts_ms: tuple[int, ...]
    uneven: int = 0
    besides_ms: int = 0

    @property
    def duration_ms(self) -> int:
        return sum(self.parts_ms) + self.besides_ms


Measure = Callable[[Sequence[Layer]], Measured]
"""Compiles the session with one more layer for each part, in the order of the parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A session that fits.

    Attributes:
        layers: one for each part, to be put on top of its others.
        duration_ms: how long it takes so.
        before_ms: how long it takes without.
        words: in how many parts a level less (below 0) or more is said.
        counts: the counts that were changed: by how much.
        slack: how far the times between were moved.
    """

    layers: tuple[Layer, ...]
    duration_ms: int
    before_ms: int
    words: int = 0
    counts: Mapping[Dose, int] = field(default_factory=dict[Dose, int])
    slack: Slack = AS_IT_IS


class CannotFitError(CoachError):
    """No pacing within the bounds has this length.

    Attributes:
        what: the session.
        target_ms: the length that was asked for.
        low_ms: the shortest that it can be.
        high_ms: the longest.
        nearest: where the target lies between them, the lengths on either side that it can have.
        own: the person's own values that keep it from the target, for people; "" if none does.
    """

    def __init__(
        self, what: str, target_ms: int, low_ms: int, high_ms: int, nearest: tuple[int, int] | None = None
    ) -> None:
        self.what = what
        self.target_ms = target_ms
        self.low_ms = low_ms
        self.high_ms = high_ms
        self.nearest = nearest
        self.own = ""
        super().__init__(what, target_ms, low_ms, high_ms, nearest)

    def __str__(self) -> str:
        low, high, target = (format_clock(ms) for ms in (self.low_ms, self.high_ms, self.target_ms))
        reach = f"{self.what} can be {low} to {high} long" if low != high else f"{self.what} is {low} long"
        if self.nearest is not None:
            near = " and ".join(format_clock(ms) for ms in self.nearest)
            return f"{reach}, but not {target}: the nearest that it can be are {near}."
        return f"{reach}, not {target}. Choose a time between.{self.own and f' {self.own}'}"
