"""The script language as tables: every step, option and key is declared here, once.

Reading, checking, the JSON Schema and the editor help all come from these tables.
"""

from __future__ import annotations

from typing import Any

from voice_coach.model.script import (
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
from voice_coach.script.collecting import Collector
from voice_coach.script.kinds import (
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
)
from voice_coach.script.nodes import Mapping, Node, Sequence
from voice_coach.script.records import Field, Record, StepKind, StepShape

GUIDANCE = Choice(GUIDANCE_LEVELS)
POSITION = Choice(POSITIONS)
DURATION, COUNT = Value("duration"), Value("count")
WORDS = ListOf(Text("words to say"), one_will_do=True, least=1)
LINES = ListOf(Text("a short sentence"), one_will_do=True)

COMMON = {
    "only": Field(Choice(("always", "first", "later", "last")), "When in a loop: first, later or last time."),
}
_SAYING = Field(GUIDANCE, "Heard at this guidance level and fuller ones; full if not said.")


def _check_during(node: Mapping, problems: Collector) -> None:
    if ("say" in node.pairs) == ("sound" in node.pairs):
        problems.add(node, "a prompt during a step is either say or sound", "keep one of the two")


DURING = ListOf(
    Record(
        {
            "say": Field(WORDS, "What is said; a list takes turns."),
            "sound": Field(Name(), "The sound cue to play."),
            "at": Field(Moment(), "When from the start: a duration or a percentage (hold, rest)."),
            "last": Field(DURATION, "When counted back from the end (hold, rest)."),
            "every": Field(DURATION, "Each so long (hold, rest), or each so many turns (breathe, count)."),
            "on": Field(Written("a phase"), "The phase at whose start it comes (breathe, count)."),
            "turn": Field(Whole(1), "Only in this cycle or rep (breathe, count)."),
            "guidance": _SAYING,
            **COMMON,
        },
        During,
        check=_check_during,
    )
)


class _Steps(Kind[Any]):
    """A list of steps; a single step will do."""

    expected = "a list of steps"

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        return ListOf(STEP, one_will_do=True).read(node, problems)

    def schema(self) -> JsonSchema:
        return {"$ref": "#/definitions/steps"}


class _Choices(Kind[Any]):
    """A list of variants, each a step or a list of steps."""

    expected = "a list of variants, each a step or a list of steps"

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if not isinstance(node, Sequence) or not node.items:
            return self.wrong(node, problems)
        choices = [STEPS.read(item, problems) for item in node.items]
        return tuple(choice for choice in choices if not isinstance(choice, Invalid))

    def schema(self) -> JsonSchema:
        return {"type": "array", "minItems": 1, "items": STEPS.schema()}


class _SetsHead(Kind[Any]):
    """How many sets, or a list of what differs from set to set."""

    expected = "a number of sets, a parameter, or a list such as [{reps: 6}, {reps: 4}]"

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if isinstance(node, Sequence) and node.items:
            return ListOf(MapOf(Written())).read(node, problems)
        return COUNT.read(node, problems)

    def schema(self) -> JsonSchema:
        each = {"type": ["string", "number"]}
        listed: JsonSchema = {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "additionalProperties": each},
        }
        return {"anyOf": [*COUNT.schema()["anyOf"], listed]}


STEPS = _Steps()
_INNER = Field(STEPS, "The steps to do.", required=True)
_BETWEEN = Field(STEPS, "Steps between two turns, not after the last.")
_STAYING = {
    "during": Field(DURING, "What is said and sounded meanwhile."),
    "countdown": Field(Whole(0, 60), "Count down aloud from this number; the last word ends with it."),
}


def _sets(head: Any, **options: Any) -> Sets:
    if isinstance(head, int | Param):
        return Sets(times=head, **options)
    each: tuple[dict[str, str], ...] = head
    return Sets(times=len(each), each=each, **options)


def _check_breathe(step: Breathe, node: Mapping, problems: Collector) -> None:
    if (step.cycles is None) == (step.duration is None):
        problems.add(
            node, "breathing needs its length: cycles or for", "add a line: cycles: 6 or for: 60s, not both"
        )


def _check_count(step: Count, node: Mapping, problems: Collector) -> None:
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
        {"guidance": _SAYING, "then": Field(DURATION, "Silence after it, instead of the pace's gap.")},
    ),
    "sound": StepShape(Name(), "Play a sound cue.", PlaySound, "sound"),
    "pause": StepShape(DURATION, "Silence.", Pause, "duration"),
    "wait": StepShape(DURATION, "Wait until ready; this long where nobody can be asked.", Wait, "duration"),
    "hold": StepShape(
        DURATION, "Stay for exactly this long.", Hold, "duration", _STAYING, fixed={"role": "hold"}
    ),
    "rest": StepShape(
        DURATION, "Rest for exactly this long.", Hold, "duration", _STAYING, fixed={"role": "rest"}
    ),
    "breathe": StepShape(
        Value("breath"),
        "Guided breathing: inhale-top-exhale-bottom in seconds, such as 4-0-6-0.",
        Breathe,
        "pattern",
        {
            "cycles": Field(COUNT, "How many breaths."),
            "for": Field(DURATION, "How long: the nearest number of whole breaths.", attribute="duration"),
            "guide": Field(Choice(("words", "tones", "both")), "What guides; both if not said."),
            "words": Field(Whole(0), "Speak only in this many first cycles.", attribute="word_cycles"),
            "phrases": Field(MapOf(WORDS, BREATH_PHASES), "Other words for the phases; a list takes turns."),
            "during": Field(DURING, "What is said and sounded meanwhile."),
        },
        check=_check_breathe,
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
            "during": Field(DURING, "What is said and sounded meanwhile."),
        },
        check=_check_count,
    ),
    "steps": StepShape(STEPS, "Several steps as one.", Group, "steps"),
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
    ),
    "sets": StepShape(
        _SetsHead(), "Do the steps in sets.", _sets, "head", {"steps": _INNER, "between": _BETWEEN}
    ),
    "sides": StepShape(
        ListOf(Choice(("left", "right")), least=1),
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
                MapOf(Written(may_be_empty=True)), "Values for its parameters.", attribute="arguments"
            )
        },
    ),
}

STEP = StepKind(SHAPES, COMMON)
