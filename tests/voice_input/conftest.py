"""A room whose microphone hears what its loudspeaker plays, on a real sound server, and an ear in it."""

from collections.abc import Generator
from contextlib import closing

import pytest

from tests.support.listener import Listener
from tests.support.sound_server import SINK, SoundServer


@pytest.fixture
def room(sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    monkeypatch.setenv("PULSE_SOURCE", f"{SINK}.monitor")
    return sound_server


@pytest.fixture
def own_room(own_sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    monkeypatch.setenv("PULSE_SOURCE", f"{SINK}.monitor")
    return own_sound_server


@pytest.fixture
def listener() -> Generator[Listener]:
    with closing(Listener()) as made:
        yield made
