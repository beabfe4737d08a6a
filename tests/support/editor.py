"""What an editor makes of a script: YAML 1.2, where ``on``, ``yes`` and ``1:30`` are words, and a schema."""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft7Validator

from voice_coach.schema.diagnostics import Collector
from voice_coach.schema.tree import Node, ScalarNode, SequenceNode, read_tree
from voice_coach.script.json_schema import schema

_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def load(text: str) -> Any:
    """The plain data of a YAML text, by the core schema of YAML 1.2."""
    problems = Collector("text.yaml", text)
    root = read_tree(text, problems)
    assert not problems.problems, problems.problems
    return _data(root)


def complaints(text: str) -> list[str]:
    """What the schema of its kind has against a script."""
    data = load(text)
    validator = Draft7Validator(schema(data["kind"]))
    errors: Any = validator.iter_errors(data)  # pyright: ignore[reportUnknownMemberType]
    return [f"{error.json_path}: {error.message}"[:300] for error in errors]


def _data(node: Node | None) -> Any:
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        return _value(node)
    if isinstance(node, SequenceNode):
        return [_data(item) for item in node.items]
    return {name: _data(value) for name, (_, value) in node.pairs.items()}


def _value(node: ScalarNode) -> Any:
    if not node.plain:
        return node.text
    if node.empty or node.text in ("Null", "NULL"):
        return None
    if node.text in _WORDS:
        return _WORDS[node.text]
    if re.fullmatch(r"[-+]?\d+", node.text):
        return int(node.text)
    if re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", node.text):
        return float(node.text)
    return node.text
