"""Frames lose nothing on their way to the device, whoever is faster."""

from __future__ import annotations

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.outputs.streams import noise
from voice_coach.outputs.frame_queue import FrameQueue


@given(st.lists(st.tuples(st.sampled_from(["put", "take"]), st.integers(0, 300))))
def test_frames_come_out_in_order_with_silence_where_they_are_late(steps: list[tuple[str, int]]) -> None:
    queue = FrameQueue(1000)
    put, taken = np.zeros(0, np.int16), np.zeros(0, np.int16)
    for turn, (step, frames) in enumerate(steps):
        if step == "put":
            queue.put(noise(frames, turn))
            put = np.concatenate([put, noise(frames, turn)])
            continue
        waiting = queue.waiting_frames
        got = np.frombuffer(queue.take(frames), np.int16)
        assert len(got) == frames
        assert not got[waiting:].any()
        taken = np.concatenate([taken, got[:waiting]])
    assert np.array_equal(taken, put[: len(taken)])
    assert queue.taken_frames == len(taken)
    assert queue.waiting_frames == len(put) - len(taken)


def test_silence_is_counted_from_the_last_frame_on() -> None:
    queue = FrameQueue(1000)
    queue.take(50)
    assert queue.silence_frames == 50
    queue.put(noise(100))
    queue.take(60)
    assert queue.silence_frames == 0
    queue.take(60)
    assert queue.silence_frames == 20
    queue.take(60)
    assert queue.silence_frames == 80
    assert queue.wait_for_silence(80, 0)
    assert not queue.wait_for_silence(81, 0)


def test_there_is_room_again_once_frames_are_taken() -> None:
    queue = FrameQueue(100)
    queue.put(noise(150))
    assert not queue.wait_for_room(0)
    taker = threading.Thread(target=queue.take, args=(51,))
    taker.start()
    assert queue.wait_for_room(10)
    taker.join()
