"""Options of a user for this run. They override script and user values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from voice_coach.core.errors import UsageError
from voice_coach.core.history import AUTO, GuidanceOption
from voice_coach.core.parameters import GENERAL
from voice_coach.core.script import GUIDANCE_LEVELS, ParameterType, Session, Setting
from voice_coach.pacing.layers import COMMAND_LINE, Layer

_NAME = re.compile(r"(?=.{1,60}$)[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?")

_AS_DATA: dict[ParameterType, str] = {
    "duration": "a whole number of milliseconds",
    "count": "a whole number",
    "breath": "a tuple of four whole numbers of milliseconds (inhale, top, exhale, bottom)",
    "tempo": "a tuple of whole numbers of milliseconds, one for each part of a rep",
}


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """Options for this run. They override script and user values.

    Attributes:
        guidance: how much is said; ``auto`` is less the more often an exercise was completed.
        rate_wpm: speech in words per minute.
        values: parameters by name, in milliseconds, counts or patterns; each exercise takes those it has.
        speed: the tempo factor, from 0.5 (half as fast) to 1.5.
        said: values as people write them, by parameter (``hold``) or exercise and parameter
            (``pelvic-tuck.hold``).
        fit_ms: how long the session, or what is left of it, is to be: it ends within a second of that.
        lead_in_ms: silence that comes before the session in a file; a fit counts it.
        person: whom it is made for: they are greeted by this name.
    """

    guidance: GuidanceOption | None = None
    rate_wpm: int | None = None
    values: Mapping[str, Setting] = field(default_factory=dict[str, Setting])
    speed: float | None = None
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    fit_ms: int | None = None
    lead_in_ms: int = 0
    person: str = ""

    def layer(self) -> Layer:
        rate = {} if self.rate_wpm is None else {"rate": self.rate_wpm}
        guidance = None if self.guidance == AUTO else self.guidance
        return Layer(COMMAND_LINE, {**self.values, **rate}, guidance, self.speed)

    def with_tempo_factor(self, speed: float, *, before: float) -> SessionOptions:
        """The same at another tempo factor; what was to fit into a time gets longer or shorter by
        as much."""
        if self.fit_ms is None:
            return replace(self, speed=speed)
        return replace(self, fit_ms=round(self.fit_ms * before / speed))


def check_options(options: SessionOptions, session: Session) -> None:
    """Refuse what would otherwise be passed over in silence, or fail in the middle of the session.

    Raises:
        UsageError: a word is misspelt, a name is none of the session's, or a value is of another type.
    """
    asked = options.layer()
    if options.person and not _NAME.fullmatch(options.person):
        raise UsageError(
            f"{options.person!r} cannot be said as a name: up to 60 letters, spaces and . ' - are expected."
        )
    if asked.guidance is not None and asked.guidance not in GUIDANCE_LEVELS:
        raise UsageError(f'There is no guidance "{asked.guidance}". There are: {", ".join(GUIDANCE_LEVELS)}.')
    types: dict[str, set[ParameterType]] = {name: {general.type} for name, general in GENERAL.items()}
    for entry in session.entries:
        for name, tunable in entry.exercise.tune.items():
            types.setdefault(name, set()).add(tunable.type)
    for name, value in asked.values.items():
        if name not in types:
            raise UsageError(f'No exercise here has "{name}" to tune. There are: {", ".join(sorted(types))}.')
        for type_ in sorted(types[name]):
            if not _is_setting(value, type_):
                raise UsageError(f"{name} cannot be {value!r}: {_AS_DATA[type_]} is expected.")


def _is_setting(value: object, type_: ParameterType) -> bool:
    if type_ in ("duration", "count"):
        return type(value) is int
    return isinstance(value, tuple) and all(type(part) is int for part in cast("tuple[object, ...]", value))
