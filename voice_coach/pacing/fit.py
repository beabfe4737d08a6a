"""Makes a session fit a time: what is trimmed and stretched, in which order, and how the place is found.

Trimmed are words (full, key, names), then pauses, rests and moves, then counts, one at a time; stretched are
counts, then moves, rests and pauses, then words. Words and counts stand on one ladder, and each rung has a
time from which on it is taken, so that more time never means fewer words or a smaller dose. Whatever is left
over on a rung is shared out to the times between. Every length is measured, none is estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from voice_coach.model.problems import TooMuchError
from voice_coach.model.script import GUIDANCE_LEVELS, Guidance
from voice_coach.pacing.doses import Dose, Doses
from voice_coach.pacing.filling import TOLERANCE_MS, fill
from voice_coach.pacing.fitted import CannotFitError, Fitted, Measure, Measured, Part
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
from voice_coach.pacing.words import Words


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
    """A step of the words and a step of the doses."""

    words: int = 0
    doses: int = 0


class _Search:
    def __init__(self, parts: Sequence[Part], measure: Measure, target_ms: int, what: str) -> None:
        self._parts = parts
        self._measure = measure
        self._target = target_ms
        self._what = what
        self._doses = Doses([(part.pace, part.tune, part.fixed) for part in parts])
        self._known: dict[tuple[_Rung, Slack], Measured] = {}
        self._words = Words(
            [(None if "guidance" in part.fixed else part.pace.guidance, bool(part.title)) for part in parts]
        )
        self._before = self._ms(_Rung(), AS_IT_IS)

    def found(self) -> Fitted:
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
        """Whether there is time for so many words.

        They are given up when what is said then, unhurried, still takes the time that there is, so that no
        pause has to fill it; or when the shortest pauses do not make room for them.
        """
        return self._target >= max(self._ms(_Rung(words), SHORTEST), self._ms(_Rung(words - 1), AS_IT_IS))

    def _is_left_over(self, rung: _Rung) -> bool:
        """Whether the longest pauses with fewer words leave time for these."""
        fewer = _Rung(rung.words - 1, rung.doses)
        return self._fits_above(rung) and self._ms(fewer, LONGEST) < self._target

    def _fits_above(self, rung: _Rung) -> bool:
        return self._ms(rung, SHORTEST) <= self._target

    def _is_reached(self, doses: int) -> bool:
        """Whether there is time for a higher dose: unhurried, or where the one below cannot fill it."""
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
        rung, slack = (
            (_Rung(self._words.lowest, doses), SHORTEST) if doses < 0 else (_Rung(0, doses), AS_IT_IS)
        )
        return self._measured(rung, slack).uneven <= self._measured(_Rung(), AS_IT_IS).uneven

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

    def _slack(self, rung: _Rung) -> Slack:
        """The times between with which a rung that reaches the target meets it."""

        def length_ms(slack: Slack) -> int:
            return self._ms(rung, slack)

        filled = fill(length_ms, self._target)
        if abs(length_ms(filled.best) - self._target) > TOLERANCE_MS:
            raise self._cannot((length_ms(filled.short), length_ms(filled.long)))
        return filled.best

    # What it is.

    def _layers(
        self, words: Mapping[int, Guidance], counts: Mapping[Dose, int], slack: Slack
    ) -> tuple[Layer, ...]:
        return tuple(
            Layer(
                "fit",
                {
                    **between_values(part.pace, part.tune, part.fixed, slack),
                    **{name: value for (owner, name), value in counts.items() if owner == index},
                },
                words.get(index),
                stretch=stretched(part.pace, slack),
            )
            for index, part in enumerate(self._parts)
        )

    def _measured(self, rung: _Rung, slack: Slack) -> Measured:
        if (rung, slack) not in self._known:
            layers = self._layers(self._words.at(rung.words), self._doses.at(rung.doses), slack)
            self._known[rung, slack] = self._measure(layers)
        return self._known[rung, slack]

    def _ms(self, rung: _Rung, slack: Slack) -> int:
        return self._measured(rung, slack).duration_ms

    def _fitted(self, rung: _Rung, slack: Slack) -> Fitted:
        """The result, without what makes no part shorter or longer: words inside holds, unused counts."""
        found = self._measured(rung, slack).parts_ms
        words, counts = self._words.at(rung.words), self._doses.at(rung.doses)
        for name in BETWEEN:
            if slack.of(name) and self._measured(rung, slack.at(name, 0)).parts_ms == found:
                slack = slack.at(name, 0)
        for level in GUIDANCE_LEVELS:
            said: dict[int, Guidance] = {
                index: level for index, taken in words.items() if self._is_between(index, level, taken)
            }
            same = self._unchanged(found, {**words, **said}, counts, slack) if said else ()
            words |= {index: more for index, more in said.items() if index in same}
        for name in dict.fromkeys(name for _, name in counts):
            others = {dose: value for dose, value in counts.items() if dose[1] != name}
            same = self._unchanged(found, words, others, slack)
            counts = {dose: value for dose, value in counts.items() if dose in others or dose[0] not in same}
        layers = self._layers(words, counts, slack)
        return Fitted(
            layers=tuple(
                replace(layer, guidance=None) if layer.guidance == part.pace.guidance else layer
                for layer, part in zip(layers, self._parts, strict=True)
            ),
            duration_ms=self._measure(layers).duration_ms,
            before_ms=self._before,
            words=rung.words,
            counts={dose: self._doses.change(dose, value) for dose, value in counts.items()},
            slack=slack,
        )

    def _is_between(self, index: int, level: Guidance, taken: Guidance) -> bool:
        """Whether a level of guidance is more than what a part was left, and not more than it had."""
        own, is_left = (GUIDANCE_LEVELS.index(each) for each in (self._parts[index].pace.guidance, taken))
        return own <= GUIDANCE_LEVELS.index(level) < is_left

    def _unchanged(
        self,
        parts_ms: tuple[int, ...],
        words: Mapping[int, Guidance],
        counts: Mapping[Dose, int],
        slack: Slack,
    ) -> frozenset[int]:
        """The parts that take as long as they did."""
        now = self._measure(self._layers(words, counts, slack)).parts_ms
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
