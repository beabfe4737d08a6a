"""What a person sees in a terminal while a session is played or written."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.command import SILENT, wait_until, words
from tests.support.sound_server import SoundServer
from tests.support.terminal import Terminal, terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux is POSIX's")

COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-7]|38|9[0-7])(?:;\d+)*m")


@pytest.fixture
def shown(sound_server: SoundServer, long: Path) -> Generator[Terminal]:
    """A terminal in which a session with a long hold is played."""
    # As some shells export it, though it is not true for long.
    environ = {**sound_server.environ, "COLUMNS": "80", "LINES": "24"}
    with terminal(words("play", long), environ=environ) as opened:
        yield opened


def _seconds(screen: str) -> int:
    found = re.search(r"hold +(\d+) s\b", screen)
    assert found, screen
    return int(found[1])


def test_what_is_said_and_done_and_comes_next(shown: Terminal) -> None:
    screen = shown.wait_for(
        r"^ *Long session · Long hold$",
        r"^ *now +Stay as you are\.$",
        r"^ *hold +\d\d s$",
        r"^ *next +three$",
        r"^ *left +1:\d\d +\(0:\d\d done\) +Ctrl-C ends$",
    )
    assert COLOUR.search(shown.screen(colours=True))
    before = _seconds(screen)
    wait_until(lambda: _seconds(shown.screen()) < before, shown.screen)

    # Whatever the window is dragged to, nothing is left behind on it, and the clock goes on.
    for columns, lines in ((24, 24), (10, 4), (200, 50), (80, 24)):
        shown.resize(columns, lines)
        shown.wait_for(r"hold +\d+")
    before = _seconds(shown.wait_for("Ctrl-C", "next", r"hold +\d+ s"))
    wait_until(lambda: _seconds(shown.screen()) < before, shown.screen)
    screen = shown.screen()
    assert [screen.count(text) for text in ("Long session", "now ", "hold ", "next ", "left ")] == [1] * 5, (
        screen
    )

    shown.press("C-c")
    screen = shown.wait_for(r"^\[exit")
    assert "[exit 0]" in screen
    assert re.search(r"^Stopped at 0:\d\d\.$", screen, re.MULTILINE), screen
    said = screen.replace("\n", "")
    assert "To go on from there: " in said
    assert "play --resume" in said
    assert "Traceback" not in screen
    assert "Ctrl-C ends" not in screen


def test_without_colours(sound_server: SoundServer, long: Path) -> None:
    with terminal(words("play", long), environ={**sound_server.environ, "NO_COLOR": "1"}) as shown:
        shown.wait_for(r"hold +\d+ s", "next")
        assert not COLOUR.search(shown.screen(colours=True))


def test_a_terminal_that_can_do_nothing_gets_a_log(sound_server: SoundServer, long: Path) -> None:
    command = ["env", "TERM=dumb", *words("play", long)]
    with terminal(command, environ=sound_server.environ) as shown:
        assert re.search(r"^Long session\n +0:0\d  Stay as you are\.$", shown.wait_for("Stay"), re.MULTILINE)


def test_quiet_shows_nothing(sound_server: SoundServer, tiny: Path) -> None:
    with terminal(words("play", tiny, "--quiet"), environ=sound_server.environ) as shown:
        assert shown.wait_for(r"^\[exit").strip() == "[exit 0]"


def test_a_long_export_has_a_bar_that_goes_away(hours: Path, tmp_path: Path) -> None:
    target = tmp_path / "hours.flac"
    with terminal(words("export", hours, "-o", target), columns=140) as shown:
        shown.wait_for(r"Exporting Hours of breath [━╸╺ ]+ \d+:\d\d")
        shown.press("C-c")
        screen = shown.wait_for(r"^\[exit")
        assert "[exit 1]" in screen
        assert "was not written" in screen
        assert "━" not in screen
    assert list(tmp_path.glob(".*")) == []


def test_a_short_export_has_none(tiny: Path, tmp_path: Path) -> None:
    with terminal(words("export", tiny, "-o", tmp_path / "t.wav"), columns=200, environ=SILENT) as shown:
        screen = shown.wait_for(r"^\[exit")
        assert re.fullmatch(r"Wrote \S+ \(0:0\d\)\.\n\[exit 0\]", screen.strip()), screen
