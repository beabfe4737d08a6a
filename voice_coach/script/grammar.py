"""The script language as tables: every step, option and key is declared here, once.

Reading, checking, the JSON Schema and the editor help all come from these tables.
"""

from __future__ import annotations

import re
from typing import Any

from voice_coach.core.errors import Where
from voice_coach.core.parameters import (
    EXPECTED,
    GENERAL,
    PARAMETERS,
    format_setting,
    parse_setting,
    refusal,
    usual_bounds,
    within,
)
from voice_coach.core.script import (
    BREATH_PHASES,
    GUIDANCE_LEVELS,
    POSITIONS,
    Breathe,
    Count,
    During,
    Group,
    Hold,
    MoveTo,
    Param,
    ParameterType,
    Pause,
    PlaySound,
    Repeat,
    Say,
    Sets,
    Setting,
    Sides,
    Tunable,
    Use,
    Variants,
    Wait,
)
from voice_coach.core.units import LONGEST_MS, USUAL_BREATH, format_duration
from voice_coach.schema.diagnostics import Collector, meant, nearest, quoted
from voice_coach.schema.fields import (
    INVALID,
    PARAMETER_NAME,
    WORDS_TO_SAY,
    Choice,
    Invalid,
    JsonSchema,
    Kind,
    ListOf,
    MapOf,
    Moment,
    Name,
    Text,
    Value,
    Whole,
    Written,
    YesNo,
    value_hint,
)
from voice_coach.schema.records import Field, Record, StepKind, StepShape, first_key, read_fields
from voice_coach.schema.tree import MappingNode, Node, ScalarNode, SequenceNode

GUIDANCE = Choice(
    GUIDANCE_LEVELS,
    {
        "always": 'what is always heard is "names"',
        "low": 'what is always heard is "names"',
        "high": 'what is heard only at full guidance is "full"',
    },
)
DURATION, COUNT = Value("duration"), Value("count")
WORDS = ListOf(Text(WORDS_TO_SAY), one_will_do=True, least=1)
SAYING = {
    "guidance": Field(GUIDANCE, "Heard at this guidance level and fuller ones; full if not said."),
    "paper": Field(YesNo(), "Whether it stands on the printed sheet too; yes if not said."),
}
ONLY = Choice(("always", "first", "later", "last"), {"once": 'did you mean "first"?'})
COMMON = {
    "only": Field(ONLY, "When in a loop: first, later or last time."),
}

_SAID = {
    "say": Field(WORDS, "What is said; a list takes turns."),
    "sound": Field(Name(), "The sound cue to play."),
}
_MOMENTS = {
    "at": Field(Moment(), "When from the start: a duration or a percentage."),
    "last": Field(DURATION, "When counted back from the end."),
    "every": Field(DURATION, "Each so long, not at the start or the end."),
}
_TURNS = {
    "on": Field(Written("a phase"), "The phase at whose start it comes."),
    "turn": Field(Whole(1), "Only in this cycle or rep."),
    "every": Field(Whole(1), "Each so many turns."),
}

_NO_PHASES = "a hold or rest has no phases: use at, last or every"
_NO_MOMENTS = "breathing and counting go by phases: use on, with turn or every if not always"


def _in_hold(node: MappingNode, problems: Collector) -> None:
    _one_of(node, ("say", "sound"), "what comes", "say: … or sound: …", problems)
    if not node.pairs.keys() & {"on", "turn"}:
        _one_of(node, tuple(_MOMENTS), "when it comes", "at: 10s, last: 15s or every: 20s", problems)


def _in_turns(node: MappingNode, problems: Collector) -> None:
    _one_of(node, ("say", "sound"), "what comes", "say: … or sound: …", problems)
    if not node.pairs.keys() & {"at", "last"}:
        _one_of(node, ("on",), "at which phase it comes", "on: exhale", problems)
    if "turn" in node.pairs and "every" in node.pairs:
        key = node.pairs["every"][0]
        problems.add(key, "turn and every cannot both be said", "turn is one only, every is each so many")


