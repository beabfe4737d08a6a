"""Values nudged up and down by ear: what can be nudged, by how much at a time, and never past a bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from voice_coach.core.parameters import GENERAL, General
from voice_coach.core.script import Setting, Tunable
from voice_coach.core.units import MS_PER_SECOND

_BREATH_PARTS = ("in", "held in", "out", "held out")

_STEPS = {"rate": 5, "gap": 100}
"""Of what every exercise has: words per minute, milliseconds. Less can hardly be heard."""

_DURATION_STEPS = ((30 * MS_PER_SECOND, 5 * MS_PER_SECOND), (4 * MS_PER_SECOND, MS_PER_SECOND))
"""A range of at least so long, and its step; a shorter range has the step of a part."""

_PART_STEP = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """One number that can be nudged: a parameter, or (``part`` from 0) one part of a breath or tempo.

    Attributes:
        name: the parameter's name.
        label: what it is called on the screen.
        part: which part of a pattern, or None.
        step: how much one nudge changes it, in milliseconds or counts.
        minimum, maximum: its bounds, inclusive.
    """

    name: str
    label: str
    part: int | None
    step: int
    minimum: int
    maximum: int

    def number(self, value: Setting) -> int:
        """The number that this dial turns, of the parameter's value."""
        if isinstance(value, int):
            return value
        return value[self.part or 0]


def dials(tune: Mapping[str, Tunable]) -> tuple[Dial, ...]:
    """All that can be nudged in an exercise: its own parameters, then those that every exercise has."""
    general = {name: limit for name, limit in GENERAL.items() if name not in tune}
    limits: dict[str, Tunable | General] = {**tune, **general}
    return tuple(
        dial for name, limit in limits.items() for dial in _of(name, limit) if dial.minimum < dial.maximum
    )


def nudge(dial: Dial, value: Setting, steps: int) -> Setting:
    """A parameter's value after so many nudges up (or, below 0, down): the same where a bound stops it.

    A value between two steps goes to the next of them: 32 s nudged up by five seconds is 35 s.
    """
    number = dial.number(value)
    grid = number // dial.step if steps > 0 else -(-number // dial.step)
    new = min(max((grid + steps) * dial.step, dial.minimum), dial.maximum)
    if isinstance(value, int):
        return new
    whole = tuple(new if part == dial.part else old for part, old in enumerate(value))
    return whole if any(whole) else value  # a breath of no length would be none


def _of(name: str, limit: Tunable | General) -> Iterator[Dial]:
    low, high = limit.minimum, limit.maximum
    if isinstance(low, int) and isinstance(high, int):
        step = _step(name, limit, high - low)
        yield Dial(name=name, label=name, part=None, step=step, minimum=low, maximum=high)
    elif isinstance(low, tuple) and isinstance(high, tuple):
        for part, (least, most) in enumerate(zip(low, high, strict=True)):
            what = _BREATH_PARTS[part] if limit.type == "breath" else str(part + 1)
            label = f"{name} {what}"
            yield Dial(name=name, label=label, part=part, step=_PART_STEP, minimum=least, maximum=most)


def _step(name: str, limit: Tunable | General, span: int) -> int:
    if isinstance(limit, General):
        return _STEPS[name]
    if limit.type == "count":
        return 1
    return next((step for least, step in _DURATION_STEPS if span >= least), _PART_STEP)
