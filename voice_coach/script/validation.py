"""Checks across a script: names, settings, fragments, the way out, and what may be read aloud.

Walks all steps, also those that a given pace never reaches, so that nothing unknown waits in a fifth variant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from voice_coach.core.errors import Where
from voice_coach.core.parameters import (
    EXPECTED,
    GENERAL,
    PARAMETERS,
    General,
    format_setting,
    parse_setting,
    parse_within,
    refusal,
    who_sets,
    within,
)
from voice_coach.core.script import (
    BREATH_PHASES,
    Amount,
    Breathe,
    Count,
    During,
    Exercise,
    Fragment,
    Group,
    Hold,
    MoveTo,
    Param,
    ParameterType,
    Pattern,
    PlaySound,
    Repeat,
    Sets,
    Setting,
    Sides,
    Step,
    Tunable,
    Use,
    Variants,
)
from voice_coach.core.units import parse_duration
from voice_coach.schema.diagnostics import Collector, meant, nearest, quoted


def rings(fragments: Mapping[str, Fragment]) -> Iterator[tuple[Use, tuple[str, ...]]]:
    """Each use that closes a ring, with the fragments on the way round.

    Keeps a path of its own instead of recursing, and follows each use once: a hostile file may hold a chain
    of thousands.
    """
    done: set[str] = set()
    for start in fragments:
        if start in done:
            continue
        path = {start: uses(fragments[start].steps)}
        while path:
            name, rest = next(reversed(path.items()))
            use = next(rest, None)
            if use is None:
                path.popitem()
                done.add(name)
            elif use.fragment in path:
                names = list(path)
                yield use, (*names[names.index(use.fragment) :], use.fragment)
            elif use.fragment in fragments and use.fragment not in done:
                path[use.fragment] = uses(fragments[use.fragment].steps)


def uses(steps: tuple[Step, ...]) -> Iterator[Use]:
    """The uses of fragments among steps and those inside them, without unfolding any."""
    for step in steps:
        if isinstance(step, Use):
            yield step
        else:
            yield from uses(step.children())


def check_setting(
    name: str, text: str, tune: Mapping[str, Tunable], where: Where, problems: Collector
) -> Setting | None:
    """The value of a setting if the exercise lets it be tuned so; otherwise None and a problem."""
    tunable = tune.get(name)
    if tunable is None:
        hint = f"it may be set here: {', '.join(tune)}" if tune else "the exercise lets nothing be tuned"
        if name not in PARAMETERS:
            hint = nearest(name, tune) or hint
        problems.add_token(where, name, f"{quoted(name)} cannot be tuned here", hint, key=True)
        return None
    return _bounded(name, text, tunable, where, problems)


def check_in_sets(
    name: str, text: str, tune: Mapping[str, Tunable], where: Where, problems: Collector
) -> Setting | None:
    """As ``check_setting``, where sets differ by an exercise's own parameters."""
    if name in tune or (name not in PARAMETERS and meant(nearest(name, tune))):
        return check_setting(name, text, tune, where, problems)
    message = f"{quoted(name)} differs from set to set, so it has to be in tune"
    hint = f"add {name} to tune, with bounds that hold all these values"
    problems.add_token(where, name, message, hint, key=True)
    return None


def check_general(name: str, text: str, where: Where, problems: Collector) -> Setting | None:
    """The value of a setting that every exercise has, for a whole session; otherwise None and a problem."""
    general = GENERAL.get(name)
    if general is None:
        hint = nearest(name, GENERAL)
        if not meant(hint):
            hint = f"set it below an exercise; for all of them: {', '.join(GENERAL)}"
        problems.add_token(where, name, f"{quoted(name)} cannot be set for a whole session", hint, key=True)
        return None
    return _bounded(name, text, general, where, problems)


def _bounded(
    name: str, text: str, limits: Tunable | General, where: Where, problems: Collector
) -> Setting | None:
    type_: ParameterType = limits.type
    try:
        value = parse_within(text, limits)
    except ValueError as error:
        why, hint = refusal(text, type_, error)
        problems.add_token(where, text, f"{quoted(text)} {why}", hint)
        return None
    if not within(value, limits.minimum, limits.maximum):
        low, high = (format_setting(bound, type_) for bound in (limits.minimum, limits.maximum))
        problems.add_token(
            where, text, f"{name} {text} is outside its bounds, {low} to {high}", who_sets(limits)
        )
        return None
    return value