def _one_of(node: MappingNode, keys: tuple[str, ...], what: str, how: str, problems: Collector) -> None:
    """Exactly one of some keys must be there."""
    there = [key for key in node.pairs if key in keys]
    if not there:
        problems.add(first_key(node), f"it does not say {what}", f"add {how}")
    elif len(there) > 1:
        message = f"it says twice {what}: {' and '.join(there)}"
        problems.add(node.pairs[there[1]][0], message, "keep one of them")


def _turns(where: Where, every: int | None = None, **values: Any) -> During:
    return During(where=where, every_turns=every, **values)


class Overlays(Kind[Any]):
    """The list behind ``during``; ``definition`` names its schema."""

    expected = "a list such as - {say: Keep breathing., at: 10s}"

    def __init__(self, item: Record[During], definition: str) -> None:
        self.item = item
        self._definition = definition
        self._list = ListOf(item, hint="begin each with a dash")

    def read(self, node: Node, problems: Collector) -> Any:
        return self._list.read(node, problems)

    def schema(self) -> JsonSchema:
        return {"$ref": f"#/definitions/{self._definition}"}

    def definition(self) -> JsonSchema:
        """The schema that the reference stands for."""
        return self._list.schema()


IN_HOLD = Overlays(
    Record(
        {**_SAID, **_MOMENTS, **SAYING, **COMMON},
        During,
        "words with their moment, such as {say: Keep breathing., at: 10s}",
        check=_in_hold,
        hints={"on": _NO_PHASES, "turn": _NO_PHASES, "text": "the words go behind say", "in": "use at"},
    ),
    "during_hold",
)
IN_TURNS = Overlays(
    Record(
        {**_SAID, **_TURNS, **SAYING, **COMMON},
        _turns,
        "words with their phase, such as {say: Wide and low., on: inhale}",
        check=_in_turns,
        hints={"at": _NO_MOMENTS, "last": _NO_MOMENTS, "text": "the words go behind say"},
    ),
    "during_turns",
)


POSITION_HINTS = {
    "back": 'lying on the back is "supine"',
    "stomach": 'lying on the stomach is "prone"',
    "belly": 'lying on the stomach is "prone"',
    "front": 'lying on the stomach is "prone"',
    "side": 'did you mean "side-lying"?',
    "sitting": 'did you mean "seated"?',
    "sit": 'did you mean "seated"?',
    "chair": 'did you mean "seated"?',
    "table": 'did you mean "all fours"?',
    "fours": 'did you mean "all fours"?',
    "quadruped": 'did you mean "all fours"?',
    "upright": 'did you mean "standing"?',
    "stand": 'did you mean "standing"?',
    "lying": 'on the back it is "supine", on the stomach "prone", on the side "side-lying"',
    "floor": 'on the back it is "supine", on the stomach "prone", on the side "side-lying"',
}
"""Hints about words that people write for a position; the first that occurs counts."""

POSITION = Choice(POSITIONS, POSITION_HINTS)
LINES = ListOf(Text("a short sentence"), one_will_do=True, or_nothing=True)


class _StepsKind(Kind[Any]):
    """A list of steps; a single step will do. With ``least`` 0 an empty list says: nothing here."""

    expected = "a list of steps, each after a dash"

    def __init__(self, least: int = 0) -> None:
        self._least = least

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if isinstance(node, ScalarNode) and node.empty:
            return self.reject(node, problems, "write the steps below it, or take the key away")
        return ListOf(STEP, one_will_do=True, least=self._least).read(node, problems)

    def schema(self) -> JsonSchema:
        return {"$ref": "#/definitions/some_steps" if self._least else "#/definitions/steps"}

    def definition(self) -> JsonSchema:
        """The schema that the reference stands for."""
        return ListOf(STEP, one_will_do=True, least=self._least).schema()


