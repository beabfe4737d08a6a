"""The top level of each kind of file as tables: exercise, session, fragments, language, user values."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Mapping as Words
from dataclasses import dataclass, field
from typing import Any, ClassVar

from voice_coach.core.errors import Where
from voice_coach.core.language import LiveWords
from voice_coach.core.parameters import FASTEST, GENERAL, PACE_EXPECTED, PARAMETERS, SLOWEST, TEMPO_FACTORS
from voice_coach.core.script import BREATH_PHASES, POSITIONS, Fragment, Guidance, Move, Step
from voice_coach.core.user_values import ALL
from voice_coach.schema.diagnostics import Collector, nearest, quoted
from voice_coach.schema.fields import (
    INVALID,
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
from voice_coach.schema.records import Field, Record, object_schema, read_fields
from voice_coach.schema.tree import MappingNode, Node, ScalarNode, SequenceNode
from voice_coach.schema.tree import MappingNode as Tree
from voice_coach.script.grammar import GUIDANCE, LINES, POSITION, SOME_STEPS, STEPS, WORDS, Tune
from voice_coach.script.validation import Lookup, NameType, ValidationScope

IN_EXERCISE: Mapping[str, NameType] = {
    "exercise": "text",
    "side": "side",
    "round": "count",
    "rounds": "count",
    "set": "count",
    "sets": "count",
    "rep": "count",
    "reps": "count",
}


@dataclass(frozen=True)
class _PhraseKind(Kind[tuple[str, ...]]):
    """Prompts in whose braces only certain names may stand."""

    names: Mapping[str, NameType]
    expected: str = "words to say, or a list of them"

    def read(self, node: Node, problems: Collector) -> tuple[str, ...] | Invalid:
        lines = WORDS.read(node, problems)
        if isinstance(lines, Invalid):
            return lines
        where = problems.where(node)
        lookup = Lookup({where.file: problems}, (), "")
        for line in lines:
            lookup.braces(line, where, ValidationScope(self.names, {}))
        return lines

    def schema(self) -> JsonSchema:
        return {"$ref": "#/definitions/lines"}


def _phrase_field(doc: str, **names: NameType) -> Field:
    return Field(_PhraseKind(names), doc)


_FIELDS = {
    "slower": _phrase_field("It goes on more slowly."),
    "faster": _phrase_field("It goes on faster."),
    "slowest": _phrase_field("It cannot go more slowly."),
    "fastest": _phrase_field("It cannot go faster."),
    "loudest": _phrase_field("It cannot be louder."),
    "quietest": _phrase_field("It cannot be quieter."),
    "time_left": _phrase_field("How long it still goes on, {time}.", time="duration"),
    "time_left_short": _phrase_field("That is less than a minute."),
    "time_left_unknown": _phrase_field("That is not known yet."),
    "where": Field(
        _PhraseKind(IN_EXERCISE),
        "Where in an exercise we are: each of these is said if all that it names is known there.",
    ),
    "where_opening": _phrase_field("We are in the opening."),
    "where_closing": _phrase_field("We are in the closing."),
    "ready_ask": _phrase_field("The coach waits until you are ready."),
    "ready_reminder": _phrase_field("It still does, and says how to tell it."),
    "ready_limit": _phrase_field("It has waited long enough, and goes on."),
    "hurts_way_out": _phrase_field(
        "The way out where an exercise has none, or is not reached: safe in every position."
    ),
    "hurts_ask": _phrase_field("How to go on after that: rest, something easier, leave it out, end."),
    "hurts_ask_no_easier": _phrase_field("The same where there is nothing easier."),
    "hurts_limit": _phrase_field("There was no answer for long: the session is paused."),
    "no_easier": _phrase_field("You asked for something easier, and there is nothing."),
    "rest_begins": _phrase_field("You rest for as long as you like."),
    "rest_reminder": _phrase_field("You still rest; how to tell that you are ready."),
    "back_to_exercise": _phrase_field(
        "You come back into the {position}, and go on with the {exercise}.",
        position="text",
        exercise="text",
    ),
    "come_into": _phrase_field(
        "You are elsewhere than in the {position} that a way begins, or the {exercise} goes on, in.",
        position="text",
        exercise="text",
    ),
    "easier_begins": _phrase_field("Something easier comes instead of the rest of an exercise."),
    "skipped": _phrase_field("An exercise is left out."),
    "ended": _phrase_field("The session was ended before its end."),
    "ended_after_pain": _phrase_field("The same, because something hurt."),
    "resume_offer": _phrase_field("The session was not heard to its end last time.", exercise="text"),
    "resumed": _phrase_field("It goes on there.", exercise="text"),
    "keep_offer": _phrase_field("The session is over, and its speed was changed: to keep it?"),
    "kept": _phrase_field("That was kept."),
    "device_back": _phrase_field("The sound device was gone, and is back."),
    "device_back_paused": _phrase_field("The same in a pause."),
    "nothing_before": _phrase_field("There is nothing to go back to."),
    "nothing_after": _phrase_field("There is nothing to go on to."),
    "help": _phrase_field("What you can ask for, and how."),
    "listen_begins": _phrase_field("The coach listens, and how it is spoken to; only said where it does."),
    "deaf": _phrase_field("Spoken commands are not understood any more."),
    "hears_again": _phrase_field("They are understood again."),
    "score_ask": _phrase_field("How much pain there is now, from 0 to 10?"),
    "score_thanks": _phrase_field("It is {points}.", points="count"),
    "positions": Field(MapOf(Text(), POSITIONS, complete=True), "What {position} stands for."),
}


class _Live(Kind[LiveWords]):
    expected = "a mapping such as paused: Paused."

    def read(self, node: Node, problems: Collector) -> LiveWords | Invalid:
        if not isinstance(node, Tree):
            return self.reject(node, problems)
        values, _ = read_fields(node, _FIELDS, problems)
        return LiveWords(**values)

    def schema(self) -> JsonSchema:
        return object_schema(_FIELDS)


class _ListeningKind(Kind[Mapping[str, tuple[str, ...]]]):
    expected = "a mapping such as rest_reminder: Rest on."

    def read(self, node: Node, problems: Collector) -> Mapping[str, tuple[str, ...]] | Invalid:
        if not isinstance(node, Tree):
            return self.reject(node, problems)
        values, _ = read_fields(node, _SPOKEN_TO, problems)
        return values

    def schema(self) -> JsonSchema:
        return object_schema(_SPOKEN_TO)


_SPOKEN_TO = {name: field for name, field in _FIELDS.items() if name != "positions"}

LIVE = _Live()
"""The key ``live`` of a language. What it does not name is said in English."""

LISTENING = _ListeningKind()
"""The key ``listening`` of a language. What it does not name is as ``live`` says it."""


EVERYWHERE = (*GENERAL, "guidance", "pace")
"""Values that can be tuned in every exercise."""


class _TempoFactorKind(Written):
    """A position of the tempo factor; whether it is one is checked with the other values."""

    def schema(self) -> JsonSchema:
        number: JsonSchema = {"type": "number", "minimum": SLOWEST, "maximum": FASTEST}
        return {"anyOf": [{"enum": list(TEMPO_FACTORS)}, number]}


_KNOWN: dict[str, tuple[Kind[Any], str]] = {
    **{name: (Value(each.type, literal_only=True), each.doc) for name, each in PARAMETERS.items()},
    **{name: (Value(each.type, literal_only=True), each.doc) for name, each in GENERAL.items()},
    "guidance": (GUIDANCE, "how much is said"),
    "pace": (_TempoFactorKind(), f"the one knob: {PACE_EXPECTED}"),
}


@dataclass(frozen=True)
class _Own(Kind[dict[str, str]]):
    """Values by name. Only their shape is looked at: what they may be, the scripts say."""

    names: tuple[str, ...] = ()
    expected: str = "values by name: {hold: 45s, reps: 4}"

    def read(self, node: Node, problems: Collector) -> dict[str, str] | Invalid:
        if isinstance(node, ScalarNode) and node.empty:
            return {}
        if not isinstance(node, MappingNode):
            return self.reject(node, problems)
        for name, (key, _) in node.pairs.items():
            if self.names and name not in self.names:
                hint = f"it goes below exercises: and the exercise's name: {name}"
                hint = hint if name in PARAMETERS else nearest(name, self.names)
                problems.add(key, f"{quoted(name)} cannot be tuned for all exercises at once", hint)
        return MapOf(Written()).read(node, problems)

    def schema(self) -> JsonSchema:
        properties = {
            name: {"description": doc, "allOf": [kind.schema()]}
            for name, (kind, doc) in _KNOWN.items()
            if not self.names or name in self.names
        }
        others: bool | JsonSchema = False if self.names else Written().schema()
        return {"type": ["object", "null"], "properties": properties, "additionalProperties": others}


@dataclass(frozen=True)
class _ByName(Kind[dict[str, Any]]):
    """Exercises or sessions by name; nothing written stands for none."""

    value: Kind[Any]
    expected: str
    special: Words[str, Kind[Any]] = field(default_factory=dict[str, Kind[Any]])
    not_here: str = ""

    def read(self, node: Node, problems: Collector) -> dict[str, Any] | Invalid:
        if isinstance(node, ScalarNode) and node.empty:
            return {}
        if not isinstance(node, MappingNode):
            return self.reject(node, problems)
        values: dict[str, Any] = {}
        for name, (key, child) in node.pairs.items():
            if name == self.not_here:
                problems.add(key, f'"{name}" stands at the top, beside exercises', "move it there")
                continue
            value = self.special.get(name, self.value).read(child, problems)
            if not isinstance(value, Invalid):
                values[name] = value
        return values

    def schema(self) -> JsonSchema:
        schema: JsonSchema = {"type": ["object", "null"], "additionalProperties": self.value.schema()}
        if self.special:
            schema["properties"] = {name: kind.schema() for name, kind in self.special.items()}
        return schema


OWN_FOR_ALL = _Own(EVERYWHERE)
OWN_BY_EXERCISE = _ByName(_Own(), "exercises by name: pelvic-tuck: {hold: 45s}", not_here=ALL)
OWN_BY_SESSION = _ByName(
    _ByName(_Own(), "exercises by name: pelvic-tuck: {hold: 45s}", {ALL: OWN_FOR_ALL}),
    "sessions by name, and exercises below each",
)


MAX_EXERCISES = 1_000
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


class _Fragments(Kind[dict[str, Fragment]]):
    """Fragments by name."""

    expected = "fragments by name, each with its steps"
    _FIELDS: ClassVar = {
        "parameters": Field(
            MapOf(Written("a default", may_be_empty=True, words=True)),
            "Its parameters with their defaults, or nothing.",
        ),
        "steps": Field(SOME_STEPS, "The steps it stands for.", required=True),
    }

    def read(self, node: Node, problems: Collector) -> dict[str, Fragment] | Invalid:
        if not isinstance(node, MappingNode):
            hint = "leave the dashes away: the name, a colon, and steps: below it"
            return self.reject(node, problems, hint if isinstance(node, SequenceNode) else "")
        fragments: dict[str, Fragment] = {}
        for name, (key, child) in node.pairs.items():
            fragment = self._one(key, child, problems)
            if isinstance(fragment, Fragment):
                fragments[name] = fragment
            else:
                problems.unsure.add(name)
        return fragments

    def _one(self, key: ScalarNode, child: Node, problems: Collector) -> Fragment | Invalid:
        if isinstance(Name().read(key, problems), Invalid):
            return INVALID
        if not isinstance(child, MappingNode):
            problems.add(
                key, f'the fragment "{key.text}" does not say its steps', "put steps: below its name"
            )
            return INVALID
        values, complete = read_fields(child, self._FIELDS, problems, key)
        if not complete:
            return INVALID
        parameters = {name: text or None for name, text in values.get("parameters", {}).items()}
        return Fragment(key.text, parameters, values["steps"], problems.where(key))

    def schema(self) -> JsonSchema:
        return {"type": "object", "additionalProperties": object_schema(self._FIELDS)}


ENTRY_FIELDS = {
    "exercise": Field(Name(), "The exercise's id.", required=True),
    "set": Field(SETTINGS, "Settings for it, within its bounds.", attribute="settings"),
    "guidance": Field(GUIDANCE, "How much is said in it."),
    "arrive": Field(STEPS, "Steps instead of the coach's own way into its position."),
}


_ENTRY_HINTS = {
    **{name: f"settings go below set: {name}" for name in (*PARAMETERS, *GENERAL)},
    "settings": 'did you mean "set"?',
    "rounds": "rounds cannot stand within rounds",
    "exercises": "rounds cannot stand within rounds",
}


class _EntryKind(Kind[EntryDraft]):
    expected = "an exercise: its id, or a mapping with exercise: and set:"

    def read(self, node: Node, problems: Collector) -> EntryDraft | Invalid:
        if isinstance(node, ScalarNode):
            name = Name().read(node, problems)
            return INVALID if isinstance(name, Invalid) else EntryDraft(problems.where(node), name)
        if isinstance(node, MappingNode) and len(node.pairs) == 1 and "exercise" not in node.pairs:
            key, value = next(iter(node.pairs.values()))
            if key.text not in _ENTRY_HINTS and isinstance(value, MappingNode):
                hint = f"write - exercise: {key.text[:40]}, and its settings below it after set:"
                problems.add(key, f"{quoted(key.text)} is not a key", hint)
                return INVALID
        return Record(ENTRY_FIELDS, EntryDraft, self.expected, hints=_ENTRY_HINTS).read(node, problems)

    def schema(self) -> JsonSchema:
        return {"anyOf": [Name().schema(), Record(ENTRY_FIELDS, EntryDraft).schema()]}


ROUNDS_FIELDS = {
    "rounds": Field(Whole(1, 100), "How many rounds.", required=True, attribute="times"),
    "exercises": Field(ListOf(_EntryKind(), least=1), "The circuit.", required=True, attribute="entries"),
    "between": Field(STEPS, "Steps between two rounds."),
}


class _ItemKind(Kind[EntryDraft | RoundsDraft]):
    expected = "an exercise, or rounds of exercises"

    def read(self, node: Node, problems: Collector) -> EntryDraft | RoundsDraft | Invalid:
        if isinstance(node, MappingNode) and ("rounds" in node.pairs or "exercises" in node.pairs):
            return Record(ROUNDS_FIELDS, RoundsDraft).read(node, problems)
        return _EntryKind().read(node, problems)

    def schema(self) -> JsonSchema:
        return {"anyOf": [*_EntryKind().schema()["anyOf"], Record(ROUNDS_FIELDS, RoundsDraft).schema()]}


class _Items(Kind[tuple[EntryDraft | RoundsDraft, ...]]):
    """The exercises of a session, not more than anybody could do."""

    expected = "a list of exercises"
    _list = ListOf(_ItemKind(), least=1, hint="put a dash before each")

    def read(self, node: Node, problems: Collector) -> tuple[EntryDraft | RoundsDraft, ...] | Invalid:
        items = self._list.read(node, problems)
        if isinstance(items, Invalid):
            return INVALID
        total = sum(item.times * len(item.entries) if isinstance(item, RoundsDraft) else 1 for item in items)
        if total > MAX_EXERCISES:
            message = f"this makes {total:,} exercises; a session has at most {MAX_EXERCISES:,}"
            problems.add(node, message, "do fewer rounds, or split it")
            return INVALID
        return items

    def schema(self) -> JsonSchema:
        return self._list.schema()


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
    "tune": Field(Tune(), "What a person may tune, and how far."),
    "arrive": Field(STEPS, "Steps instead of the coach's own way into its position."),
    "steps": Field(SOME_STEPS, "What happens, in order.", required=True),
    "hurts": Field(SOME_STEPS, "When something hurts: the safe way out. The first words stop at once."),
    "easier": Field(SOME_STEPS, "After that: something easier instead of what is left of it."),
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
        _Items(),
        "The exercises, in order.",
        required=True,
        attribute="items",
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
        MapOf(WORDS, BREATH_PHASES, complete=True),
        "Words for the phases of a breath, best first.",
        required=True,
    ),
    "sides": Field(MapOf(Text(), ("left", "right"), complete=True), "The sides.", required=True),
    "change": Field(WORDS, "Said at a change of side.", required=True),
    "units": Field(
        MapOf(_PAIR, _UNIT_NAMES, complete=True), "Each unit, singular and plural.", required=True
    ),
    "joiner": Field(Text("a word"), 'Between minutes and seconds: "and".', required=True),
    "half": Field(_PAIR, 'A half alone, and after a number: "half a", "and a half".', required=True),
    "times": Field(MapOf(Text()), 'How often: {"1": once, "2": twice, other: "{n} times"}.', required=True),
    "chapters": Field(
        MapOf(Text(), ("opening", "closing"), complete=True), "Titles of the coach's chapters.", required=True
    ),
    "opening": Field(WORDS, "Said before an exercise that is played by itself.", required=True),
    "greeting": Field(WORDS, "Said first in a session that is made for one person, {name}."),
    "live": Field(LIVE, "What the coach says besides the session while it is played."),
    "listening": Field(
        LISTENING, "What of that is said otherwise to somebody who can speak to the coach (--listen)."
    ),
    "moves": Field(MOVES, "How to get from one position to another.", required=True),
}

PACING: dict[str, Field] = {
    "kind": Field(Choice(("pacing",)), "pacing", required=True),
    ALL: Field(OWN_FOR_ALL, "Your own values for every exercise."),
    "exercises": Field(OWN_BY_EXERCISE, "Your own values by exercise."),
    "sessions": Field(OWN_BY_SESSION, "The same for one session only, by session."),
    "history": Field(
        Choice(("on", "off"), {"no": 'did you mean "off"?', "false": 'did you mean "off"?'}),
        "Whether the exercises that you complete are remembered, so that words can get fewer.",
    ),
}

KINDS: dict[str, dict[str, Field]] = {
    "exercise": EXERCISE,
    "session": SESSION,
    "fragments": FRAGMENTS,
    "language": LANGUAGE,
    "pacing": PACING,
}

HINTS: dict[str, dict[str, str]] = {
    "exercise": {
        "name": 'did you mean "title"?',
        "description": 'did you mean "goal"?',
        "parameters": 'did you mean "tune"?',
        "start": 'did you mean "position"?',
        "end": 'did you mean "end_position"?',
        "opening": "an opening belongs to a session; an exercise has steps",
        "closing": "a closing belongs to a session; an exercise has steps",
        "exercises": "exercises are listed in a script of kind: session",
        "set": "an exercise says what may be set under tune",
        "pain": 'did you mean "hurts"?',
        "stopping": 'did you mean "hurts"?',
        "reps": "what may be tuned goes below tune: reps: {default: 5, min: 2, max: 10}",
        "hold": "what may be tuned goes below tune: hold: {default: 5s, min: 2s, max: 20s}",
    },
    "session": {
        "name": 'did you mean "title"?',
        "description": 'did you mean "goal"?',
        "settings": 'did you mean "set"?',
        "tune": "an exercise says what may be tuned; a session sets it: set: {rate: 140}",
        "steps": "a session lists exercises; its own steps go into opening, between and closing",
        "position": "a session has start and end; each exercise has a position",
        "moves": 'did you mean "transitions"?',
        **{name: f"settings go below set: {name}" for name in GENERAL},
    },
    "fragments": {
        "id": "a file of fragments needs no id",
        "title": "a file of fragments needs no title",
        "steps": "put the steps below the name of a fragment",
    },
    "language": {},
    "pacing": {
        "general": f'did you mean "{ALL}"?',
        "set": f'did you mean "{ALL}"?',
        "tune": 'did you mean "exercises"?',
        **{name: f"what holds for every exercise goes below {ALL}: {name}" for name in EVERYWHERE},
        **{name: f"values go below exercises: and the exercise's name: {name}" for name in PARAMETERS},
    },
}
"""Hints about keys that people often write at the top of each kind of script."""
