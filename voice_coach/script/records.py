"""Mappings with known keys, and steps: kinds made of tables of fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from voice_coach.model.problems import Where
from voice_coach.script.collecting import Collector, nearest
from voice_coach.script.kinds import INVALID, Invalid, JsonSchema, Kind, Text
from voice_coach.script.nodes import Mapping, Node, Scalar

T = TypeVar("T")


@dataclass(frozen=True)
class Field:
    """One key of a mapping. ``attribute`` is the model's name for it where that differs."""

    kind: Kind[Any]
    doc: str
    required: bool = False
    attribute: str = ""


@dataclass(frozen=True)
class Record(Kind[T], Generic[T]):
    """A mapping whose keys are the table ``fields``; ``build(where=…, **values)`` makes the model."""

    fields: dict[str, Field]
    build: Callable[..., T]
    expected: str = "a mapping (key: value)"
    check: Callable[[Mapping, Collector], None] = field(default=lambda _node, _problems: None)

    def read(self, node: Node, problems: Collector) -> T | Invalid:
        if not isinstance(node, Mapping):
            return self.wrong(node, problems)
        values = read_fields(node, self.fields, problems, node)
        if isinstance(values, Invalid):
            return INVALID
        self.check(node, problems)
        return self.build(where=problems.where(node), **values)

    def schema(self) -> JsonSchema:
        return object_schema(self.fields)


def object_schema(fields: dict[str, Field]) -> JsonSchema:
    """The JSON Schema of a mapping with these fields and no others."""
    schema: JsonSchema = {
        "type": "object",
        "properties": {key: {**f.kind.schema(), "description": f.doc} for key, f in fields.items()},
        "additionalProperties": False,
    }
    if required := [key for key, f in fields.items() if f.required]:
        schema["required"] = required
    return schema


def read_fields(
    node: Mapping, fields: dict[str, Field], problems: Collector, owner: Node, skip: str = ""
) -> dict[str, Any] | Invalid:
    """The values of a mapping's known keys by attribute name; unknown and missing ones are problems.

    What is wrong is left out, so that the rest is checked; INVALID only if something required is missing.
    """
    values: dict[str, Any] = {}
    for name, (key, child) in node.pairs.items():
        if name == skip:
            continue
        known = fields.get(name)
        if known is None:
            problems.add(key, f'unknown key "{name}"', nearest(name, [*fields, *([skip] if skip else [])]))
            continue
        value = known.kind.read(child, problems)
        if not isinstance(value, Invalid):
            values[known.attribute or name] = value
    required = [name for name, known in fields.items() if known.required]
    for name in required:
        if name not in node.pairs:
            problems.add(owner, f'"{name}" is missing here: {fields[name].doc}', f"add a line: {name}: …")
    complete = all((fields[name].attribute or name) in values for name in required)
    return values if complete else INVALID


@dataclass(frozen=True)
class StepShape:
    """One kind of step.

    Attributes:
        head: the kind of the value behind the step's key.
        doc: what it does, for people and editors.
        build: the model.
        attribute: what the model calls the value behind the key.
        options: the other keys.
        fixed: what the model is given besides.
        check: what the fields cannot say one by one.
    """

    head: Kind[Any]
    doc: str
    build: Callable[..., Any]
    attribute: str
    options: dict[str, Field] = field(default_factory=dict[str, Field])
    fixed: dict[str, Any] = field(default_factory=dict[str, Any])
    check: Callable[[Any, Mapping, Collector], None] = field(default=lambda _step, _node, _problems: None)


class StepKind(Kind[Any]):
    """One step: words, or a mapping with exactly one key of the table ``shapes``."""

    expected = "a step: words to say, or a mapping such as hold: 30s"

    def __init__(self, shapes: dict[str, StepShape], common: dict[str, Field]) -> None:
        self.shapes = shapes
        self.common = common

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if isinstance(node, Scalar):
            text = Text("words to say").read(node, problems)
            if isinstance(text, Invalid):
                return INVALID
            return self._make(self.shapes["say"], (text,), problems.where(node), {})
        if not isinstance(node, Mapping):
            hint = "a list within the list: is a dash too many here?"
            return self.wrong(node, problems, hint)
        heads = self._heads(node)
        if len(heads) != 1:
            return self._not_one(node, heads, problems)
        name = heads[0]
        shape = self.shapes[name]
        head = shape.head.read(node.pairs[name][1], problems)
        options = read_fields(node, {**self.common, **shape.options}, problems, node, skip=name)
        if isinstance(head, Invalid) or isinstance(options, Invalid):
            return INVALID
        step = self._make(shape, head, problems.where(node), options)
        shape.check(step, node, problems)
        return step

    def _make(self, shape: StepShape, head: Any, where: Where, options: dict[str, Any]) -> Any:
        return shape.build(where=where, **{shape.attribute: head}, **shape.fixed, **options)

    def _heads(self, node: Mapping) -> list[str]:
        """The keys that say which step it is; one that is an option of another (steps in repeat) is not."""
        keys = [name for name in node.pairs if name in self.shapes]
        return [
            key
            for key in keys
            if not any(key in self.shapes[other].options for other in keys if other != key)
        ]

    def _not_one(self, node: Mapping, heads: list[str], problems: Collector) -> Invalid:
        if heads:
            key = node.pairs[heads[1]][0]
            problems.add(
                key, f'"{heads[0]}" and "{heads[1]}" are two steps', "begin the second with a dash of its own"
            )
            return INVALID
        if not node.pairs:
            return self.wrong(node, problems)
        name, (key, value) = next(iter(node.pairs.items()))
        hint = nearest(name, self.shapes)
        if " " in name or not hint.startswith("did"):
            words = isinstance(value, Scalar) and (" " in name or name[:1].isupper())
            hint = "if these are words to say, put quotes around the whole line" if words else hint
        problems.add(key, f'"{name}" is not a step', hint)
        return INVALID

    def schema(self) -> JsonSchema:
        return {"$ref": "#/definitions/step"}

    def definition(self) -> JsonSchema:
        """The schema that ``#/definitions/step`` stands for."""
        choices: list[JsonSchema] = [{"type": "string", "minLength": 1, "description": "Words to say."}]
        for name, shape in self.shapes.items():
            head = Field(shape.head, shape.doc, required=True)
            schema = object_schema({name: head, **shape.options, **self.common})
            choices.append({**schema, "description": shape.doc})
        return {"anyOf": choices}
