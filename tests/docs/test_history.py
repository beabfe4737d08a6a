"""What ``docs/history.md`` shows is so: its commands run, and its example is what is told of such a past."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.support.command import voice_coach
from tests.support.made_past import TODAY, made_past
from voice_coach.history.queries import led_sessions
from voice_coach.reports.history_summary import summarise
from voice_coach.reports.history_views import PLAIN, history_lines

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "history.md").read_text("utf-8")
COLUMNS = 120


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_command_works(tmp_path: Path, coach_home: Path) -> None:
    """In one folder, one after the other, over a history that is there."""
    path = coach_home / "history.db"
    made_past(path)
    commands = [shlex.split(line, comments=True) for block in _blocks("sh") for line in block.splitlines()]
    assert len(commands) >= 9
    for program, *arguments in commands:
        assert program == "voice-coach"
        ended = voice_coach(*arguments, cwd=tmp_path)
        assert ended.code == 0, f"voice-coach {shlex.join(arguments)}\n{ended.said}"
    assert led_sessions(path) == ()
    written = {each.name for each in tmp_path.iterdir() if each.is_file()}
    assert written == {"went.html", "went.csv", "lower-back-relief.ics", "back.ics"}


@pytest.mark.clock
def test_the_example_is_what_is_told(tmp_path: Path) -> None:
    made_past(tmp_path / "history.db")
    told = summarise(led_sessions(tmp_path / "history.db"), TODAY)
    lines = ["".join(text for text, _ in line) for line in history_lines(told, COLUMNS, 12, PLAIN)]
    (example,) = _blocks("text")
    shown = example.splitlines()
    assert lines[: len(shown)] == shown


def test_links_lead_somewhere() -> None:
    for target, anchor in re.findall(r"\]\(([^)#]+)#?([^)]*)\)", PAGE):
        page = (ROOT / "docs" / target).read_text("utf-8")
        heads = [
            re.sub(r"[^\w -]", "", head).lower().replace(" ", "-")
            for head in re.findall(r"^#+ (.*)$", page, re.M)
        ]
        assert not anchor or anchor in heads
