"""Frames lose nothing on their way to the device, whoever is faster."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.streams import noise
from voice_coach.devices.frame_queue import FrameQueue


@given(st.lists(st.tuples(st.sampled_from(["put", "take", "cut"]), st.integers(0, 300))))
def test_every_frame_is_taken_or_given_back_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    queue = FrameQueue(1000)
    put, taken = np.zeros(0, np.int16), np.zeros(0, np.int16)
    for turn, (step, frames) in enumerate(steps):
        if step == "cut":
            given_back = queue.cut()
            assert given_back.dtype == np.int16
            assert np.array_equal(np.concatenate([taken, given_back]), put)
            assert queue.waiting_frames == 0
            put = taken
            continue
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


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_between_a_device_and_a_stream_that_cuts(seed: int) -> None:
    """As it is in earnest: the device takes while the stream puts, cuts, and puts again what it got back."""
    queue = FrameQueue(2000, cut_patience_s=0.001)
    rng = np.random.default_rng(seed)
    over = threading.Event()
    taken: list[bytearray] = []

    def take() -> None:
        while not over.is_set() or queue.waiting_frames:
            taken.append(queue.take(97))

    device = threading.Thread(target=take)
    device.start()
    whole = noise(40_000, seed)
    at = 0
    try:
        while at < len(whole):
            assert queue.wait_for_room(10)
            if rng.random() < 0.3:
                given_back = queue.cut()
                at -= len(given_back)
                assert np.array_equal(given_back, whole[at : at + len(given_back)])
                assert queue.taken_frames == at
            piece = whole[at : at + int(rng.integers(1, 900))]
            queue.put(piece)
            at += len(piece)
    finally:
        over.set()
        device.join()
    heard = np.frombuffer(b"".join(taken), np.int16)
    assert np.array_equal(heard[heard != 0], whole)
    assert queue.taken_frames == len(whole)


def test_a_cut_leaves_no_silence_where_the_next_frames_come_soon() -> None:
    queue = FrameQueue(1000, cut_patience_s=10)
    queue.put(noise(100))
    queue.cut()
    taken: list[bytearray] = []
    device = threading.Thread(target=lambda: taken.append(queue.take(50)))
    device.start()
    queue.put(noise(50, 1))
    device.join()
    assert np.array_equal(np.frombuffer(taken[0], np.int16), noise(50, 1))


def test_a_cut_that_nothing_follows_holds_the_device_up_once() -> None:
    queue = FrameQueue(1000, cut_patience_s=0.01)
    queue.put(noise(100))
    queue.cut()
    assert not any(queue.take(50))
    assert queue.silence_frames == 50
    queue.put(noise(50, 1))
    assert np.array_equal(np.frombuffer(queue.take(50), np.int16), noise(50, 1))


def test_a_queue_that_is_woken_has_room_for_one_block() -> None:
    queue = FrameQueue(100)
    queue.put(noise(150))
    queue.wake()
    queue.wake()
    assert queue.wait_for_room(0)
    assert not queue.wait_for_room(0)


def test_waking_ends_a_wait_that_is_under_way() -> None:
    queue = FrameQueue(100)
    queue.put(noise(150))
    found: list[bool] = []
    waiting = threading.Thread(target=lambda: found.append(queue.wait_for_room(10)))
    waiting.start()
    queue.wake()
    waiting.join()
    assert found == [True]
