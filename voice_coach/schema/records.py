"""Mappings with known keys, and steps: kinds made of tables of fields."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Words
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from voice_coach.core.errors import Where
from voice_coach.schema.diagnostics import AS_STEP, DASH, Collector, meant, nearest, quoted
from voice_coach.schema.fields import INVALID, WORDS_SCHEMA, WORDS_TO_SAY, Invalid, JsonSchema, Kind, Text
from voice_coach.schema.tree import MappingNode, Node, ScalarNode

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
    check: Callable[[MappingNode, Collector], None] = field(default=lambda _node, _problems: None)
    hints: Words[str, str] = field(default_factory=dict[str, str])

    def read(self, node: Node, problems: Collector) -> T | Invalid:
        if not isinstance(node, MappingNode):
            return self.reject(node, problems)
        values, complete = read_fields(node, self.fields, problems, hints=self.hints)
        if not complete:
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
    node: MappingNode,
    fields: dict[str, Field],
    problems: Collector,
    owner: Node | None = None,
    skip: str = "",
    hints: Words[str, str] | None = None,
) -> tuple[dict[str, Any], bool]:
    """The values of a mapping's known keys by attribute name, and whether all required ones are there.

    What is wrong is a problem and left out, so that the rest is checked.

    Args:
        node: the mapping.
        fields: its keys.
        problems: where problems go.
        owner: where a missing key is shown; the first key if not said.
        skip: a key that was read already.
        hints: what to say about unknown keys that people often write.
    """
    values: dict[str, Any] = {}
    misspelt: set[str] = set()
    for name, (key, child) in node.pairs.items():
        if name == skip:
            continue
        known = fields.get(name)
        if known is None:
            hint = nearest(name, [*([skip] if skip else []), *fields], hints)
            misspelt.add(meant(hint))
            problems.add(key, f"unknown key {quoted(name)}", hint)
            continue
        value = known.kind.read(child, problems)
        if not isinstance(value, Invalid):
            values[known.attribute or name] = value
    for name, known in fields.items():
        # What is misspelt is not missing as well.
        if known.required and name not in node.pairs and name not in misspelt:
            message = f'"{name}" is missing here: {_inline(known.doc)}'
            problems.add(owner or first_key(node), message, f"add {name}: …")
    complete = all((known.attribute or name) in values for name, known in fields.items() if known.required)
    return values, complete


def first_key(node: MappingNode) -> Node:
    """Return where to show a problem of a whole mapping: its first key, if it has one."""
    return next((key for key, _ in node.pairs.values()), node)


def _inline(doc: str) -> str:
    """A doc to go on a sentence with."""
    return doc[:1].lower() + doc[1:].rstrip(".")


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
        instead: what stands for a wrong value behind the key, so that what is inside is checked too.
        hints: what to say about unknown options that people often write.
    """

    head: Kind[Any]
    doc: str
    build: Callable[..., Any]
    attribute: str
    options: dict[str, Field] = field(default_factory=dict[str, Field])
    fixed: dict[str, Any] = field(default_factory=dict[str, Any])
    check: Callable[[Any, MappingNode, Collector], None] = field(default=lambda _step, _node, _problems: None)
    instead: Any = None
    hints: Words[str, str] = field(default_factory=dict[str, str])


