"""A session on a real sound server that is killed again and again: nothing is skipped, nothing left over."""

from __future__ import annotations

import gc
import os
import random
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.calibration import patience_s
from tests.support.command import wait_until
from tests.support.kept_device import KeptDevice
from tests.support.own_scripts import write_scripts
from tests.support.sound_server import Recording, SoundServer
from voice_coach.coach import Coach
from voice_coach.core.status import LiveStatus
from voice_coach.core.timeline import Chapter
from voice_coach.formats.base import LiveOutput
from voice_coach.rendering.performance import Performance
from voice_coach.session.controller import REOPEN_S, SessionController
from voice_coach.session.navigation import rep_ms, sentences
from voice_coach.session.observer import SessionPlace

if TYPE_CHECKING:
    from numpy.typing import NDArray

TURNS = 20 if "VOICE_COACH_LONG" in os.environ else 3

SESSION = """
kind: session
id: losing
title: Losing
opening: []
exercises: [bow, nod, turn]
closing: []
"""
EXERCISE = """
kind: exercise
id: {id}
title: {title}
position: standing
hurts: Stop.
steps:
  - repeat: 6
    steps:
      - say: "{{rep}} of {{reps}}. {title}."
        guidance: names
      - Come up slowly.
      - hold: 3s
        countdown: 2
      - Let go.
      - pause: 1s
"""


class Kept(KeptDevice):
    """A device of the sound server, and what it was given to play."""

    def __init__(self, device: LiveOutput, starting: threading.Lock) -> None:
        super().__init__(device)
        self._starting = starting

    def ready(self) -> None:
        with self._starting:  # no server is half there
            super().ready()

    def sounds(self) -> NDArray[np.int16]:
        """All samples that are not silent, in order."""
        return sounding(self.heard())


class Led:
    """A session that plays in a thread of its own, and the server that it plays on."""

    def __init__(self, coach: Coach, performance: Performance, server: SoundServer) -> None:
        self.server = server
        self.told: list[LiveStatus] = []
        self.devices: list[Kept] = []
        self.chapters: list[Chapter] = list(performance.chapters())
        self.session: SessionController = coach.live_session(performance, on_status=self.told.append)
        self._coach = coach
        self._starting = threading.Lock()
        self._recordings = ExitStack()
        self.recording: Recording = self._recordings.enter_context(server.record())
        self._thread = threading.Thread(target=self._play)
        self._trouble: BaseException | None = None
        self._thread.start()

    def mode(self, mode: str) -> None:
        wait_until(
            lambda: self.session.current_status().mode == mode, lambda: str(self.session.current_status())
        )

    def says(self, words: str) -> None:
        wait_until(
            lambda: words in self.session.current_status().saying, lambda: str(self.session.current_status())
        )

    def silent(self) -> None:
        """Wait until nothing is said besides the session any more."""
        wait_until(
            lambda: not self.session.current_status().saying, lambda: str(self.session.current_status())
        )

    def plays_on(self, ms: int) -> None:
        """Wait until so much more of the session is heard, or another chapter."""
        self.silent()
        since = self.session.place

        def heard() -> bool:
            now = self.session.place
            return now.chapter > since.chapter or now.at_ms >= since.at_ms + ms

        wait_until(heard, lambda: str(self.session.current_status()))

    def lose(self) -> SessionPlace:
        """The server is killed; where the session was."""
        self.heard()
        self.server.kill()
        self._recordings.close()
        self.mode("lost")
        return self.session.place

    def goes_on_ms(self, was: SessionPlace) -> int:
        """It goes on in the rep that it was in, and nothing of that is skipped; where in the chapter."""
        now = self.session.place
        assert now.chapter == was.chapter
        assert rep_ms(self.chapters[was.chapter], was.at_ms) <= now.at_ms <= was.at_ms
        return now.at_ms

    def come_back(self) -> None:
        """The server is there again, and recorded from before the session finds it."""
        with self._starting:
            self.server.start()
            self.recording = self._recordings.enter_context(self.server.record())

    def heard(self) -> None:
        """What was recorded is what the device was given, from its first sample on."""

        def recorded() -> NDArray[np.int16]:
            return sounding(self.recording.samples(tail_ms=0)[:, 0])

        wait_until(lambda: bool(len(recorded())), lambda: str(self.session.current_status()))
        found = recorded()
        assert np.array_equal(found, self.devices[-1].sounds()[: len(found)])

    def join(self) -> None:
        self._thread.join(60)
        self._recordings.close()
        assert not self._thread.is_alive()
        if self._trouble:
            raise self._trouble

    def _device(self) -> Kept:
        self.devices.append(Kept(self._coach.device(live=True), self._starting))
        return self.devices[-1]

    def _play(self) -> None:
        try:
            self.session.play(self._device(), self._device)
        except BaseException as error:  # noqa: BLE001  (raised again by the test)
            self._trouble = error


