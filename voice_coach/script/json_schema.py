"""JSON Schema (draft 7) for editors, made from the same tables that scripts are read by.

``python -m voice_coach.script.json_schema scripts/schema`` writes the files anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

from voice_coach.core.parameters import EXPECTED
from voice_coach.schema.fields import JsonSchema, Value
from voice_coach.schema.records import object_schema
from voice_coach.script.documents import KINDS
from voice_coach.script.grammar import FIELDS as TUNABLE
from voice_coach.script.grammar import IN_HOLD, IN_TURNS, SOME_STEPS, STEP, STEPS, WORDS

DRAFT = "http://json-schema.org/draft-07/schema#"


DEFINITIONS: dict[str, JsonSchema] = {
    "step": STEP.definition(),
    "steps": STEPS.definition(),
    "some_steps": SOME_STEPS.definition(),
    "during_hold": IN_HOLD.definition(),
    "during_turns": IN_TURNS.definition(),
    "lines": WORDS.schema(),
    "tunable": object_schema(TUNABLE),
    **{f"{name}_alone": Value(name, literal_only=True).definition() for name in EXPECTED},
    **{name: Value(name).definition() for name in EXPECTED},
}


def schema(kind: str) -> JsonSchema:
    """The schema of one kind of script: exercise, session, fragments, language or pacing."""
    whole = object_schema(KINDS[kind])
    used: dict[str, JsonSchema] = {}
    _collect(whole, used)
    return {"$schema": DRAFT, "title": f"voice_coach {kind}", **whole, "definitions": used}


def _collect(part: object, used: dict[str, JsonSchema]) -> None:
    """The definitions that a part of a schema refers to, and those that they refer to."""
    if isinstance(part, dict):
        mapping = cast("dict[str, object]", part)
        name = str(mapping.get("$ref", "")).removeprefix("#/definitions/")
        if name and name not in used:
            used[name] = DEFINITIONS[name]
            _collect(DEFINITIONS[name], used)
        for value in mapping.values():
            _collect(value, used)
    elif isinstance(part, list):
        for value in cast("list[object]", part):
            _collect(value, used)


def schema_text(kind: str) -> str:
    """The content of ``KIND.schema.json``."""
    return json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write the schema of every kind into a folder."""
    for kind in KINDS:
        (folder / f"{kind}.schema.json").write_text(schema_text(kind), encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
