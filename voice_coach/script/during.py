"""What may happen inside a step that lasts: in a hold at moments, in breathing and counting at phases."""

from __future__ import annotations

from typing import Any

from voice_coach.model.problems import Where
from voice_coach.model.script import GUIDANCE_LEVELS, During
from voice_coach.script.collecting import Collector
from voice_coach.script.kinds import (
    WORDS_TO_SAY,
    Choice,
    JsonSchema,
    Kind,
    ListOf,
    Name,
    Text,
    Written,
    YesNo,
)
from voice_coach.script.nodes import MappingNode, Node
from voice_coach.script.records import Field, Record, first_key
from voice_coach.script.values import Moment, Value, Whole

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
