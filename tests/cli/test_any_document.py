"""Whatever is missing or of a wrong type at the top of a document, every verb answers with a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.any_document import VERBS
from tests.support.command import SILENT, TINY, voice_coach
from voice_coach.paths import shipped_scripts
from voice_coach.script.documents import KINDS

ROOT = Path(__file__).parents[2]
STEPS = [{"say": "Up."}]
GOOD: dict[str, dict[str, object]] = {
    "exercise": {
        "kind": "exercise",
        "id": "x",
        "title": "X",
        "position": "seated",
        "tune": {"reps": {"default": 2}},
        "steps": STEPS,
        "hurts": STEPS,
        "fragments": {"f": {"steps": STEPS}},
    },
    "session": {
        "kind": "session",
        "id": "x",
        "title": "X",
        "exercises": ["good"],
        "opening": STEPS,
        "set": {"rate": 140},
    },
    "fragments": {"kind": "fragments", "fragments": {"f": {"parameters": {"a": 1}, "steps": STEPS}}},
    "language": yaml.safe_load((shipped_scripts() / "languages" / "en.yaml").read_text(encoding="utf-8")),
    "pacing": {"kind": "pacing", "all": {"rate": 140}, "exercises": {"good": {"hold": "3s"}}},
}
WRONG: tuple[object, ...] = (
    None,
    7,
    "word",
    [],
    {},
    [["a"]],
    [{"a": ["b"]}],
    {"a": {"b": ["c"]}},
    {"a": None},
)
WHOLE = (
    "",
    "word",
    "7",
    "[]",
    "[a]",
    "{}",
    "{a: b}",
    "kind:",
    "kind: [a]",
    "kind: {a: b}",
    "kind: wrod",
    "~",
)
MISSING = object()


def _documents() -> Iterator[tuple[str, str]]:
    """Texts by what is wrong with them."""
    for text in WHOLE:
        yield repr(text), f"{text}\n"
    for kind, good in GOOD.items():
        yield f"only kind: {kind}", f"kind: {kind}\n"
        for key in dict.fromkeys(["kind", *KINDS[kind], "unknown"]):
            for value in (MISSING, *WRONG):
                changed = {**good, key: value}
                if value is MISSING:
                    del changed[key]
                what = "missing" if value is MISSING else repr(value)
                yield f"{kind}, {key}: {what}", yaml.safe_dump(changed, sort_keys=False)


DOCUMENTS = dict(_documents())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_answers_every_document_with_a_sentence(verb: str, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(TINY.replace("id: tiny", "id: good"), encoding="utf-8")
    # `check` reads all of them, every other verb some.
    step = 1 if verb == "check" else 7
    some = dict(list(DOCUMENTS.items())[::step])
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.any_document", verb],
        input=json.dumps(some),
        cwd=tmp_path,
        env=os.environ | SILENT | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}


def test_a_document_without_kind_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("greeting: 3\n", encoding="utf-8")
    ended = voice_coach("check", "x.yaml", cwd=tmp_path)
    assert ended.code == 2
    assert 'x.yaml:1:1  "kind" is missing here: exercise or session' in ended.err
    assert "add kind: exercise as the first line" in ended.err


def test_a_table_with_a_document_without_kind_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("greeting: 3\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("file,session\na.wav,x.yaml\n", encoding="utf-8")
    ended = voice_coach("export", "--manifest", "t.csv", "-o", "out", cwd=tmp_path)
    assert ended.code == 2
    assert '"kind" is missing here' in ended.err
