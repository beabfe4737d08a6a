"""A session in a process of its own, on a real sound server, killed in the middle: what was heard is kept."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import wait_until, words
from tests.support.led import SESSION
from tests.support.sound_server import SoundServer
from voice_coach.core.history import Led
from voice_coach.history.queries import led_sessions

EXERCISE = """
kind: exercise
id: {id}
title: {title}
position: standing
hurts: Stop.
steps:
  - repeat: 2
    steps:
      - say: "{{rep}}."
        guidance: names
      - hold: 2s
"""


@pytest.fixture
def kept(coach_home: Path) -> Path:
    for kind in ("exercises", "sessions"):
        (coach_home / "scripts" / kind).mkdir(parents=True)
    for name in ("bow", "nod"):
        script = coach_home / "scripts" / "exercises" / f"{name}.yaml"
        script.write_text(EXERCISE.format(id=name, title=name.capitalize()))
    (coach_home / "scripts" / "sessions" / "two.yaml").write_text(SESSION)
    return coach_home / "history.db"


def _done(led: Led) -> list[tuple[str, int, int, bool]]:
    return [(each.exercise, each.reps, each.of_reps, each.to_end) for each in led.exercises]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_what_was_heard_outlives_a_kill(sound_server: SoundServer, kept: Path) -> None:
    assert sound_server
    arguments = words("play", "two", "--quiet", "--guidance", "full")
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as playing:
        wait_until(lambda: any(each.to_end for led in led_sessions(kept) for each in led.exercises))
        playing.send_signal(signal.SIGKILL)
    (led,) = led_sessions(kept)
    assert (led.session, led.to_end) == ("two", False)
    assert _done(led) == [("bow", 2, 2, True)]
    # Led as long as time went by, but for the moments until the device was open.
    assert led.heard_ms is not None
    assert 6_000 < led.heard_ms <= led.ended_ms - led.began_ms + 500
    assert not list(kept.parent.glob("*damaged*"))


def test_a_session_is_led_as_long_as_it_is(sound_server: SoundServer, kept: Path) -> None:
    assert sound_server
    done = subprocess.run(
        words("play", "two", "--quiet", "--guidance", "full"), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    (led,) = led_sessions(kept)
    assert (led.to_end, _done(led)) == (True, [("bow", 2, 2, True), ("nod", 2, 2, True)])
    assert led.heard_ms is not None
    assert 0 <= led.ended_ms - led.began_ms - led.heard_ms < 5_000
    assert led.pacing.pace_percent == 100
