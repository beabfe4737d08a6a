"""Ctrl-C that is held up is raised at a moment that is fit for it, once, and in the first thread."""

from __future__ import annotations

from threading import Thread

import pytest

from voice_coach.stopping import held_up, may_stop, stop


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


def test_an_error_of_the_work_is_not_hidden_and_it_is_raised_later() -> None:
    with pytest.raises(ValueError, match="broken"), held_up():
        stop()
        raise ValueError("broken")
    with pytest.raises(KeyboardInterrupt):
        may_stop()


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
