"""A whole session in real time: whether the sound ever breaks off, and whether anything grows.

    python -m benchmarks soak [MINUTES] [--loaded]
    python -m benchmarks soak --fast

lower-back-relief, half an hour, is played by the program itself on a PulseAudio null sink (apt install
pulseaudio pulseaudio-utils) and recorded; at the end the recording is compared, sample for sample, with the
session's one stream. ``--loaded`` keeps all cores busy meanwhile. ``--fast`` leads the same session again and
again on a device that nobody hears, for eight hours of sound; then for eight more with any command every few
seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._sound_server import can_record, environment, load_average, loaded, record_command, server
from benchmarks._timing import VOICE_COACH
from voice_coach.coach import Coach
from voice_coach.core.commands import COMMANDS, CommandName
from voice_coach.formats.base import LiveOutput, make_device
from voice_coach.session.start import LiveOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.audio.mixer import Block
    from voice_coach.session.controller import SessionController

SESSION = "lower-back-relief"
BEGUN_S = 60
FAST_S = 8 * 3600
RATE_HZ = 48_000
COMMAND_FRAMES = 5 * RATE_HZ
"""About so far lie two commands apart."""

COMMANDS_GIVEN: tuple[CommandName, ...] = tuple(
    command.name for command in COMMANDS if command.name not in ("stop", "end")
)
_LOOK_S = 1.0
_TAIL_FRAMES = RATE_HZ
"""Frames that a device holds when it is stopped, and that are not heard."""


@dataclass(frozen=True, slots=True)
class Held:
    """Resources of a process at one moment."""

    memory_mb: float
    threads: int
    files: int

    def __str__(self) -> str:
        return f"{self.memory_mb:6.1f} MB, {self.threads} threads, {self.files} open files"


@dataclass(frozen=True, slots=True)
class Break:
    """A silence in a recording that is not in what was played.

    Attributes:
        at_frame: of what was played: the first one after it that is not silent.
        frames: how long it is.
    """

    at_frame: int
    frames: int


def main(arguments: list[str]) -> None:
    """Print the breaks in the sound, and what the process holds after a minute and at the end."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks soak")
    parser.add_argument("minutes", nargs="?", type=float, metavar="MINUTES")
    parser.add_argument("--loaded", action="store_true")
    parser.add_argument("--fast", action="store_true")
    wished = parser.parse_args(arguments)
    if sys.platform != "linux" or not (wished.fast or can_record()):
        print("a whole session: needs Linux, pulseaudio and parec")
    elif wished.fast:
        _fast()
    else:
        with loaded((os.cpu_count() or 1) if wished.loaded else 0):
            _real(wished.minutes)


def held(process: int | str = "self") -> Held:
    """Return what a process holds now."""
    folder = Path("/proc") / str(process)
    lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    memory_mb = int(lines["VmRSS"].split()[0]) / 1024
    return Held(memory_mb, int(lines["Threads"]), len(list((folder / "fd").iterdir())))


def _real(minutes: float | None) -> None:
    """The program in real time, so many minutes of it or the whole."""
    with (
        tempfile.TemporaryDirectory() as folder,
        server() as environ,
        environment({"VOICE_COACH_HOME": folder}),
    ):
        file = Path(folder) / "recorded"
        with file.open("wb") as target:
            recorder = subprocess.Popen(record_command(200), stdout=target, env=os.environ | environ)
        try:
            while not file.stat().st_size:
                time.sleep(0.01)
            _watch(minutes)
            time.sleep(1)
        finally:
            recorder.terminate()
            recorder.wait()
        recorded = np.memmap(file, np.int16, "r")
        with Coach() as coach:
            performance = coach.prepare(SESSION)
            _print_breaks(recorded, performance.blocks(), is_whole=minutes is None)


