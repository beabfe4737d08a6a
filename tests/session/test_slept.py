"""A machine's sleep is told from its being busy, and from a clock that is set."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.session.suspend import SHORTEST_S, Clocks, SuspendDetector, system_clocks


class Machine:
    """Two clocks of a machine that was on for a while and has slept before."""

    def __init__(self) -> None:
        self.awake_s, self.always_s = 5_000.0, 90_000.0
        self.clocks = Clocks(lambda: self.awake_s, lambda: self.always_s)

    def work(self, seconds: float) -> None:
        self.awake_s += seconds
        self.always_s += seconds

    def sleep(self, seconds: float) -> None:
        self.always_s += seconds


def test_sleep_is_told_once() -> None:
    machine = Machine()
    watch = SuspendDetector(machine.clocks)
    machine.work(3)
    machine.sleep(3_600)
    machine.work(0.2)
    assert watch.look() == pytest.approx(3_600)
    assert watch.look() == 0
    machine.sleep(20)
    assert watch.look() == pytest.approx(20)


def test_work_is_no_sleep_however_long_nobody_looked() -> None:
    machine = Machine()
    watch = SuspendDetector(machine.clocks)
    machine.work(100_000)
    assert watch.look() == 0


@given(st.lists(st.tuples(st.floats(0, 100), st.just(0.0) | st.floats(2 * SHORTEST_S, 1e5))))
def test_no_sleep_is_lost_or_told_twice(turns: list[tuple[float, float]]) -> None:
    machine = Machine()
    watch = SuspendDetector(machine.clocks)
    for work_s, sleep_s in turns:
        machine.work(work_s)
        machine.sleep(sleep_s)
        assert watch.look() == pytest.approx(sleep_s, abs=1e-4)


def test_clocks_that_are_not_read_at_the_same_moment_are_no_sleep() -> None:
    machine = Machine()
    watch = SuspendDetector(machine.clocks)
    for late_s in (0.3, 0.0, 0.8, -0.1):
        machine.always_s += late_s
        assert watch.look() == 0
        machine.always_s -= late_s


def test_without_such_clocks_it_never_slept() -> None:
    assert SuspendDetector(None).look() == 0


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="Python has no such clocks there")
def test_this_machine_is_awake() -> None:
    clocks = system_clocks()
    assert clocks
    watch = SuspendDetector(clocks)
    before_s = clocks.awake_s()
    assert sum(range(200_000))
    assert clocks.awake_s() > before_s
    assert watch.look() == 0


def test_a_clock_that_is_set_is_no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = SuspendDetector(system_clocks())
    now_s = time.time()
    monkeypatch.setattr(time, "time", lambda: now_s + 7_200)
    assert watch.look() == 0
