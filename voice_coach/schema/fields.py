"""Kinds of values in a document: each reads a node and describes itself as JSON Schema (draft 7).

A kind is declared once and drives both, so that editors and ``voice-coach check`` can never disagree.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping as Words
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from voice_coach.core.parameters import EXPECTED, MAX_COUNT, parse_setting, refusal
from voice_coach.core.script import Param, ParameterType, Setting
from voice_coach.core.units import TooLong
from voice_coach.schema.diagnostics import AS_WORDS, Collector, nearest, quoted
from voice_coach.schema.tree import MappingNode, Node, ScalarNode, SequenceNode

T = TypeVar("T")
JsonSchema = dict[str, Any]

MAX_TEXT = 2_000
WORDS_TO_SAY = "words to say"
LONGEST_NAME = 60
NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")


class Invalid:
    """Result of a kind that has put a problem into the collector."""


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

    def reject(self, node: Node, problems: Collector, hint: str = "") -> Invalid:
        if isinstance(node, ScalarNode) and _swallowed_dash(
            node, problems, "is a line such as steps: missing above?"
        ):
            return INVALID
        blank = isinstance(node, ScalarNode) and node.empty
        message = f"nothing stands here; expected: {self.expected}"
        problems.add(node, message if blank else f"{describe(node)} is not {self.expected}", hint)
        return INVALID


def describe(node: Node) -> str:
    """A node in a few words, for messages."""
    if isinstance(node, MappingNode):
        return "a mapping (key: value)"
    if isinstance(node, SequenceNode):
        return "a list"
    return "nothing" if node.empty else quoted(node.text)


@dataclass(frozen=True)
class Text(Kind[str]):
    """Text on one or several lines; white space is folded. Empty only if allowed.

    Attributes:
        expected: what it is, for messages.
        may_be_empty: whether nothing may stand there.
        words: whether it is for people, so that none of it may be lost.
    """

    expected: str = "text"
    may_be_empty: bool = False
    words: bool = True

    def read(self, node: Node, problems: Collector) -> str | Invalid:
        if not isinstance(node, ScalarNode):
            return self.reject(node, problems, _why_no_text(node, self.expected))
        text = " ".join(node.text.split()) if not node.empty else ""
        if not text and not self.may_be_empty:
            return self.reject(node, problems)
        if len(text) > MAX_TEXT:
            message = f"this text has {len(text)} characters; a prompt has at most {MAX_TEXT}"
            problems.add(node, message, "split it into several")
            return INVALID
        if control := next((char for char in text if not char.isprintable()), ""):
            problems.add(node, f"the character U+{ord(control):04X} cannot be spoken", "take it away")
            return INVALID
        lost = (self.words and _lost_words(node, problems)) or _swallowed_dash(node, problems)
        return INVALID if lost else text

    def schema(self) -> JsonSchema:
        # A number is words too, and an editor takes it for a number.
        return {"type": ["string", "number"]} if self.may_be_empty else WORDS_SCHEMA


WORDS_SCHEMA: JsonSchema = {"type": ["string", "number"], "minLength": 1}


def _why_no_text(node: Node, expected: str) -> str:
    if isinstance(node, SequenceNode):
        return "only one text can stand here"
    if isinstance(node, MappingNode) and all(
        isinstance(value, ScalarNode) and value.empty for _, value in node.pairs.values()
    ):
        return 'text that begins with a brace goes in quotes: "{rep} of {reps}."'
    quotes = 'text with a colon in it goes in quotes: "Now: breathe in."'
    return f"{quotes}; a step goes outside of the words" if expected == WORDS_TO_SAY else quotes


def _lost_words(node: ScalarNode, problems: Collector) -> bool:
    """Return whether a # cut off words: a note has a space after it. Then a problem is added."""
    if not node.plain:
        return False
    rest = problems.line_text(node.last_line)[node.end_column - 1 :]
    lost = re.match(r"\s+(#[^\s#].*)", rest)
    if lost:
        words = lost[1].rstrip()
        message = f"{quoted(words)} is read as a note, and not spoken"
        problems.add_at(node.last_line, node.end_column + lost.start(1), message, AS_WORDS, len(words))
    return lost is not None


