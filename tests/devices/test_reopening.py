"""A device is waited for with patience, and none of the attempts leaves anything behind."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from voice_coach.audio.mixer import Block
from voice_coach.core.errors import DeviceError, OutputError
from voice_coach.devices.base import wait_for_device
from voice_coach.formats.base import LiveOutput


class Attempt(LiveOutput):
    """A device that is there or not."""

    def __init__(self, trouble: BaseException | None) -> None:
        self._trouble = trouble
        self.is_closed = False

    def ready(self) -> None:
        if self._trouble:
            raise self._trouble

    def write(self, blocks: Iterable[Block]) -> None:
        raise AssertionError(blocks)

    def close(self) -> None:
        self.is_closed = True

    @property
    def position_frames(self) -> int:
        return 0


class Room:
    """Where devices come and go: ``troubles`` are those of one attempt after the other."""

    def __init__(self, *troubles: BaseException | None) -> None:
        self.attempts = [Attempt(trouble) for trouble in troubles]
        self.tried = 0
        self.waits: list[float] = []

    def factory(self) -> LiveOutput:
        self.tried += 1
        return self.attempts[self.tried - 1]

    @property
    def closed(self) -> list[bool]:
        return [attempt.is_closed for attempt in self.attempts]


GONE = DeviceError("gone")


def test_the_first_that_opens_is_the_one() -> None:
    room = Room(GONE, GONE, None)
    found = wait_for_device(room.factory, lambda: False, 0.5, wait=room.waits.append)
    assert found is room.attempts[2]
    assert room.closed == [True, True, False]
    assert room.waits == [0.5, 0.5]


def test_nobody_waits_for_what_is_there() -> None:
    room = Room(None)
    assert wait_for_device(room.factory, lambda: False, 0.5, wait=room.waits.append) is room.attempts[0]
    assert room.waits == []


def test_it_ends_when_it_is_stopped() -> None:
    room = Room(GONE, GONE, GONE)
    found = wait_for_device(room.factory, lambda: len(room.waits) == 2, 0.5, wait=room.waits.append)
    assert found is None
    assert room.closed == [True, True, False]
    assert room.tried == 2


def test_a_device_that_opens_too_late_is_closed() -> None:
    room = Room(None)
    assert wait_for_device(room.factory, lambda: room.tried == 1, 0.5, wait=room.waits.append) is None
    assert room.closed == [True]
    assert room.waits == []


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), MemoryError()])
def test_ctrl_c_passes_through_and_leaves_nothing_open(trouble: BaseException) -> None:
    room = Room(GONE, trouble)
    with pytest.raises(type(trouble)):
        wait_for_device(room.factory, lambda: False, 0.5, wait=room.waits.append)
    assert room.closed == [True, True]


def test_a_device_that_cannot_run_here_at_all_is_not_waited_for() -> None:
    def factory() -> LiveOutput:
        raise OutputError("not on this Python")

    with pytest.raises(OutputError, match="not on this Python"):
        wait_for_device(factory, lambda: False, 0.5)
