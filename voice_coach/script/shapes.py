"""The script language as tables: every step, option and key is declared here, once.

Reading, checking, the JSON Schema and the editor help all come from these tables.
"""

from __future__ import annotations

from typing import Any

from voice_coach.model.script import (
    BREATH_PHASES,
    POSITIONS,
    Breathe,
    Count,
    Group,
    Hold,
    MoveTo,
    Param,
    Pause,
    PlaySound,
    Repeat,
    Say,
    Sets,
    Sides,
    Use,
    Variants,
    Wait,
)
from voice_coach.model.units import LONGEST_MS, format_duration
from voice_coach.script.collecting import Collector
from voice_coach.script.during import COMMON, COUNT, DURATION, IN_HOLD, IN_TURNS, SAYING, WORDS
from voice_coach.script.kinds import (
    Choice,
    Invalid,
    JsonSchema,
    Kind,
    ListOf,
    MapOf,
    Name,
    Text,
    Written,
    YesNo,
)
from voice_coach.script.nodes import MappingNode, Node, ScalarNode, SequenceNode
from voice_coach.script.records import Field, StepKind, StepShape
from voice_coach.script.values import Value, Whole

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
"""What to say about words that people write for a position; the first that occurs."""

POSITION = Choice(POSITIONS, POSITION_HINTS)
LINES = ListOf(Text("a short sentence"), one_will_do=True, or_nothing=True)


class _Steps(Kind[Any]):
    """A list of steps; a single step will do. With ``least`` 0 an empty list says: nothing here."""

    expected = "a list of steps, each after a dash"

    def __init__(self, least: int = 0) -> None:
        self._least = least

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if isinstance(node, ScalarNode) and node.empty:
            return self.wrong(node, problems, "write the steps below it, or take the key away")
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
            return self.wrong(node, problems)
        return ListOf(STEPS, least=1).read(node, problems)

    def schema(self) -> JsonSchema:
        return ListOf(STEPS, least=1).schema()


class _SidesHead(Kind[Any]):
    """Which sides, in order, no side twice."""

    expected = "a list such as [right, left]"
    _sides = Choice(("left", "right"))

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if not isinstance(node, SequenceNode):
            side = (
                node.text
                if isinstance(node, ScalarNode) and node.text in self._sides.words
                else "right, left"
            )
            return self.wrong(node, problems, f"write [{side}]")
        sides = ListOf(self._sides, least=1).read(node, problems)
        if not isinstance(sides, Invalid) and len(set(sides)) < len(sides):
            problems.add(node, "the same side stands here twice", "how often each is worked goes into reps:")
        return sides

    def schema(self) -> JsonSchema:
        return {**ListOf(self._sides, least=1).schema(), "uniqueItems": True}


class _SetsHead(Kind[Any]):
    """How many sets, or a list of what differs from set to set."""

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


STEPS, SOME_STEPS = _Steps(), _Steps(least=1)
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
    """What lies past the end of a hold whose length is written out."""
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
