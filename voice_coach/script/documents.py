"""The top level of each kind of file as tables: exercise, session, fragments, language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from voice_coach.model.problems import Where
from voice_coach.model.script import (
    BREATH_PHASES,
    Fragment,
    Guidance,
    Move,
    ParameterType,
    Setting,
    Step,
    Tunable,
)
from voice_coach.model.settings import (
    EXPECTED,
    GENERAL,
    PARAMETERS,
    WIDEST,
    format_setting,
    parse_setting,
    within,
)
from voice_coach.script.collecting import Collector, nearest
from voice_coach.script.kinds import (
    INVALID,
    PARAMETER_NAME,
    Choice,
    Invalid,
    JsonSchema,
    Kind,
    ListOf,
    MapOf,
    Name,
    Text,
    Value,
    Whole,
    Written,
)
from voice_coach.script.nodes import Mapping, Node, Scalar
from voice_coach.script.records import Field, Record, read_fields
from voice_coach.script.shapes import GUIDANCE, LINES, POSITION, STEPS, WORDS

SETTINGS = MapOf(Written())


@dataclass(frozen=True)
class EntryDraft:
    """An exercise named in a session, before it is looked up."""

    where: Where
    exercise: str
    settings: dict[str, str] = field(default_factory=dict[str, str])
    guidance: Guidance | None = None
    arrive: tuple[Step, ...] | None = None


@dataclass(frozen=True)
class RoundsDraft:
    """A circuit in a session, before its exercises are looked up."""

    where: Where
    times: int
    entries: tuple[EntryDraft, ...]
    between: tuple[Step, ...] = ()


class _Tune(Kind[dict[str, Tunable]]):
    """What a person may tune: names with default, minimum and maximum."""

    expected = "a mapping such as reps: {default: 5, min: 2, max: 10}"
    _KEYS = ("default", "min", "max", "type")

    def read(self, node: Node, problems: Collector) -> dict[str, Tunable] | Invalid:
        if not isinstance(node, Mapping):
            return self.wrong(node, problems)
        read = {name: self._one(key, child, problems) for name, (key, child) in node.pairs.items()}
        return {name: tunable for name, tunable in read.items() if isinstance(tunable, Tunable)}

    def _one(self, key: Scalar, node: Node, problems: Collector) -> Tunable | Invalid:
        name = key.text
        if name in GENERAL:
            problems.add(key, f'"{name}" can be tuned in every exercise already', "take it away here")
            return INVALID
        if not re.fullmatch(PARAMETER_NAME, name):
            problems.add(key, f'"{name}" cannot name a parameter', "use small letters and _")
            return INVALID
        if not isinstance(node, Mapping):
            problems.add(node, f'"{name}" needs its default and bounds', "write {default: …, min: …, max: …}")
            return INVALID
        fields = {
            "default": Field(Written(), "the value when nobody tunes it", required=True),
            "min": Field(Written(), "the least that may be set", attribute="minimum"),
            "max": Field(Written(), "the most that may be set", attribute="maximum"),
            "type": Field(Choice(tuple(EXPECTED)), "what kind of value it is"),
        }
        raw = read_fields(node, fields, problems, node)
        if isinstance(raw, Invalid):
            return INVALID
        known = PARAMETERS.get(name)
        type_: ParameterType | None = raw.pop("type", None) or (known.type if known else None)
        if type_ is None:
            hint = nearest(name, PARAMETERS)
            message = f'"{name}" is not a known parameter, and does not say its type'
            problems.add(key, message, hint if hint.startswith("did") else f"add type: {', '.join(EXPECTED)}")
            return INVALID
        return self._bounded(key, node, raw, type_, problems)

    def _bounded(
        self, key: Scalar, node: Mapping, raw: dict[str, str], type_: ParameterType, problems: Collector
    ) -> Tunable | Invalid:
        values: dict[str, Setting] = {}
        spelt = {"minimum": "min", "maximum": "max"}
        for part, text in raw.items():
            try:
                values[part] = parse_setting(text, type_)
            except ValueError:
                place = node.pairs[spelt.get(part, part)][1]
                problems.add(place, f'"{text}" is not {EXPECTED[type_]}')
                return INVALID
        default = values["default"]
        for part, bound in zip(("minimum", "maximum"), WIDEST[type_], strict=True):
            values.setdefault(part, tuple(bound for _ in default) if isinstance(default, tuple) else bound)
        tunable = Tunable(key.text, type_, default, values["minimum"], values["maximum"], problems.where(key))
        if not within(default, tunable.minimum, tunable.maximum):
            shown = [format_setting(value, type_) for value in (default, tunable.minimum, tunable.maximum)]
            problems.add(
                node.pairs["default"][1],
                f"the default {shown[0]} is not between the bounds {shown[1]} and {shown[2]}",
                "each part of a pattern has bounds of its own" if isinstance(default, tuple) else "",
            )
            return INVALID
        return tunable

    def schema(self) -> JsonSchema:
        any_value: JsonSchema = {"type": ["string", "number"]}
        one: JsonSchema = {
            "type": "object",
            "properties": {**dict.fromkeys(self._KEYS[:3], any_value), "type": {"enum": list(EXPECTED)}},
            "required": ["default"],
            "additionalProperties": False,
        }
        properties = {name: {**one, "description": known.doc} for name, known in PARAMETERS.items()}
        return {"type": "object", "properties": properties, "additionalProperties": one}


class _Fragments(Kind[dict[str, Fragment]]):
    """Fragments by name."""

    expected = "fragments by name"
    _FIELDS: ClassVar = {
        "parameters": Field(
            MapOf(Written("a default", may_be_empty=True)), "Its parameters with their defaults, or nothing."
        ),
        "steps": Field(STEPS, "The steps it stands for.", required=True),
    }

    def read(self, node: Node, problems: Collector) -> dict[str, Fragment] | Invalid:
        if not isinstance(node, Mapping):
            return self.wrong(node, problems)
        fragments: dict[str, Fragment] = {}
        for name, (key, child) in node.pairs.items():
            if isinstance(Name().read(key, problems), Invalid):
                continue
            if not isinstance(child, Mapping):
                problems.add(child, f'the fragment "{name}" needs a mapping with steps')
                continue
            values = read_fields(child, self._FIELDS, problems, key)
            if not isinstance(values, Invalid):
                parameters = {name: text or None for name, text in values.get("parameters", {}).items()}
                fragments[name] = Fragment(name, parameters, values["steps"], problems.where(key))
        return fragments

    def schema(self) -> JsonSchema:
        one = Record(self._FIELDS, dict[str, Any]).schema()
        return {"type": "object", "additionalProperties": one}


_ENTRY_FIELDS = {
    "exercise": Field(Name(), "The exercise's id.", required=True),
    "set": Field(SETTINGS, "Settings for it, within its bounds.", attribute="settings"),
    "guidance": Field(GUIDANCE, "How much is said in it."),
    "arrive": Field(STEPS, "Steps instead of the coach's own way into its position."),
}


class _Entry(Kind[EntryDraft]):
    expected = "an exercise: its id, or a mapping with exercise: and set:"

    def read(self, node: Node, problems: Collector) -> EntryDraft | Invalid:
        if isinstance(node, Scalar):
            name = Name().read(node, problems)
            return INVALID if isinstance(name, Invalid) else EntryDraft(problems.where(node), name)
        return Record(_ENTRY_FIELDS, EntryDraft, self.expected).read(node, problems)

    def schema(self) -> JsonSchema:
        return {"anyOf": [Name().schema(), Record(_ENTRY_FIELDS, EntryDraft).schema()]}


_ROUNDS_FIELDS = {
    "rounds": Field(Whole(1, 100), "How many rounds.", required=True, attribute="times"),
    "exercises": Field(ListOf(_Entry(), least=1), "The circuit.", required=True, attribute="entries"),
    "between": Field(STEPS, "Steps between two rounds."),
}


class _Item(Kind[EntryDraft | RoundsDraft]):
    expected = "an exercise, or rounds of exercises"

    def read(self, node: Node, problems: Collector) -> EntryDraft | RoundsDraft | Invalid:
        if isinstance(node, Mapping) and "rounds" in node.pairs:
            return Record(_ROUNDS_FIELDS, RoundsDraft).read(node, problems)
        return _Entry().read(node, problems)

    def schema(self) -> JsonSchema:
        return {"anyOf": [*_Entry().schema()["anyOf"], Record(_ROUNDS_FIELDS, RoundsDraft).schema()]}


def _move(where: Where, **values: Any) -> Move:
    return Move(values["origin"], values["to"], values["say"], values["time"], where)


MOVES = ListOf(
    Record(
        {
            "from": Field(POSITION, "The position before.", required=True, attribute="origin"),
            "to": Field(POSITION, "The position after.", required=True),
            "say": Field(WORDS, "What is said.", required=True),
            "time": Field(
                Value("duration", literal_only=True), "For the whole move, words included.", required=True
            ),
        },
        _move,
    )
)

_ABOUT = {
    "title": Field(Text("a title"), "What it is called, also aloud.", required=True),
    "language": Field(Name(), "Language code; en if not said."),
    "source": Field(Text("a source"), "Where it comes from."),
    "goal": Field(Text("a sentence"), "What it is for."),
    "fragments": Field(_Fragments(), "Reusable steps, by name."),
    "include": Field(ListOf(Text("a file name"), one_will_do=True), "Files of fragments beside this one."),
}

_ID = Field(Name(), "Its name: small letters, digits and dashes; the same as the file's.", required=True)

EXERCISE: dict[str, Field] = {
    "kind": Field(Choice(("exercise",)), "exercise", required=True),
    "id": _ID,
    **_ABOUT,
    "position": Field(POSITION, "The position it is done in.", required=True),
    "end_position": Field(POSITION, "The position it ends in, if another."),
    "equipment": Field(LINES, "What is needed."),
    "feel": Field(LINES, "How it should feel."),
    "avoid": Field(LINES, "What to avoid."),
    "stop": Field(LINES, "When to stop."),
    "tune": Field(_Tune(), "What a person may tune, and how far."),
    "arrive": Field(STEPS, "Steps instead of the coach's own way into its position."),
    "steps": Field(STEPS, "What happens, in order.", required=True),
}

SESSION: dict[str, Field] = {
    "kind": Field(Choice(("session",)), "session", required=True),
    "id": _ID,
    **_ABOUT,
    "start": Field(POSITION, "The position before it; standing if not said."),
    "end": Field(POSITION, "The position after it; standing if not said."),
    "set": Field(SETTINGS, "Settings for all its exercises.", attribute="settings"),
    "opening": Field(STEPS, "Steps at the beginning, a chapter of its own."),
    "closing": Field(STEPS, "Steps at the end, a chapter of its own."),
    "between": Field(STEPS, "Steps at the start of each exercise."),
    "transitions": Field(MOVES, "Your own ways between positions.", attribute="moves"),
    "exercises": Field(
        ListOf(_Item(), least=1), "The exercises, in order.", required=True, attribute="items"
    ),
}

FRAGMENTS: dict[str, Field] = {
    "kind": Field(Choice(("fragments",)), "fragments", required=True),
    "fragments": Field(_Fragments(), "Reusable steps, by name.", required=True),
}

_PAIR = ListOf(Text("a word"), least=2)
_UNIT_NAMES = ("hour", "minute", "second")

LANGUAGE: dict[str, Field] = {
    "kind": Field(Choice(("language",)), "language", required=True),
    "language": Field(Name(), "Its code, as num2words knows it.", required=True, attribute="code"),
    "breath": Field(
        MapOf(WORDS, BREATH_PHASES), "Words for the phases of a breath, best first.", required=True
    ),
    "sides": Field(MapOf(Text(), ("left", "right")), "The sides.", required=True),
    "change": Field(WORDS, "Said at a change of side.", required=True),
    "units": Field(MapOf(_PAIR, _UNIT_NAMES), "Each unit, singular and plural.", required=True),
    "joiner": Field(Text("a word"), 'Between minutes and seconds: "and".', required=True),
    "half": Field(_PAIR, 'A half alone, and after a number: "half a", "and a half".', required=True),
    "times": Field(MapOf(Text()), 'How often: {"1": once, "2": twice, other: "{n} times"}.', required=True),
    "chapters": Field(
        MapOf(Text(), ("opening", "closing")), "Titles of the coach's chapters.", required=True
    ),
    "opening": Field(WORDS, "Said before an exercise that is played by itself.", required=True),
    "moves": Field(MOVES, "How to get from one position to another.", required=True),
}

KINDS: dict[str, dict[str, Field]] = {
    "exercise": EXERCISE,
    "session": SESSION,
    "fragments": FRAGMENTS,
    "language": LANGUAGE,
}
