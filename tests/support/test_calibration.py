"""Time in loops is the same whatever else the machine does, and patience grows with what it does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator

import pytest

from tests.support.calibration import QUIET_LOOP_S, loop, loops_taken, patience_s, within


@pytest.fixture
def busy_cores() -> Generator[None]:
    """Other programs that want every core of a small machine."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def four_loops() -> None:
    for _ in range(4):
        loop()


@pytest.mark.usefixtures("busy_cores")
def test_four_loops_are_four_on_a_busy_machine() -> None:
    assert within(5, lambda: loops_taken(four_loops))
    assert not within(2.5, lambda: loops_taken(four_loops))


def test_patience_is_never_less_than_asked() -> None:
    assert patience_s(3) >= 3


def test_patience_grows_where_the_loop_takes_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0

    def five_times_as_slow() -> float:
        nonlocal now_s
        now_s += 5 * QUIET_LOOP_S
        return now_s

    monkeypatch.setattr(time, "monotonic", five_times_as_slow)
    assert patience_s(3) == pytest.approx(15)
