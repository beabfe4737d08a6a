"""Times whole commands as their own processes, in pairs, so that a machine's moods hit both."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks._figures import record

VOICE_COACH = (sys.executable, "-m", "voice_coach")


@dataclass(frozen=True, slots=True)
class Took:
    """The cost of a process and of the children that it waited for.

    Attributes:
        seconds: from start to exit.
        processor_s: of all cores.
        peak_mb: the most resident memory that any one of them had.
    """

    seconds: float
    processor_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Command:
    """A command to time; ``before`` is run before each time, and not timed."""

    name: str
    arguments: Sequence[str]
    environ: dict[str, str]
    before: Callable[[], None] = lambda: None

    def run(self) -> Took:
        """Run it to its exit.

        Raises:
            subprocess.CalledProcessError: the command failed.
        """
        self.before()
        began = time.perf_counter()
        process = subprocess.Popen(
            self.arguments,
            env=os.environ | self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, self.arguments)
        return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def race(commands: Sequence[Command], runs: int) -> dict[str, list[Took]]:
    """Return what each command took, by name: one warm-up, then ``runs`` rounds in which each runs once."""
    times: dict[str, list[Took]] = {command.name: [] for command in commands}
    for round_ in range(runs + 1):
        for command in commands:
            took = command.run()
            if round_:
                times[command.name].append(took)
    return times


def report(times: dict[str, list[Took]], against: str) -> None:
    """Record the median of each; print extremes, and the median of its ratios to ``against``."""
    for name, tooks in times.items():
        seconds = [took.seconds for took in tooks]
        ratios = [mine / other.seconds for mine, other in zip(seconds, times[against], strict=True)]
        record(name, statistics.median(seconds), "s")
        print(
            f"    {min(seconds):.3f} to {max(seconds):.3f} s   {statistics.median(ratios):6.2f} × {against}",
            flush=True,
        )
