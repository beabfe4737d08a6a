"""The counts that a fit may change (reps, sets, rounds, cycles): in which order, one at a time, evenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from voice_coach.model.pace import Pace
from voice_coach.model.script import Tunable
from voice_coach.model.settings import PARAMETERS, under_fit
from voice_coach.pacing.ladder import Ladder

Dose = tuple[int, str]
"""Which part of the session, and which of its counts."""

_ORDER = list(PARAMETERS)


class Doses(Ladder[Dose]):
    """A ladder of doses: step 0 as without a fit, each step down one count less, each step up one more.

    At the lowest all counts are at their minimum, at the highest at their maximum. Always the part of the
    session that has gone the least of its way goes on, so that all go evenly.

    Args:
        parts: of each part its pace without the fit, its bounds, and the names that stay.
    """

    def __init__(self, parts: Sequence[tuple[Pace, Mapping[str, Tunable], frozenset[str]]]) -> None:
        self._start: dict[Dose, int] = {}
        down: dict[Dose, int] = {}
        up: dict[Dose, int] = {}
        for index, (pace, tune, fixed) in enumerate(parts):
            names = [name for name in tune if under_fit(name) == "counts" and name not in fixed]
            for name in sorted(names, key=_ORDER.index):
                value, low, high = pace.values[name], tune[name].minimum, tune[name].maximum
                if isinstance(value, int) and isinstance(low, int) and isinstance(high, int):
                    self._start[index, name] = value
                    down[index, name], up[index, name] = value - low, high - value
        super().__init__(_evenly(down), _evenly(up))

    def at(self, step: int) -> dict[Dose, int]:
        """The counts that differ at a step from those without a fit."""
        taken = Counter(self.taken(step))
        sign = -1 if step < 0 else 1
        return {dose: self._start[dose] + sign * count for dose, count in taken.items()}

    def change(self, dose: Dose, value: int) -> int:
        """By how much a count differs from the one without a fit."""
        return value - self._start[dose]


def _evenly(ways: Mapping[Dose, int]) -> list[Dose]:
    """All the steps of some ways in an order in which every part, and each count in it, goes on evenly."""
    of_part: Counter[int] = Counter()
    for (part, _), steps in ways.items():
        of_part[part] += steps
    gone: Counter[Dose] = Counter()
    gone_part: Counter[int] = Counter()
    order: list[Dose] = []
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
