"""Moments at which the whole machine stood still, as a virtual one does while its host is busy elsewhere."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Generator
from typing import IO

_PROGRAM = """
import contextlib, os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
with contextlib.suppress(OSError):
    os.nice(-15)
while True:
    due_s = time.monotonic() + 0.004
    time.sleep(0.004)
    now_s = time.monotonic()
    if now_s - due_s > 0.01:
        print(due_s, now_s, flush=True)
"""
"""Wakes up every 4 ms, on one core, before other programs if it may; tells from when to when it could not."""

_NEAR_S = 0.2


class Standstills:
    """When each core did nothing for more than a hundredth of a second that it was asked for."""

    def __init__(self) -> None:
        self._cores: dict[int, list[tuple[float, float]]] = {core: [] for core in os.sched_getaffinity(0)}

    def read(self, core: int, lines: IO[str]) -> None:
        """Keep what the program tells of a core, until it ends."""
        with lines:
            for line in lines:
                begin_s, end_s = map(float, line.split())
                self._cores[core].append((begin_s, end_s))

    def near(self, at_s: float) -> bool:
        """Whether all cores stood still about then, by ``time.monotonic``."""
        return all(
            any(begin_s - _NEAR_S < at_s < end_s + _NEAR_S for begin_s, end_s in stood)
            for stood in self._cores.values()
        )


@contextlib.contextmanager
def standstills() -> Generator[Standstills]:
    """Watch for them until the end of the block."""
    found = Standstills()
    with contextlib.ExitStack() as watched:
        for core in os.sched_getaffinity(0):
            watch = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, str(core)], stdout=subprocess.PIPE, text=True
            )
            watched.callback(watch.wait)
            watched.callback(watch.kill)
            assert watch.stdout
            threading.Thread(target=found.read, args=(core, watch.stdout), daemon=True).start()
        yield found
