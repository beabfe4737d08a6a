"""What a value in a script can be. Each kind reads a node and describes itself as JSON Schema (draft 7).

A kind is declared once and drives both, so that editors and ``voice-coach check`` can never disagree.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from voice_coach.model.script import Param, ParameterType, Setting
from voice_coach.model.settings import EXPECTED, MAX_COUNT, parse_setting
from voice_coach.script.collecting import Collector, nearest
from voice_coach.script.nodes import Mapping, Node, Scalar, Sequence

T = TypeVar("T")
JsonSchema = dict[str, Any]

MAX_TEXT = 2_000
NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
PARAMETER_NAME = r"[a-z][a-z_]*"


class Invalid:
    """What a kind gives back when it has put a problem into the collector."""


INVALID = Invalid()


class Kind(ABC, Generic[T]):
    """One kind of value."""

    expected: str

    @abstractmethod
    def read(self, node: Node, problems: Collector) -> T | Invalid:
        """The value of a node, or INVALID after adding a problem."""

    @abstractmethod
    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""

    def wrong(self, node: Node, problems: Collector, hint: str = "") -> Invalid:
        problems.add(node, f"{found(node)} is not {self.expected}", hint)
        return INVALID


def found(node: Node) -> str:
    """A node in a few words, for messages."""
    if isinstance(node, Mapping):
        return "a mapping (key: value)"
    if isinstance(node, Sequence):
        return "a list"
    return f'"{node.text}"' if not node.empty else "nothing"


@dataclass(frozen=True)
class Text(Kind[str]):
    """Words on one or several lines; white space is folded. Empty only if allowed."""

    expected: str = "text"
    may_be_empty: bool = False

    def read(self, node: Node, problems: Collector) -> str | Invalid:
        if not isinstance(node, Scalar):
            hint = "words with a colon in them need quotes" if isinstance(node, Mapping) else ""
            return self.wrong(node, problems, hint)
        text = " ".join(node.text.split()) if not node.empty else ""
        if not text and not self.may_be_empty:
            return self.wrong(node, problems)
        if len(text) > MAX_TEXT:
            problems.add(
                node, f"this text has {len(text)} characters; a prompt has at most {MAX_TEXT}", "split it"
            )
            return INVALID
        if control := next((char for char in text if not char.isprintable()), ""):
            problems.add(node, f"the character {control!r} cannot be spoken", "take it away")
            return INVALID
        return text

    def schema(self) -> JsonSchema:
        return {"type": "string"} if self.may_be_empty else {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Written(Text):
    """A value whose type is known later; editors may take it for a number or a yes or no."""

    expected: str = "a value"

    def schema(self) -> JsonSchema:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class Name(Kind[str]):
    """A short name: small letters, digits, dashes."""

    expected: str = "a name of small letters, digits and dashes"

    def read(self, node: Node, problems: Collector) -> str | Invalid:
        if not isinstance(node, Scalar) or len(node.text) > 60 or not NAME.fullmatch(node.text):
            return self.wrong(node, problems)
        return node.text

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^{NAME.pattern}$"}


@dataclass(frozen=True)
class Choice(Kind[Any]):
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def expected(self) -> str:  # type: ignore[override]  # computed from the words
        return "one of " + ", ".join(self.words)

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if isinstance(node, Scalar) and node.text in self.words:
            return node.text
        hint = nearest(node.text, self.words) if isinstance(node, Scalar) else ""
        return self.wrong(node, problems, "" if hint.startswith("known") else hint)

    def schema(self) -> JsonSchema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class YesNo(Kind[bool]):
    expected: str = "yes or no"

    def read(self, node: Node, problems: Collector) -> bool | Invalid:
        answers = {"yes": True, "no": False, "true": True, "false": False}
        if isinstance(node, Scalar) and node.text in answers:
            return answers[node.text]
        return self.wrong(node, problems)

    def schema(self) -> JsonSchema:
        return {"type": "boolean"}


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
            isinstance(node, Scalar)
            and re.fullmatch(r"\d{1,9}", node.text)
            and (self.least <= int(node.text) <= self.most)
        ):
            return int(node.text)
        return self.wrong(node, problems)

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


_SCHEMAS: dict[ParameterType, list[JsonSchema]] = {
    "duration": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d[\d.:hmsinec ]*$"}],
    "count": [{"type": "integer", "minimum": 1, "maximum": MAX_COUNT}],
    "breath": [{"type": "string", "pattern": r"^[\d.]+(-[\d.]+){3}$"}],
    "tempo": [{"type": "string", "pattern": r"^[\d.]+(-[\d.]+){1,7}$"}],
}


@dataclass(frozen=True)
class Value(Kind[Setting | Param]):
    """A value of a parameter type, or the name of a parameter that has one."""

    type: ParameterType
    literal_only: bool = False

    @property
    def expected(self) -> str:  # type: ignore[override]  # one table for all types
        return EXPECTED[self.type] + ("" if self.literal_only else ", or the name of a parameter")

    def read(self, node: Node, problems: Collector) -> Setting | Param | Invalid:
        if not isinstance(node, Scalar):
            hint = 'to use a parameter, write its name alone: "hold", not "{hold}"'
            return self.wrong(node, problems, hint if isinstance(node, Mapping) else "")
        if not self.literal_only and re.fullmatch(PARAMETER_NAME, node.text):
            return Param(node.text)
        try:
            return parse_setting(node.text, self.type)
        except ValueError as error:
            said = str(error)
            return self.wrong(node, problems, "" if "is not" in said else said)

    def schema(self) -> JsonSchema:
        names: list[JsonSchema] = (
            [] if self.literal_only else [{"type": "string", "pattern": f"^{PARAMETER_NAME}$"}]
        )
        choices = [*_SCHEMAS[self.type], *names]
        return choices[0] if len(choices) == 1 else {"anyOf": choices}


@dataclass(frozen=True)
class Moment(Kind[int | float | Param]):
    """When in a hold: a duration from its start, or a percentage of it (a float from 0 to 1)."""

    expected: str = "a duration such as 10s, or a percentage such as 50%"

    def read(self, node: Node, problems: Collector) -> int | float | Param | Invalid:
        if isinstance(node, Scalar) and (percent := re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%", node.text)):
            share = float(percent[1]) / 100
            return share if share <= 1 else self.wrong(node, problems, "a percentage is at most 100%")
        value = Value("duration").read(node, Collector(problems.file))
        return self.wrong(node, problems) if isinstance(value, (Invalid, tuple)) else value

    def schema(self) -> JsonSchema:
        return {
            "anyOf": [{"type": "string", "pattern": r"^[\d.]+ *%$"}, *Value("duration").schema()["anyOf"]]
        }


@dataclass(frozen=True)
class ListOf(Kind[tuple[T, ...]]):
    """A list; with ``one_will_do`` a single value stands for a list of one."""

    item: Kind[T]
    one_will_do: bool = False
    least: int = 0

    @property
    def expected(self) -> str:  # type: ignore[override]  # computed from the item
        return "a list" if not self.one_will_do else f"{self.item.expected}, or a list"

    def read(self, node: Node, problems: Collector) -> tuple[T, ...] | Invalid:
        if isinstance(node, Scalar) and node.empty and not self.least:
            return ()
        if not isinstance(node, Sequence):
            if not self.one_will_do:
                return self.wrong(node, problems, "begin each line of it with a dash")
            single = self.item.read(node, problems)
            return single if isinstance(single, Invalid) else (single,)
        if len(node.items) < self.least:
            problems.add(node, f"this list needs at least {self.least} item{'s' if self.least > 1 else ''}")
            return INVALID
        values = [self.item.read(item, problems) for item in node.items]
        return tuple(value for value in values if not isinstance(value, Invalid))

    def schema(self) -> JsonSchema:
        array: JsonSchema = {"type": "array", "items": self.item.schema()}
        if self.least:
            array["minItems"] = self.least
        return {"anyOf": [self.item.schema(), array]} if self.one_will_do else array


@dataclass(frozen=True)
class MapOf(Kind[dict[str, T]]):
    """Names with values of one kind; ``keys`` are the names allowed, if only some are."""

    value: Kind[T]
    keys: tuple[str, ...] = ()
    expected: str = "a mapping (name: value)"

    def read(self, node: Node, problems: Collector) -> dict[str, T] | Invalid:
        if isinstance(node, Scalar) and node.empty:
            return {}
        if not isinstance(node, Mapping):
            return self.wrong(node, problems)
        values: dict[str, T] = {}
        for name, (key, child) in node.pairs.items():
            if self.keys and name not in self.keys:
                problems.add(key, f'unknown key "{name}"', nearest(name, self.keys))
                continue
            value = self.value.read(child, problems)
            if not isinstance(value, Invalid):
                values[name] = value
        return values

    def schema(self) -> JsonSchema:
        if self.keys:
            properties = {key: self.value.schema() for key in self.keys}
            return {"type": "object", "properties": properties, "additionalProperties": False}
        return {"type": "object", "additionalProperties": self.value.schema()}
