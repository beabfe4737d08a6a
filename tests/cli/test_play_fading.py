"""`play` on a real sound server: what is known is said with fewer words, and what is heard counts."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from voice_coach.history.log import History

EXERCISE = """
kind: exercise
id: nod
title: Nod
position: standing
steps:
  - {say: Once upon a time., guidance: full}
  - {say: Nod., guidance: names}
"""
SESSION = "kind: session\nid: nods\ntitle: Nods\nexercises: [nod]\n"


@pytest.fixture
def history(coach_home: Path) -> History:
    for folder, name, text in (("exercises", "nod", EXERCISE), ("sessions", "nods", SESSION)):
        (coach_home / "scripts" / folder).mkdir(parents=True)
        (coach_home / "scripts" / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return History(coach_home / "history.db", pytest.fail)


def _run(verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voice_coach", verb, "nods", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True)


@pytest.mark.usefixtures("sound_server")
def test_what_is_played_to_its_end_is_remembered_and_fades(history: History) -> None:
    for day in range(2):
        at_ms = time.time_ns() // 1_000_000 - (day + 1) * 86_400_000
        history.add("nod", session="nods", run=str(day), at_ms=at_ms)
    played = _run("play")
    assert "Once upon a time." in played.stdout
    assert "fewer words" not in played.stderr
    assert len(history.practice(["nod"])["nod"].completed_ms) == 3

    told = "You know these, so fewer words: Nod (key). All words: --guidance full"
    assert told in _run("play", "--output", "none").stderr
    assert "fewer words" not in _run("play", "--output", "none", "--guidance", "full").stderr
    assert len(history.practice(["nod"])["nod"].completed_ms) == 3  # nobody has heard them
    assert "Once upon a time." in _run("show").stdout
    assert "Once upon a time." not in _run("show", "--guidance", "auto").stdout
