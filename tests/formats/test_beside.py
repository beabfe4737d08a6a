"""Blocks made in a thread of their own come out as they are, and the thread ends whatever happens."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Generator

import pytest

from tests.support.streams import blocks, noise
from voice_coach.audio.mixer import Block
from voice_coach.formats.compressed import AHEAD, prefetched

MANY = AHEAD * 3


def test_all_blocks_come_in_order() -> None:
    sound = [*blocks([noise(10, seed) for seed in range(MANY)])]
    with prefetched(sound) as made:
        assert [*made] == sound


def test_what_making_a_block_raises_comes_out_in_its_place() -> None:
    def failing() -> Generator[Block]:
        yield from blocks([noise(10)] * MANY)
        raise ValueError("no more")

    with prefetched(failing()) as made:
        for _ in range(MANY):
            next(made)
        with pytest.raises(ValueError, match="no more"):
            next(made)


def test_no_more_are_made_than_may_wait() -> None:
    begun: list[int] = []
    full = threading.Event()

    def counted() -> Generator[Block]:
        for index in range(MANY):
            begun.append(index)
            if index == AHEAD + 1:
                full.set()
            yield from blocks([noise(10)])

    with prefetched(counted()) as made:
        next(made)
        assert full.wait(20)
    assert len(begun) == AHEAD + 2  # one was taken, and one is made while all places are full


def test_ctrl_c_at_any_moment_lets_the_process_end() -> None:
    """What waits for the other thread must not stay locked: that one would keep the process for ever."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.interrupted_file"], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > MANY
