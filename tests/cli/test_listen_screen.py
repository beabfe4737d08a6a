"""What a person sees while tuning by ear, in windows of many sizes."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator

import pytest

from tests.support.command import words
from tests.support.sound_server import SoundServer
from tests.support.terminal import Terminal, terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux is POSIX's")

DIALS = ("rounds", "cycles", "breath in", "breath held in", "breath out", "rest", "gap", "rate")
"""Of the breathing that is shipped, those that turn."""


@pytest.fixture
def tuning(sound_server: SoundServer) -> Generator[Terminal]:
    """The breathing being tuned for one session only."""
    command = words("tune", "chair-breathing", "--listen", "--for", "lower-back-short")
    with terminal(command, environ=sound_server.environ) as opened:
        opened.wait_for("q or Esc discard")
        yield opened


def _dials(screen: str) -> list[str]:
    return [dial for dial in DIALS if re.search(rf"^[ >] {dial}  ", screen, re.MULTILINE)]


def test_it_says_what_is_tuned_what_it_was_and_what_is_not_heard(tuning: Terminal) -> None:
    screen = tuning.screen()
    assert "for lower-back-short only: one rep, over and over" in screen
    assert re.search(r"^> rounds +\d +1 to 6 +not heard in one rep$", screen, re.MULTILINE), screen
    assert screen.count("not heard") == 1
    assert "was" not in screen
    assert len(_dials(screen)) >= 7
    tuning.press("Right")
    before = re.search(r"rounds +(\d)", screen)
    assert before
    more = rf"^> rounds +{int(before[1]) + 1} +1 to 6 +was {before[1]}, not heard in one rep$"
    tuning.wait_for(more)
    tuning.press("Space")
    tuning.wait_for(r"^You have paused it; space goes on\.$")


def test_the_chosen_dial_and_the_keys_are_seen_in_every_window(tuning: Terminal) -> None:
    for columns, lines in ((80, 6), (24, 5), (80, 3), (120, 7)):
        tuning.resize(columns, lines)
        tuning.press("Up")  # from the first to the last
        tuning.wait_for(r"^> rate +\d+ ", r"space .*s.* q")
        tuning.press("Up")
        tuning.wait_for(r"^> gap +[\d.]+s ", r"space .*s.* q")
        tuning.press("Down")
        tuning.press("Down")
        tuning.wait_for(r"^> rounds +\d+ ", r"space .*s.* q")


def test_nothing_is_left_behind_when_the_window_grows_or_it_ends(tuning: Terminal) -> None:
    many = len(_dials(tuning.screen()))
    for columns, lines in ((80, 6), (40, 12), (100, 40), (80, 5), (90, 30)):
        tuning.resize(columns, lines)
        tuning.wait_for(r"^> rounds ")
    screen = tuning.wait_for("q or Esc discard", "one rep, over and over")
    assert [screen.count(text) for text in ("> ", "over and over", "space pause")] == [1, 1, 1], screen
    assert len(_dials(screen)) == many
    tuning.press("q")
    screen = tuning.wait_for(r"^\[exit")
    assert screen.strip() == "Discarded: nothing was changed.\n[exit 0]", screen