def _swallowed_dash(
    node: ScalarNode,
    problems: Collector,
    hint: str = "put the dash right below the one above; a list needs no | or >",
) -> bool:
    """Return whether the text goes on over lines that were meant as items of a list; then a problem is
    added."""
    for line in range(node.line + 1, node.last_line + 1):
        written = problems.line_text(line)
        if re.match(r"\s*-(?:\s|[^\W\d])", written):
            if not problems.line_text(node.line)[: node.column - 1].strip():
                message = "this line does not begin with a dash, as the ones below it do"
                problems.add(node, message, "begin it with a dash")
                return True
            column = len(written) - len(written.lstrip()) + 1
            message = "this line is read as part of the text above, not as an item of its own"
            problems.add_at(line, column, message, hint, len(written.strip()))
            return True
    return False


@dataclass(frozen=True)
class Written(Text):
    """A value whose type is known later; editors may take it for a number or a yes or no."""

    expected: str = "a value"
    words: bool = False

    def schema(self) -> JsonSchema:
        return {"type": ["string", "number", "boolean", *(["null"] if self.may_be_empty else [])]}


@dataclass(frozen=True)
class Name(Kind[str]):
    """A short name: small letters, digits, dashes."""

    expected: str = "a name of small letters, digits and dashes"

    def read(self, node: Node, problems: Collector) -> str | Invalid:
        if isinstance(node, ScalarNode) and len(node.text) <= LONGEST_NAME and NAME.fullmatch(node.text):
            return node.text
        name = as_name(node.text) if isinstance(node, ScalarNode) else ""
        return self.reject(node, problems, f"write {name}" if name else "")

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^{NAME.pattern}$"}


