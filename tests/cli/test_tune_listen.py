"""Tuning by ear in a real terminal, on a real sound server whose sound is recorded."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.pseudo_terminal import Terminal, terminal
from tests.support.sound_server import Recording, SoundServer

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIGHT, LEFT, DOWN = "\x1b[C", "\x1b[D", "\x1b[B"

BOW = """
kind: exercise
id: bow
title: Bow
position: standing
tune:
  hold: {default: 2s, min: 1s, max: 6s}
  reps: {default: 3, min: 1, max: 5}
steps:
  - repeat: reps
    steps:
      - {say: Bow., guidance: names}
      - hold: hold
      - {say: And up., guidance: names}
"""

QUIET = 100
WORD_GAP_FRAMES = 24_000
"""Words that are closer together than half a second are one here."""


@pytest.fixture(autouse=True)
def _bow(coach_home: Path) -> None:  # pyright: ignore[reportUnusedFunction]
    folder = coach_home / "scripts" / "exercises"
    folder.mkdir(parents=True)
    (folder / "bow.yaml").write_text(BOW, encoding="utf-8")


def _words(samples: NDArray[np.int16]) -> list[tuple[int, int]]:
    """First frame of each word, and the frame after its last."""
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    if not len(loud):
        return []
    ends = np.flatnonzero(np.diff(loud) > WORD_GAP_FRAMES)
    starts = [loud[0], *loud[ends + 1]]
    return [(int(start), int(end) + 1) for start, end in zip(starts, [*loud[ends], loud[-1]], strict=True)]


def _heard_words(recording: Recording, begun: int, many: int) -> NDArray[np.int16]:
    """What was recorded since ``begun``, once so many words have been heard to their end."""
    while True:
        samples = recording.samples(tail_ms=200)[begun:, 0]
        words = _words(samples)
        if len(words) > many or (len(words) == many and words[-1][1] + WORD_GAP_FRAMES < len(samples)):
            return samples


def test_a_nudged_hold_is_longer_in_the_same_rep_and_saved(
    sound_server: SoundServer, coach_home: Path
) -> None:
    with sound_server.record() as recording, terminal("tune", "bow", "--listen") as screen:
        begun = recording.frames
        _heard_words(recording, begun, 1)  # "Bow." is over: it is the hold that is going on
        screen.press(RIGHT)
        samples = _heard_words(recording, begun, 4)
        screen.press("s")
        assert screen.wait() == 0
        assert screen.modes() == screen.modes_before
        screen.wait_for("hold  2s (script) -> 3s (yours)")
    words = [samples[start:end] for start, end in _words(samples)]
    starts = [start for start, _ in _words(samples)]
    # No word is cut, lost or said twice, and between them there is not the least click.
    assert np.array_equal(words[0], words[2])
    assert np.array_equal(words[1], words[3])
    # The first rep, in which it was nudged, is as long as the second: a second longer than it was.
    assert starts[1] - starts[0] == starts[3] - starts[2]
    gap = 48 * 900
    hold = starts[1] - starts[0] - len(words[0]) - gap
    assert abs(hold - 3 * 48_000) < 48 * 100  # the quiet ends of the word count as hold here
    assert "hold: 3s" in (coach_home / "pacing.yaml").read_text(encoding="utf-8")


def test_pausing_is_silent_and_discarding_keeps_nothing(sound_server: SoundServer, coach_home: Path) -> None:
    with sound_server.record() as recording, terminal("tune", "bow", "--listen") as screen:
        _heard_words(recording, recording.frames, 1)
        screen.press(" ")
        screen.wait_for("paused")
        silent_from = recording.frames
        assert not recording.samples(tail_ms=3_000)[silent_from + 24_000 :].any()
        screen.press(RIGHT * 2 + " ")
        _heard_words(recording, silent_from, 1)
        screen.press("q")
        assert screen.wait() == 0
        screen.wait_for("Discarded: nothing was changed.")
        assert screen.modes() == screen.modes_before
    assert not (coach_home / "pacing.yaml").exists()


@pytest.mark.usefixtures("sound_server")
def test_a_bound_rings_and_is_told_and_reset_goes_back(coach_home: Path) -> None:
    with terminal("tune", "bow", "--listen") as screen:
        screen.wait_for("hold")
        screen.press(LEFT * 2)
        screen.wait_for("hold: 1s is the least.")
        screen.wait_for("\a")
        screen.press(DOWN + "+++")
        screen.wait_for("reps: 5 is the most.")
        screen.press("r")
        screen.wait_for("As it was.")
        screen.press("s")
        assert screen.wait() == 0
        screen.wait_for("Nothing differs from before, so nothing was changed.")
    assert not (coach_home / "pacing.yaml").exists()


def _ctrl_c(screen: Terminal) -> None:
    screen.press("\x03")


def _terminated(screen: Terminal) -> None:
    screen.process.send_signal(signal.SIGTERM)


@pytest.mark.usefixtures("sound_server")
@pytest.mark.parametrize("end", [_ctrl_c, _terminated])
def test_the_terminal_is_as_it_was_however_it_ends(coach_home: Path, end: Callable[[Terminal], None]) -> None:
    with terminal("tune", "bow", "--listen") as screen:
        screen.wait_for("save")
        screen.press(RIGHT)
        screen.wait_for("3s")
        assert screen.modes() != screen.modes_before
        end(screen)
        assert screen.wait() == 1
        assert screen.modes() == screen.modes_before
        screen.wait_for("\x1b[?25h")  # the cursor is there again
        screen.wait_for("Stopped: nothing was changed.")
    assert not (coach_home / "pacing.yaml").exists()


def test_a_lost_device_is_told_and_the_terminal_is_as_it_was(own_sound_server: SoundServer) -> None:
    with own_sound_server.record() as recording, terminal("tune", "bow", "--listen") as screen:
        _heard_words(recording, recording.frames, 1)
        screen.press(RIGHT)
        screen.wait_for("was 2s")
        own_sound_server.kill()
        assert screen.wait() == 1
        screen.wait_for("The sound device was lost while playing. Plug it in or switch it on again.")
        screen.wait_for("Nothing was changed. You had come to hold=3s.")
        assert screen.modes() == screen.modes_before


def test_no_device_is_told_and_a_file_would_be_no_help() -> None:
    nowhere = {"PULSE_SERVER": "unix:/nonexistent", "ALSA_CONFIG_PATH": "/nonexistent"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**nowhere, "JACK_NO_START_SERVER": "1"}.items():
            patch.setenv(name, value)
        with terminal("tune", "bow", "--listen") as screen:
            assert screen.wait() == 1
            screen.wait_for("No sound device was found")
            screen.wait_for("Nothing was changed.")
            assert "file" not in screen.shown


def test_without_a_terminal_it_says_so() -> None:
    command = [sys.executable, "-m", "voice_coach", "tune", "bow", "--listen"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "there is no terminal that they could come from" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("bow", "hold=3s", "--listen"), "Tune by ear, set values, or reset them, one at a time."),
        (("--listen",), "Which exercise?"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments: tuple[str, ...], says: str) -> None:
    command = [sys.executable, "-m", "voice_coach", "tune", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert says in done.stderr
