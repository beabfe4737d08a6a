"""``list``, ``new``, ``check`` and ``show``, as whole processes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.support.command import LONG, TINY, TINY_SESSION, Ended, voice_coach
from voice_coach.paths import shipped_scripts

ROOT = Path(__file__).parents[2]
BROKEN = "kind: exercise\nid: broken\ntitle: Broken one\nposition: standing\nstpes: [Up.]\n"
SHIPPED = ["lower-back-relief", "lower-back-short", "chair-breathing", "knee-slide", "pelvic-tuck"]

_MS = {"type": "integer", "minimum": 0}
_TEXT = {"type": ["string", "null"]}
_NUMBER = {"type": ["integer", "null"], "minimum": 1}


def _object(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _documented_kinds() -> dict[str, list[str]]:
    """The kinds of each lane, read from the page's table."""
    page = (ROOT / "docs" / "timeline-json.md").read_text("utf-8")
    row = re.search(r"^\| `kind` \| speech: (.*?); sound: (.*?); action: (.*?) \|$", page, re.MULTILINE)
    assert row
    return {
        lane: re.findall(r"`([a-z]+)`", re.sub(r"\(.*?\)", "", cell))
        for lane, cell in zip(("speech", "sound", "action"), row.groups(), strict=True)
    }


def _schema() -> dict[str, object]:
    kinds = _documented_kinds()
    chapter = _object(title={"type": "string"}, exercise=_TEXT, start_ms=_MS, end_ms=_MS)
    event = _object(
        lane={"enum": list(kinds)},
        kind={"enum": [kind for each in kinds.values() for kind in each]},
        start_ms=_MS,
        end_ms=_MS,
        text=_TEXT,
        sound=_TEXT,
        exercise=_TEXT,
        set=_NUMBER,
        rep=_NUMBER,
        side={"enum": ["left", "right", None]},
        source={"type": "string", "pattern": r"^.+:\d+$"},
    )
    return _object(
        version={"const": 1},
        session={"type": "string"},
        title={"type": "string"},
        language={"const": "en"},
        sample_rate={"const": 48_000},
        duration_ms=_MS,
        chapters={"type": "array", "items": chapter, "minItems": 1},
        events={"type": "array", "items": event, "minItems": 1},
    )


@pytest.mark.parametrize("name", ["lower-back-relief", "docs/examples/strength-ladder.yaml"])
def test_json_is_as_documented(name: str) -> None:
    ended = voice_coach("show", "--json", name, cwd=ROOT)
    assert (ended.code, ended.err) == (0, "")
    made = json.loads(ended.out)
    jsonschema.validate(made, _schema())
    kinds = _documented_kinds()
    assert all(event["kind"] in kinds[event["lane"]] for event in made["events"])
    assert made["chapters"][-1]["end_ms"] == made["duration_ms"]


def test_json_is_plain_ascii_where_nothing_else_is_sure(tiny: Path) -> None:
    tiny.write_text(tiny.read_text("utf-8").replace("Tiny", "Übung"), "utf-8")
    for encoding in ("utf-8", "latin-1"):
        ended = voice_coach("show", "--json", tiny, environ={"PYTHONIOENCODING": encoding})
        assert json.loads(ended.out)["title"] == "Übung session"


def test_show_is_one_line_an_event(tiny: Path) -> None:
    ended = voice_coach("show", tiny)
    assert (ended.code, ended.err) == (0, "")
    title, _, chapter, *events = ended.out.splitlines()
    assert (title, chapter) == ("Tiny session  0:06", "00:00.000  Tiny hold  0:06")
    assert [line.split()[3] for line in events if "says" in line] == ["prompt", "countdown", "countdown"]


def test_list_has_all_that_ships_with_titles_and_files() -> None:
    plain, files = voice_coach("list"), voice_coach("list", "--files")
    assert (plain.code, plain.err) == (0, "")
    assert [line.split()[0] for line in plain.out.splitlines() if line.startswith("  ")] == SHIPPED
    for path in shipped_scripts().glob("[es]*/*-*.yaml"):
        assert str(path) in files.out
    assert "voice-coach play NAME" in plain.out


