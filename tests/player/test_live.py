"""Playing live, on a device that takes everything at once and waits only where a test asks it to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from threading import Event as Flag
from threading import current_thread
from threading import enumerate as enumerate_threads

import numpy as np
import pytest

from voice_coach.audio.block import Block
from voice_coach.model.cue import Mark
from voice_coach.model.problems import CoachError, DeviceError, Where
from voice_coach.model.status import Status
from voice_coach.model.timeline import Chapter, Event
from voice_coach.model.units import FRAMES_PER_MS
from voice_coach.outputs.output import LiveOutput
from voice_coach.player.live import play_live

MARK = Mark(where=Where("script.yaml", 1))


class MemoryDevice(LiveOutput):
    """Counts its frames; after each block ``heard`` is called with the position in milliseconds."""

    def __init__(self, heard: Callable[[int], None] = lambda _ms: None) -> None:
        self.frames = 0
        self.closed = 0
        self._heard = heard

    def write(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            self.frames += len(block.samples)
            self._heard(self.frames // FRAMES_PER_MS)

    def close(self) -> None:
        self.closed += 1

    @property
    def position_frames(self) -> int:
        return self.frames


def _chapter(number: int) -> Chapter:
    hold = Event(lane="action", kind="hold", start_ms=0, end_ms=1_000, mark=MARK)
    return Chapter(title=f"Chapter {number}", exercise="", duration_ms=1_000, events=(hold,))


def _chapters(many: int) -> Iterator[Chapter]:
    return map(_chapter, range(1, many + 1))


def _render(chapters: Iterable[Chapter]) -> Iterator[Block]:
    """A block of 500 ms of silence at a time."""
    for chapter in chapters:
        for _ in range(chapter.duration_ms // 500):
            yield Block(np.zeros(500 * FRAMES_PER_MS, np.int16), silent=True)


def test_all_chapters_are_played_and_the_end_is_told() -> None:
    device, told = MemoryDevice(), list[Status]()
    play_live(_chapters(3), _render, device, told.append)
    assert device.frames == 3_000 * FRAMES_PER_MS
    assert device.closed
    assert (told[-1].chapter, told[-1].position_ms, told[-1].left_ms) == ("Chapter 3", 3_000, 0)


def test_the_status_follows_the_device_tick_by_tick() -> None:
    """The device waits after each block until its status has been told."""
    tick, ticked = Flag(), Flag()
    told: list[tuple[str, int, int]] = []

    def heard(_ms: int) -> None:
        tick.set()
        assert ticked.wait(10)
        ticked.clear()

    def wait(over: Flag) -> bool:
        while not tick.wait(0.01):
            if over.is_set():
                return True
        tick.clear()
        return False

    def on_status(status: Status) -> None:
        assert current_thread().name == "status"
        told.append((status.chapter, status.position_ms, status.action_left_ms))
        ticked.set()

    play_live(_chapters(2), _render, MemoryDevice(heard), on_status, wait=wait)
    assert [position for _, position, _ in told] == [500, 1_000, 1_500, 2_000, 2_000]
    assert told[0] == ("Chapter 1", 500, 500)
    assert told[2:] == [("Chapter 2", 1_500, 500), ("Chapter 2", 2_000, 0), ("Chapter 2", 2_000, 0)]


def test_the_session_begins_before_later_chapters_are_there() -> None:
    begun = Flag()

    def chapters() -> Iterator[Chapter]:
        yield _chapter(1)
        assert begun.wait(10)
        yield _chapter(2)

    device = MemoryDevice(lambda _ms: begun.set())
    play_live(chapters(), _render, device, lambda _status: None)
    assert device.frames == 2_000 * FRAMES_PER_MS


def test_a_chapter_that_cannot_be_made_ends_the_session_with_its_error() -> None:
    def chapters() -> Iterator[Chapter]:
        yield _chapter(1)
        raise CoachError("no voice")

    device = MemoryDevice()
    with pytest.raises(CoachError, match="no voice"):
        play_live(chapters(), _render, device, lambda _status: None)
    assert device.frames == 1_000 * FRAMES_PER_MS
    assert device.closed


@pytest.mark.parametrize("error", [DeviceError("unplugged"), KeyboardInterrupt()])
def test_a_lost_device_or_ctrl_c_stops_the_work_ahead(error: BaseException) -> None:
    def heard(_ms: int) -> None:
        raise error

    device = MemoryDevice(heard)
    with pytest.raises(type(error)):
        play_live(map(_chapter, count(1)), _render, device, lambda _status: None)
    assert device.closed
    assert not {"ahead", "status"} & {thread.name for thread in enumerate_threads()}


def test_trouble_in_telling_does_not_stop_the_session_and_comes_out_at_its_end() -> None:
    def on_status(_status: Status) -> None:
        raise BrokenPipeError("nobody reads the screen")

    device = MemoryDevice()
    with pytest.raises(BrokenPipeError):
        play_live(_chapters(2), _render, device, on_status)
    assert device.frames == 2_000 * FRAMES_PER_MS
