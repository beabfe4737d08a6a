"""In the folder of a podcast there is a bed under what is exported, so that no player skips the pauses."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.command import voice_coach

USUAL = "soft noise lies under it"


def bed(path: Path) -> str:
    """What lies under a file, as ffprobe reads its tags."""
    ffprobe = require_program("ffprobe", "ffmpeg")
    command = [ffprobe, "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    tags = told["format"].get("tags", {}) | told["streams"][0].get("tags", {})
    return {name.lower(): value for name, value in tags.items()}.get("keywords", "")


@pytest.fixture
def podcast(tiny: Path, tmp_path: Path) -> Path:
    """A folder with a feed over one episode that has no bed."""
    folder = tmp_path / "podcast"
    folder.mkdir()
    assert USUAL not in voice_coach("export", tiny, "-o", folder / "first.mp3").err
    said = voice_coach("feed", folder, "--url", "https://example.org/back/")
    assert said.code == 0
    assert "first.mp3 has no bed" in said.err
    return folder


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.parametrize("ending", ["mp3", "m4b", "opus"])
def test_what_goes_into_a_podcast_has_a_bed(podcast: Path, tiny: Path, ending: str) -> None:
    made = podcast / f"second.{ending}"
    said = voice_coach("export", tiny, "-o", made)
    assert (said.code, USUAL in said.err) == (0, True)
    assert bed(made) == "bed noise"
    again = voice_coach("feed", podcast)
    assert "first.mp3 has no bed" in again.err
    assert made.name not in again.err


@pytest.mark.usefixtures("ffmpeg")
def test_who_chooses_a_bed_gets_that(podcast: Path, tiny: Path) -> None:
    for chosen in ("none", "tone"):
        made = podcast / f"{chosen}.mp3"
        said = voice_coach("export", tiny, "-o", made, "--bed", chosen)
        assert (said.code, USUAL in said.err, bed(made)) == (0, False, f"bed {chosen}")


def test_words_have_no_bed(podcast: Path, tiny: Path) -> None:
    said = voice_coach("export", tiny, "-o", podcast / "words.vtt")
    assert (said.code, USUAL in said.err) == (0, False)


@pytest.mark.usefixtures("ffmpeg")
def test_a_table_does_the_same(podcast: Path, tiny: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    with table.open("w", newline="") as file:
        rows = [["file", "session", "bed"], ["a.mp3", tiny, ""], ["b.mp3", tiny, "none"], ["c.vtt", tiny, ""]]
        csv.writer(file).writerows(rows)
    said = voice_coach("export", "--manifest", table, "-o", podcast)
    assert said.code == 0, said.err
    assert [bed(podcast / name) for name in ("a.mp3", "b.mp3")] == ["bed noise", "bed none"]


def test_a_bed_that_is_too_soft_for_players_that_skip_is_warned_of(tiny: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.mp3"
    said = voice_coach("export", tiny, "-o", made, "--bed", "noise", "--loudness", "broadcast")
    assert "use --loudness phone" in said.err