_NEXT = "after it the coach goes on from there"


def check_ends(exercise: Exercise, collectors: Mapping[str, Collector]) -> None:
    """A problem for each move in ``hurts`` and ``easier`` that may be the last and ends elsewhere.

    Args:
        exercise: all that is in it is known, and no fragment uses itself.
        collectors: the files' problems, by the files' names.
    """
    end = exercise.end_position or exercise.position
    for key, steps in (("hurts", exercise.hurts), ("easier", exercise.easier or ())):
        for move in _last_moves(steps, exercise.fragments):
            if move.position != end:
                message = f'"{key}" ends {move.position} here, but the exercise {end}: {_NEXT}'
                hint = f"add move: {end} as its last step"
                collectors[move.where.file].add_token(move.where, move.position, message, hint)


def _last_moves(steps: Sequence[Step], fragments: Mapping[str, Fragment]) -> Iterable[MoveTo]:
    """The moves that no other must follow. Of what may be left out, those before it as well."""
    for step in reversed(steps):
        match step:
            case MoveTo():
                found: list[MoveTo] = [step]
                surely = True
            case Use():
                found = list(_last_moves(fragments[step.fragment].steps, fragments))
                surely = bool(found)
            case Variants():
                each = [list(_last_moves(choice, fragments)) for choice in step.choices]
                found = [move for moves in each for move in moves]
                surely = all(each)
            case Repeat() | Sets() | Sides():
                change = step.change or () if isinstance(step, Sides) else ()
                found = list(_last_moves((*step.between, *change, *step.steps), fragments))
                surely = bool(found)
            case _:
                found = list(_last_moves(step.children(), fragments))
                surely = bool(found)
        yield from found
        if surely and step.only == "always":
            return


AS_SAID = "write it out as it is said"

_UNITS = {
    "kg": "kilograms",
    "g": "grams",
    "lb": "pounds",
    "lbs": "pounds",
    "km": "kilometres",
    "m": "metres",
    "cm": "centimetres",
    "mm": "millimetres",
    "ft": "feet",
    "ml": "millilitres",
    "l": "litres",
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "min": "minutes",
    "mins": "minutes",
    "sec": "seconds",
    "secs": "seconds",
    "s": "seconds",
    "x": "times",
    "X": "times",
}
_LETTER = r"[^\W\d_]"
_DASH = "[-\u2010-\u2015\u2212]"
_NUMERAL = "[\\d²³¹¼-¾\u2070-\u209f\u2150-\u218b\u2460-\u24ff\u2776-\u2793]"
"""A digit, or another sign that stands for a number."""

_OPENING, _CLOSING = "([\"'“\u2018«", ")]\"'”’».,;:!?…"
_BEFORE = rf"[{re.escape(_OPENING)}]*+(?:[^\s\d{{}}]*{_LETTER}{_DASH})?"
_AFTER = rf"[{re.escape(_CLOSING)}]*+(?:{_DASH}(?:{_LETTER}[^\s\d{{}}]*)?)?(?!\S)"
"""Text around a number that is read as it is meant: punctuation, and a word joined by a dash."""

_GROUPED = r"[1-9][0-9]{0,2}(?: [0-9]{3}(?![0-9]))+(?:[.,][0-9]+)?"
_AMOUNT = rf"(?:\{{[^\s{{}}]+\}}|{_GROUPED}|[0-9]+(?:[.,'’_][0-9]+)*)"
_UNIT = rf"(?: ?(?:[°%]|(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?!['’\w]|-{_LETTER})))?"
_NUMBER = re.compile(
    rf"{_BEFORE}(?P<number>(?P<least>{_AMOUNT})(?P<unit>{_UNIT})"
    rf"(?:(?P<dash> ?{_DASH} ?)(?P<most>{_AMOUNT})(?P<most_unit>{_UNIT}))?)(?={_AFTER})"
)
_JOINED_TO_LETTERS = re.compile(
    rf"{_BEFORE}(?:[0-9]+(?:st|nd|rd|th)|{_LETTER}+[0-9]+|[0-9]+[A-WYZ])(?={_AFTER})"
)
_IN_BRACES = re.compile(r"\{[^{}]*\}")
_JOINED = re.compile(r"(?<![\w{}:])[\w{}:]++(?:/[\w{}:]++)+|\{[^{}]{0,60}+\}[a-z]{1,3}\b")
"""Words on both sides of a slash, and a name in braces with an abbreviation."""

