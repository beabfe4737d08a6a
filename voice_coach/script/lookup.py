"""What a name stands for where it is used: parameters, words in braces, sounds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from voice_coach.model.problems import Where
from voice_coach.model.script import Amount, Param, ParameterType, Pattern, Repeat, Sets, Sides
from voice_coach.model.settings import EXPECTED, parse_setting, refusal
from voice_coach.model.units import parse_duration
from voice_coach.script.collecting import Collector, meant, nearest, quoted
from voice_coach.script.read_aloud import misread
from voice_coach.script.shadowing import Shadow, Value

FORMATS = ("ordinal", "times")
BRACES = re.compile(r"\{([^{}]*)\}")

NameType = ParameterType | Literal["text", "side"]

ONLY_KNOWN_IN = {
    "rep": "is known inside repeat, sides and count",
    "set": "is known inside sets",
    "sets": "is known inside sets",
    "side": "is known inside sides",
    "cycle": "is known inside breathe",
    "remaining": "is known in during of a hold or rest",
    "round": "is known where a repeat has counter: round",
    "seconds": 'did you mean "remaining"?',
    "left": 'did you mean "remaining"?',
    "name": 'did you mean "title"?',
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known at a step.

    Attributes:
        types: the type of each name.
        arguments: the text that a fragment's parameter was given.
        inside: the fragments that are being unfolded.
        use: where the innermost of them is used.
        open: whether more may be known than is told here, as in a fragment that nothing uses yet.
        values: the names whose values are set from outside: what is tuned, and each fragment's parameters.
        shadows: those of them that a step around uses for itself.
    """

    types: Mapping[str, NameType]
    arguments: Mapping[str, str]
    inside: tuple[str, ...] = ()
    use: Where | None = None
    open: bool = False
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    shadows: Mapping[str, Shadow] = field(default_factory=dict[str, Shadow])

    def having(self, **more: NameType) -> Scope:
        """Return the scope in which these names are known, instead of what they stood for before."""
        shadows = {name: shadow for name, shadow in self.shadows.items() if name not in more}
        return replace(self, types={**self.types, **more}, shadows=shadows)

    def hiding(self, names: Iterable[str], step: str, where: Where, turn: str = "") -> Scope:
        """Return the scope inside a step that uses these names for itself, whatever values they have."""
        shadows = {
            name: Shadow(self.values[name], step, where, turn, name in self.shadows)
            for name in names
            if name in self.values
        }
        return replace(self, shadows={**self.shadows, **shadows})

    def in_loop(self, step: Repeat | Sets | Sides) -> Scope:
        """Return the scope inside a loop; a value by which the loop itself goes stays what it is."""
        match step:
            case Repeat():
                key, turn, times = "repeat", step.counter, step.times
            case Sets():
                key, turn, times = "sets", "set", step.times
            case Sides():
                key, turn, times = "sides", "rep", step.reps
        own: dict[str, NameType] = {turn: "count", f"{turn}s": "count"}
        hidden = [name for name in own if name == turn or times != Param(name)]
        inner = self.hiding(hidden, key, step.where, turn)
        return replace(self.having(**own), shadows=inner.shadows)