class StepKind(Kind[Any]):
    """One step: words, or a mapping with exactly one key of the table ``shapes``.

    Args:
        shapes: the kinds of steps by their key.
        common: the options that every step has.
        hints: what to say about keys that people often write in the place of a step's.
    """

    expected = "a step: words to say, or a mapping such as hold: 30s"

    def __init__(
        self, shapes: dict[str, StepShape], common: dict[str, Field], hints: Words[str, str]
    ) -> None:
        self.shapes = shapes
        self.common = common
        self.hints = hints

    def read(self, node: Node, problems: Collector) -> Any | Invalid:
        if isinstance(node, ScalarNode):
            if node.plain and not self._is_words(node, problems):
                return INVALID
            text = Text(WORDS_TO_SAY).read(node, problems)
            if isinstance(text, Invalid):
                return INVALID
            return self._make(self.shapes["say"], (text,), problems.where(node), {})
        if not isinstance(node, MappingNode):
            return self.reject(node, problems, "a list within the list: is a dash too many here?")
        heads = self._heads(node)
        if len(heads) != 1:
            return self._not_one(node, heads, problems)
        name = heads[0]
        shape = self.shapes[name]
        head = shape.head.read(node.pairs[name][1], problems)
        if isinstance(head, Invalid) and shape.instead is not None:
            head = shape.instead
        fields = {**shape.options, **self.common}
        options, complete = read_fields(node, fields, problems, skip=name, hints=shape.hints)
        if isinstance(head, Invalid) or not complete:
            return INVALID
        step = self._make(shape, head, problems.where(node), options)
        shape.check(step, node, problems)
        return step

    def _is_words(self, node: ScalarNode, problems: Collector) -> bool:
        """Return whether a line is words, rather than a step that lacks a space or a value."""
        if like := DASH.match(node.text):
            message = f"this line begins with {like[0]}, which is not a dash"
            if like[0] == "-":
                message = "a space is missing after this dash"
            problems.add_at(node.line, node.column, message, AS_STEP)
            return False
        key, colon, rest = node.text.replace("\uff1a", ":", 1).partition(":")
        if key.strip() in self.shapes and colon:
            problems.add(node, "a space is missing after the colon", f"write {key}: {rest.strip()[:40]}")
            return False
        if node.text in self.shapes:
            hint = f'write {key}: and its value; to say the word, put it in quotes: "{key}"'
            problems.add(node, f'"{key}" is a step that has no value', hint)
            return False
        return True

    def _make(self, shape: StepShape, head: Any, where: Where, options: dict[str, Any]) -> Any:
        return shape.build(where=where, **{shape.attribute: head}, **shape.fixed, **options)

    def _heads(self, node: MappingNode) -> list[str]:
        """The keys that say which step it is; one that is an option of another (steps in repeat) is not."""
        keys = [name for name in node.pairs if name in self.shapes]
        return [
            key
            for key in keys
            if not any(key in self.shapes[other].options for other in keys if other != key)
        ]

    def _not_one(self, node: MappingNode, heads: list[str], problems: Collector) -> Invalid:
        if heads:
            key = node.pairs[heads[1]][0]
            message = f'"{heads[0]}" and "{heads[1]}" are two steps'
            problems.add(key, message, "begin each with a dash of its own")
            return INVALID
        if not node.pairs:
            return self.reject(node, problems)
        name, (key, value) = next(iter(node.pairs.items()))
        owners = [step for step, shape in self.shapes.items() if name in {**shape.options, **self.common}]
        hint = nearest(name, self.shapes, self.hints)
        if owners:
            some = ", ".join(owners[:3]) if len(owners) < len(self.shapes) else "another step"
            hint = f"it belongs to {some}: put it below that, without a dash of its own"
        elif isinstance(value, ScalarNode) and (" " in name or (name[:1].isupper() and not meant(hint))):
            hint = "if these are words to say, put quotes around the whole line"
        elif name.startswith("-"):
            hint = "leave a space after the dash"
        elif node.pairs and all(isinstance(v, ScalarNode) and v.empty for _, v in node.pairs.values()):
            hint = 'text that begins with a brace goes in quotes: "{rep} of {reps}."'
        problems.add(key, f"{quoted(name)} is not a step", hint)
        return INVALID

    def schema(self) -> JsonSchema:
        return {"$ref": "#/definitions/step"}

    def definition(self) -> JsonSchema:
        """The schema that ``#/definitions/step`` stands for."""
        choices: list[JsonSchema] = [{**WORDS_SCHEMA, "description": "Words to say."}]
        for name, shape in self.shapes.items():
            head = Field(shape.head, shape.doc, required=True)
            schema = object_schema({name: head, **shape.options, **self.common})
            choices.append({**schema, "description": shape.doc})
        return {"anyOf": choices}
