"""Bounds on time that mean the same everywhere: multiples of a loop that is timed beside what is tested.

On the quiet machine on which the bounds were chosen one loop takes ``QUIET_LOOP_S``. On a slow or a busy one
it takes longer, and so does what is tested.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

QUIET_LOOP_S: Final = 0.0104
"""One loop by Python 3.11 on two cores with nothing else to do: the least of a hundred."""

SECOND_LOOPS: Final = round(1 / QUIET_LOOP_S)
"""The loops that such a machine does in a second."""

_LOOPS: Final = 9
_TRIES: Final = 3


def loops_of_processor_time(seconds: float) -> float:
    """Return how many loops this machine does in so much of the processor's time, as it is just now."""
    loop_s = min(_timed_s(time.process_time) for _ in range(_LOOPS))
    return seconds / max(loop_s, time.get_clock_info("process_time").resolution)  # Windows counts in 1/64 s


def loops_taken(work: Callable[[], object]) -> float:
    """Return the processor's time that some work takes, in loops."""
    return loops_of_processor_time(_timed_s(time.process_time, work))


def within(most: float, measure: Callable[[], float]) -> bool:
    """Return whether one of three measurements is at most this: what takes too long does so each time."""
    return any(measure() <= most for _ in range(_TRIES))


def patience_s(seconds: float) -> float:
    """Return how long may take here and now what takes so many seconds at most on the quiet machine.

    It is the wall clock's time, and never less: no machine waits faster.
    """
    mean_s = sum(_timed_s(time.monotonic) for _ in range(_LOOPS)) / _LOOPS
    return seconds * max(1.0, mean_s / QUIET_LOOP_S)


def loop() -> int:
    """Do what most of our code does: strings, dictionaries, calls."""
    words: dict[str, int] = {}
    for turn in range(20_000):
        word = f"{turn % 997}: {turn}"
        words[word[:5]] = words.get(word[:5], 0) + len(word.split())
    return len(words)


def _timed_s(clock: Callable[[], float], work: Callable[[], object] = loop) -> float:
    before_s = clock()
    work()
    return clock() - before_s