class Lookup:
    """Checks single names; problems go where each step was written."""

    def __init__(self, collectors: Mapping[str, Collector], sounds: Collection[str], language: str) -> None:
        self._collectors = collectors
        self._sounds = sounds
        self._language = language
        self._unsure = {name for collector in collectors.values() for name in collector.unsure}

    def add(self, where: Where, token: str, message: str, hint: str = "", *, key: bool = False) -> None:
        self._collectors[where.file].add_token(where, token, message, hint, key=key)

    def is_unsure(self, name: str) -> bool:
        """Whether the declaration of a name has a problem already."""
        return name in self._unsure

    def collector(self, where: Where) -> Collector:
        return self._collectors[where.file]

    def sound(self, name: str, where: Where) -> None:
        if name not in self._sounds:
            self.add(where, name, f'there is no sound "{name}"', nearest(name, self._sounds))

    def value(self, value: Amount | Pattern | None, type_: ParameterType, where: Where, scope: Scope) -> None:
        """Checks that a name that stands for a value is known, and of its type."""
        if not isinstance(value, Param):
            return
        name = value.name
        known = scope.types.get(name)
        if name in scope.shadows:
            self.shadowed(name, name, where, scope)
        elif known is None:
            if not scope.open and not self.is_unsure(name):
                message = f"{quoted(name)} is neither a parameter nor {EXPECTED[type_]}"
                self.add(where, name, message, _parameter_hint(name, type_, scope))
        elif known == "text":
            given = scope.arguments.get(name, "")
            try:
                parse_setting(given, type_)
            except ValueError as error:
                why, hint = refusal(given, type_, error)
                message = f'{quoted(given)} {why}, as the fragment needs for "{name}"'
                self.add(scope.use or where, given, message, hint)
        elif known != type_:
            self.add(where, name, f'"{name}" is a {known}, but here goes {EXPECTED[type_]}')

    def shadowed(self, name: str, token: str, where: Where, scope: Scope) -> None:
        """Add the problem of a value that a step around hides."""
        shadow = scope.shadows[name]
        self.add(where, token, shadow.message(name, where), shadow.hint(name, where, scope.types))

    def text(self, text: str, where: Where, scope: Scope) -> None:
        """Checks the braces in words to say, and whether a voice reads the words as they are meant."""
        self.aloud(text, where)
        self.braces(text, where, scope)

    def aloud(self, text: str, where: Where) -> None:
        """Add a warning for each part of a text that a voice does not read as it is meant."""
        if self._language != "en":
            return
        for token, hint in misread(text):
            message = f"{quoted(token)} is not read aloud as it is meant"
            self._collectors[where.file].add_token(where, token, message, hint, "warning")

    def braces(self, text: str, where: Where, scope: Scope) -> None:
        """Checks the braces in words."""
        rest = BRACES.sub("", text)
        if "{" in rest or "}" in rest:
            brace = "{" if "{" in rest else "}"
            twice = "{{" in text or "}}" in text
            self.add(
                where,
                brace,
                "a brace without its partner",
                "one brace on each side is enough" if twice else "write {rep}",
            )
        found: list[str] = BRACES.findall(text)
        named = {inside.partition(":")[0] for inside in found}
        for inside in found:
            self._braces(inside, where, scope)
        for name in sorted(named & scope.shadows.keys()):
            # In "{rep} of {reps}" the loop's own turns are meant.
            if scope.shadows[name].turn not in named:
                token = next(f"{{{inside}}}" for inside in found if inside.partition(":")[0] == name)
                self.shadowed(name, token, where, scope)

    def _braces(self, inside: str, where: Where, scope: Scope) -> None:
        name, _, format_ = inside.partition(":")
        token = f"{{{inside}}}"
        if not inside.strip():
            self.add(where, token, "these braces are empty", "write the name of a parameter in them: {reps}")
        elif name not in scope.types:
            if not scope.open and not self.is_unsure(name):
                hint = nearest(name, scope.types, ONLY_KNOWN_IN)
                if name in ONLY_KNOWN_IN and not meant(ONLY_KNOWN_IN[name]):
                    hint = f"{{{name}}} {ONLY_KNOWN_IN[name]}"
                self.add(where, token, f"nothing is known here by the name {quoted(name)}", hint)
        elif format_ and format_ not in FORMATS:
            message = f"{quoted(format_)} is not a way to say a number"
            self.add(where, token, message, nearest(format_, FORMATS))
        elif format_ and scope.types[name] not in ("count", "text"):
            self.add(where, token, f'"{name}" is not a number to say as {format_}', f"write {{{name}}}")
        elif name in scope.arguments and not _is_duration(scope.arguments[name]):
            self.aloud(scope.arguments[name], scope.use or where)


def _is_duration(argument: str) -> bool:
    """Return whether a fragment's argument is put into words by the coach: 5s is "five seconds"."""
    try:
        parse_duration(argument)
    except ValueError:
        return False
    return True


def _parameter_hint(name: str, type_: ParameterType, scope: Scope) -> str:
    of_type = [each for each, is_type in scope.types.items() if is_type == type_ and each != "remaining"]
    hint = nearest(name, of_type)
    return (
        hint
        if meant(hint)
        else f"add {name} to tune" + (f", or use {' or '.join(of_type)}" if of_type else "")
    )
