"""Gives commands to a whole live session, and finds in a recording when each was heard."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks._sound_server import Recorder, environment, server
from tests.support.kept_device import KeptDevice
from voice_coach.coach import Coach
from voice_coach.session.start import LiveOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.core.commands import CommandName
    from voice_coach.formats.base import LiveOutput

ROUND: Final[tuple[CommandName, ...]] = (
    "pause",
    "resume",
    "skip",
    "back",
    "louder",
    "repeat",
    "quieter",
    "next",
    "previous",
    "where",
)
"""Given again and again; skip and back keep it from coming to its end."""

_EXERCISE = """
kind: exercise
id: talk
title: Talk
position: standing
steps:
"""
_TALK = "  - Stand as tall as you can, and let both of your shoulders sink, part {part} of many.\n"
_SESSION = """
kind: session
id: talking
title: Talking
opening: []
exercises: [talk, talk, talk]
closing: []
"""
_SHOWS_FRAMES = 240
"""Number of frames in a row that are found in a recording at one place only."""

_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Heard:
    """Delay of one command.

    Attributes:
        command: which.
        obeyed_ms: from when it was given until the first frame that was made for it came out.
        changed_ms: until the first sample came out that is another one than without the command.
    """

    command: str
    obeyed_ms: float
    changed_ms: float


@dataclass(frozen=True, slots=True)
class _Cut:
    """Frames that a command took back from the device.

    Attributes:
        frame: the first one of the stream that was made anew.
        dropped: what would have been heard from there on.
    """

    frame: int
    dropped: NDArray[np.int16]


class _Mirror(KeptDevice):
    """A device, all that was heard on it, and what was taken back from it."""

    def __init__(self, device: LiveOutput) -> None:
        super().__init__(device)
        self.cuts: list[_Cut] = []

    def cut(self) -> NDArray[np.int16]:
        dropped = super().cut()
        self.cuts.append(_Cut(self.position_frames, dropped))
        return dropped


def commands_heard(commands: int) -> list[Heard]:
    """Return how late each of so many commands was heard, given at any moment to a coach who talks all the
    time.

    Those that change nothing that could be heard, such as a jump from silence into silence, are left out.
    """
    rng = np.random.default_rng(5)
    with (
        server() as environ,
        tempfile.TemporaryDirectory() as folder,
        environment({"VOICE_COACH_HOME": folder}),
        closing(Recorder(environ)) as recorder,
    ):
        script = write_session(Path(folder))
        with Coach() as coach:
            mirror = _Mirror(coach.device(live=True))
            session = coach.live_session(coach.prepare(str(script)), LiveOptions(waits=False))
            playing = threading.Thread(target=lambda: session.play(mirror, _no_other))
            playing.start()
            until_s = time.monotonic() + _PATIENCE_S
            while not session.current_status().position_ms and time.monotonic() < until_s:
                time.sleep(0.1)
            given: list[tuple[CommandName, float, int]] = []
            for turn in range(commands):
                command = ROUND[turn % len(ROUND)]
                # At any moment of the device's period, and with the queue full again.
                time.sleep(0.5 + 0.3 * rng.random())
                given.append((command, time.monotonic(), len(mirror.cuts)))
                session.give(command)
            time.sleep(1)
            cuts = [*mirror.cuts, _Cut(mirror.position_frames, np.zeros(0, np.int16))]
            heard = mirror.heard()
            session.give("stop")
            playing.join()
        return list(_find(given, cuts, heard, recorder))


def _find(
    given: list[tuple[CommandName, float, int]],
    cuts: list[_Cut],
    heard: NDArray[np.int16],
    recorder: Recorder,
) -> Iterator[Heard]:
    """Each command that could be heard, by what it changed."""
    # What is recorded may fall behind the stream, but never come before it.
    recorded = 0
    frame = 0
    afters = [*(before for _, _, before in given[1:]), len(cuts) - 1]
    for (command, given_s, before), after in zip(given, afters, strict=True):
        if after == before:
            continue  # it meant nothing
        cut, until = cuts[before], cuts[after].frame
        changed = _changed(cut, heard[cut.frame : until])
        if changed is None:
            continue
        shown = cut.frame + changed
        at = recorder.find(heard[shown : shown + _SHOWS_FRAMES].tobytes(), recorded + shown - frame)
        if at == -1:
            raise RuntimeError(f"what {command} changed was not recorded")
        recorded, frame = at, shown
        changed_ms = (recorder.came_s(at) - given_s) * 1000
        obeyed_ms = (recorder.came_s(at - changed) - given_s) * 1000
        yield Heard(command, obeyed_ms, changed_ms)


def _changed(cut: _Cut, instead: NDArray[np.int16]) -> int | None:
    """The first frame after a cut that is another one, and can be found in a recording; None if none is."""
    frames = min(len(cut.dropped), len(instead) - _SHOWS_FRAMES)
    other = np.flatnonzero(cut.dropped[: max(0, frames)] != instead[: max(0, frames)])
    if not len(other):
        return None
    first = int(other[0])
    shown = instead[first : first + _SHOWS_FRAMES]
    return first if np.count_nonzero(shown) > _SHOWS_FRAMES // 4 else None


def write_session(folder: Path) -> Path:
    """Write a session of nothing but talk, its exercise beside it, and return its file."""
    talk = "".join(_TALK.format(part=part) for part in range(1, 31))
    (folder / "talk.yaml").write_text(_EXERCISE + talk, encoding="utf-8")
    script = folder / "talking.yaml"
    script.write_text(_SESSION, encoding="utf-8")
    return script


def _no_other() -> LiveOutput:
    raise RuntimeError("the sound device was lost")
