"""The documentation of the script language: its examples are read, its tables name what there is."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection
from pathlib import Path

import pytest

from tests.support.editor import complaints, load
from voice_coach.core.errors import ScriptError
from voice_coach.core.parameters import EXPECTED, GENERAL, PARAMETERS, format_setting, usual_bounds
from voice_coach.core.units import LONGEST_PART_MS, format_duration
from voice_coach.script.documents import ENTRY_FIELDS, EXERCISE, ROUNDS_FIELDS, SESSION
from voice_coach.script.grammar import IN_HOLD, IN_TURNS, SHAPES, STEP
from voice_coach.script.library import ScriptLibrary
from voice_coach.script.validation import FORMATS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "script-language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
SOUNDS = re.findall(
    r"^([a-z-]+):", (ROOT / "audio_cues" / "cues.yaml").read_text(encoding="utf-8"), re.MULTILINE
)

HEAD = """\
kind: exercise
id: example
title: Example
position: supine
tune:
  reps: {default: 5}
  hold: {default: 5s}
"""
CAT_BACK = next(example for example in EXAMPLES if "id: cat-back" in example)


def _section(title: str) -> str:
    found = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##+ |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {title}"
    return found[1]


def _rows(section: str) -> dict[str, str]:
    """The first cell of each row of a section's tables, with the rest of the row."""
    rows = re.findall(r"^\| (.*?) \|(.*)\|$", section, re.MULTILINE)
    return {first: rest for first, rest in rows if "`" in first}


def _named(cell: str) -> list[str]:
    return re.findall(r"`(?:- )?([a-z_]+)\b[^`]*`", cell)


def _keys_of(title: str) -> set[str]:
    return {name for first in _rows(_section(title)) for name in _named(first)}


def _as_script(example: str) -> str:
    """A whole script of an example that shows a part of one."""
    if "kind:" in example:
        return example
    if example.startswith("- "):
        return f"{HEAD}steps:\n{textwrap.indent(example, '  ')}"
    return HEAD + example


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.split("\n", 1)[0] for example in EXAMPLES])
def test_examples_are_right(example: str, tmp_path: Path) -> None:
    script = _as_script(example)
    assert complaints(script) == []
    (tmp_path / "cat-back.yaml").write_text(CAT_BACK, encoding="utf-8")
    path = tmp_path / f"{load(script)['id']}.yaml"
    path.write_text(script, encoding="utf-8")
    assert ScriptLibrary([ROOT / "scripts"], SOUNDS).check(str(path))


def test_there_are_examples_of_everything() -> None:
    assert len(EXAMPLES) == len(re.findall(r"^```yaml", TEXT, re.MULTILINE)) >= 4


@pytest.mark.parametrize(("title", "fields"), [("An exercise", EXERCISE), ("A session", SESSION)])
def test_every_key_of_a_script_has_its_row(title: str, fields: Collection[str]) -> None:
    assert _keys_of(title) == set(fields)


@pytest.mark.parametrize("title", ["An exercise", "A session"])
def test_required_keys_are_said_to_be(title: str) -> None:
    fields = EXERCISE if title == "An exercise" else SESSION
    for first, rest in _rows(_section(title)).items():
        for name in _named(first):
            assert fields[name].required == rest.strip().startswith("must"), name


def test_every_step_has_its_row() -> None:
    rows = _rows(_section("Steps"))
    assert {name for first in rows for name in _named(first) if not first.startswith("`- ")} == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_every_option_stands_in_the_row_of_its_step(name: str) -> None:
    row = next(rest for first, rest in _rows(_section("Steps")).items() if name in _named(first))
    named = {word for code in re.findall(r"`([^`]*)`", row) for word in re.findall(r"[a-z]+", code)}
    assert set(SHAPES[name].options) <= named


def test_what_every_step_has_is_told() -> None:
    for name in STEP.common:
        assert f"`{name}`" in _section("Steps")


def test_every_key_of_during_has_its_row() -> None:
    rows = _rows(_section("During"))
    assert {name for first in rows for name in _named(first)} == {*IN_HOLD.item.fields, *IN_TURNS.item.fields}
    for first, rest in rows.items():
        steps = rest.split("|")[0]
        for name in _named(first):
            where = "all" if name in IN_HOLD.item.fields and name in IN_TURNS.item.fields else ""
            where = where or ("hold, rest" if name in IN_HOLD.item.fields else "breathe, count")
            assert where == steps.strip(), name


def test_every_key_of_an_entry_is_told() -> None:
    for name in [*ENTRY_FIELDS, *ROUNDS_FIELDS]:
        assert f"`{name}`" in _section("A session"), name


def test_every_parameter_and_type_is_named() -> None:
    section = _section("An exercise")
    for name in [*PARAMETERS, *GENERAL, *EXPECTED]:
        assert f"`{name}`" in section, name
    for name in FORMATS:
        assert f":{name}}}" in _section("Words in braces")


def test_the_durations_shown_are_durations(tmp_path: Path) -> None:
    row = re.findall(r"^\| duration \|(.*)\|$", TEXT, re.MULTILINE)[0]
    shown = re.findall(r"`([^`]+)`", row)
    assert len(shown) >= 5
    steps = "".join(f"  - hold: {each}\n" for each in shown)
    path = tmp_path / "example.yaml"
    path.write_text(f"{HEAD}steps:\n{steps}", encoding="utf-8")
    assert ScriptLibrary([ROOT / "scripts"], SOUNDS).check(str(path))


def test_what_the_doc_refuses_is_refused(tmp_path: Path) -> None:
    for text in ("a: &x 1\n", "a: *x\n", "a: !t 1\n", "a: 1\n---\na: 2\n"):
        path = tmp_path / "x.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ScriptError):
            ScriptLibrary([ROOT / "scripts"], SOUNDS).check(str(path))


def test_the_bounds_of_parameters_without_a_max_are_told() -> None:
    told = re.search(r"Without a `max`.*?\n\n", _section("An exercise"), re.DOTALL)
    assert told
    text = " ".join(told[0].split())
    for name, parameter in PARAMETERS.items():
        if parameter.type in ("count", "duration"):
            most = format_setting(parameter.most, parameter.type)
            assert re.search(rf"`{name}`(?: and `\w+`)? to {most}\b", text), name
    assert (
        f"a duration of any other name to {format_setting(usual_bounds('x', 'duration')[1], 'duration')}"
        in text
    )
    assert f"a count to {usual_bounds('x', 'count')[1]}." in text
    assert f"never longer than {format_duration(LONGEST_PART_MS)}" in text
