"""Working ahead: everything in its order, for everyone, errors at their place, and an end when stopped."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from threading import Event, Thread

import pytest

from voice_coach.core.errors import CoachError
from voice_coach.session.content import Prefetcher


def test_many_iterations_get_all_items_in_order() -> None:
    ahead = Prefetcher(iter(range(100)))
    found: list[list[int]] = []
    readers = [Thread(target=lambda: found.append(list(ahead))) for _ in range(5)]
    for reader in readers:
        reader.start()
    ahead.start()
    for reader in readers:
        reader.join()
    assert found == [list(range(100))] * 5
    assert list(ahead) == list(range(100))


def test_items_come_out_while_later_ones_are_made() -> None:
    more = Event()

    def source() -> Iterator[str]:
        yield "first"
        more.wait()
        yield "second"

    ahead = Prefetcher(source())
    ahead.start()
    items = iter(ahead)
    assert next(items) == "first"
    assert (ahead.peek(0), ahead.peek(1)) == ("first", None)
    more.set()
    assert list(items) == ["second"]
    assert ahead.peek(1) == "second"


def test_pulls_ahead_of_who_reads() -> None:
    made = Event()

    def source() -> Iterator[int]:
        yield 1
        yield 2
        made.set()

    ahead = Prefetcher(source())
    ahead.start()
    assert made.wait(10)
    assert (ahead.peek(0), ahead.peek(1)) == (1, 2)


def test_an_error_comes_out_at_its_place_of_every_iteration() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise CoachError("the second could not be made")

    ahead = Prefetcher(source())
    ahead.start()
    for _ in range(2):
        items = iter(ahead)
        assert next(items) == 1
        with pytest.raises(CoachError, match="the second"):
            next(items)
    assert ahead.peek(1) is None
    ahead.wait_for(0, 10)
    with pytest.raises(CoachError, match="the second"):
        ahead.wait_for(1, 10)


def test_stop_ends_the_work_and_every_iteration() -> None:
    ahead = Prefetcher(count())
    ahead.start()
    waiting = iter(ahead)
    assert next(waiting) == 0
    ahead.stop()
    made = list(ahead)
    assert made == list(range(len(made)))
    assert list(waiting) == made[1:]


def test_stop_waits_for_the_item_being_made() -> None:
    making, go_on = Event(), Event()

    def source() -> Iterator[int]:
        making.set()
        go_on.wait()
        yield 1

    ahead = Prefetcher(source())
    ahead.start()
    assert making.wait(10)
    stopper = Thread(target=ahead.stop)
    stopper.start()
    assert ahead.peek(0) is None
    go_on.set()
    stopper.join()
    assert ahead.peek(0) == 1


def test_stopping_what_never_began_returns() -> None:
    Prefetcher(iter([1])).stop()
