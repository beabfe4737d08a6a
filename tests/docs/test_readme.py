"""Every command and every example of the pages that a user reads first runs as it stands there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.command import SILENT, voice_coach
from tests.support.left import LEFT
from voice_coach.session.bookmark import BookmarkFile

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "docs/playing.md", "docs/exporting.md"]
SETTING_UP = ("make", "source", "pip", "uv")


def _blocks(page: str, kind: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for is_kind, block in fenced if is_kind == kind]


def _commands(page: str) -> list[list[str]]:
    lines = [line for block in _blocks(page, "sh") for line in block.splitlines() if line.strip()]
    commands = [shlex.split(line, comments=True) for line in lines]
    return [command for command in commands if command and command[0] not in SETTING_UP]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_works(page: str, tmp_path: Path, coach_home: Path) -> None:
    """In one folder, one after the other; without a device, so that nothing takes as long as it plays."""
    commands = _commands(page)
    assert len(commands) >= 4
    BookmarkFile(coach_home / "bookmark.json").write(replace(LEFT, session="lower-back-short"))
    for table in _blocks(page, "csv"):
        (tmp_path / "patients.csv").write_text(table, "utf-8")
    for program, *arguments in commands:
        assert program == "voice-coach"
        ended = voice_coach(*arguments, cwd=tmp_path)
        assert ended.code == 0, f"voice-coach {shlex.join(arguments)}\n{ended.said}"


def test_the_readme_opens_with_the_two_commands() -> None:
    first = _blocks("README.md", "sh")[0].splitlines()
    assert [line.split("#")[0].strip() for line in first] == ["make play", "make test"]


@pytest.mark.parametrize("block", _blocks("README.md", "python"))
def test_every_python_example_runs(block: str, tmp_path: Path) -> None:
    environ = os.environ | SILENT
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Knee slide" in done.stdout
    assert (tmp_path / "lower-back-short.flac").is_file()


def test_the_docstring_s_example_is_the_readme_s_in_short() -> None:
    import voice_coach

    assert voice_coach.__doc__
    for line in voice_coach.__doc__.splitlines()[2:]:
        if line.strip():
            assert line.replace(".wav", ".flac") in _blocks("README.md", "python")[0]


def test_the_steps_in_the_readme_are_steps(tmp_path: Path) -> None:
    head = "kind: exercise\nid: shown\ntitle: Shown\nposition: supine\nsteps:\n"
    steps = _blocks("README.md", "yaml")[0]
    (tmp_path / "shown.yaml").write_text(f"{head}{steps}hurts: Stop.\n", "utf-8")
    assert voice_coach("check", "--strict", "shown.yaml", cwd=tmp_path).code == 0
    made = json.loads(voice_coach("show", "--json", "shown.yaml", cwd=tmp_path).out)
    assert "five" in [event["text"] for event in made["events"]]


def test_the_mistake_in_the_readme_is_told_like_that(tmp_path: Path) -> None:
    shown = _blocks("README.md", "")[0]
    lines = voice_coach("new", "exercise", "my-stretch", cwd=tmp_path)
    assert lines.code == 0
    path = tmp_path / "my-stretch.yaml"
    path.write_text(path.read_text("utf-8").replace("countdown:", "contdown:", 1), "utf-8")
    told = voice_coach("check", "my-stretch.yaml", cwd=tmp_path).err

    def shape(text: str) -> list[str]:
        return [re.sub(r"\d+|\s+", " ", line).strip() for line in text.strip().splitlines()[:3]]

    assert shape(told)[0] == shape(shown)[0]
    assert shape(told)[2] == shape(shown)[2]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), target
