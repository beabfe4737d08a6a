"""Makes a session fit a time: what is trimmed and stretched, in which order, and how the place is found.

Trimmed are words (full, key, names), then pauses, rests and moves, then counts, one at a time; stretched are
counts, then moves, rests and pauses, then words. Words and counts stand on one ladder, and each rung has a
time from which on it is taken, so that more time never means fewer words or a smaller dose. Whatever is left
over on a rung is shared out to the times between. Every length is measured, none is estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from voice_coach.model.pace import Pace
from voice_coach.model.problems import CoachError
from voice_coach.model.script import GUIDANCE_LEVELS, Guidance, Tunable
from voice_coach.model.units import format_clock
from voice_coach.pacing.doses import Dose, Doses
from voice_coach.pacing.filling import TOLERANCE_MS, fill
from voice_coach.pacing.layers import Layer
from voice_coach.pacing.slack import (
    AS_IT_IS,
    BETWEEN,
    LONGEST,
    SHORTEST,
    Slack,
    between_values,
    stretched,
)

FIT = "fit"


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
    """How long a session takes, and in how many places one side gets more than the other."""

    duration_ms: int
    uneven: int = 0


Measure = Callable[[Sequence[Layer]], Measured]
"""Compiles the session with one more layer for each part, in the order of the parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A session that fits.

    Attributes:
        layers: one for each part, to be put on top of its others.
        duration_ms: how long it takes so.
        before_ms: how long it takes without.
        words: by how many levels less (below 0) or more is said, at most.
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
    """

    def __init__(
        self, what: str, target_ms: int, low_ms: int, high_ms: int, nearest: tuple[int, int] | None = None
    ) -> None:
        self.what = what
        self.target_ms = target_ms
        self.low_ms = low_ms
        self.high_ms = high_ms
        self.nearest = nearest
        super().__init__(what, target_ms, low_ms, high_ms, nearest)

    def __str__(self) -> str:
        low, high, target = (format_clock(ms) for ms in (self.low_ms, self.high_ms, self.target_ms))
        reach = f"{self.what} can be {low} to {high} long" if low != high else f"{self.what} is {low} long"
        if self.nearest is None:
            return f"{reach}, not {target}. Choose a time between, or set fewer values yourself."
        near = " and ".join(format_clock(ms) for ms in self.nearest)
        return f"{reach}, but not {target}: the nearest that it can be are {near}."


def fit(parts: Sequence[Part], measure: Measure, target_ms: int, *, what: str) -> Fitted:
    """The pacing with which a session ends within a second of a target.

    Args:
        parts: whose paces may be changed.
        measure: measures the session; asked a few dozen times, for the same layers once.
        target_ms: how long it is to be.
        what: the session's name, for people.

    Raises:
        CannotFitError: no pacing within the bounds has this length.
    """
    return _Search(parts, measure, target_ms, what).found()


@dataclass(frozen=True, slots=True)
class _Rung:
    """How much is said, from -2 (two levels less) to 2, and which step of the doses is taken."""

    words: int = 0
    step: int = 0


class _Search:
    def __init__(self, parts: Sequence[Part], measure: Measure, target_ms: int, what: str) -> None:
        self._parts = parts
        self._measure = measure
        self._target = target_ms
        self._what = what
        self._doses = Doses([(part.pace, part.tune, part.fixed) for part in parts])
        self._known: dict[tuple[_Rung, Slack], Measured] = {}
        self._fewer = [words for words in (-1, -2) if self._words(words) != self._words(words + 1)]
        self._more = [words for words in (1, 2) if self._words(words) != self._words(words - 1)]
        self._before = self._ms(_Rung(), AS_IT_IS)

    def found(self) -> Fitted:
        if abs(self._target - self._before) <= TOLERANCE_MS:
            return self._fitted(_Rung(), AS_IT_IS)
        rung, higher = self._lower_rung() if self._target < self._before else self._upper_rung()
        low, high = self._ms(rung, SHORTEST), self._ms(rung, LONGEST)
        if self._target < low - TOLERANCE_MS or (self._target > high + TOLERANCE_MS and higher is None):
            raise self._cannot()
        if self._target > high + TOLERANCE_MS and higher is not None:
            raise self._cannot((high, self._ms(higher, SHORTEST)))
        return self._fitted(rung, self._slack(rung))

    # Which rung.

    def _lower_rung(self) -> tuple[_Rung, _Rung | None]:
        """The rung for a target below the length as it is, and the one above it."""
        upper, above = _Rung(), self._first_above(0)
        for words in self._fewer:
            lower = _Rung(words)
            # Words are given up when what is said then, unhurried, still takes the time that there is: the
            # pauses do not have to fill it. Or when it cannot be helped.
            if self._target >= max(self._ms(upper, SHORTEST), self._ms(lower, AS_IT_IS)):
                return upper, above
            upper, above = lower, upper
        bottom = self._bottom()
        step = self._highest(bottom.step, 0, lambda step: self._fits_above(_Rung(bottom.words, step)))
        if step < 0:
            above = _Rung(bottom.words, self._next_even(step, bottom.words))
        return _Rung(bottom.words, step), above

    def _upper_rung(self) -> tuple[_Rung, _Rung | None]:
        """The rung for a target above the length as it is, and the one above it."""
        step = self._highest(0, self._doses.highest, self._is_reached)
        top = self._even(self._doses.highest)
        if step < top:
            return _Rung(0, step), self._first_above(step)
        rung = _Rung(0, step)
        for place, words in enumerate(self._more):
            more = _Rung(words, step)
            if self._target <= self._ms(rung, LONGEST) or self._target < self._ms(more, SHORTEST):
                return rung, _Rung(self._more[place], step)
            rung = more
        return rung, None

    def _fits_above(self, rung: _Rung) -> bool:
        return self._ms(rung, SHORTEST) <= self._target

    def _is_reached(self, step: int) -> bool:
        """Whether there is time for a higher dose: unhurried, or where the one below cannot fill it."""
        rung, below = _Rung(0, step), _Rung(0, self._even(step - 1)) if step else _Rung()
        if self._ms(rung, AS_IT_IS) <= self._target:
            return True
        return self._fits_above(rung) and self._ms(below, LONGEST) < self._target

    def _highest(self, low: int, high: int, holds: Callable[[int], bool]) -> int:
        """The highest even step for which something holds, ``low`` if for none.

        The steps that are asked for depend on the answers alone, so that a longer target never ends lower,
        also where lengths do not grow from step to step.
        """
        while low < high:
            middle = (low + high + 1) // 2
            if holds(self._even(middle)):
                low = middle
            else:
                high = middle - 1
        return self._even(low)

    def _even(self, step: int) -> int:
        """The highest step from this one down at which no side gets less than the other."""
        words = self._fewer[-1] if step < 0 and self._fewer else 0
        while step and not self._is_even(_Rung(words, step)):
            step -= 1
        return step

    def _next_even(self, step: int, words: int) -> int:
        step += 1
        while step and not self._is_even(_Rung(words, step)):
            step += 1
        return step

    def _is_even(self, rung: _Rung) -> bool:
        place = SHORTEST if rung.step < 0 else AS_IT_IS
        return self._measured(rung, place).uneven <= self._measured(_Rung(), AS_IT_IS).uneven

    def _first_above(self, step: int) -> _Rung | None:
        """The rung above a step that is not below 0."""
        for higher in range(step + 1, self._doses.highest + 1):
            if self._even(higher) == higher:
                return _Rung(0, higher)
        return _Rung(self._more[0], step) if self._more else None

    def _bottom(self) -> _Rung:
        words = self._fewer[-1] if self._fewer else 0
        return _Rung(words, self._next_even(self._doses.lowest - 1, words) if self._doses.lowest else 0)

    def _top(self) -> _Rung:
        return _Rung(self._more[-1] if self._more else 0, self._even(self._doses.highest))

    def _slack(self, rung: _Rung) -> Slack:
        """The times between with which a rung that reaches the target meets it."""

        def length_ms(slack: Slack) -> int:
            return self._ms(rung, slack)

        filled = fill(length_ms, self._target)
        if abs(length_ms(filled.best) - self._target) > TOLERANCE_MS:
            raise self._cannot((length_ms(filled.short), length_ms(filled.long)))
        return filled.best

    # What it is.

    def _words(self, words: int) -> tuple[Guidance, ...]:
        """How much is said in each part; never more than full."""
        return tuple(_guidance(part, words) for part in self._parts)

    def _layers(self, words: int, counts: Mapping[Dose, int], slack: Slack) -> tuple[Layer, ...]:
        return tuple(
            Layer(
                FIT,
                {
                    **between_values(part.pace, part.tune, part.fixed, slack),
                    **{name: value for (owner, name), value in counts.items() if owner == index},
                },
                guidance if (guidance := _guidance(part, words)) != part.pace.guidance else None,
                stretch=stretched(part.pace, slack),
            )
            for index, part in enumerate(self._parts)
        )

    def _measured(self, rung: _Rung, slack: Slack) -> Measured:
        if (rung, slack) not in self._known:
            layers = self._layers(rung.words, self._doses.at(rung.step), slack)
            self._known[rung, slack] = self._measure(layers)
        return self._known[rung, slack]

    def _ms(self, rung: _Rung, slack: Slack) -> int:
        return self._measured(rung, slack).duration_ms

    def _fitted(self, rung: _Rung, slack: Slack) -> Fitted:
        """The result, without what makes no difference: pauses where there are none, unused counts."""
        found = self._measured(rung, slack)
        for name in BETWEEN:
            if slack.of(name) and self._measured(rung, slack.at(name, 0)) == found:
                slack = slack.at(name, 0)
        counts = self._doses.at(rung.step)
        for dose in list(counts):
            fewer = {each: value for each, value in counts.items() if each != dose}
            if self._measure(self._layers(rung.words, fewer, slack)) == found:
                counts = fewer
        return Fitted(
            layers=self._layers(rung.words, counts, slack),
            duration_ms=found.duration_ms,
            before_ms=self._before,
            words=rung.words,
            counts={dose: self._doses.change(dose, value) for dose, value in counts.items()},
            slack=slack,
        )

    def _cannot(self, nearest: tuple[int, int] | None = None) -> CannotFitError:
        low, high = self._ms(self._bottom(), SHORTEST), self._ms(self._top(), LONGEST)
        return CannotFitError(self._what, self._target, low, high, nearest)


def _guidance(part: Part, words: int) -> Guidance:
    """How much is said in a part when so many levels less, or more, may be."""
    own = GUIDANCE_LEVELS.index(part.pace.guidance)
    if "guidance" in part.fixed:
        return part.pace.guidance
    least = len(GUIDANCE_LEVELS) - 1
    return GUIDANCE_LEVELS[max(own, -words) if words < 0 else min(own, least - words)]
