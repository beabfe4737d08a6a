"""User values, as they stand in the pacing file and as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from voice_coach.core.errors import Where
from voice_coach.core.parameters import format_pace, format_setting
from voice_coach.core.script import Guidance, ParameterType, Setting
from voice_coach.core.units import MS_PER_MINUTE, parse_breaths_per_minute

ALL = "all"
"""Stands for every exercise where else one is named."""


@dataclass(frozen=True, slots=True)
class UserValue:
    """A value as it is written; ``where`` is the place of its name."""

    text: str
    where: Where


@dataclass(frozen=True, slots=True)
class ExerciseValues:
    """The values for one exercise, or for all; ``where`` is the place of its name."""

    where: Where
    values: Mapping[str, UserValue]


@dataclass(frozen=True, slots=True)
class UserValues:
    """A pacing file.

    Attributes:
        file: what it is called in messages.
        text: all of it, as it is written.
        exercises: values by exercise, those for all of them under ``all``.
        sessions: the same for one session only.
        history: whether it lets be remembered what is completed.
    """

    file: str
    text: str = ""
    exercises: Mapping[str, ExerciseValues] = field(default_factory=dict[str, ExerciseValues])
    sessions: Mapping[str, Mapping[str, ExerciseValues]] = field(
        default_factory=dict[str, Mapping[str, ExerciseValues]]
    )
    history: bool = True

    def values_for(self, exercise: str, session: str | None = None) -> Mapping[str, UserValue]:
        """Return what is written for an exercise, for always or for one session."""
        found = (self.exercises if session is None else self.sessions.get(session, {})).get(exercise)
        return found.values if found else {}


@dataclass(frozen=True, slots=True)
class Settled:
    """Values that an exercise lets be set so.

    Attributes:
        values: parameters by name; milliseconds, counts or patterns.
        guidance: how much is said.
        speed: the tempo factor.
    """

    values: Mapping[str, Setting] = field(default_factory=dict[str, Setting])
    guidance: Guidance | None = None
    speed: float | None = None


TunedType = ParameterType | Literal["guidance", "pace"]
Tuned = Setting | str | float
"""Value that can be tuned: a parameter's, a level of guidance (a word), or a tempo factor (a float)."""

_UNITS: dict[TunedType, str] = {
    "duration": "a time such as 45s or 1m30s",
    "count": "a whole number",
    "breath": "seconds, such as 4-0-6-0, or 6 per minute",
    "tempo": "seconds, such as 3-1-1",
    "guidance": "a word",
    "pace": "calm, normal, brisk, or a number",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningRow:
    """One thing that can be tuned in an exercise.

    Attributes:
        name: the parameter, or ``guidance`` or ``pace``.
        type: what kind of value it has.
        value: the value in force.
        default: the value when nobody tunes it.
        minimum: the least that may be set; None where there is no order.
        maximum: the most that may be set.
        origin: the layer that the value comes from, such as ``script`` or ``yours``.
        doc: what it does, in a line; "" where the author of the script does not say.
        choices: the words that may be set.
        later: the values in force when a session comes to the exercise again, where they differ.
    """

    name: str
    type: TunedType
    value: Tuned
    default: Tuned
    minimum: Setting | float | None = None
    maximum: Setting | float | None = None
    origin: str
    doc: str
    choices: tuple[str, ...] = ()
    later: tuple[Tuned, ...] = ()

    @property
    def in_force(self) -> str:
        """The value in force, as people write it; of an exercise that comes several times, each of them."""
        return ", then ".join(map(self.written, (self.value, *self.later)))

    @property
    def unit(self) -> str:
        """In which unit its values are written."""
        return "words per minute" if self.name == "rate" else _UNITS[self.type]

    @property
    def bounds(self) -> str:
        """Return what may be set, in words."""
        if self.minimum is None or self.maximum is None:
            return ", ".join(self.choices)
        return f"{self.written(self.minimum)} to {self.written(self.maximum)}"

    def written(self, value: Tuned) -> str:
        """One of its values as people write it: a breath as so many per minute where the parts are odd."""
        if self.type == "breath" and isinstance(value, tuple) and any(part % 100 for part in value):
            like = self.default if isinstance(self.default, tuple) else value
            rate = f"{MS_PER_MINUTE / sum(value):.3g} per minute"
            if parse_breaths_per_minute(rate, like) == value:
                return rate
        return format_tuned(value, self.type)


def format_tuned(value: Tuned, type_: TunedType) -> str:
    """A value as people write it."""
    match type_:
        case "guidance":
            return str(value)
        case "pace":
            return format_pace(value) if isinstance(value, int | float) else str(value)
        case _:
            return str(value) if isinstance(value, str | float) else format_setting(value, type_)


@dataclass(frozen=True, slots=True)
class TuningChange:
    """Change of one parameter of an exercise (or of all): its value before and after."""

    exercise: str
    before: TuningRow
    after: TuningRow
    session: str | None = None
