"""Ctrl-C that is held up is raised at a moment that is fit for it, once, and in the first thread."""

from __future__ import annotations

from collections.abc import Generator
from queue import SimpleQueue
from threading import Thread, Timer

import pytest

from voice_coach.core.interrupts import begin, held_up, may_stop, stop, taken


@pytest.fixture(autouse=True)
def new_command() -> Generator[None]:
    begin()
    yield
    begin()


def test_it_is_raised_at_once_where_nothing_holds_it_up() -> None:
    with pytest.raises(KeyboardInterrupt):
        stop()
    may_stop()  # it has been raised


def test_it_is_raised_at_the_next_fit_moment_and_no_other() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), held_up():
        may_stop()
        stop()
        done.append("held up")
        may_stop()
        done.append("too late")
    assert done == ["held up"]
    may_stop()


def test_it_is_raised_at_the_end_of_what_holds_it_up() -> None:
    done: list[str] = []

    @held_up()
    def work() -> None:
        stop()
        done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["whole"]


def test_a_second_one_is_raised_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), held_up():
        stop()
        stop()
        pytest.fail("it was held up")
    may_stop()


def test_so_it_is_if_something_goes_wrong_there() -> None:
    with pytest.raises(KeyboardInterrupt) as raised, held_up():
        stop()
        raise ValueError("broken")
    assert str(raised.value.__context__) == "broken"
    may_stop()
    with pytest.raises(ValueError, match="broken"), held_up():
        raise ValueError("broken")


def test_what_holds_it_up_within_lets_it_through() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), held_up():
        with held_up():
            stop()
            done.append("inner")
        done.append("outer")
    assert done == ["inner"]


def test_once_it_was_raised_the_next_is_raised_at_once() -> None:
    with held_up():
        with pytest.raises(KeyboardInterrupt), held_up():
            stop()
        with pytest.raises(KeyboardInterrupt):  # while things are being put away
            stop()
        may_stop()
    begin()
    with pytest.raises(KeyboardInterrupt), held_up():
        stop()


def test_what_is_in_a_queue_comes_before_ctrl_c_and_waiting_for_more_ends_with_it() -> None:
    queue: SimpleQueue[int] = SimpleQueue()
    queue.put(1)
    with pytest.raises(KeyboardInterrupt), held_up():
        stop()
        assert taken(queue) == 1
        taken(queue)
        pytest.fail("nothing was in it")
    Timer(0.3, queue.put, (2,)).start()
    assert taken(queue) == 2


def test_other_threads_neither_hold_it_up_nor_are_ended_by_it() -> None:
    done: list[str] = []

    def beside() -> None:
        may_stop()
        with held_up():
            done.append("beside")

    with pytest.raises(KeyboardInterrupt), held_up():
        stop()
        thread = Thread(target=beside)
        thread.start()
        thread.join()
        assert done == ["beside"]
        may_stop()

    def holding() -> None:
        with held_up(), pytest.raises(KeyboardInterrupt):
            stop()  # as the first thread would, which holds nothing up
        done.append("raised")

    thread = Thread(target=holding)
    thread.start()
    thread.join()
    assert done == ["beside", "raised"]
