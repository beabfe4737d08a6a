"""Fits a session to a time: what is trimmed and stretched, in which order, and how it is found.

Trimmed are words (full, key, names), then pauses, rests and moves, then counts, one at a time; stretched are
counts, then moves, rests and pauses, then words. Words and counts stand on one ladder, and each rung has a
time from which on it is taken, so that more time never means fewer words or a smaller dose. Whatever is left
over on a rung is shared out to the times between. Every length is measured, none is estimated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, Literal, TypeVar

from voice_coach.core.errors import CoachError, TooMuchError
from voice_coach.core.parameters import GENERAL, PARAMETERS, Pace, Stretch, fit_effect
from voice_coach.core.script import GUIDANCE_LEVELS, Guidance, Tunable
from voice_coach.core.units import LONGEST_MS, MS_PER_SECOND, format_clock
from voice_coach.pacing.layers import Layer

Change = TypeVar("Change")


class AdjustmentScale(Generic[Change]):
    """Changes that make a session shorter, and others that make it longer; step 0 is none of them.

    Args:
        down: what is changed at each step below 0, the first step first.
        up: likewise above 0.
    """

    def __init__(self, down: Sequence[Change], up: Sequence[Change]) -> None:
        self._down = down
        self._up = up

    @property
    def lowest(self) -> int:
        """The lowest step, at which all that can be is taken away."""
        return -len(self._down)

    @property
    def highest(self) -> int:
        """The highest step, at which all that can be is there."""
        return len(self._up)

    def changes_to(self, step: int) -> Sequence[Change]:
        """The changes on the way from 0 to a step, the first first."""
        return self._down[:-step] if step < 0 else self._up[:step]


_LEAST = len(GUIDANCE_LEVELS) - 1


class WordScale(AdjustmentScale[tuple[int, int]]):
    """A ladder of words: step 0 as without a fit, each step down a level less in one part, each step up a
    level more. At the lowest only the names are said, at the highest everything.

    Down, all come to ``key`` before any comes to ``names``: first the opening and closing, then the exercises
    from the last to the first. Up is the reverse, and never more than ``full``.

    Args:
        parts: of each part its guidance without the fit, or None if it stays, and whether it is an exercise.
    """

    def __init__(self, parts: Sequence[tuple[Guidance | None, bool]]) -> None:
        order = sorted(range(len(parts)), key=lambda index: (parts[index][1], -index))
        own = {
            index: GUIDANCE_LEVELS.index(guidance)
            for index, (guidance, _) in enumerate(parts)
            if guidance is not None
        }
        down = [
            (index, level)
            for level in range(1, _LEAST + 1)
            for index in order
            if index in own and own[index] < level
        ]
        up = [
            (index, level)
            for level in range(_LEAST - 1, -1, -1)
            for index in reversed(order)
            if index in own and own[index] > level
        ]
        super().__init__(down, up)

    def at(self, step: int) -> dict[int, Guidance]:
        """Return how much is said in the parts where it differs from what is said without a fit."""
        return {index: GUIDANCE_LEVELS[level] for index, level in self.changes_to(step)}


CountKey = tuple[int, str]
"""Part of the session, and one of its counts."""

_ORDER = list(PARAMETERS)


class CountScale(AdjustmentScale[CountKey]):
    """A ladder of doses: step 0 as without a fit, each step down one count less, each step up one more.

    At the lowest all counts are at their minimum, at the highest at their maximum. Always the part of the
    session that has gone the least of its way goes on, so that all go evenly.

    Args:
        parts: of each part its pace without the fit, its bounds, and the names that stay.
    """

    def __init__(self, parts: Sequence[tuple[Pace, Mapping[str, Tunable], frozenset[str]]]) -> None:
        self._start: dict[CountKey, int] = {}
        down: dict[CountKey, int] = {}
        up: dict[CountKey, int] = {}
        for index, (pace, tune, fixed) in enumerate(parts):
            names = [name for name in tune if fit_effect(name) == "counts" and name not in fixed]
            for name in sorted(names, key=_ORDER.index):
                value, low, high = pace.values[name], tune[name].minimum, tune[name].maximum
                if isinstance(value, int) and isinstance(low, int) and isinstance(high, int):
                    self._start[index, name] = value
                    down[index, name], up[index, name] = value - low, high - value
        super().__init__(_evenly(down), _evenly(up))

    def at(self, step: int) -> dict[CountKey, int]:
        """The counts that differ at a step from those without a fit."""
        taken = Counter(self.changes_to(step))
        sign = -1 if step < 0 else 1
        return {dose: self._start[dose] + sign * count for dose, count in taken.items()}

    def change(self, dose: CountKey, value: int) -> int:
        """By how much a count differs from the one without a fit."""
        return value - self._start[dose]


def _evenly(ways: Mapping[CountKey, int]) -> list[CountKey]:
    """All the steps of some ways in an order in which every part, and each count in it, goes on evenly."""
    of_part: Counter[int] = Counter()
    for (part, _), steps in ways.items():
        of_part[part] += steps
    gone: Counter[CountKey] = Counter()
    gone_part: Counter[int] = Counter()
    order: list[CountKey] = []
    open_ = [dose for dose, steps in ways.items() if steps]
    while open_:
        following = min(
            open_,
            key=lambda dose: (
                gone_part[dose[0]] / of_part[dose[0]],
                dose[0],
                gone[dose] / ways[dose],
            ),
        )
        order.append(following)
        gone[following] += 1
        gone_part[following[0]] += 1
        if gone[following] == ways[following]:
            open_.remove(following)
    return order


GapKind = Literal["pauses", "rests", "moves"]


@dataclass(frozen=True, slots=True)
class GapShift:
    """Shift of the times between: -1 as short as possible, 0 as without a fit, 1 as long as possible."""

    pauses: float = 0.0
    rests: float = 0.0
    moves: float = 0.0

    def at(self, name: GapKind, place: float) -> GapShift:
        """The same with one of them elsewhere."""
        return replace(self, **{name: place})

    def of(self, name: GapKind) -> float:
        """Return how far one of them is moved."""
        return float(getattr(self, name))

    def towards(self, other: GapShift, share: float) -> GapShift:
        """Return what lies between two, 0 this one and 1 the other."""
        return GapShift(
            self.pauses + (other.pauses - self.pauses) * share,
            self.rests + (other.rests - self.rests) * share,
            self.moves + (other.moves - self.moves) * share,
        )


BETWEEN: tuple[GapKind, ...] = ("pauses", "rests", "moves")
"""In the order in which they are trimmed; they are given back, and stretched, in reverse."""

AS_IT_IS = GapShift()
LADDER = (
    GapShift(-1, -1, -1),
    GapShift(-1, -1, 0),
    GapShift(-1, 0, 0),
    AS_IT_IS,
    GapShift(0, 0, 1),
    GapShift(0, 1, 1),
    GapShift(1, 1, 1),
)
"""From the shortest to the longest, one kind after the other."""

SHORTEST, LONGEST = LADDER[0], LADDER[-1]

REACH: Mapping[GapKind, tuple[float, float]] = {
    "pauses": (0.5, 2.0),
    "rests": (0.5, 2.0),
    # Of a move as written, the words take up to half (scripts/languages/en.yaml): 85 % of it still leaves a
    # sore back 70 % of the time for moving.
    "moves": (0.85, 2.0),
}
"""The least and the most of its written time, whatever the tempo factor has done before; our choice."""


def stretched(pace: Pace, shift: GapShift) -> Stretch | None:
    """Return what the slack does to the times that are no parameters, None if nothing."""
    stretch = Stretch(
        pauses=_factor(pace, "pauses", shift.pauses),
        rests=_factor(pace, "rests", shift.rests),
        moves=_factor(pace, "moves", shift.moves),
    )
    return None if stretch == Stretch() else stretch


def gap_values(
    pace: Pace, tune: Mapping[str, Tunable], fixed: frozenset[str], shift: GapShift
) -> dict[str, int]:
    """The parameters that the slack changes, by name."""
    values: dict[str, int] = {}
    for name, tunable in tune.items():
        value, low, high = pace.values[name], tunable.minimum, tunable.maximum
        kind = fit_effect(name)
        if kind == "stays" or kind == "counts" or name in fixed:
            continue
        if isinstance(value, int) and isinstance(low, int) and isinstance(high, int):
            values[name] = _shift(value, low, high, shift.of(kind))
    if "gap" not in fixed:
        limits = GENERAL["gap"]
        gap = round(pace.gap_ms * _factor(pace, "pauses", shift.pauses))
        values["gap"] = min(max(gap, min(limits.minimum, pace.gap_ms)), max(limits.maximum, pace.gap_ms))
    before = {**pace.values, "gap": pace.gap_ms}
    return {name: value for name, value in values.items() if value != before[name]}


def _factor(pace: Pace, name: GapKind, place: float) -> float:
    """By how much a written time is multiplied, on top of what the tempo factor does to it."""
    least, most = REACH[name]
    by_knob = pace.stretch.factor_of(name)
    if place < 0:
        return 1 + place * (1 - min(1.0, least / by_knob))
    return 1 + place * (max(1.0, most / by_knob) - 1)


def _shift(value: int, low: int, high: int, place: float) -> int:
    return round(value + place * (value - low if place < 0 else high - value))


TOLERANCE_MS = MS_PER_SECOND
"""A session that ends within this of the target fits."""

_CLOSE_MS = 100
"""Near enough to look no further."""

_MOST_TRIES = 24

LengthOf = Callable[[GapShift], int]
"""The measured length in milliseconds; it should remember what it was asked before."""


@dataclass(frozen=True, slots=True)
class FillResult:
    """The slack that comes nearest to the target, and the ones around it: not too long, and too long."""

    best: GapShift
    short: GapShift
    long: GapShift


def fill(length_ms: LengthOf, target_ms: int) -> FillResult:
    """The slack with which the length comes nearest to a target: pauses are first to go and last to grow."""

    def miss(shift: GapShift) -> int:
        return abs(length_ms(shift) - target_ms)

    low, high = 0, len(LADDER) - 1
    for end in (low, high):
        outside = target_ms - length_ms(LADDER[end])
        if outside <= 0 if end == low else outside >= 0:
            return FillResult(LADDER[end], LADDER[end], LADDER[end])
    while high - low > 1:
        middle = (low + high) // 2
        if length_ms(LADDER[middle]) <= target_ms:
            low = middle
        else:
            high = middle
    filled = _between(length_ms, target_ms, LADDER[low], LADDER[high])
    if miss(filled.best) <= TOLERANCE_MS:
        return filled
    # A spoken time makes the length jump over the target: moving one of the others may meet it.
    best = filled.best
    for start, far in ((filled.short, 1.0), (filled.long, -1.0)):
        for name in BETWEEN:
            ends = sorted((start, start.at(name, far)), key=length_ms)
            if length_ms(ends[0]) <= target_ms <= length_ms(ends[1]):
                best = min(best, _between(length_ms, target_ms, *ends).best, key=miss)
            if miss(best) <= TOLERANCE_MS:
                break
    return FillResult(best, filled.short, filled.long)


def _between(length_ms: LengthOf, target_ms: int, short: GapShift, long: GapShift) -> FillResult:
    """The nearest between one that is not too long and one that is.

    A straight line from one to the other comes very near at once; where words change with the times that
    are spoken, halving takes its turn.
    """
    low, high = 0.0, 1.0
    best = min(short, long, key=lambda shift: abs(length_ms(shift) - target_ms))
    for number in range(_MOST_TRIES):
        if abs(length_ms(best) - target_ms) <= _CLOSE_MS:
            break
        below, above = (length_ms(short.towards(long, place)) for place in (low, high))
        share = (target_ms - below) / (above - below) if number % 3 < 2 and above > below else 0.5
        place = low + (high - low) * min(max(share, 0.01), 0.99)
        tried = short.towards(long, place)
        best = min(best, tried, key=lambda shift: abs(length_ms(shift) - target_ms))
        if length_ms(tried) <= target_ms:
            low = place
        else:
            high = place
    return FillResult(best, short.towards(long, low), short.towards(long, high))


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPart:
    """Part with a pace of its own: an exercise of a session, or its opening and closing.

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
    """Measured length of a session.

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
        shift: how far the times between were moved.
    """

    layers: tuple[Layer, ...]
    duration_ms: int
    before_ms: int
    words: int = 0
    counts: Mapping[CountKey, int] = field(default_factory=dict[CountKey, int])
    shift: GapShift = AS_IT_IS


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