def sounding(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    return samples[samples != 0]


@pytest.fixture
def performance(coach_home: Path) -> Generator[tuple[Coach, Performance]]:
    write_scripts(coach_home, "losing", SESSION, EXERCISE, "bow", "nod", "turn")
    with Coach() as coach:
        yield coach, coach.prepare("losing")


@contextmanager
def led(performance: tuple[Coach, Performance], server: SoundServer) -> Generator[Led]:
    """A session that is being led, and that leaves nothing behind."""
    coach, prepared = performance
    prepared.timeline()  # what speaks is there, and stays
    before = open_files(), set(threading.enumerate()), tasks()
    session = Led(coach, prepared, server)
    try:
        yield session
    finally:
        session.session.give("stop")
        session.join()
    gc.collect()
    assert (open_files(), set(threading.enumerate()), tasks()) == before


def open_files() -> list[str]:
    """What this process holds open, sockets among them."""
    found: list[str] = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except FileNotFoundError:  # the folder itself, which is being read
            continue
    return sorted(name for name in found if not name.endswith("/fd"))


def tasks() -> int:
    """The threads that the system knows."""
    return len(list(Path("/proc/self/task").iterdir()))


def test_it_goes_on_wherever_the_server_is_killed(
    performance: tuple[Coach, Performance], own_sound_server: SoundServer
) -> None:
    chance = random.Random(5)
    with led(performance, own_sound_server) as session:
        session.mode("playing")
        session.plays_on(1_000)
        for turn in range(TURNS):
            was = session.lose()
            session.come_back()
            session.says("The sound is back")
            assert session.goes_on_ms(was) in sentences(session.chapters[was.chapter])
            if turn % 3 < 2:  # the third time it goes again while the coach says that it was gone
                session.plays_on(chance.randrange(100, 6_000))
        session.plays_on(500)
        session.heard()
    modes = [status.mode for status in session.told]
    assert sum(pair == ("lost", "playing") for pair in pairwise(modes)) == TURNS


def test_a_pause_is_still_a_pause(
    performance: tuple[Coach, Performance], own_sound_server: SoundServer
) -> None:
    with led(performance, own_sound_server) as session:
        session.plays_on(4_000)
        session.session.give("pause")
        session.mode("paused")
        was = session.lose()
        session.come_back()
        session.mode("paused")
        session.says("The sound is back")
        session.silent()
        assert session.session.place == was
        session.session.give("resume")
        session.mode("playing")
        session.goes_on_ms(was)
        session.plays_on(1_000)
        session.heard()


def test_what_was_asked_is_asked_again(
    performance: tuple[Coach, Performance], own_sound_server: SoundServer
) -> None:
    with led(performance, own_sound_server) as session:
        session.plays_on(1_000)
        session.session.give("hurts")
        session.mode("asking")
        asked = session.session.current_status().saying
        assert asked
        was = session.lose()
        session.come_back()
        session.mode("asking")
        session.says("The sound is back")
        session.says(asked)
        assert session.session.place == was
        session.session.give("leave-out")
        session.mode("playing")
        assert session.session.place.chapter == was.chapter + 1
        session.plays_on(500)
        session.heard()


def test_stop_ends_it_at_once_while_the_server_is_away(
    performance: tuple[Coach, Performance], own_sound_server: SoundServer
) -> None:
    with led(performance, own_sound_server) as session:
        session.plays_on(500)
        session.lose()
        wait_until(lambda: len(session.devices) > 2)  # it looks for another again and again
        begun_s = time.monotonic()
        session.session.give("stop")
        assert session.session.current_status().mode == "ended"
        session.join()
        assert time.monotonic() - begun_s < patience_s(REOPEN_S / 2)
    assert session.told[-1].mode == "ended"
