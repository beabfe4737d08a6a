"""A session in real time on a real sound server, steered over D-Bus and a socket, recorded and checked.

What is recorded must be, sample for sample, what the same stream gives when the same commands come at the
same frames on a device that is played by hand.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.cli.command import wait_until
from tests.controls.message_bus import MessageBus, running_bus
from tests.live.own_scripts import write_scripts
from tests.player.hand_device import HandDevice
from tests.sound_server import SoundServer
from voice_coach.audio.block import Block
from voice_coach.coach import Coach
from voice_coach.controls.calling import ask
from voice_coach.controls.choosing import close_all, controls, start_all
from voice_coach.live_score import LiveScore
from voice_coach.living import LiveSession
from voice_coach.model.commands import CommandName
from voice_coach.model.live import LiveStatus
from voice_coach.model.timeline import Chapter
from voice_coach.model.units import FRAMES_PER_MS
from voice_coach.outputs.output import LiveOutput, device
from voice_coach.performance import Performance
from voice_coach.player.state import Rules, State
from voice_coach.player.stream import FADE_MS, LiveStream

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONG = "VOICE_COACH_LONG" in os.environ
"""Also runs the whole of lower-back-short, ten minutes; otherwise a session of half a minute."""

MOST_QUIET_MS = 80
"""What follows a command may have to be spoken first; until then, after a fade, it is quiet."""

SESSION = """
kind: session
id: half-a-minute
title: Half a minute
start: standing
end: standing
opening:
  - Hello.
  - I wait a moment.
  - wait: 2s
exercises: [bow, nod]
closing:
  - That was all.
"""
EXERCISE = """
kind: exercise
id: {id}
title: {title}
position: standing
hurts: Stop. Stand still, and breathe.
easier:
  - {title} a little only.
  - pause: 1s
steps:
  - repeat: 2
    steps:
      - say: "{{rep}} of {{reps}}. {title}."
        guidance: names
      - hold: 4s
        countdown: 2
