"""Values that a loop hides by counting its own turns under their name, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from voice_coach.model.problems import Where
from voice_coach.model.script import Tunable
from voice_coach.model.settings import format_setting

_COUNTERS = ("round", "turn", "lap")
"""Names for the turns of a repeat, the first that is free."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is set from outside.

    Attributes:
        of: the parameter, or the fragment that has a parameter of this name.
        sets: the place of the sets around that set it too, if there are any.
    """

    of: Tunable | str
    sets: Where | None = None


@dataclass(frozen=True, slots=True)
class Shadow:
    """A step that uses a name for itself, while outside of it the name holds a value that is set.

    Attributes:
        value: that value.
        step: the key of the step.
        where: its place.
        turn: the name of the step's turns, such as ``rep``; "" for a hold or rest.
        twice: whether another step around hides the value as well.
    """

    value: Value
    step: str
    where: Where
    turn: str
    twice: bool = False

    def message(self, name: str, where: Where) -> str:
        """Return what the name stands for at a place inside the step."""
        what = "the length" if not self.turn else "the turn" if name == self.turn else "the number of turns"
        of = self.value.of
        value = "the value in tune" if isinstance(of, Tunable) else f'what "{of}" is given'
        return f'"{name}" is {what} of the {self.step} in {_place(self.where, where)} here, not {value}'

    def hint(self, name: str, where: Where, known: Collection[str]) -> str:
        """Return what to write so that the value is meant.

        Args:
            name: the name.
            where: the place where it is used.
            known: the names that are taken.
        """
        free = next((word for word in _COUNTERS if not {word, f"{word}s"} & {*known}), "")
        if self.step == "repeat" and free and not self.twice:
            return f"write counter: {free} in that repeat; its turns are then {{{free}}} of {{{free}s}}"
        other = f"{name}_each"
        while other in known:
            other += "_each"
        of = self.value.of
        if not isinstance(of, Tunable):
            return f'give the parameter of "{of}" another name, such as {other}'
        default, least, most = (
            format_setting(each, of.type) for each in (of.default, of.minimum, of.maximum)
        )
        bounds = f"{{type: {of.type}, default: {default}, min: {least}, max: {most}}}"
        sets = f", beside {name} in the sets of {_place(self.value.sets, where)}" if self.value.sets else ""
        return f"give it a name of its own: {other} here{sets}, and {other}: {bounds} in tune"


def _place(where: Where, seen_from: Where) -> str:
    return f"line {where.line}" if where.file == seen_from.file else str(where)
