"""The documentation of pacing: its commands do what it says, its file is one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.script.editor import complaints
from voice_coach.model.settings import GENERAL, PARAMETERS
from voice_coach.script.own_pacing import read_own_text

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "pacing.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
FILES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh here")
def test_the_commands_work_one_after_the_other(tmp_path: Path) -> None:
    command = tmp_path / "bin" / "voice-coach"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m voice_coach "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", "\n".join(COMMANDS)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "hold 45s" in done.stdout.replace("  ", " ")
    assert (tmp_path / "mine.yaml").is_file()


@pytest.mark.parametrize("text", FILES)
def test_the_file_is_one(text: str) -> None:
    own, problems = read_own_text(text, "pacing.yaml")
    assert own is not None
    assert not problems
    assert complaints(text) == []


def test_there_are_examples() -> None:
    assert len(COMMANDS) >= 6
    assert FILES


def test_what_is_named_can_be_tuned() -> None:
    table = TEXT[TEXT.index("| what |") : TEXT.index("## For this time")]
    first = "".join(row.split("|")[1] for row in table.splitlines() if row.count("|") > 2)
    assert set(re.findall(r"`(\w+)`", first)) <= {*PARAMETERS, *GENERAL, "guidance", "pace"}
