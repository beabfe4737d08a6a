"""A device that plays what changes while it is heard, and that comes and goes, on a real sound server."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.support.calibration import patience_s
from tests.support.clicks import assert_no_click
from tests.support.sound_server import SoundServer, running_sound_server
from tests.support.streams import blocks, noise, silence
from voice_coach.audio.mixer import Block, fade_gains
from voice_coach.core.errors import DeviceError, OutputError
from voice_coach.devices.base import wait_for_device
from voice_coach.devices.frame_queue import FrameQueue
from voice_coach.devices.miniaudio import can_be_direct
from voice_coach.formats.base import LiveOutput, make_device
from voice_coach.speech.synthesizer import release_memory

if TYPE_CHECKING:
    from numpy.typing import NDArray

AHEAD = 22
"""Blocks of 100 ms that are pulled until the two seconds are full and some of it has been played."""

HZ, AMPLITUDE = 440.0, 12_000


def live() -> LiveOutput:
    return make_device("miniaudio", live=True)


def sine(frames: int, begin: int) -> NDArray[np.int16]:
    turns = np.arange(begin, begin + frames) * HZ / 48_000
    return np.rint(AMPLITUDE * np.sin(2 * np.pi * turns)).astype(np.int16)


def test_a_cut_that_is_faded_over_makes_no_click(sound_server: SoundServer) -> None:
    cuts = 12
    output = live()

    def jumping() -> Generator[Block]:
        fade, at = fade_gains(480), 0
        for cut in range(cuts):
            for _ in range(AHEAD if cut == 0 else 3):
                yield from blocks([sine(4800, at)])
                at += 4800
            old = output.cut()[:480]
            at += 1000 + 37 * cut
            new = sine(4800, at)
            new[: len(old)] = np.rint(old * fade[: len(old)] + new[: len(old)] * fade[::-1][: len(old)])
            yield from blocks([new])
            at += 4800
        yield from blocks([np.rint(sine(4800, at) * fade_gains(4800)).astype(np.int16)])

    with sound_server.record() as recording:
        start = recording.frames
        output.write(jumping())
        recorded = recording.samples()[start:, 0]
    assert np.abs(recorded).max() > AMPLITUDE * 0.9
    begin = int(np.flatnonzero(recorded)[0])
    assert_no_click(recorded[begin:], HZ, AMPLITUDE * 2**0.5)


@pytest.mark.parametrize("options", [{"live": True}, {"latency_ms": 200}])
def test_simpleaudio_takes_no_stream_that_changes(options: dict[str, Any]) -> None:
    with pytest.raises(OutputError, match="cannot play what changes while it is heard"):
        make_device("simpleaudio", **options)


def test_nobody_hears_a_live_stream_on_no_device() -> None:
    output = make_device("none", live=True)
    output.wake()
    output.write(blocks([noise(4800)]))
    assert len(output.cut()) == 0
    assert output.position_frames == 4800


def test_miniaudio_keeps_nothing_back_itself(
    sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would ask for whole periods, and what is kept until the device has room cannot be taken back."""
    assert can_be_direct()
    asked: list[int] = []
    take = FrameQueue.take

    def asking(queue: FrameQueue, frames: int) -> bytearray:
        asked.append(frames)
        return take(queue, frames)

    monkeypatch.setattr(FrameQueue, "take", asking)
    with sound_server.record():
        live().write(blocks([noise(48_000)]))
    assert np.median(asked) < 48 * 70


@pytest.mark.parametrize("end", [SoundServer.remove_sink, SoundServer.kill])
def test_waiting_for_a_device_leaves_nothing_behind(
    own_sound_server: SoundServer, end: Callable[[SoundServer], None]
) -> None:
    """A server without a sound card, and no server."""
    end(own_sound_server)
    held: list[tuple[int, int, int]] = []
    assert wait_for_device(live, lambda: len(held) >= 8, 0, wait=lambda _s: held.append(_held())) is None
    assert {files for files, _, _ in held[2:]} == {held[2][0]}
    assert {threads for _, threads, _ in held[2:]} == {held[2][1]}


