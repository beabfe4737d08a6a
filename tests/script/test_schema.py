"""The JSON Schemas that editors use: committed as generated, and of one mind with the reader."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from tests.support.editor import complaints
from tests.support.golden_messages import HEAD
from voice_coach.script.documents import KINDS
from voice_coach.script.json_schema import schema, schema_text

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "scripts" / "schema"
SCRIPTS = sorted([*(ROOT / "scripts").rglob("*.yaml"), *(ROOT / "docs" / "examples").rglob("*.yaml")])
HEADER = re.compile(r"# yaml-language-server: \$schema=(\S+)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("kind", KINDS)
def test_is_draft_7(kind: str) -> None:
    Draft7Validator.check_schema(schema(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_committed_as_generated(kind: str) -> None:
    committed = (SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(kind), "run: python -m voice_coach.script.json_schema scripts/schema"


@pytest.mark.parametrize("kind", KINDS)
def test_small_and_closed(kind: str) -> None:
    text = schema_text(kind)
    assert len(text) < 30_000
    referred = set(re.findall(r'"#/definitions/(\w+)"', text))
    assert set(json.loads(text)["definitions"]) == referred


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_every_script_fits(path: Path) -> None:
    assert complaints(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_every_script_names_its_schema(path: Path) -> None:
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    named = HEADER.fullmatch(first)
    assert named
    target = (path.parent / named[1]).resolve()
    assert target.is_file()
    kind = next(line for line in rest if line.startswith("kind: ")).removeprefix("kind: ")
    assert target.name == f"{kind}.schema.json"


ALSO_RIGHT = {
    "numbers as words": "  - 5\n  - say: [5, 6.5]\n  - count: 2\n    tempo: 1-1\n    phases: [1, 2]",
    "all ways to write a duration": "  - hold: 90\n  - hold: 1:30\n  - hold: 0:45\n  - hold: 5.5s\n"
    "  - hold: 1m 30s\n  - hold: 2 minutes\n  - hold: 500ms\n  - hold: hold",
    "yes and no": "  - {count: 5, tempo: 3-1, ticks: yes}\n  - {count: 5, tempo: 3-1, ticks: false}",
    "one step without a list": "  repeat: reps\n  steps: Up.",
    "nothing said at a change": "  - {sides: [left, right], steps: [Up.], change: []}",
    "moments": "  - hold: 60s\n    during:\n      - {say: Half., at: 50%}\n      - {say: [A, B], every: 10s}",
    "phases": "  - breathe: 4-0-6-0\n    for: 1m\n    during:\n      - {say: Low., on: inhale, every: 2}",
}


@pytest.mark.parametrize("steps", ALSO_RIGHT.values(), ids=ALSO_RIGHT)
def test_what_the_reader_takes_the_schema_takes(steps: str) -> None:
    assert complaints(f"{HEAD}{steps}\n") == []


WRONG = {
    "an unknown key": HEAD + "  - Up.\ncolour: red\n",
    "an unknown position": HEAD.replace("all fours", "on the floor") + "  - Up.\n",
    "no title": HEAD.replace("title: Cat back\n", "") + "  - Up.\n",
    "no steps": HEAD.replace("steps:\n", ""),
    "empty steps": HEAD.replace("steps:\n", "steps: []\n"),
    "an id with capitals": HEAD.replace("cat-back", "Cat-Back") + "  - Up.\n",
    "an unknown step": HEAD + "  - hodl: 5s\n",
    "an unknown option": HEAD + "  - hold: 5s\n    countdwn: 3\n",
    "two steps in one": HEAD + "  - say: Up.\n    hold: 5s\n",
    "a duration in words": HEAD + "  - hold: five seconds\n",
    "a list for a duration": HEAD + "  - hold: [5s]\n",
    "a count of zero": HEAD + "  - {repeat: 0, steps: [Up.]}\n",
    "a count that is half": HEAD + "  - {repeat: 2.5, steps: [Up.]}\n",
    "a breath of two parts": HEAD + "  - {breathe: 4-6, cycles: 3}\n",
    "yes and no in other words": HEAD + "  - {count: 5, tempo: 3-1, ticks: on}\n",
    "guidance that is not known": HEAD + "  - {say: Up., guidance: some}\n",
    "a count without a tempo": HEAD + "  - count: 5\n",
    "the same side twice": HEAD + "  - {sides: [left, left], steps: [Up.]}\n",
    "a phase in a hold": HEAD + "  - {hold: 5s, during: [{say: Up., on: inhale}]}\n",
    "a moment in breathing": HEAD + "  - {breathe: 4-0-6-0, cycles: 2, during: [{say: Up., at: 5s}]}\n",
    "a parameter without a type": HEAD.replace("reps:", "slide:") + "  - Up.\n",
    "a parameter without a default": HEAD.replace("default: 5,", "") + "  - Up.\n",
    "a session without exercises": "kind: session\nid: x\ntitle: X\nexercises: []\n",
    "a session with steps": "kind: session\nid: x\ntitle: X\nexercises: [y]\nsteps: [Up.]\n",
    "rounds without exercises": "kind: session\nid: x\ntitle: X\nexercises: [{rounds: 3}]\n",
    "a fragment without steps": "kind: fragments\nfragments: {a: {parameters: {b: }}}\n",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_the_schema_refuses_what_is_wrong(text: str) -> None:
    assert complaints(text)