class _Choices(Kind[Any]):
    """A list of variants, each a step or a list of steps."""

    expected = "a list of variants, each a step or a list of steps after a dash"

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if not isinstance(node, SequenceNode):
            return self.reject(node, problems)
        return ListOf(STEPS, least=1).read(node, problems)

    def schema(self) -> JsonSchema:
        return ListOf(STEPS, least=1).schema()


class _SidesHead(Kind[Any]):
    """Sides in order, no side twice."""

    expected = "a list such as [right, left]"
    _sides = Choice(("left", "right"))

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if not isinstance(node, SequenceNode):
            side = (
                node.text
                if isinstance(node, ScalarNode) and node.text in self._sides.words
                else "right, left"
            )
            return self.reject(node, problems, f"write [{side}]")
        sides = ListOf(self._sides, least=1).read(node, problems)
        if not isinstance(sides, Invalid) and len(set(sides)) < len(sides):
            problems.add(node, "the same side stands here twice", "how often each is worked goes into reps:")
        return sides

    def schema(self) -> JsonSchema:
        return {**ListOf(self._sides, least=1).schema(), "uniqueItems": True}


class _SetsHead(Kind[Any]):
    """Number of sets, or a list of what differs from set to set."""

    expected = "a number of sets, a parameter, or a list such as [{reps: 6}, {reps: 4}]"

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if isinstance(node, SequenceNode):
            return ListOf(MapOf(Written()), least=1).read(node, problems)
        return COUNT.read(node, problems)

    def schema(self) -> JsonSchema:
        each = {"type": ["string", "number"]}
        listed: JsonSchema = {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "additionalProperties": each},
        }
        return {"anyOf": [COUNT.schema(), listed]}


STEPS, SOME_STEPS = _StepsKind(), _StepsKind(least=1)
PHASE_HINTS = {
    "in": 'did you mean "inhale"?',
    "out": 'did you mean "exhale"?',
    "hold": "held in it is top, held out bottom",
}
_INNER = Field(SOME_STEPS, "The steps to do.", required=True)
_BETWEEN = Field(STEPS, "Steps between two turns, not after the last.")
_STAYING = {
    "during": Field(IN_HOLD, "What is said and sounded meanwhile."),
    "countdown": Field(Whole(0, 60), "Count down aloud from this number; the last word ends with it."),
}


def _sets(head: Any, **options: Any) -> Sets:
    if isinstance(head, int | Param):
        return Sets(times=head, **options)
    each: tuple[dict[str, str], ...] = head
    return Sets(times=len(each), each=each, **options)


def _check_breathe(step: Breathe, node: MappingNode, problems: Collector) -> None:
    if "cycles" in node.pairs and "for" in node.pairs:
        problems.add(node.pairs["for"][0], "the length is said twice: cycles and for", "keep one of them")
    elif "cycles" not in node.pairs and "for" not in node.pairs:
        hint = "add cycles: 6, or for: 60s"
        problems.add(node.pairs["breathe"][0], "it is not said how long to breathe", hint)
    if step.duration == 0:
        problems.add(node.pairs["for"][1], "breathing cannot last no time at all", "write for: 60s")


def _check_hold(step: Hold, _node: MappingNode, problems: Collector) -> None:
    """Report what lies past the end of a hold whose length is written out."""
    for item in step.during:
        for moment, key in ((item.at, "at"), (item.last, "last"), (item.every, "every")):
            if isinstance(step.duration, int) and type(moment) is int and moment >= step.duration > 0:
                message = f"the {step.role} is over after {format_duration(step.duration)}"
                problems.add_token(item.where, key, message, "choose an earlier moment", key=True)


def _check_count(step: Count, node: MappingNode, problems: Collector) -> None:
    parts = len(step.tempo) if isinstance(step.tempo, tuple) else 0
    if parts and step.phases and len(step.phases) != parts:
        message = f"the tempo has {parts} parts, but phases names {len(step.phases)}"
        problems.add(node.pairs["phases"][0], message, 'give each part a word, "-" for none')