def as_name(text: str) -> str:
    """The name that a text most nearly is, or "": ``Cat Back`` is cat-back, ``bell.wav`` bell."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST_NAME].lower()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\.(ya?ml|wav|flac|mp3)$", "", plain)).strip("-")
    return name if NAME.fullmatch(name) else ""


@dataclass(frozen=True)
class Choice(Kind[Any]):
    """One of a few words."""

    words: tuple[str, ...]
    hints: Words[str, str] = field(default_factory=dict[str, str])

    @property
    def expected(self) -> str:  # type: ignore[override]  # computed from the words
        return "one of " + ", ".join(self.words)

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if isinstance(node, ScalarNode) and node.text in self.words:
            return node.text
        hint = nearest(node.text, self.words, self.hints) if isinstance(node, ScalarNode) else ""
        return self.reject(node, problems, "" if hint.startswith("known") else hint)

    def schema(self) -> JsonSchema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class YesNo(Kind[bool]):
    expected: str = "yes or no"

    def read(self, node: Node, problems: Collector) -> bool | Invalid:
        answers = {"yes": True, "no": False, "true": True, "false": False}
        if isinstance(node, ScalarNode) and node.text in answers:
            return answers[node.text]
        on = isinstance(node, ScalarNode) and node.text.lower() in ("on", "yes", "true", "y")
        off = isinstance(node, ScalarNode) and node.text.lower() in ("off", "no", "false", "n")
        return self.reject(node, problems, "write yes" if on else "write no" if off else "")

    def schema(self) -> JsonSchema:
        return {"enum": ["yes", "no", True, False]}  # YAML 1.2, as editors read it, has no boolean yes


@dataclass(frozen=True)
class ListOf(Kind[tuple[T, ...]]):
    """A list.

    Attributes:
        item: what it holds.
        one_will_do: whether a single value stands for a list of one.
        least: how many at least.
        or_nothing: whether a blank stands for an empty list.
        hint: what to do when it is no list.
    """

    item: Kind[T]
    one_will_do: bool = False
    least: int = 0
    or_nothing: bool = False
    hint: str = "begin each item with a dash"

    @property
    def expected(self) -> str:  # type: ignore[override]  # computed from the item
        return "a list" if not self.one_will_do else f"{self.item.expected}, or a list"

    def read(self, node: Node, problems: Collector) -> tuple[T, ...] | Invalid:
        if self.or_nothing and isinstance(node, ScalarNode) and node.empty:
            return ()
        if not isinstance(node, SequenceNode):
            if not self.one_will_do:
                return self.reject(node, problems, self.hint)
            single = self.item.read(node, problems)
            return single if isinstance(single, Invalid) else (single,)
        if len(node.items) < self.least:
            few = "nothing stands in this list" if not node.items else f"this list has {len(node.items)}"
            problems.add(node, f"{few}; it needs at least {self.least}")
            return INVALID
        values = [self.item.read(item, problems) for item in node.items]
        return tuple(value for value in values if not isinstance(value, Invalid))

    def schema(self) -> JsonSchema:
        array: JsonSchema = {"type": "array", "items": self.item.schema()}
        if self.least:
            array["minItems"] = self.least
        if not self.one_will_do:
            return array
        nothing: list[JsonSchema] = [{"type": "null"}] if self.or_nothing else []
        return {"anyOf": [self.item.schema(), array, *nothing]}


@dataclass(frozen=True)
class MapOf(Kind[dict[str, T]]):
    """Names with values of one kind.

    Attributes:
        value: what is behind each name.
        keys: the names allowed, if only some are.
        expected: what it is, for messages.
        hints: what to say about unknown names that people often write.
        complete: whether all of the keys must be there.
    """

    value: Kind[T]
    keys: tuple[str, ...] = ()
    expected: str = "a mapping (name: value)"
    hints: Words[str, str] = field(default_factory=dict[str, str])
    complete: bool = False

    def read(self, node: Node, problems: Collector) -> dict[str, T] | Invalid:
        if not isinstance(node, MappingNode):
            hint = "leave the dashes away: name: value" if isinstance(node, SequenceNode) else ""
            return self.reject(node, problems, hint)
        values: dict[str, T] = {}
        for name, (key, child) in node.pairs.items():
            if self.keys and name not in self.keys:
                problems.add(key, f"unknown key {quoted(name)}", nearest(name, self.keys, self.hints))
                continue
            value = self.value.read(child, problems)
            if not isinstance(value, Invalid):
                values[name] = value
        if missing := [key for key in self.keys if self.complete and key not in node.pairs]:
            problems.add(node, f"{', '.join(missing)}: missing here", f"add {missing[0]}: …")
        return values

    def schema(self) -> JsonSchema:
        if self.keys:
            properties = {key: self.value.schema() for key in self.keys}
            closed: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
            return {**closed, "required": list(self.keys)} if self.complete else closed
        return {"type": "object", "additionalProperties": self.value.schema()}


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
"""Hints about values that people write for a type; the first that fits counts."""


def value_hint(node: Node, type_: ParameterType, names: bool = False) -> str:
    """Return what to do about a value that is none of its type."""
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
        return self.reject(node, problems, value_hint(node, "count"))

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
            return self.reject(node, problems, value_hint(node, self.type, names))
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
            return self.reject(node, problems, hint)

    def schema(self) -> JsonSchema:
        return {"$ref": f"#/definitions/{self.type}{'_alone' if self.literal_only else ''}"}

    def definition(self) -> JsonSchema:
        """The schema that the reference stands for."""
        name: JsonSchema = {"type": "string", "pattern": f"^{PARAMETER_NAME}$"}
        return {"anyOf": [*_SCHEMAS[self.type], *([] if self.literal_only else [name])]}


@dataclass(frozen=True)
class Moment(Kind[int | float | Param]):
    """Moment in a hold: a duration from its start, or a percentage of it (a float from 0 to 1)."""

    expected: str = "a duration such as 10s, or a percentage such as 50%"

    def read(self, node: Node, problems: Collector) -> int | float | Param | Invalid:
        if isinstance(node, ScalarNode) and (percent := re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%", node.text)):
            share = float(percent[1]) / 100
            return share if share <= 1 else self.reject(node, problems, "a percentage is at most 100%")
        if isinstance(node, ScalarNode) and node.text in ("half", "halfway", "middle", "the middle"):
            return self.reject(node, problems, "write 50%")
        value = Value("duration").read(node, Collector(problems.file))
        return self.reject(node, problems) if isinstance(value, (Invalid, tuple)) else value

    def schema(self) -> JsonSchema:
        return {"anyOf": [{"type": "string", "pattern": r"^[\d.]+ *%$"}, Value("duration").schema()]}
