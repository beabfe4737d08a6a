"""What ``voice-coach new`` writes is a script to start from: it passes its check and can be heard at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.editor import complaints
from tests.support.golden_messages import SOUNDS
from voice_coach.compiler.plan import plan_session
from voice_coach.compiler.schedule import schedule
from voice_coach.core.errors import CoachError
from voice_coach.core.speech import Utterance
from voice_coach.pacing.layers import effective_pace
from voice_coach.paths import shipped_scripts
from voice_coach.script.library import ScriptLibrary, write_template

KINDS = ("exercise", "session")
GUIDANCE = ("full", "key", "names")


class SpokenLengths:
    """A voice of 75 ms a letter, about 150 words a minute, and sounds of half a second."""

    def utterance_ms(self, utterance: Utterance) -> int:
        return 75 * len(utterance.text)

    def expect(self, utterances: Iterable[Utterance]) -> None:
        """Nothing has to be spoken."""

    def sound_ms(self, name: str) -> tuple[int, int]:
        return (500, 300) if name else (0, 0)


def _schema_file(kind: str) -> Path:
    return shipped_scripts() / "schema" / f"{kind}.schema.json"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["neck-roll", "a", "x1", "my_neck"])
def test_a_new_script_passes_its_check(kind: str, name: str, tmp_path: Path) -> None:
    path = write_template(kind, name, tmp_path, _schema_file(kind))
    assert path == tmp_path / f"{name}.yaml"
    library = ScriptLibrary([shipped_scripts()], SOUNDS)
    session = library.session(str(path))
    assert session.id == name
    plans = plan_session(
        session,
        library.language("en"),
        lambda entry: effective_pace(entry.exercise.tune if entry else {}, []),
    )
    assert len(plans) >= 2
    for plan in plans:
        made = schedule(
            list(plan.cues()),
            SpokenLengths(),
            title=plan.title,
            exercise=plan.exercise,
            voice="x:y",
            pace=plan.pace,
        )
        assert made.chapter.duration_ms > 0
        assert [str(warning) for warning in made.warnings if warning.where.file == str(path)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_editor_completes_it(kind: str, tmp_path: Path) -> None:
    text = write_template(kind, "neck-roll", tmp_path, _schema_file(kind)).read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first == f"# yaml-language-server: $schema={_schema_file(kind).as_uri()}"
    assert complaints(text) == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_explains_itself(kind: str, tmp_path: Path) -> None:
    text = write_template(kind, "neck-roll", tmp_path, _schema_file(kind)).read_text(encoding="utf-8")
    assert text.count("# ") >= 7
    assert "docs/script-language.md" in text
    assert max(len(line) for line in text.splitlines()[1:]) <= 110
    assert "title: Neck roll" in text


ODD_NAMES = [
    "",
    "Neck",
    "neck roll",
    "../neck",
    "a/b",
    "neck.yaml",
    "-neck",
    "neck-",
    "nëck",
    "a\n",
    "1a",
    ".",
    "{x}",
]


@pytest.mark.parametrize("name", [*ODD_NAMES, "a" * 61])
def test_odd_names_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CoachError, match="cannot be an id"):
        write_template("exercise", name, tmp_path, _schema_file("exercise"))
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(CoachError, match="such as neck-roll"):
        write_template("exercise", "Neck Roll", tmp_path, _schema_file("exercise"))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = write_template("exercise", "neck-roll", tmp_path, _schema_file("exercise"))
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(CoachError, match="exists already"):
        write_template("exercise", "neck-roll", tmp_path, _schema_file("exercise"))
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CoachError, match="cannot be written: there is no such folder. Make it first"):
        write_template("exercise", "neck-roll", tmp_path / "nowhere", _schema_file("exercise"))