SHAPES: dict[str, StepShape] = {
    "say": StepShape(
        WORDS,
        "Speak; a list is several prompts.",
        Say,
        "texts",
        {**SAYING, "then": Field(DURATION, "Silence after it, instead of the pace's gap.")},
        hints={"pause": "silence after the words is then: 3s; pause is a step of its own"},
    ),
    "sound": StepShape(Name(), "Play a sound cue.", PlaySound, "sound"),
    "pause": StepShape(DURATION, "Silence.", Pause, "duration"),
    "wait": StepShape(DURATION, "Wait until ready; this long where nobody can be asked.", Wait, "duration"),
    "hold": StepShape(
        DURATION,
        "Stay for exactly this long.",
        Hold,
        "duration",
        _STAYING,
        fixed={"role": "hold"},
        check=_check_hold,
        instead=LONGEST_MS,
    ),
    "rest": StepShape(
        DURATION,
        "Rest for exactly this long.",
        Hold,
        "duration",
        _STAYING,
        fixed={"role": "rest"},
        check=_check_hold,
        instead=LONGEST_MS,
    ),
    "breathe": StepShape(
        Value("breath"),
        "Guided breathing: inhale-top-exhale-bottom in seconds, such as 4-0-6-0.",
        Breathe,
        "pattern",
        {
            "cycles": Field(COUNT, "How many breaths."),
            "for": Field(DURATION, "How long: the nearest number of whole breaths.", attribute="duration"),
            "guide": Field(
                Choice(("words", "tones", "both"), {"sound": 'did you mean "tones"?'}),
                "What guides; both if not said.",
            ),
            "words": Field(Whole(0), "Speak only in this many first cycles.", attribute="word_cycles"),
            "phrases": Field(
                MapOf(WORDS, BREATH_PHASES, hints=PHASE_HINTS),
                "Other words for the phases; a list takes turns.",
            ),
            "during": Field(IN_TURNS, "What is said and sounded meanwhile."),
        },
        check=_check_breathe,
        instead=(4_000, 0, 6_000, 0),
    ),
    "count": StepShape(
        COUNT,
        "Count reps with a tempo.",
        Count,
        "reps",
        {
            "tempo": Field(Value("tempo"), "Seconds for each part of a rep, such as 3-1-1.", required=True),
            "phases": Field(
                ListOf(Text("a word for each part of the tempo"), least=2), 'Words; "-" for none.'
            ),
            "speak": Field(
                Choice(("numbers", "phases", "both", "nothing")), "What is spoken; both if not said."
            ),
            "ticks": Field(YesNo(), "A tick each second."),
            "during": Field(IN_TURNS, "What is said and sounded meanwhile."),
        },
        check=_check_count,
        instead=1,
    ),
    "steps": StepShape(SOME_STEPS, "Several steps as one.", Group, "steps"),
    "repeat": StepShape(
        COUNT,
        "Do the steps so many times.",
        Repeat,
        "times",
        {
            "steps": _INNER,
            "between": _BETWEEN,
            "counter": Field(Name(), "What a turn is called in texts: {rep} of {reps} if not said."),
        },
        instead=1,
    ),
    "sets": StepShape(
        _SetsHead(), "Do the steps in sets.", _sets, "head", {"steps": _INNER, "between": _BETWEEN}, instead=1
    ),
    "sides": StepShape(
        _SidesHead(),
        "Do the steps on each side.",
        Sides,
        "sides",
        {
            "steps": _INNER,
            "reps": Field(COUNT, "How many on each side; one if not said."),
            "order": Field(Choice(("in turn", "alternating")), "One side after the other, or alternating."),
            "between": _BETWEEN,
            "change": Field(STEPS, "Steps at each change of side, instead of the coach's own."),
        },
        instead=("right", "left"),
    ),
    "move": StepShape(POSITION, "Be led from the position before into this one.", MoveTo, "position"),
    "variants": StepShape(_Choices(), "Take turns through these.", Variants, "choices"),
    "use": StepShape(
        Name(),
        "Put a fragment here.",
        Use,
        "fragment",
        {
            "with": Field(
                MapOf(Written(may_be_empty=True, words=True)),
                "Values for its parameters.",
                attribute="arguments",
            )
        },
    ),
}