def test_own_scripts_are_listed_first_and_broken_ones_as_such(coach_home: Path) -> None:
    own = coach_home / "scripts" / "exercises"
    own.mkdir(parents=True)
    (own / "broken.yaml").write_text(BROKEN)
    (own / "worse.yaml").write_bytes(b"\xff\xfe\x00")
    listed = voice_coach("list")
    assert (listed.code, listed.err) == (0, "")
    lines = [line.strip() for line in listed.out.splitlines()]
    start = lines.index("exercises:") + 1
    assert lines[start : start + 2] == [
        f"{'broken':<17}  has problems, see: voice-coach check broken",
        f"{'worse':<17}  has problems, see: voice-coach check worse",
    ]
    checked = voice_coach("check", "broken")
    assert (checked.code, checked.out) == (2, "")
    assert 'did you mean "steps"?' in checked.err


def test_broken_sounds_are_told_and_left_out(coach_home: Path) -> None:
    (coach_home / "audio_cues").mkdir(parents=True)
    (coach_home / "audio_cues" / "cues.yaml").write_text("bell: {nonsense: 1}\n")
    assert voice_coach("list").code == 0
    for verb in ("show", "check"):
        ended = voice_coach(verb, "knee-slide")
        assert ended.code == 0
        assert "Your own sounds are left out" in ended.err
        assert 'cues.yaml:1:8  unknown key "nonsense"' in ended.err


@pytest.mark.parametrize("kind", ["exercise", "session"])
def test_new_then_check_then_show(kind: str, tmp_path: Path) -> None:
    made = voice_coach("new", kind, "my-own", cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    assert "  voice-coach check my-own.yaml\n  voice-coach play my-own.yaml\n" in made.out
    checked = voice_coach("check", "my-own.yaml", cwd=tmp_path)
    assert checked == Ended(0, "1 script checked: all well.\n", "")
    assert voice_coach("show", "my-own.yaml", cwd=tmp_path).code == 0
    again = voice_coach("new", kind, "my-own", cwd=tmp_path)
    says = "my-own.yaml exists already, and was left as it is. Choose another name.\n"
    assert again == Ended(1, "", says)


def test_all_that_ships_is_well() -> None:
    ended = voice_coach("check", "--strict")
    assert (ended.code, ended.err) == (0, "")
    assert re.fullmatch(
        r"5 scripts checked \(none of yours in .*scripts, 5 that came with voice_coach\): all well\.\n",
        ended.out,
    )


def test_check_alone_says_what_it_checked(coach_home: Path, tmp_path: Path) -> None:
    own, here = coach_home / "scripts", tmp_path / "here"
    own.mkdir(parents=True)
    here.mkdir()
    (own / "tiny.yaml").write_text(TINY)
    (here / "long.yaml").write_text(LONG)
    (here / "compose.yaml").write_text("services: {}\n")
    ended = voice_coach("check", cwd=here)
    says = f"(1 of yours in {own}, 1 in this folder, 5 that came with voice_coach): all well.\n"
    assert ended == Ended(0, f"7 scripts checked {says}", "")
    (here / "long.yaml").write_text(LONG.replace("steps:", "stpes:"))
    assert "long.yaml:6:1" in voice_coach("check", cwd=here).err
    inside = voice_coach("check", cwd=own)
    assert "(1 of yours in" in inside.out
    assert "in this folder" not in inside.out


def test_check_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "sessions").mkdir(parents=True)
    empty = voice_coach("check", "mine", cwd=tmp_path)
    assert empty == Ended(1, "", "There are no scripts in the folder mine: their names end in .yaml.\n")
    (folder / "tiny.yaml").write_text(TINY)
    (folder / "sessions" / "tiny-session.yaml").write_text(TINY_SESSION)
    (folder / "broken.yml").write_text(BROKEN)
    ended = voice_coach("check", "mine", cwd=tmp_path)
    assert ended.code == 2
    assert "mine/broken.yml:5:1" in ended.err
    assert ended.err.endswith("3 scripts checked: 1 problem.\n")


