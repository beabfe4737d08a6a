"""What the names in a script's steps stand for, as a sheet of paper writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from voice_coach.model.pace import Stretch
from voice_coach.model.script import Amount, Param, ParameterType, Pattern, Setting
from voice_coach.model.settings import parse_setting
from voice_coach.model.units import parse_duration
from voice_coach.outputs.printed_words import Words, value

_BRACES = re.compile(r"\{([^{}:]*):?([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Known:
    """A name's value.

    Attributes:
        type: a parameter's type; ``text``; or ``turn``, which changes while the exercise goes on: paper
            cannot tell which rep it is.
        values: one, or of what differs from set to set one for each.
    """

    type: ParameterType | Literal["text", "turn"]
    values: tuple[Setting | str, ...]


TURN = Known("turn", ())


@dataclass(frozen=True, slots=True)
class Names:
    """The names known at a step; inner steps get a changed copy."""

    known: Mapping[str, Known]
    words: Words
    stretch: Stretch

    def having(self, names: Mapping[str, Known]) -> Names:
        return Names(MappingProxyType({**self.known, **names}), self.words, self.stretch)

    def filled(self, text: str) -> str:
        """A text with its braces filled in; "" if it tells of a turn, as ``{rep} of {reps}.`` does."""
        if any(self._is_turn(match[1]) for match in _BRACES.finditer(text)):
            return ""

        def written(match: re.Match[str]) -> str:
            said = self._said(match[1], match[2])
            begins = text[: match.start()].rstrip()[-1:] in ("", ".", "!", "?")
            return said[:1].upper() + said[1:] if begins else said

        return " ".join(_BRACES.sub(written, text).split(" ")).strip()

    def argument(self, text: str) -> Known:
        """A fragment's argument: the value of a name known here, a duration with its unit, or text."""
        if known := self.known.get(text):
            return known
        if text[:1].isdecimal() and not text.replace(".", "", 1).isdecimal():
            try:
                return Known("duration", (parse_duration(text),))
            except ValueError:
                pass  # words that only begin like one
        return Known("text", (self.filled(text),))

    def amounts(
        self, written: Amount | Pattern, type_: ParameterType, stretch: float = 1.0
    ) -> tuple[Setting, ...]:
        """Milliseconds, counts or patterns; what stands in the script itself is stretched here."""
        found = self.known[written.name] if isinstance(written, Param) else Known("text", (written,))
        settings = tuple(
            parse_setting(each, type_) if isinstance(each, str) else each for each in found.values
        )
        return tuple(_stretched(each, stretch) for each in settings) if found.type == "text" else settings

    def amount(self, written: Amount, type_: ParameterType) -> int:
        """The first of them, of what is no pattern."""
        (first, *_) = self.amounts(written, type_)
        return first if isinstance(first, int) else 0

    def told(
        self, written: Amount | Pattern, type_: ParameterType, name: str = "", stretch: float = 1.0
    ) -> str:
        """How it is written; what differs from set to set one after the other."""
        return ", ".join(
            value(type_, each, self.words, name) for each in self.amounts(written, type_, stretch)
        )

    def _is_turn(self, name: str) -> bool:
        return name not in self.known or self.known[name].type == "turn"

    def _said(self, name: str, style: str) -> str:
        known = self.known[name]
        if known.type in ("text", "turn"):
            return "".join(str(each) for each in known.values)
        if known.type == "count" and style != "times":
            return ", ".join(str(each) for each in known.values)
        return ", ".join(
            value(known.type, each, self.words, "reps" if style == "times" else name)
            for each in known.values
            if not isinstance(each, str)
        )


def _stretched(setting: Setting, by: float) -> Setting:
    if isinstance(setting, tuple):
        return tuple(round(part * by) for part in setting)
    return round(setting * by) if by != 1.0 else setting
