"""What our own exports say of themselves, as another program reads it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.command import TINY, TINY_SESSION
from tests.support.pdf_reader import read
from voice_coach.coach import Coach
from voice_coach.core.options import ExportOptions
from voice_coach.pacing.options import SessionOptions
from voice_coach.podcast.episodes import read_episode

TAGGED = (".m4b", ".m4a", ".mp3", ".opus", ".flac")
GOAL, SOURCE = "It holds you.", "A book, page 7"
TWO = TINY_SESSION.replace(
    "  - {exercise: tiny, arrive: []}\n", "  - {exercise: tiny, arrive: []}\n" * 2
).replace("opening", f"goal: {GOAL}\nsource: {SOURCE}\nopening")


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of a quarter of a minute, in two chapters."""
    place = tmp_path_factory.mktemp("scripts")
    (place / "tiny.yaml").write_text(TINY)
    (place / "tiny-session.yaml").write_text(TWO)
    return place / "tiny-session.yaml"


def export(script: Path, target: Path) -> None:
    with Coach(notify=lambda _text: None) as coach:
        coach.export(coach.prepare(str(script), SessionOptions(person="Anna")), target)


def tags(path: Path) -> dict[str, str]:
    """The tags of a file, by FFmpeg's names: those of Ogg lie on the stream."""
    ffprobe = require_program("ffprobe", "ffmpeg")
    asked = [ffprobe, "-v", "error", "-show_format", "-show_streams", "-of", "json"]
    found = json.loads(subprocess.run([*asked, path], check=True, capture_output=True).stdout)
    both = (found["streams"][0].get("tags", {}), found["format"].get("tags", {}))
    return {name.lower(): text for each in both for name, text in each.items()}


@pytest.mark.parametrize("ending", TAGGED)
def test_tags_name_the_person(script: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"tiny{ending}"
    export(script, target)
    found = tags(target)
    assert found["title"] == found["album"] == "Tiny session (Anna)"
    assert "track" not in found


@pytest.mark.parametrize("ending", [".html", ".txt", ".vtt", ".lrc"])
def test_pages_and_texts_name_the_person(script: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"tiny{ending}"
    export(script, target)
    text = target.read_text("utf-8")
    assert "Tiny session (Anna)" in text
    if ending == ".html":
        assert "<title>Tiny session (Anna)</title>" in text


def test_the_sheet_names_the_person(script: Path, tmp_path: Path) -> None:
    export(script, tmp_path / "tiny.pdf")
    assert "Tiny session (Anna)" in read(tmp_path / "tiny.pdf").text


@pytest.mark.parametrize("ending", TAGGED)
def test_parts_say_of_what_they_are_a_part_and_which(script: Path, tmp_path: Path, ending: str) -> None:
    with Coach(notify=lambda _text: None) as coach:
        made = coach.prepare(str(script), SessionOptions(person="Anna"))
        *files, _ = coach.export_split(made, tmp_path / "parts", ExportOptions(format=ending))
    found = [tags(file) for file in files]
    assert [each["track"] for each in found] == ["1/3", "2/3", "3/3"]
    assert [each["album"] for each in found] == ["Tiny session (Anna)"] * 3
    assert [each["title"] for each in found] == list(made.titles)


@pytest.mark.parametrize("ending", [".m4b", ".m4a", ".mp3"])
def test_description_and_source_are_told_apart(script: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"tiny{ending}"
    export(script, target)
    found = tags(target)
    assert (found["description"], found["comment"]) == (GOAL, SOURCE)


@pytest.mark.parametrize("ending", [".opus", ".flac"])
def test_description_and_source_are_told_apart_in_vorbis_comments(
    script: Path, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"tiny{ending}"
    export(script, target)
    # Read as they are: to FFmpeg every DESCRIPTION is a comment.
    written = target.read_bytes().upper()
    assert f"DESCRIPTION={GOAL}".upper().encode() in written
    assert f"SOURCE={SOURCE}".upper().encode() in written
    assert b"COMMENT=" not in written


@pytest.mark.parametrize("ending", [".mp3", ".opus", ".flac", ".m4b"])
def test_a_feed_takes_no_source_for_a_description(tmp_path: Path, script: Path, ending: str) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "tiny-session.yaml").write_text(TWO.replace(f"goal: {GOAL}\n", ""))
    target = tmp_path / f"tiny{ending}"
    export(tmp_path / "tiny-session.yaml", target)
    assert read_episode(target, {}).description == ""
    export(script, tmp_path / f"other{ending}")
    assert read_episode(tmp_path / f"other{ending}", {}).description == GOAL