STEP_HINTS = {
    "play": 'a sound cue is "sound", music there is none',
    "speak": 'did you mean "say"?',
    "text": 'did you mean "say"?',
    "stay": 'did you mean "hold"?',
    "silence": 'did you mean "pause"?',
    "relax": 'did you mean "rest"?',
    "break": 'did you mean "rest"?',
    "breath": 'did you mean "breathe"?',
    "inhale": "breathing is one step: breathe: 4-0-6-0",
    "exhale": "breathing is one step: breathe: 4-0-6-0",
    "loop": 'did you mean "repeat"?',
    "reps": 'did you mean "repeat"?',
    "rounds": 'did you mean "repeat"?',
    "side": 'did you mean "sides"?',
    "fragment": 'did you mean "use"?',
    "exercise": "exercises are named in a session, not among the steps",
}

STEP = StepKind(SHAPES, COMMON, STEP_HINTS)


SPOKEN_NAMES = ("title", "side", "remaining", "rep", "set", "cycle", "round")
"""Names in braces that the coach fills in itself."""

FIELDS = {
    "default": Field(Written(), "The value when nobody tunes it.", required=True),
    "min": Field(Written(), "The least that may be set."),
    "max": Field(Written(), "The most that may be set."),
    "type": Field(Choice(tuple(EXPECTED)), "What kind of value it is."),
    "what": Field(Text("a few words"), "What it does, for whoever tunes it."),
}
HINTS = {
    "minimum": 'did you mean "min"?',
    "maximum": 'did you mean "max"?',
    "least": 'did you mean "min"?',
    "most": 'did you mean "max"?',
    "value": 'did you mean "default"?',
    "description": 'did you mean "what"?',
    "normal": 'did you mean "default"?',
}