def fit(parts: Sequence[FitPart], measure: Measure, target_ms: int, *, what: str) -> Fitted:
    """The pacing with which a session ends within a second of a target.

    Args:
        parts: whose paces may be changed.
        measure: measures the session; asked a few dozen times, for the same layers once.
        target_ms: how long it is to be.
        what: the session's name, for people.

    Raises:
        CannotFitError: no pacing within the bounds has this length.
    """
    return _Search(parts, measure, target_ms, what).result()


@dataclass(frozen=True, slots=True)
class _Rung:
    """A step of the words and a step of the doses."""

    words: int = 0
    doses: int = 0


class _Search:
    def __init__(self, parts: Sequence[FitPart], measure: Measure, target_ms: int, what: str) -> None:
        self._parts = parts
        self._measure = measure
        self._target = target_ms
        self._what = what
        self._doses = CountScale([(part.pace, part.tune, part.fixed) for part in parts])
        self._known: dict[tuple[_Rung, GapShift], Measured] = {}
        self._words = WordScale(
            [(None if "guidance" in part.fixed else part.pace.guidance, bool(part.title)) for part in parts]
        )
        self._before = self._ms(_Rung(), AS_IT_IS)

    def result(self) -> Fitted:
        if abs(self._target - self._before) <= TOLERANCE_MS:
            return self._fitted(_Rung(), AS_IT_IS)
        rung = self._lower_rung() if self._target < self._before else self._upper_rung()
        low, high = self._ms(rung, SHORTEST), self._ms(rung, LONGEST)
        if self._target < low - TOLERANCE_MS or (self._target > high + TOLERANCE_MS and rung == self._top()):
            raise self._cannot()
        if self._target > high + TOLERANCE_MS:
            raise self._cannot((high, self._ms(self._above(rung), SHORTEST)))
        return self._fitted(rung, self._slack(rung))

    # Which rung.

    def _lower_rung(self) -> _Rung:
        """The rung for a target below the length as it is."""
        words = _highest(self._words.lowest, 0, self._is_said)
        if words > self._words.lowest or self._fits_above(_Rung(words)):
            return _Rung(words)
        bottom = self._bottom()
        doses = self._highest_even(
            bottom.doses, 0, lambda doses: self._fits_above(_Rung(bottom.words, doses))
        )
        return _Rung(bottom.words, doses)

    def _upper_rung(self) -> _Rung:
        """The rung for a target above the length as it is."""
        top = self._top()
        doses = self._highest_even(0, top.doses, self._is_reached)
        if doses < top.doses:
            return _Rung(0, doses)
        return _Rung(_highest(0, top.words, lambda words: self._is_left_over(_Rung(words, doses))), doses)

    def _is_said(self, words: int) -> bool:
        """Return whether there is time for so many words.

        They are given up when what is said then, unhurried, still takes the time that there is, so that no
        pause has to fill it; or when the shortest pauses do not make room for them.
        """
        return self._target >= max(self._ms(_Rung(words), SHORTEST), self._ms(_Rung(words - 1), AS_IT_IS))

    def _is_left_over(self, rung: _Rung) -> bool:
        """Return whether the longest pauses with fewer words leave time for these."""
        fewer = _Rung(rung.words - 1, rung.doses)
        return self._fits_above(rung) and self._ms(fewer, LONGEST) < self._target

    def _fits_above(self, rung: _Rung) -> bool:
        return self._ms(rung, SHORTEST) <= self._target

    def _is_reached(self, doses: int) -> bool:
        """Return whether there is time for a higher dose: unhurried, or where the one below cannot fill
        it."""
        rung, below = _Rung(0, doses), _Rung(0, self._even(doses - 1)) if doses else _Rung()
        if self._ms(rung, AS_IT_IS) <= self._target:
            return True
        return self._fits_above(rung) and self._ms(below, LONGEST) < self._target

    def _highest_even(self, low: int, high: int, holds: Callable[[int], bool]) -> int:
        return self._even(_highest(low, high, lambda doses: holds(self._even(doses))))

    def _even(self, doses: int) -> int:
        """The highest step from this one down at which no side gets less than the other."""
        while doses and not self._is_even(doses):
            doses -= 1
        return doses

    def _even_above(self, doses: int) -> int:
        doses += 1
        while doses and not self._is_even(doses):
            doses += 1
        return doses

    def _is_even(self, doses: int) -> bool:
        rung, shift = (
            (_Rung(self._words.lowest, doses), SHORTEST) if doses < 0 else (_Rung(0, doses), AS_IT_IS)
        )
        return self._measured(rung, shift).uneven <= self._measured(_Rung(), AS_IT_IS).uneven

    def _above(self, rung: _Rung) -> _Rung:
        """The next rung up, for one that is not the top."""
        if rung.doses < 0:
            return _Rung(rung.words, self._even_above(rung.doses))
        if rung.words < 0 or rung.doses == self._top().doses:
            return _Rung(rung.words + 1, rung.doses)
        return _Rung(0, self._even_above(rung.doses))

    def _bottom(self) -> _Rung:
        return _Rung(
            self._words.lowest, self._even_above(self._doses.lowest - 1) if self._doses.lowest else 0
        )

    def _top(self) -> _Rung:
        return _Rung(self._words.highest, self._even(self._most_doses))

    @cached_property
    def _most_doses(self) -> int:
        """The highest step of the doses that can still be played."""
        most = self._doses.highest
        return most if self._is_playable(most) else _highest(0, most - 1, self._is_playable)

    def _is_playable(self, doses: int) -> bool:
        try:
            self._measured(_Rung(0, doses), AS_IT_IS)
        except TooMuchError:
            return False
        return True

    # Where on it.

    def _slack(self, rung: _Rung) -> GapShift:
        """The times between with which a rung that reaches the target meets it."""

        def length_ms(shift: GapShift) -> int:
            return self._ms(rung, shift)

        filled = fill(length_ms, self._target)
        if abs(length_ms(filled.best) - self._target) > TOLERANCE_MS:
            raise self._cannot((length_ms(filled.short), length_ms(filled.long)))
        return filled.best

    # What it is.

    def _layers(
        self, words: Mapping[int, Guidance], counts: Mapping[CountKey, int], shift: GapShift
    ) -> tuple[Layer, ...]:
        return tuple(
            Layer(
                "fit",
                {
                    **gap_values(part.pace, part.tune, part.fixed, shift),
                    **{name: value for (owner, name), value in counts.items() if owner == index},
                },
                words.get(index),
                stretch=stretched(part.pace, shift),
            )
            for index, part in enumerate(self._parts)
        )

    def _measured(self, rung: _Rung, shift: GapShift) -> Measured:
        if (rung, shift) not in self._known:
            layers = self._layers(self._words.at(rung.words), self._doses.at(rung.doses), shift)
            self._known[rung, shift] = self._measure(layers)
        return self._known[rung, shift]

    def _ms(self, rung: _Rung, shift: GapShift) -> int:
        """Return the length with these, or the longest that a session may have where it would be longer."""
        try:
            return self._measured(rung, shift).duration_ms
        except TooMuchError:
            if (rung, shift) == (_Rung(), AS_IT_IS):
                raise
            return LONGEST_MS

    def _fitted(self, rung: _Rung, shift: GapShift) -> Fitted:
        """The result, without what makes no part shorter or longer: words inside holds, unused counts."""
        found = self._measured(rung, shift).parts_ms
        words, counts = self._words.at(rung.words), self._doses.at(rung.doses)
        for name in BETWEEN:
            if shift.of(name) and self._measured(rung, shift.at(name, 0)).parts_ms == found:
                shift = shift.at(name, 0)
        for level in GUIDANCE_LEVELS:
            said: dict[int, Guidance] = {
                index: level for index, taken in words.items() if self._is_between(index, level, taken)
            }
            same = self._unchanged(found, {**words, **said}, counts, shift) if said else ()
            words |= {index: more for index, more in said.items() if index in same}
        for name in dict.fromkeys(name for _, name in counts):
            others = {dose: value for dose, value in counts.items() if dose[1] != name}
            same = self._unchanged(found, words, others, shift)
            counts = {dose: value for dose, value in counts.items() if dose in others or dose[0] not in same}
        layers = self._layers(words, counts, shift)
        return Fitted(
            layers=tuple(
                replace(layer, guidance=None) if layer.guidance == part.pace.guidance else layer
                for layer, part in zip(layers, self._parts, strict=True)
            ),
            duration_ms=self._measure(layers).duration_ms,
            before_ms=self._before,
            words=rung.words,
            counts={dose: self._doses.change(dose, value) for dose, value in counts.items()},
            shift=shift,
        )

    def _is_between(self, index: int, level: Guidance, taken: Guidance) -> bool:
        """Return whether a level of guidance is more than what a part was left, and not more than it had."""
        own, is_left = (GUIDANCE_LEVELS.index(each) for each in (self._parts[index].pace.guidance, taken))
        return own <= GUIDANCE_LEVELS.index(level) < is_left

    def _unchanged(
        self,
        parts_ms: tuple[int, ...],
        words: Mapping[int, Guidance],
        counts: Mapping[CountKey, int],
        shift: GapShift,
    ) -> frozenset[int]:
        """The parts that take as long as they did."""
        now = self._measure(self._layers(words, counts, shift)).parts_ms
        return frozenset(index for index, (a, b) in enumerate(zip(parts_ms, now, strict=True)) if a == b)

    def _cannot(self, nearest: tuple[int, int] | None = None) -> CannotFitError:
        low, high = self._ms(self._bottom(), SHORTEST), self._ms(self._top(), LONGEST)
        return CannotFitError(self._what, self._target, low, high, nearest)


def _highest(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The highest step for which something holds, ``low`` if for none.

    Which steps are asked for depends on the answers alone. So where a step that holds for a target holds for
    a longer one too, a longer target never ends lower, also where lengths do not grow from step to step.
    """
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