def losing(lose: Callable[[], None], sound: NDArray[np.int16], lost_s: list[float]) -> Generator[Block]:
    """An endless stream in which the device is lost once it plays."""
    for _ in range(AHEAD):
        yield from blocks([sound])
    lose()
    lost_s.append(time.monotonic())
    while True:
        yield from blocks([sound])


LOSSES = {
    "killed": SoundServer.kill,
    "ended": SoundServer.end,
    "unplugged": SoundServer.remove_sink,
    "asleep": SoundServer.suspend_sink,
    "frozen": SoundServer.freeze,
}


@pytest.mark.parametrize("sound", [noise(4800), silence(4800)], ids=["playing", "paused"])
@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_loss_is_noticed_soon(
    own_sound_server: SoundServer, lose: Callable[[SoundServer], None], sound: NDArray[np.int16]
) -> None:
    lost_s: list[float] = []
    with pytest.raises(DeviceError, match="lost while playing"):
        live().write(losing(lambda: lose(own_sound_server), sound, lost_s))
    # A second until it is noticed, and at most one more until a server that hangs is not waited for.
    assert time.monotonic() - lost_s[0] < patience_s(3)


def test_it_comes_back_again_and_again_and_leaves_nothing_behind(own_sound_server: SoundServer) -> None:
    held: list[tuple[int, int, int]] = []
    for turn in range(20):
        output = wait_for_device(live, lambda: False, 0.1)
        assert output
        end = own_sound_server.kill if turn % 2 else own_sound_server.end
        sound = silence(4800) if turn % 3 else noise(4800)
        with pytest.raises(DeviceError, match="lost while playing"):
            output.write(losing(end, sound, []))
        assert threading.enumerate() == [threading.main_thread()]
        own_sound_server.start()
        held.append(_held())
    handles, threads, megabytes = (np.array(each) for each in zip(*held, strict=True))
    assert handles[2:].max() <= handles[2]
    assert threads[2:].max() <= threads[2]
    assert megabytes[2:].max() <= megabytes[2] + 2
    with own_sound_server.record() as recording:
        start = recording.frames
        live().write(blocks([noise(4800, 7)]))
        recorded = recording.samples()[start:, 0]
    assert np.array_equal(recorded[recorded != 0], noise(4800, 7))


def _held() -> tuple[int, int, int]:
    """Open files, threads of the system and megabytes of this process, where the system tells."""
    gc.collect()
    release_memory()  # what other tests of this process left lying about does not count
    if sys.platform != "linux":
        return 0, 0, 0
    folder = Path("/proc/self")
    pages = int((folder / "statm").read_text().split()[1])
    files, threads = (sum(1 for _ in (folder / each).iterdir()) for each in ("fd", "task"))
    return files, threads, pages * 4096 // 2**20


def test_a_server_that_hangs_hangs_nobody(own_sound_server: SoundServer) -> None:
    output = live()
    own_sound_server.freeze()
    try:
        output.open()
        begun_s = time.monotonic()
        output.close()
        assert time.monotonic() - begun_s < patience_s(3)
    finally:
        own_sound_server.thaw()
    for thread in threading.enumerate():  # what was still opening closes what it has opened
        if thread is not threading.main_thread():
            thread.join(20)
    assert threading.enumerate() == [threading.main_thread()]
    assert output.position_frames == 0


def test_the_device_that_is_there_now_is_the_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The headset is gone, and another loudspeaker has become the default."""
    with running_sound_server() as gone, running_sound_server() as other:
        _find(gone, monkeypatch)
        with pytest.raises(DeviceError, match="lost while playing"):
            live().write(losing(gone.kill, noise(4800), []))
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            _find(other, monkeypatch)

        output = wait_for_device(live, lambda: False, 0.5, wait=wait)
        assert output
        assert waits == [0.5]
        with other.record() as recording:
            start = recording.frames
            output.write(blocks([noise(4800)]))
            recorded = recording.samples()[start:, 0]
    assert np.array_equal(recorded[recorded != 0], noise(4800))


def _find(server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
