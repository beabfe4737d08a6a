"""Scripts are found by their names wherever they lie in a library folder, as what they say they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.golden_messages import SOUNDS
from voice_coach.core.errors import CoachError, ScriptError
from voice_coach.paths import shipped_scripts
from voice_coach.script.library import ScriptLibrary, list_scripts

EXERCISE = "kind: exercise\nid: {id}\ntitle: Own {id}\nposition: supine\nsteps: [Up.]\n"
SESSION = "kind: session\nid: {id}\ntitle: Own {id}\nexercises: [{uses}]\n"
PLACES = ["", "exercises", "sessions"]


def _write(folder: Path, place: str, name: str, text: str) -> Path:
    path = folder / place / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("{id}", name), encoding="utf-8")
    return path


def _library(folder: Path) -> ScriptLibrary:
    return ScriptLibrary([folder, shipped_scripts()], SOUNDS)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("session_place", PLACES)
def test_by_name_from_each_folder(place: str, session_place: str, tmp_path: Path) -> None:
    exercise = _write(tmp_path, place, "lift", EXERCISE)
    session = _write(tmp_path, session_place, "core", SESSION.replace("{uses}", "lift, knee-slide"))
    assert _library(tmp_path).session("lift").title == "Own lift"
    made = _library(tmp_path).session("core")
    assert len(made.items) == 2
    found = {(each.kind, each.id): each.path for each in list_scripts([tmp_path]) if each.readable}
    assert found == {("exercise", "lift"): exercise, ("session", "core"): session}


@pytest.mark.parametrize("place", PLACES)
def test_own_ones_come_before_those_that_ship(place: str, tmp_path: Path) -> None:
    own = _write(tmp_path, place, "knee-slide", EXERCISE)
    _write(tmp_path, "", "core", SESSION.replace("{uses}", "knee-slide"))
    assert _library(tmp_path).session("knee-slide").title == "Own knee-slide"
    made = _library(tmp_path).session("core")
    assert made.items[0].where.file.endswith("core.yaml")
    assert [each.path for each in list_scripts([tmp_path, shipped_scripts()]) if each.id == "knee-slide"] == [
        own
    ]


def test_a_session_and_an_exercise_of_one_name(tmp_path: Path) -> None:
    _write(tmp_path, "exercises", "lift", EXERCISE)
    _write(tmp_path, "", "lift", SESSION.replace("{uses}", "lift"))
    made = _library(tmp_path).session("lift")
    assert made.where.file == str(tmp_path / "lift.yaml")
    assert [(each.kind, each.id) for each in list_scripts([tmp_path])] == [
        ("session", "lift"),
        ("exercise", "lift"),
    ]


def test_a_session_that_names_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, "sessions", "core", SESSION.replace("{uses}", "core"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScriptError, match="this is the session itself"):
        ScriptLibrary([tmp_path], SOUNDS).check("sessions/core.yaml")


def test_broken_ones_are_listed_and_fragments_are_not(tmp_path: Path) -> None:
    _write(tmp_path, "", "odd", "kind: [\n")
    _write(tmp_path, "sessions", "worse", "")
    _write(tmp_path, "exercises", "shared", "kind: fragments\nfragments: {a: {steps: [Up.]}}\n")
    found = [(each.kind, each.id, each.readable) for each in list_scripts([tmp_path])]
    assert found == [("session", "worse", False), ("exercise", "odd", False)]


def test_a_name_that_nothing_has(tmp_path: Path) -> None:
    _write(tmp_path, "", "bird-dog", EXERCISE)
    with pytest.raises(CoachError, match='did you mean "bird-dog"'):
        _library(tmp_path).session("brid-dog")