"""


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Generator[MessageBus]:
    with running_bus() as bus:
        for name, value in bus.environ.items():
            monkeypatch.setenv(name, value)
        yield bus


@pytest.fixture
def session(coach_home: Path) -> str:
    if LONG:
        return "lower-back-short"
    write_scripts(coach_home, "half-a-minute", SESSION, EXERCISE, "bow", "nod")
    return "half-a-minute"


class Steered:
    """A session that plays in a thread of its own; every command, with the frame at which it was obeyed."""

    def __init__(self, coach: Coach, performance: Performance, output: LiveOutput) -> None:
        self.obeyed: list[tuple[int, CommandName]] = []
        self.told: list[LiveStatus] = []
        self.session: LiveSession = coach.lead(performance, self.told.append, waits=True)
        self._output = output
        stream = self.session._stream  # pyright: ignore[reportPrivateUsage]
        tell = stream._on_command  # pyright: ignore[reportPrivateUsage]

        def obeyed(command: CommandName, before: State, after: State) -> None:
            self.obeyed.append((output.position_frames, command))
            tell(command, before, after)

        stream._on_command = obeyed  # pyright: ignore[reportPrivateUsage]
        self._thread = threading.Thread(target=self._play)
        self._trouble: BaseException | None = None

    def start(self) -> None:
        self._thread.start()

    def reach(self, what: str) -> None:
        """Wait until something is said."""

        def said() -> bool:
            now = self.session.now()
            speech = now.status.speech.text if now.status and now.status.speech else ""
            return what in (now.saying or speech)

        wait_until(said, lambda: f"{what!r}: {self.session.now()}", patience_s=700 if LONG else 60)

    def mode(self, mode: str) -> None:
        wait_until(lambda: self.session.now().mode == mode, lambda: str(self.session.now()), patience_s=700)

    def end(self) -> None:
        self._thread.join(700)
        assert not self._thread.is_alive()
        if self._trouble:
            raise self._trouble

    def _play(self) -> None:
        try:
            self.session.play(self._output, device)
        except BaseException as error:  # noqa: BLE001
            self._trouble = error


def replayed(performance: Performance, obeyed: list[tuple[int, CommandName]]) -> NDArray[np.int16]:
    """What the stream gives when these commands come at these frames."""
    score = LiveScore(performance)
    score.start()

    def render(chapter: Chapter, frames: int, start_ms: int, volume_db: float) -> Iterator[Block]:
        return performance.rendered(chapter, frames, start_ms, volume_db)

    stream = LiveStream(score, Rules(), render, State())
    by_hand = HandDevice(stream)
    for frame, command in obeyed:
        by_hand.hear(frame - by_hand.position_frames)
        stream.give(command)
    by_hand.hear(10**9)
    score.close(1)
    return by_hand.heard


def test_a_whole_session_steered_and_recorded(
    sound_server: SoundServer, bus: MessageBus, coach_home: Path, session: str
) -> None:
    for _ in range(2):  # where other tests take both cores, the server may run dry for a moment
        with suppress(RanDryError):
            return steered_and_recorded(sound_server, bus, coach_home, session)
    return steered_and_recorded(sound_server, bus, coach_home, session)


class RanDryError(AssertionError):
    """What was recorded is not what was played."""


def steered_and_recorded(sound_server: SoundServer, bus: MessageBus, coach_home: Path, session: str) -> None:
    runtime = coach_home / "runtime"
    notices: list[str] = []
    first, second = ("Pelvic tuck", "Knee slide") if LONG else ("Bow", "Nod")
    with Coach(notify=notices.append) as coach, sound_server.record() as recording:
        performance = coach.prepare(session)
        start = recording.frames
        steered = Steered(coach, performance, coach.device(live=True))
        started = start_all(
            controls(runtime, interactive=False, notify=notices.append), steered.session, notices.append
        )
        try:
            assert len(started) == 2
            steered.start()
            steered.mode("waiting")
            bus.playerctl("play-pause")  # ready
            steered.reach(first)
            bus.playerctl("pause")
            steered.mode("paused")
            assert bus.playerctl("status") == "Paused"
            ask(runtime, {"v": 1, "do": "where"})
            steered.reach(first)
            bus.playerctl("play")
            steered.mode("playing")
            ask(runtime, {"v": 1, "do": "next-rep"})
            steered.reach("Two of two" if not LONG else "of")
            ask(runtime, {"v": 1, "do": "hurts"})
            steered.mode("asking")
            assert ask(runtime, {"v": 1, "status": True})["status"]["mode"] == "asking"
            ask(runtime, {"v": 1, "do": "easier"})
            steered.mode("playing")
            bus.playerctl("next")
            steered.reach(second)
            assert second in bus.playerctl("metadata", "title")
            ask(runtime, {"v": 1, "do": "quieter"})
            ask(runtime, {"v": 1, "do": "repeat"})
            ask(runtime, {"v": 1, "do": "time-left"})
            while steered.session.now().mode != "ended":
                if steered.session.now().mode == "waiting":
                    ask(runtime, {"v": 1, "do": "ready"})
                threading.Event().wait(0.1)
            steered.end()
        finally:
            close_all(started)
        recorded = recording.samples()[start:, 0]
        expected = replayed(performance, steered.obeyed)
    assert notices == []
    names = [name for _, name in steered.obeyed]
    assert set(names) >= {
        "toggle",
        "pause",
        "where",
        "resume",
        "next-rep",
        "hurts",
        "easier",
        "skip",
        "quieter",
    }
    assert steered.told[-1].mode == "ended"
    frames = [frame for frame, _ in steered.obeyed]
    assert max(gaps(recorded, expected, frames)) <= MOST_QUIET_MS * FRAMES_PER_MS


def gaps(recorded: NDArray[np.int16], expected: NDArray[np.int16], commands: list[int]) -> list[int]:
    """The frames of silence that came after the fade at each command, until what follows was there.

    Everything else must be as expected, sample for sample.
    """
    at = first_sound(recorded) - first_sound(expected)
    found: list[int] = []
    for begin, end in pairwise([0, *commands, last_sound(expected) + 1]):
        quiet = gap(recorded[at:], expected[begin:end])
        if quiet is None:
            raise RanDryError(f"what follows frame {begin} is not what was played")
        found.append(quiet)
        at += quiet + end - begin
    return found


def gap(recorded: NDArray[np.int16], piece: NDArray[np.int16]) -> int | None:
    """How much silence comes before a piece, or after the fade that it begins with; None if it is another."""
    for faded in (0, FADE_MS * FRAMES_PER_MS):
        for quiet in range(MOST_QUIET_MS * FRAMES_PER_MS + 1):
            rest = recorded[faded + quiet : quiet + len(piece)]
            if np.array_equal(rest, piece[faded:]):
                is_quiet = not recorded[faded : faded + quiet].any()
                return quiet if is_quiet and np.array_equal(recorded[:faded], piece[:faded]) else None
    return None


def first_sound(samples: NDArray[np.int16]) -> int:
    return int(np.flatnonzero(samples)[0])


def last_sound(samples: NDArray[np.int16]) -> int:
    return int(np.flatnonzero(samples)[-1])
