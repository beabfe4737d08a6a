"""Values with a unit: durations, counts, breaths, tempos, and the parameters that stand for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice_coach.model.script import Param, ParameterType, Setting
from voice_coach.model.settings import EXPECTED, MAX_COUNT, parse_setting, refusal
from voice_coach.model.units import TooLong
from voice_coach.script.collecting import Collector, quoted
from voice_coach.script.kinds import INVALID, Invalid, JsonSchema, Kind
from voice_coach.script.nodes import MappingNode, Node, ScalarNode, SequenceNode

PARAMETER_NAME = r"[a-z][a-z0-9_]*"

_PART = r"([0-5]?\d(\.\d+)?|60)"
"""Seconds of a part of a breath or tempo, up to ``LONGEST_PART_MS``."""

_SCHEMAS: dict[ParameterType, list[JsonSchema]] = {
    "duration": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d[\d.:a-z ]*$"}],
    "count": [{"type": "integer", "minimum": 1, "maximum": MAX_COUNT}],
    "breath": [
        {"type": "string", "pattern": rf"^({_PART}(-{_PART}){{3}}|[\d.]+ *(per +min(ute)?|/ *min(ute)?))$"}
    ],
    "tempo": [{"type": "string", "pattern": rf"^{_PART}(-{_PART}){{1,7}}$"}],
}

_VALUE_HINTS: tuple[tuple[ParameterType, str, str], ...] = (
    ("duration", r"[a-z]+ .*", "write it in digits: 30s, 1m30s"),
    ("duration", r"\d+[_'’]\d+", "write the digits alone"),
    ("count", r"\d+[_'’]\d+", "write the digits alone"),
    ("count", r"[a-z]+ .*", "write the number alone, in digits"),
    ("duration", r"-.*", "time does not run backwards: leave the minus away"),
    ("duration", r"\d+,\d+.*", "write a point for the comma: 5.5s"),
    ("duration", r"\d+:\d.*", "minutes and seconds are written 1:05, from 0:00 to 0:59"),
    ("duration", r"\d+-\d+.*", "write one value; the bounds go into tune"),
    ("duration", r"\d+ *['’]", "minutes are written 5m"),
    ("duration", r"\d+ *[\"”]", "seconds are written 5s"),
    ("count", r"\d+-\d+", "write one number; the bounds go into tune"),
    ("count", r"\d+\.0+", "write it without the point"),
    ("count", r"\d+ *(x|times|s|sec|reps)", "write the number alone"),
    ("breath", r"[\d.]+ *-[\d. -]+", "name all four parts, 0 for none: 4-0-6-0"),
    ("breath", r".*\d.*", "write seconds joined by dashes: 4-0-6-0"),
    ("tempo", r".*\d.*", "write seconds joined by dashes: 3-1-1"),
)
"""What to do about values of a type that people write so; the first that fits."""


def value_hint(node: Node, type_: ParameterType, names: bool = False) -> str:
    """What to do about a value that is none of its type."""
    if isinstance(node, ScalarNode):
        if braced := re.fullmatch(rf"\{{({PARAMETER_NAME})\}}", node.text):
            return f"a parameter is written without braces here: {braced[1]}" if names else ""
        fitting = (hint for of, form, hint in _VALUE_HINTS if of == type_ and re.fullmatch(form, node.text))
        return next(fitting, "")
    if isinstance(node, MappingNode) and names and len(node.pairs) == 1:
        name = next(iter(node.pairs))
        value = node.get(name)
        alone = isinstance(value, ScalarNode) and value.empty
        return f"a parameter is written without braces here: {name}" if alone else ""
    if isinstance(node, MappingNode) and type_ == "breath":
        return "write the four parts in one: 4-0-6-0"
    if isinstance(node, SequenceNode) and type_ in ("breath", "tempo"):
        parts = "-".join(item.text if isinstance(item, ScalarNode) else "0" for item in node.items[:8])
        return f"join the parts by dashes: {parts}"
    return ""


@dataclass(frozen=True)
class Whole(Kind[int]):
    """A whole number within bounds."""

    least: int = 0
    most: int = MAX_COUNT

    @property
    def expected(self) -> str:  # type: ignore[override]  # computed from the bounds
        return f"a whole number from {self.least} to {self.most}"

    def read(self, node: Node, problems: Collector) -> int | Invalid:
        if (
            isinstance(node, ScalarNode)
            and re.fullmatch(r"\d{1,9}", node.text)
            and (self.least <= int(node.text) <= self.most)
        ):
            return int(node.text)
        return self.wrong(node, problems, value_hint(node, "count"))

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Value(Kind[Setting | Param]):
    """A value of a parameter type, or the name of a parameter that has one."""

    type: ParameterType
    literal_only: bool = False

    @property
    def expected(self) -> str:  # type: ignore[override]  # one table for all types
        return EXPECTED[self.type] + ("" if self.literal_only else ", or the name of a parameter")

    def read(self, node: Node, problems: Collector) -> Setting | Param | Invalid:
        names = not self.literal_only
        if not isinstance(node, ScalarNode):
            return self.wrong(node, problems, value_hint(node, self.type, names))
        if names and re.fullmatch(PARAMETER_NAME, node.text):
            return Param(node.text)
        try:
            return parse_setting(node.text, self.type)
        except TooLong as error:
            problems.add(
                node, f"{quoted(node.text)} {error.message}", refusal(node.text, self.type, error)[1]
            )
            return INVALID
        except ValueError as error:
            said = str(error).partition(repr(node.text))[2].strip()
            hint = "" if said.startswith("is not") else f"it {said}"
            hint = refusal(node.text, self.type, error)[1] or value_hint(node, self.type, names) or hint
            return self.wrong(node, problems, hint)

    def schema(self) -> JsonSchema:
        return {"$ref": f"#/definitions/{self.type}{'_alone' if self.literal_only else ''}"}

    def definition(self) -> JsonSchema:
        """The schema that the reference stands for."""
        name: JsonSchema = {"type": "string", "pattern": f"^{PARAMETER_NAME}$"}
        return {"anyOf": [*_SCHEMAS[self.type], *([] if self.literal_only else [name])]}


@dataclass(frozen=True)
class Moment(Kind[int | float | Param]):
    """When in a hold: a duration from its start, or a percentage of it (a float from 0 to 1)."""

    expected: str = "a duration such as 10s, or a percentage such as 50%"

    def read(self, node: Node, problems: Collector) -> int | float | Param | Invalid:
        if isinstance(node, ScalarNode) and (percent := re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%", node.text)):
            share = float(percent[1]) / 100
            return share if share <= 1 else self.wrong(node, problems, "a percentage is at most 100%")
        if isinstance(node, ScalarNode) and node.text in ("half", "halfway", "middle", "the middle"):
            return self.wrong(node, problems, "write 50%")
        value = Value("duration").read(node, Collector(problems.file))
        return self.wrong(node, problems) if isinstance(value, (Invalid, tuple)) else value

    def schema(self) -> JsonSchema:
        return {"anyOf": [{"type": "string", "pattern": r"^[\d.]+ *%$"}, Value("duration").schema()]}
