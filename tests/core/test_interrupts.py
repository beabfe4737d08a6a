"""Ctrl-C that is held up is raised at a moment that is fit for it, once, and in the first thread."""

from __future__ import annotations

from collections.abc import Generator
from queue import SimpleQueue
from threading import Thread, Timer

import pytest

from voice_coach.core.interrupts import (
    check_interrupt,
    defer_interrupt,
    get_or_interrupt,
    request_interrupt,
    reset,
)


@pytest.fixture(autouse=True)
def new_command() -> Generator[None]:
    reset()
    yield
    reset()


def test_it_is_raised_at_once_where_nothing_holds_it_up() -> None:
    with pytest.raises(KeyboardInterrupt):
        request_interrupt()
    check_interrupt()  # it has been raised


def test_it_is_raised_at_the_next_fit_moment_and_no_other() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), defer_interrupt():
        check_interrupt()
        request_interrupt()
        done.append("held up")
        check_interrupt()
        done.append("too late")
    assert done == ["held up"]
    check_interrupt()


def test_it_is_raised_at_the_end_of_what_holds_it_up() -> None:
    done: list[str] = []

    @defer_interrupt()
    def work() -> None:
        request_interrupt()
        done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["whole"]


def test_a_second_one_is_raised_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), defer_interrupt():
        request_interrupt()
        request_interrupt()
        pytest.fail("it was held up")
    check_interrupt()


def test_so_it_is_if_something_goes_wrong_there() -> None:
    with pytest.raises(KeyboardInterrupt) as raised, defer_interrupt():
        request_interrupt()
        raise ValueError("broken")
    assert str(raised.value.__context__) == "broken"
    check_interrupt()
    with pytest.raises(ValueError, match="broken"), defer_interrupt():
        raise ValueError("broken")


def test_what_holds_it_up_within_lets_it_through() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), defer_interrupt():
        with defer_interrupt():
            request_interrupt()
            done.append("inner")
        done.append("outer")
    assert done == ["inner"]


def test_once_it_was_raised_the_next_is_raised_at_once() -> None:
    with defer_interrupt():
        with pytest.raises(KeyboardInterrupt), defer_interrupt():
            request_interrupt()
        with pytest.raises(KeyboardInterrupt):  # while things are being put away
            request_interrupt()
        check_interrupt()
    reset()
    with pytest.raises(KeyboardInterrupt), defer_interrupt():
        request_interrupt()


def test_what_is_in_a_queue_comes_before_ctrl_c_and_waiting_for_more_ends_with_it() -> None:
    queue: SimpleQueue[int] = SimpleQueue()
    queue.put(1)
    with pytest.raises(KeyboardInterrupt), defer_interrupt():
        request_interrupt()
        assert get_or_interrupt(queue) == 1
        get_or_interrupt(queue)
        pytest.fail("nothing was in it")
    Timer(0.3, queue.put, (2,)).start()
    assert get_or_interrupt(queue) == 2


def test_other_threads_neither_hold_it_up_nor_are_ended_by_it() -> None:
    done: list[str] = []

    def beside() -> None:
        check_interrupt()
        with defer_interrupt():
            done.append("beside")

    with pytest.raises(KeyboardInterrupt), defer_interrupt():
        request_interrupt()
        thread = Thread(target=beside)
        thread.start()
        thread.join()
        assert done == ["beside"]
        check_interrupt()

    def holding() -> None:
        with defer_interrupt(), pytest.raises(KeyboardInterrupt):
            request_interrupt()  # as the first thread would, which holds nothing up
        done.append("raised")

    thread = Thread(target=holding)
    thread.start()
    thread.join()
    assert done == ["beside", "raised"]
