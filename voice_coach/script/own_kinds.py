"""What can stand in the file with a person's own values, below its top level."""

from __future__ import annotations

from collections.abc import Mapping as Words
from dataclasses import dataclass, field
from typing import Any

from voice_coach.model.own import ALL
from voice_coach.model.settings import GENERAL, PARAMETERS
from voice_coach.model.speed import FASTEST, PACE_EXPECTED, SLOWEST, SPEEDS
from voice_coach.script.collecting import Collector, nearest, quoted
from voice_coach.script.during import GUIDANCE
from voice_coach.script.kinds import Invalid, JsonSchema, Kind, MapOf, Written
from voice_coach.script.nodes import MappingNode, Node, ScalarNode
from voice_coach.script.values import Value

EVERYWHERE = (*GENERAL, "guidance", "pace")
"""What can be tuned in every exercise."""


class _Pace(Written):
    """A position of the knob; whether it is one is checked with the other values."""

    def schema(self) -> JsonSchema:
        number: JsonSchema = {"type": "number", "minimum": SLOWEST, "maximum": FASTEST}
        return {"anyOf": [{"enum": list(SPEEDS)}, number]}


_KNOWN: dict[str, tuple[Kind[Any], str]] = {
    **{name: (Value(each.type, literal_only=True), each.doc) for name, each in PARAMETERS.items()},
    **{name: (Value(each.type, literal_only=True), each.doc) for name, each in GENERAL.items()},
    "guidance": (GUIDANCE, "how much is said"),
    "pace": (_Pace(), f"the one knob: {PACE_EXPECTED}"),
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
            return self.wrong(node, problems)
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
            return self.wrong(node, problems)
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