_ANY = re.compile(rf"{_NUMERAL}|[{{/]")
"""Characters of every part that may be misread."""

_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\{.*")
_EITHER = re.compile(r"[1-9][0-9]{0,2}\.[0-9][0-9]0")
"""Number with a decimal point in English and a thousand elsewhere; three decimals of which the last is 0
are not meant."""

_BY_SPACE = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_BY_COMMA = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_BY_MARK = re.compile(r"[1-9][0-9]{0,2}(?:['’_][0-9]{3})+(?:[.,][0-9]+)?")
_BY_POINT = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})")
"""Thousands, by the sign that stands between them."""

_DECIMAL = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")


def misread(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text that a voice does not read as they are meant, each with what to do."""
    if not _ANY.search(text):  # as most texts; looking at every word of thousands takes its time
        return
    end = 0
    for run in re.finditer(r"\S+", text):
        if run.start() < end:
            continue
        if number := _NUMBER.match(text, run.start()):
            end = number.end()
            if advice := _advice(number):
                yield number["number"], advice
        elif re.search(_NUMERAL, _IN_BRACES.sub("", run[0])):
            if not _JOINED_TO_LETTERS.match(run[0]):
                yield run[0].lstrip(_OPENING).rstrip(_CLOSING), AS_SAID
        else:
            yield from ((joined[0], AS_SAID) for joined in _JOINED.finditer(run[0]))


def _advice(number: re.Match[str]) -> str:
    """Return what to do about a number, or two with a dash between; "" where it is read as it is meant."""
    amounts, units = [number["least"]], [number["unit"].replace(" ", "")]
    dash = number["dash"] or ""
    if dash:
        amounts.append(number["most"])
        units.append(number["most_unit"].replace(" ", ""))
    elif _is_plain(amounts[0]) and units[0] in ("", "°", "%"):
        return ""
    names = sum(amount.startswith("{") for amount in amounts)
    if names and " " in dash:
        return ""  # between words it is a pause
    as_thousands, as_decimals = (_reading(amounts, units, grouped=grouped) for grouped in (True, False))
    if names == len(amounts) or not (as_thousands or as_decimals):
        return AS_SAID
    hint = f"write it out: {as_thousands or as_decimals}"
    if as_thousands and as_decimals and as_thousands != as_decimals:
        sign = "comma" if "," in number["number"] else "point"
        return f"{hint}, or {as_decimals} if the {sign} is a decimal one"
    if any(" " in amount for amount in amounts):
        return f"{hint}, if that is one number"
    if " " in dash:
        return f"{hint}, or put a comma for the dash if it is a pause"
    if re.fullmatch(r"[0-9]+,[0-9]+", number["number"]):
        return f"{hint}, or a space after the comma if these are two numbers"
    return hint


def _reading(amounts: list[str], units: list[str], *, grouped: bool) -> str:
    """Return amounts with their units so that they are read well; "" where they do not make one number each.

    Args:
        amounts: one, or the two ends of a range.
        units: the unit of each as it is written, "" for none.
        grouped: whether the sign before three digits stands between thousands.
    """
    said = [_plain(amount, grouped=grouped) for amount in amounts]
    if not all(said):
        return ""
    for place, unit in enumerate(units):
        if unit in _UNITS:
            word = _UNITS[unit]
            if said[place] == "1":
                word = word.removesuffix("s").replace("feet", "foot")
            if unit not in units[place + 1 :]:
                said[place] += f" {word}"
        else:
            said[place] += unit
    return " to ".join(said)


def _is_plain(amount: str) -> bool:
    return bool(_PLAIN.fullmatch(amount)) and not _EITHER.fullmatch(amount)


def _plain(amount: str, *, grouped: bool) -> str:
    """Return an amount in digits and a decimal point; "" where it is not surely one number."""
    if _is_plain(amount):
        return amount
    if _BY_MARK.fullmatch(amount) or (grouped and _BY_SPACE.fullmatch(amount)):
        amount = re.sub(r"[ '’_]", "", amount)
    elif grouped and _BY_COMMA.fullmatch(amount):
        amount = amount.replace(",", "")
    elif _BY_POINT.fullmatch(amount) or (grouped and _EITHER.fullmatch(amount)):
        amount = amount.replace(".", "")
    if not (decimal := _DECIMAL.fullmatch(amount)):
        return ""
    whole, rest = decimal[1].lstrip("0") or "0", (decimal[2] or "").rstrip("0")
    return f"{whole}.{rest}" if rest else whole


_COUNTERS = ("round", "turn", "lap")
"""Names for the turns of a repeat, the first that is free."""


@dataclass(frozen=True, slots=True)
class ExternalValue:
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
        turn: the name of the step's turns, such as ``rep_compiler``; "" for a hold or rest.
        twice: whether another step around hides the value as well.
    """

    value: ExternalValue
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
class ValidationScope:
    """Knowledge at a step.

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
    values: Mapping[str, ExternalValue] = field(default_factory=dict[str, ExternalValue])
    shadows: Mapping[str, Shadow] = field(default_factory=dict[str, Shadow])

    def with_names(self, **more: NameType) -> ValidationScope:
        """Return the scope in which these names are known, instead of what they stood for before."""
        shadows = {name: shadow for name, shadow in self.shadows.items() if name not in more}
        return replace(self, types={**self.types, **more}, shadows=shadows)

    def without_names(self, names: Iterable[str], step: str, where: Where, turn: str = "") -> ValidationScope:
        """Return the scope inside a step that uses these names for itself, whatever values they have."""
        shadows = {
            name: Shadow(self.values[name], step, where, turn, name in self.shadows)
            for name in names
            if name in self.values
        }
        return replace(self, shadows={**self.shadows, **shadows})

    def in_loop(self, step: Repeat | Sets | Sides) -> ValidationScope:
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
        inner = self.without_names(hidden, key, step.where, turn)
        return replace(self.with_names(**own), shadows=inner.shadows)


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
        """Return whether the declaration of a name has a problem already."""
        return name in self._unsure

    def collector(self, where: Where) -> Collector:
        return self._collectors[where.file]

    def sound(self, name: str, where: Where) -> None:
        if name not in self._sounds:
            self.add(where, name, f'there is no sound "{name}"', nearest(name, self._sounds))

    def value(
        self, value: Amount | Pattern | None, type_: ParameterType, where: Where, scope: ValidationScope
    ) -> None:
        """Check that a name that stands for a value is known, and of its type."""
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

    def shadowed(self, name: str, token: str, where: Where, scope: ValidationScope) -> None:
        """Add the problem of a value that a step around hides."""
        shadow = scope.shadows[name]
        self.add(where, token, shadow.message(name, where), shadow.hint(name, where, scope.types))

    def text(self, text: str, where: Where, scope: ValidationScope) -> None:
        """Check the braces in words to say, and whether a voice reads the words as they are meant."""
        self.aloud(text, where)
        self.braces(text, where, scope)

    def aloud(self, text: str, where: Where) -> None:
        """Add a warning for each part of a text that a voice does not read as it is meant."""
        if self._language != "en":
            return
        for token, hint in misread(text):
            message = f"{quoted(token)} is not read aloud as it is meant"
            self._collectors[where.file].add_token(where, token, message, hint, "warning")

    def braces(self, text: str, where: Where, scope: ValidationScope) -> None:
        """Check the braces in words."""
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

    def _braces(self, inside: str, where: Where, scope: ValidationScope) -> None:
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


def _parameter_hint(name: str, type_: ParameterType, scope: ValidationScope) -> str:
    of_type = [each for each, is_type in scope.types.items() if is_type == type_ and each != "remaining"]
    hint = nearest(name, of_type)
    return (
        hint
        if meant(hint)
        else f"add {name} to tune" + (f", or use {' or '.join(of_type)}" if of_type else "")
    )


MAX_STEPS = 20_000
MAX_FRAGMENT_DEPTH = 20

_PHASE_HINTS = {"in": 'did you mean "inhale"?', "out": 'did you mean "exhale"?'}


class NameCheck:
    """Checks the steps of one script; problems go where each step was written.

    Args:
        collectors: the files' problems, by the files' names.
        fragments: those that ``use`` may name.
        tune: the parameters.
        sounds: the sound cues.
        all_fragments: whether these are all fragments, or a file of them could not be read.
        language: the language that the words are spoken in.
    """

    def __init__(
        self,
        collectors: Mapping[str, Collector],
        fragments: Mapping[str, Fragment],
        tune: Mapping[str, Tunable],
        sounds: Collection[str],
        *,
        all_fragments: bool = True,
        language: str = "en",
    ) -> None:
        self._lookup = Lookup(collectors, sounds, language)
        self._fragments = fragments
        self._all_fragments = all_fragments
        self._tune = tune
        self._used: set[str] = set()
        self._visited = 0

    def check(self, steps: Iterable[Step], **names: NameType) -> None:
        """Check steps in which, besides the parameters, these names are known."""
        types: dict[str, NameType] = {name: tunable.type for name, tunable in self._tune.items()}
        values = {name: ExternalValue(tunable) for name, tunable in self._tune.items()}
        self._steps(steps, ValidationScope({**types, "title": "text", **names}, {}, values=values))

    def check_aloud(self, texts: Iterable[str], where: Where) -> None:
        """Check whether a voice reads a title, or other words without names in braces, as they are meant."""
        for text in texts:
            self._lookup.aloud(text, where)

    def check_fragments(self, unused_in: str = "") -> None:
        """Check that no fragment leads back to itself, and the steps of those that nothing has used yet.

        Args:
            unused_in: the file whose unused fragments are checked; in other files they are others' business.
        """
        for use, way in rings(self._fragments):
            message = f"this fragment uses itself: {' → '.join(way)}"
            self._lookup.add(use.where, use.fragment, message, "take this use away")
        for name, fragment in self._fragments.items():
            if name not in self._used and fragment.where.file == unused_in:
                values = dict.fromkeys(fragment.parameters, ExternalValue(name))
                self._steps(fragment.steps, ValidationScope({}, {}, (name,), open=True, values=values))

    def _steps(self, steps: Iterable[Step], scope: ValidationScope) -> None:
        for step in steps:
            self._visited += 1
            if self._visited > MAX_STEPS:
                if self._visited == MAX_STEPS + 1:
                    message = f"the fragments unfold into more than {MAX_STEPS:,} steps"
                    self._lookup.add(step.where, "", message, "use fewer of them inside each other")
                return
            self._step(step, scope)

    def _step(self, step: Step, scope: ValidationScope) -> None:
        match step:
            case PlaySound():
                self._lookup.sound(step.sound, step.where)
            case Hold():
                self._written(step, scope)
                self._during_hold(step, scope)
            case Breathe():
                self._breathe(step, scope)
            case Count():
                self._count(step, scope)
            case Use():
                self._use(step, scope)
            case Variants():
                for choice in step.choices:
                    self._steps(choice, scope)
            case Group():
                self._steps(step.steps, scope)
            case Repeat() | Sets() | Sides():
                self._loop(step, scope)
            case _:
                self._written(step, scope)

    def _written(self, step: Step, scope: ValidationScope) -> None:
        """Check the texts and amounts of a step in which no other names are known than around it."""
        for text in step.texts_inside():
            self._lookup.text(text, step.where, scope)
        for amount, type_ in step.amounts():
            self._lookup.value(amount, type_, step.where, scope)

    def _loop(self, step: Repeat | Sets | Sides, scope: ValidationScope) -> None:
        self._written(step, scope)
        inner = scope.in_loop(step)
        if isinstance(step, Sides):
            inner = inner.with_names(side="side")
            self._steps(step.change or (), inner)
        elif isinstance(step, Sets) and step.each:
            for each in step.each:
                self._set_values(each, step.where)
            inner = self._inside_sets(step, inner)
        self._steps(step.steps, inner)
        self._steps(step.between, inner)

    def _inside_sets(self, step: Sets, scope: ValidationScope) -> ValidationScope:
        """Return the scope in which what differs from set to set is known, where every set says it."""
        said = {name for each in step.each for name in each if name in self._tune}
        in_all: dict[str, NameType] = {
            name: self._tune[name].type for name in said if all(name in each for each in step.each)
        }
        values = {name: ExternalValue(self._tune[name], step.where) for name in said}
        return replace(scope.with_names(**in_all), values={**scope.values, **values})

    def _breathe(self, step: Breathe, scope: ValidationScope) -> None:
        for amount, type_ in step.amounts():
            self._lookup.value(amount, type_, step.where, scope)
        inner = scope.with_names(cycle="count", cycles="count")
        for text in step.texts_inside():
            self._lookup.text(text, step.where, inner)
        self._during_turns(step.during, BREATH_PHASES, inner)

    def _count(self, step: Count, scope: ValidationScope) -> None:
        self._lookup.value(step.reps, "count", step.where, scope)
        self._lookup.value(step.tempo, "tempo", step.where, scope)
        tempo = step.tempo
        if isinstance(tempo, Param) and tempo.name in self._tune and step.phases:
            default = self._tune[tempo.name].default
            parts = len(default) if isinstance(default, tuple) else 0
            if parts and parts != len(step.phases):
                message = f'the tempo "{tempo.name}" has {parts} parts, but phases names {len(step.phases)}'
                hint = 'give each part a word, "-" for none'
                self._lookup.add(step.where, "phases", message, hint, key=True)
        inner = scope.with_names(rep="count", reps="count")
        for text in step.phases:
            self._lookup.text(text, step.where, inner)
        parts = len(tempo) if isinstance(tempo, tuple) else max(len(step.phases), 1)
        numbered = tuple(str(number + 1) for number in range(parts))
        self._during_turns(step.during, (*step.phases, *numbered), inner)

    def _during_hold(self, step: Hold, scope: ValidationScope) -> None:
        timed: dict[str, NameType] = {"remaining": "duration", step.role: "duration"}
        inner = scope.with_names(**timed)
        own = () if step.duration == Param(step.role) else (step.role,)
        outer = scope.without_names(own, step.role, step.where)
        for item in step.during:
            for moment in (item.at, item.last, item.every):
                if not isinstance(moment, float):
                    self._lookup.value(moment, "duration", item.where, outer)
            self._during(item, inner)

    def _during_turns(
        self, during: tuple[During, ...], phases: Iterable[str], scope: ValidationScope
    ) -> None:
        known = [phase for phase in dict.fromkeys(phases) if phase != "-"]
        for item in during:
            if item.on and item.on not in known:
                hint = nearest(item.on, known, _PHASE_HINTS)
                self._lookup.add(item.where, item.on, f"{quoted(item.on)} is not a phase here", hint)
            self._during(item, scope)

    def _during(self, item: During, scope: ValidationScope) -> None:
        for text in item.say:
            self._lookup.text(text, item.where, scope)
        if item.sound:
            self._lookup.sound(item.sound, item.where)

    def _use(self, step: Use, scope: ValidationScope) -> None:
        fragment = self._fragments.get(step.fragment)
        if fragment is None:
            if self._all_fragments and not self._lookup.is_unsure(step.fragment):
                hint = nearest(step.fragment, self._fragments) or "define it under fragments:"
                self._lookup.add(step.where, step.fragment, f'there is no fragment "{step.fragment}"', hint)
            return
        self._used.add(step.fragment)
        if step.fragment in scope.inside:
            return
        if len(scope.inside) >= MAX_FRAGMENT_DEPTH:
            message = f"fragments use each other more than {MAX_FRAGMENT_DEPTH} deep here"
            self._lookup.add(step.where, step.fragment, message, "put the steps here instead")
            return
        for name in step.arguments:
            if name not in fragment.parameters:
                message = f'the fragment "{step.fragment}" has no parameter "{name}"'
                self._lookup.add(step.where, name, message, nearest(name, fragment.parameters), key=True)
        arguments: dict[str, str] = {}
        types: dict[str, NameType] = dict(scope.types)
        unknown = scope.open
        for name, default in fragment.parameters.items():
            given = step.arguments.get(name, default)
            if given is None:
                message = f'the fragment "{step.fragment}" needs a value for "{name}"'
                self._lookup.add(step.where, step.fragment, message, f"write with: {{{name}: …}}")
                # Of any type, so that the others are checked.
                types.pop(name, None)
                unknown = True
            elif given in scope.types and given not in scope.arguments:
                if given in scope.shadows:
                    self._lookup.shadowed(given, given, step.where, scope)
                types[name] = scope.types[given]
                arguments.pop(name, None)
            else:
                types[name] = "text"
                arguments[name] = scope.arguments.get(given, given)
                self._lookup.braces(given, step.where, scope)
        inner = ValidationScope(
            types,
            arguments,
            (*scope.inside, step.fragment),
            step.where,
            unknown,
            {**scope.values, **dict.fromkeys(fragment.parameters, ExternalValue(step.fragment))},
            {name: shadow for name, shadow in scope.shadows.items() if name not in fragment.parameters},
        )
        self._steps(fragment.steps, inner)

    def _set_values(self, each: Mapping[str, str], where: Where) -> None:
        for name, text in each.items():
            if not self._lookup.is_unsure(name):
                check_in_sets(name, text, self._tune, where, self._lookup.collector(where))
