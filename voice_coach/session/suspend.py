"""Notices that the machine has slept: its lid was closed in the middle of a session."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

SHORTEST_S = 1.0
"""Shortest gap that counts as suspend: on a busy machine two clocks read one after the other may differ by
less."""

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Clocks:
    """Two clocks that are never set, in seconds: one stands still while the machine is suspended, one goes
    on."""

    awake_s: Clock
    always_s: Clock


def system_clocks() -> Clocks | None:
    """Those of this system; None where Python has no such pair (Windows).

    Clocks that can be set do not do: a jump of the time of day is no sleep.
    """
    names = {
        "linux": ("CLOCK_MONOTONIC", "CLOCK_BOOTTIME"),
        "darwin": ("CLOCK_UPTIME_RAW", "CLOCK_MONOTONIC"),
    }
    numbers = [getattr(time, name) for name in names.get(sys.platform, ()) if hasattr(time, name)]
    if len(numbers) != 2:
        return None
    awake, always = numbers
    return Clocks(lambda: time.clock_gettime(awake), lambda: time.clock_gettime(always))


def boot_clock_s() -> float:
    """Return seconds that go on while the machine is suspended, where the system has such a clock."""
    clocks = system_clocks()
    return clocks.always_s() if clocks else time.monotonic()


class SuspendDetector:
    """Tells how long the machine slept between two looks.

    Args:
        clocks: what to tell it by; None, and it never slept.
    """

    def __init__(self, clocks: Clocks | None) -> None:
        self._clocks = clocks
        self._slept_s = self._slept_by_now_s()

    def look(self) -> float:
        """Seconds slept since the last look that told of any, or since this was made; 0 if there was none."""
        slept_s = self._slept_by_now_s() - self._slept_s
        if slept_s < SHORTEST_S:
            return 0.0
        self._slept_s += slept_s
        return slept_s

    def _slept_by_now_s(self) -> float:
        return self._clocks.always_s() - self._clocks.awake_s() if self._clocks else 0.0
