"""JSON Schema (draft 7) for editors, made from the same tables that scripts are read by.

``python -m voice_coach.script.schema scripts/schema`` writes the files anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from voice_coach.script.documents import KINDS
from voice_coach.script.kinds import JsonSchema
from voice_coach.script.records import object_schema
from voice_coach.script.shapes import STEP

DRAFT = "http://json-schema.org/draft-07/schema#"


def schema(kind: str) -> JsonSchema:
    """The schema of one kind of script: exercise, session, fragments or language."""
    whole = object_schema(KINDS[kind])
    definitions: JsonSchema = {
        "step": STEP.definition(),
        "steps": {"anyOf": [STEP.schema(), {"type": "array", "items": STEP.schema()}]},
    }
    return {"$schema": DRAFT, "title": f"voice_coach {kind}", **whole, "definitions": definitions}


def schema_text(kind: str) -> str:
    """The content of ``KIND.schema.json``."""
    return json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Writes the schema of every kind into a folder."""
    for kind in KINDS:
        (folder / f"{kind}.schema.json").write_text(schema_text(kind), encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