def test_own_scripts_outside_of_their_folders_are_found(coach_home: Path) -> None:
    own = coach_home / "scripts"
    (own / "exercises").mkdir(parents=True)
    (own / "tiny.yaml").write_text(TINY)
    (own / "exercises" / "tiny-session.yaml").write_text(TINY_SESSION)
    (own / "exercises" / "shared.yaml").write_text("kind: fragments\nfragments: {a: {steps: [Up.]}}\n")
    listed = voice_coach("list").out
    assert re.findall(r"^  (\S+)  .*Tiny", listed.partition("exercises:")[0], re.MULTILINE) == [
        "tiny-session"
    ]
    assert "shared" not in listed
    assert voice_coach("check", "tiny", "tiny-session") == Ended(0, "2 scripts checked: all well.\n", "")


def test_advice_says_for_which_session_it_is(tmp_path: Path) -> None:
    (tmp_path / "plank.yaml").write_text(
        "kind: exercise\nid: plank\ntitle: Plank\nposition: prone\n"
        "tune:\n  hold: {default: 20s, min: 5s, max: 30s}\n"
        "steps:\n  - hold: hold\n    countdown: 15\nhurts: Stop.\n"
    )
    (tmp_path / "core.yaml").write_text(
        "kind: session\nid: core\ntitle: Core\nexercises:\n  - {exercise: plank, set: {hold: 10s}}\n"
    )
    ended = voice_coach("check", "core.yaml", "plank.yaml", cwd=tmp_path)
    assert ended == Ended(
        0,
        "",
        "plank.yaml:9:5  warning: the countdown needs 15s, but its hold lasts 10s, "
        "as session core sets it: hold 10s\n"
        "    9 |     countdown: 15\n"
        "      |     ^^^^^^^^^ count down from 10, or make the shortest hold 15s\n"
        "2 scripts checked: 1 warning.\n",
    )
    path = tmp_path / "plank.yaml"
    path.write_text(path.read_text().replace("default: 20s", "default: 10s"))
    ended = voice_coach("check", "core.yaml", "plank.yaml", cwd=tmp_path)
    assert ended.err.count("warning: ") == 1
    assert "session core" not in ended.err


def test_an_exercise_without_a_way_out_is_advised_to_have_one(tmp_path: Path) -> None:
    path = tmp_path / "bare.yaml"
    path.write_text("kind: exercise\nid: bare\ntitle: Bare\nposition: standing\nsteps: [Up.]\n")
    ended = voice_coach("check", "bare.yaml", cwd=tmp_path)
    assert ended == Ended(
        0,
        "",
        'bare.yaml:1:1  warning: nothing says how to come out of "bare" safely when something hurts\n'
        "    1 | kind: exercise\n"
        "      | ^ add hurts: with steps that begin with a stop; without it the coach says its own general "
        "words, hurts_way_out in languages/en.yaml\n"
        "1 script checked: 1 warning.\n",
    )
    path.write_text(path.read_text() + "hurts: Stop. Let everything go.\n")
    assert voice_coach("check", "--strict", "bare.yaml", cwd=tmp_path).code == 0


def test_all_examples_are_well() -> None:
    examples = sorted((ROOT / "docs" / "examples").glob("*.yaml"))
    ended = voice_coach("check", "--strict", *examples)
    assert ended == Ended(0, f"{len(examples)} scripts checked: all well.\n", "")


def test_check_goes_on_after_a_script_that_is_not_there(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    ended = voice_coach("check", "none.yaml", tmp_path / "broken.yaml", tiny)
    assert (ended.code, ended.out) == (2, "")
    assert "There is no file none.yaml." in ended.err
    assert 'unknown key "stpes"' in ended.err
    ended = voice_coach("check", "none.yaml", tiny)
    assert (ended.code, ended.out) == (2, "")


def test_advice_is_no_failure_unless_strict(tmp_path: Path) -> None:
    path = tmp_path / "tight.yaml"
    path.write_text(
        "kind: exercise\nid: tight\ntitle: Tight\nposition: standing\nsteps:\n"
        "  - hold: 2s\n    during: [{say: Far too many words for so short a time as this., at: 1s}]\n"
        "hurts: Stop.\n"
    )
    ended = voice_coach("check", path)
    assert (ended.code, ended.out) == (0, "")
    assert f"{path}:7:" in ended.err
    assert ended.err.endswith("1 script checked: 1 warning.\n")
    assert voice_coach("check", "--strict", path).code == 2