def _watch(minutes: float | None) -> None:
    """Have the session played, and print what it holds."""
    session = subprocess.Popen(
        [*VOICE_COACH, "play", SESSION, "--no-wait"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    began_s = time.monotonic()
    begun: Held | None = None
    last: Held | None = None
    try:
        while (past_s := time.monotonic() - began_s) < (minutes or float("inf")) * 60:
            if session.poll() is not None:
                break
            try:
                last = held(session.pid)
            except (OSError, KeyError):  # it has just ended
                break
            if begun is None and past_s >= BEGUN_S:
                begun = last
                print(f"after {past_s:6.0f} s   {begun}   load average {load_average()}", flush=True)
            time.sleep(_LOOK_S)
    finally:
        session.terminate()
        code = session.wait()
    past_s = time.monotonic() - began_s
    print(f"after {past_s:6.0f} s   {last}   load average {load_average()}", flush=True)
    if minutes is None and code:
        raise RuntimeError(f"the session ended with {code}")


def _print_breaks(recorded: NDArray[np.int16], played: Iterable[Block], *, is_whole: bool) -> None:
    found = list(breaks(recorded, (block.samples for block in played), is_whole=is_whole))
    for each in found:
        print(f"  a break of {each.frames / RATE_HZ * 1000:.1f} ms before {each.at_frame / RATE_HZ:.3f} s")
    total_ms = sum(each.frames for each in found) / RATE_HZ * 1000
    print(f"{len(recorded) / RATE_HZ:.0f} s recorded, {len(found)} breaks, {total_ms:.1f} ms in all")


def breaks(
    recorded: NDArray[np.int16], played: Iterable[NDArray[np.int16]], *, is_whole: bool
) -> Iterator[Break]:
    """The breaks in a recording of what was played; everything else is the same, sample for sample.

    One that lies in a silence of what was played is found where that silence ends.

    Args:
        recorded: shape (frames,), with any silence before and after it.
        played: pieces of it in order, each of shape (frames,).
        is_whole: whether all of it was played, rather than stopped somewhere.

    Raises:
        RuntimeError: something else was recorded, or not all of it.
    """
    sounding = np.flatnonzero(recorded != 0)
    if not len(sounding):
        raise RuntimeError("nothing was recorded")
    end = int(sounding[-1]) + 1 - (0 if is_whole else _TAIL_FRAMES)
    at, frame = -1, 0
    for piece in played:
        done = 0
        if at < 0:  # where a silence begins that comes first cannot be seen
            done = _first(piece)
            at = int(sounding[0]) if done < len(piece) else -1
        while done < len(piece) and at < end:
            same = recorded[at : at + len(piece) - done]
            other = _first(same != piece[done : done + len(same)])
            at, done = at + other, done + other
            if other < len(same):
                gap = int(sounding[np.searchsorted(sounding, at)]) - at
                if not gap or recorded[at + gap] != piece[done]:
                    raise RuntimeError(f"at {(frame + done) / RATE_HZ:.3f} s another sound was recorded")
                yield Break(frame + done, gap)
                at += gap
        if at >= end and not is_whole:
            return
        if piece[done:].any():
            raise RuntimeError(f"the recording ends at {(frame + done) / RATE_HZ:.3f} s")
        frame += len(piece)
    if at < end:
        raise RuntimeError("more was recorded than was played")


def _first(samples: NDArray[np.int16] | NDArray[np.bool_]) -> int:
    """The index of the first that is not zero; the length if all are."""
    found = np.flatnonzero(samples)
    return int(found[0]) if len(found) else len(samples)


class _Restless(LiveOutput):
    """Device without sound on which any command is given every few seconds."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._device = make_device("none", live=True)
        self._rng = rng
        self.session: SessionController | None = None
        self.commands = 0

    def write(self, blocks: Iterable[Block]) -> None:
        self._device.write(self._steered(blocks))

    @property
    def position_frames(self) -> int:
        return self._device.position_frames

    def _steered(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            yield block
            if self.session is not None and self._rng.random() < len(block.samples) / COMMAND_FRAMES:
                self.session.give(COMMANDS_GIVEN[int(self._rng.integers(len(COMMANDS_GIVEN)))])
                self.commands += 1


def _fast() -> None:
    """One process leads the session again and again, and prints what it holds after each hour."""
    rng = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as folder, environment({"VOICE_COACH_HOME": folder}), Coach() as coach:
        performance = coach.prepare(SESSION)
        for name in ("without commands", "with commands"):
            began_s, seconds, hours, commands, times = time.monotonic(), 0.0, 0, 0, 0
            while seconds < FAST_S:
                output = _Restless(rng)
                session = coach.live_session(performance, LiveOptions(waits=name == "with commands"))
                output.session = session if name == "with commands" else None
                session.play(output, _no_other)
                seconds += output.position_frames / RATE_HZ
                commands, times = commands + output.commands, times + 1
                if seconds // 3600 > hours:
                    hours = int(seconds // 3600)
                    print(
                        f"{name}, {seconds / 3600:4.1f} h of sound in {time.monotonic() - began_s:5.1f} s, "
                        f"{times} sessions, {commands} commands   {held()}",
                        flush=True,
                    )
    print(f"load average {load_average()}")


def _no_other() -> LiveOutput:
    raise RuntimeError("the device that nobody hears was lost")
