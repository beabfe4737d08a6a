"""What is known at a step while expanding: names with their values, the place among sets, reps and sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from voice_coach.compiler.wording import Known
from voice_coach.model.cue import Mark
from voice_coach.model.problems import Where
from voice_coach.model.script import Amount, Param, ParameterType, Pattern, Setting, Side
from voice_coach.model.settings import parse_setting
from voice_coach.model.units import parse_duration


@dataclass(frozen=True, slots=True)
class Scope:
    """Immutable; inner steps get a changed copy."""

    known: Mapping[str, Known]
    set: int | None = None
    rep: int | None = None
    side: Side | None = None
    is_last: bool = True

    def having(self, **names: Known) -> Scope:
        return replace(self, known={**self.known, **names})

    def turn(self, counter: str, number: int, of: int) -> Scope:
        """Inside turn ``number`` of a loop: {counter} and {counter}s are known."""
        inner = self.having(**{counter: Known("count", number), f"{counter}s": Known("count", of)})
        place = {"set": number} if counter == "set" else {"rep": number}
        return replace(inner, is_last=number == of, **place)

    def on_side(self, side: Side) -> Scope:
        return replace(self.having(side=Known("side", side)), side=side)

    def mark(self, where: Where, parameter: Amount | Pattern | None = None) -> Mark:
        name = parameter.name if isinstance(parameter, Param) else None
        return Mark(where=where, set=self.set, rep=self.rep, side=self.side, parameter=name)

    def amount(self, value: Amount, type_: ParameterType) -> int:
        """Milliseconds or a count."""
        setting = self._setting(value, type_)
        if not isinstance(setting, int):
            raise TypeError(f"{value!r} is a pattern, not a {type_}")
        return setting

    def written_ms(self, value: Amount, stretch: float) -> int:
        """A duration; one that is no parameter is stretched here, the pace has done the others."""
        return round(self.amount(value, "duration") * (stretch if self.is_written(value) else 1))

    def is_written(self, value: Amount | Pattern) -> bool:
        """Whether a value stands in the script itself, also as a fragment's argument."""
        return not isinstance(value, Param) or self.known[value.name].type == "text"

    def pattern(self, value: Pattern, type_: ParameterType) -> tuple[int, ...]:
        """Milliseconds of each part."""
        setting = self._setting(value, type_)
        if isinstance(setting, int):
            raise TypeError(f"{value!r} is a {type_} without parts")
        return setting

    def argument(self, text: str) -> Known:
        """A fragment's argument: the value of a name known here, a duration with its unit, or text."""
        if known := self.known.get(text):
            return known
        plain = text.replace(".", "", 1).isdecimal()
        if text[:1].isdecimal() and not plain:
            try:
                return Known("duration", parse_duration(text))
            except ValueError:
                return Known("text", text)  # words that only begin like one
        return Known("text", text)

    def _setting(self, value: Setting | Param, type_: ParameterType) -> Setting:
        if not isinstance(value, Param):
            return value
        found = self.known[value.name].value
        return parse_setting(found, type_) if isinstance(found, str) else found
