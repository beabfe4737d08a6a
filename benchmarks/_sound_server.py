"""Sound server, recorder with times, and busy cores for benchmarks of sound."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_RECORD = ("parec", "--device=test.monitor", "--format=s16le", "--channels=1", "--rate=48000", "--raw")
_FRAME_BYTES = 2
_RATE_HZ = 48_000


def record_command(latency_ms: int) -> tuple[str, ...]:
    """The command that writes what the sink plays, 16-bit mono at 48 000 Hz, to its standard output."""
    return (*_RECORD, f"--latency-msec={latency_ms}")


def can_record() -> bool:
    """Return whether there is a sound server to be started, and its recorder."""
    return sys.platform == "linux" and all(map(shutil.which, ("pulseaudio", "parec")))


@contextmanager
def server() -> Generator[dict[str, str]]:
    """A sound server of its own that devices made in here find; gives what other programs need to find it."""
    from tests.support.sound_server import running_sound_server

    with running_sound_server() as running, environment(running.environ):
        yield running.environ


@contextmanager
def environment(values: dict[str, str]) -> Generator[None]:
    """These variables in the environment of this process and of those it starts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextmanager
def loaded(programs: int) -> Generator[None]:
    """Keep a number of cores busy."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(programs)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def load_average() -> str:
    """The machine's load of the last minute, as it is written beside each figure."""
    return Path("/proc/loadavg").read_text().split()[0]


class Recorder:
    """Keeps what the sink plays, and when each frame of it came."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._parec = subprocess.Popen(record_command(20), stdout=subprocess.PIPE, env=os.environ | environ)
        self._recorded = bytearray()
        self._ends: list[int] = []
        self._came_s: list[float] = []
        self._begun = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._begun.wait()

    def find(self, samples: bytes, from_frame: int) -> int:
        """The first frame from one on at which these samples were recorded; -1 if they were not."""
        at = self._recorded.find(samples, from_frame * _FRAME_BYTES)
        while at % _FRAME_BYTES and at != -1:
            at = self._recorded.find(samples, at + 1)
        return at if at == -1 else at // _FRAME_BYTES

    def since(self, frame: int) -> NDArray[np.int16]:
        """Return what was recorded from a frame until now."""
        return np.frombuffer(
            bytes(self._recorded[frame * _FRAME_BYTES : self.frames * _FRAME_BYTES]), np.int16
        )

    def played_s(self, frame: int) -> float:
        """Return when a frame was played, by ``time.monotonic``: no frame can have come before it was."""
        begins = zip(self._came_s, self._ends, strict=False)
        return min(came - end / _RATE_HZ for came, end in begins) + frame / _RATE_HZ

    def came_s(self, frame: int) -> float:
        """Return when a frame came, by ``time.monotonic``; the recorder's own delay is in it."""
        return self._came_s[bisect_right(self._ends, frame)]

    @property
    def frames(self) -> int:
        """Return how many frames have come."""
        return len(self._recorded) // _FRAME_BYTES

    def close(self) -> None:
        """Stop recording; what was recorded can still be asked for."""
        self._parec.kill()
        self._parec.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self._parec.stdout is not None
        with self._parec.stdout as recorded:
            while piece := os.read(recorded.fileno(), 1 << 16):
                came_s = time.monotonic()
                self._recorded += piece
                self._ends.append(self.frames)
                self._came_s.append(came_s)
                self._begun.set()
        self._begun.set()