class Tune(Kind[dict[str, Tunable]]):
    """Names with default, minimum and maximum."""

    expected = "a mapping such as reps: {default: 5, min: 2, max: 10}"

    def read(self, node: Node, problems: Collector) -> dict[str, Tunable] | Invalid:
        if not isinstance(node, MappingNode):
            return self.reject(node, problems, "leave the dashes away")
        tune: dict[str, Tunable] = {}
        for name, (key, child) in node.pairs.items():
            tunable = self._one(key, child, problems)
            if isinstance(tunable, Tunable):
                tune[name] = tunable
            else:
                problems.unsure.add(name)
        return tune

    def _one(self, key: ScalarNode, node: Node, problems: Collector) -> Tunable | Invalid:
        name = key.text
        if why := _why_no_name(name):
            problems.add(key, f"{quoted(name)} cannot be tuned here: {why[0]}", why[1])
            return INVALID
        if not isinstance(node, MappingNode):
            written = node.text if isinstance(node, ScalarNode) and node.text else "…"
            hint = f"write {{default: {written}, min: …, max: …}}"
            problems.add(node, f'"{name}" needs its default and bounds', hint)
            return INVALID
        raw, complete = read_fields(node, FIELDS, problems, hints=HINTS)
        what = raw.pop("what", "")
        known = PARAMETERS.get(name)
        type_: ParameterType | None = raw.pop("type", None) or (known.type if known else None)
        if type_ is None and "type" not in node.pairs:
            hint = nearest(name, PARAMETERS)
            problems.unsure.add(meant(hint))
            message = f'"{name}" is not a known parameter, and does not say its type'
            problems.add(key, message, hint if meant(hint) else f"add type: {', '.join(EXPECTED)}")
        if type_ is None or not complete:
            return INVALID
        return self._bounded(key, node, raw, type_, what, problems)

    def _bounded(
        self,
        key: ScalarNode,
        node: MappingNode,
        raw: dict[str, str],
        type_: ParameterType,
        what: str,
        problems: Collector,
    ) -> Tunable | Invalid:
        values: dict[str, Setting] = {}
        for part in sorted(raw, key=lambda part: part != "default"):
            text, place = raw[part], node.pairs[part][1]
            try:
                values[part] = parse_setting(text, type_, _like(values))
            except ValueError as error:
                why, hint = refusal(text, type_, error)
                problems.add(place, f"{quoted(text)} {why}", hint or value_hint(place, type_))
        if len(values) < len(raw):
            return INVALID
        default = values["default"]
        bounds = usual_bounds(key.text, type_)
        if "max" not in values and isinstance(default, int) and default > bounds[1]:
            written, most = (format_setting(value, type_) for value in (default, bounds[1]))
            message = f"{key.text} {written} is more than {most}, the most of it where no max is said"
            problems.add(node.pairs["default"][1], message, f"if it is meant, add max: {written}")
            values["max"] = default  # known all the same
        for part, bound in zip(("min", "max"), bounds, strict=True):
            values.setdefault(part, tuple(bound for _ in default) if isinstance(default, tuple) else bound)
        low, high = values["min"], values["max"]
        tunable = Tunable(key.text, type_, default, low, high, problems.where(key), what)
        if not within(default, low, high):
            part, message, hint = _why_outside(tunable)
            problems.add(node.pairs[part][1], message, hint)
        # Known all the same, so that the steps that lean on it are checked.
        return tunable

    def schema(self) -> JsonSchema:
        one: JsonSchema = {"$ref": "#/definitions/tunable"}
        properties = {name: {"description": known.doc, "allOf": [one]} for name, known in PARAMETERS.items()}
        own = {"allOf": [one, {"required": ["type"]}]}
        return {"type": "object", "properties": properties, "additionalProperties": own}


def _like(values: dict[str, Setting]) -> tuple[int, ...]:
    """Return how a breath of so many per minute is shared out: as the default is, once that is known."""
    default = values.get("default")
    return default if isinstance(default, tuple) else USUAL_BREATH


def _why_no_name(name: str) -> tuple[str, str] | None:
    """Why a parameter cannot be called so, and what to do; None if it can."""
    if name in (*GENERAL, "guidance"):
        return "every exercise has it already", "take it away here"
    if name in SPOKEN_NAMES:
        return f"{{{name}}} is filled in by the coach", "give it another name"
    if not re.fullmatch(PARAMETER_NAME, name):
        return "a name has small letters, digits and _", "call it, say, slide_time"
    return None


def _why_outside(tunable: Tunable) -> tuple[str, str, str]:
    """The key to point at, the message and the hint for a default that is not between its bounds."""
    default, low, high = (
        format_setting(value, tunable.type) for value in (tunable.default, tunable.minimum, tunable.maximum)
    )
    values = tunable.default, tunable.minimum, tunable.maximum
    if isinstance(tunable.default, tuple):
        parts = {len(value) for value in values if isinstance(value, tuple)}
        if len(parts) > 1:
            message = f"{default} and its bounds {low} and {high} have different numbers of parts"
            return "default", message, "give each as many parts"
        if not within(tunable.minimum, tunable.minimum, tunable.maximum):
            return "min", f"a part of the least, {low}, is more than that of the most, {high}", ""
    elif not within(tunable.minimum, tunable.minimum, tunable.maximum):
        return ("min" if tunable.default != tunable.minimum else "default"), *_swapped(low, high)
    hint = "each part of a pattern has bounds of its own" if isinstance(tunable.default, tuple) else ""
    return "default", f"the default {default} is not between the bounds {low} and {high}", hint


def _swapped(low: str, high: str) -> tuple[str, str]:
    return f"the least, {low}, is more than the most, {high}", "swap min and max"
