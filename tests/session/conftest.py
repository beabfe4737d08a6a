"""Sessions to be led, and a room for those that listen."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.led import EXERCISE, SESSION
from tests.support.own_scripts import write_scripts
from tests.support.sound_server import Room, running_room
from voice_coach.coach import Coach
from voice_coach.rendering.performance import Performance


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Generator[Room]:
    """A room with a loudspeaker, people and a microphone, found by this test and its child processes."""
    if sys.platform != "linux":
        pytest.skip("there is no such sound server")
    with running_room() as room:
        for name, value in room.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PULSE_SOURCE", raising=False)
        yield room


@pytest.fixture
def short_home(monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """The folder of user files at a path that is short enough for a socket's, as pytest's is not."""
    with tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True) as made:
        monkeypatch.setenv("VOICE_COACH_HOME", made)
        yield Path(made)


@pytest.fixture
def coach(coach_home: Path) -> Generator[Coach]:
    write_scripts(coach_home, "two", SESSION, EXERCISE, "bow", "nod")
    with Coach() as made:
        yield made


@pytest.fixture
def performance(coach: Coach) -> Performance:
    return coach.prepare("two")
