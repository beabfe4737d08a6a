"""The screen in a real terminal, and what is told while it is there."""

from __future__ import annotations

import sys

import pytest

from tests.support.terminal import terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux is POSIX's")

PROGRAM = """
from rich.text import Text
from voice_coach.cli.console import Screen
from voice_coach.cli.console import tell

screen = Screen()
screen.show(lambda columns, lines: Text(f"{columns} by {lines}"))
tell("Another voice speaks.")
tell("Sounds are left out.")
input()
screen.close()
screen.close()
tell("Over.")
"""


def test_what_is_told_meanwhile_comes_after_it() -> None:
    with terminal([sys.executable, "-c", PROGRAM]) as shown:
        screen = shown.wait_for(r"^\d+ by \d+$")
        assert len(screen.split()) == 3, screen
        shown.press("Enter")
        screen = shown.wait_for(r"^\[exit")
    assert "Another voice speaks.\nSounds are left out.\nOver.\n[exit 0]" in screen
