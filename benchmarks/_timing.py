"""Times whole commands as their own processes, in pairs, so that a machine's moods hit both."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

VOICE_COACH = (sys.executable, "-m", "voice_coach")


@dataclass(frozen=True, slots=True)
class Command:
    """A command to time; ``before`` is run before each time, and not timed."""

    name: str
    arguments: Sequence[str]
    environ: dict[str, str]
    before: Callable[[], None] = lambda: None

    def seconds(self) -> float:
        """Wall-clock seconds from start to exit.

        Raises:
            subprocess.CalledProcessError: the command failed.
        """
        self.before()
        began = time.perf_counter()
        subprocess.run(
            self.arguments,
            env=os.environ | self.environ,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.perf_counter() - began


def race(commands: Sequence[Command], runs: int) -> dict[str, list[float]]:
    """Seconds of each command by name: one warm-up, then ``runs`` rounds in which each runs once."""
    times: dict[str, list[float]] = {command.name: [] for command in commands}
    for round_ in range(runs + 1):
        for command in commands:
            seconds = command.seconds()
            if round_:
                times[command.name].append(seconds)
    return times


def report(times: dict[str, list[float]], against: str) -> None:
    """Prints minimum, median and maximum of each, and the median of its ratios to ``against``."""
    for name, seconds in times.items():
        ratios = [mine / other for mine, other in zip(seconds, times[against], strict=True)]
        print(
            f"{name:<34} {min(seconds):7.3f} {statistics.median(seconds):7.3f} {max(seconds):7.3f} s"
            f"   {statistics.median(ratios):6.2f} × {against}"
        )
