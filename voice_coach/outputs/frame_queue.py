"""Frames on their way from the thread that makes them to the device that plays them."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FRAME_BYTES = 2


class FrameQueue:
    """A bounded queue of 16-bit mono frames: one thread puts, the device takes.

    Taking never waits for frames and computes nothing: where there are too few the rest is silence, and the
    frames that come later lose nothing by it.
    """

    def __init__(self, limit_frames: int) -> None:
        """``limit_frames`` is how many may wait before there is no room for another block."""
        self._limit_frames = limit_frames
        self._waiting: deque[memoryview] = deque()
        self._waiting_frames = 0
        self._taken_frames = 0
        self._silence_frames = 0
        self._last_taken_s = 0.0
        self._changed = threading.Condition(threading.Lock())

    @property
    def waiting_frames(self) -> int:
        """Frames put and not yet taken."""
        return self._waiting_frames

    @property
    def taken_frames(self) -> int:
        """Frames of the stream taken so far."""
        return self._taken_frames

    @property
    def silence_frames(self) -> int:
        """Frames of silence taken since the last frame of the stream."""
        return self._silence_frames

    @property
    def last_taken_s(self) -> float:
        """When something was last taken, by ``time.monotonic``; 0 if nothing was."""
        return self._last_taken_s

    def put(self, samples: NDArray[np.int16]) -> None:
        """Add frames, shape (frames,), without waiting for room."""
        if not len(samples):
            return
        with self._changed:
            self._waiting.append(samples.data.cast("B"))
            self._waiting_frames += len(samples)

    def wait_for_room(self, timeout_s: float) -> bool:
        """Wait until there is room for a block; whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting_frames < self._limit_frames, timeout_s)

    def wait_for_silence(self, frames: int, timeout_s: float) -> bool:
        """Wait until all has been taken, and that much silence after it; whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self._silence_frames >= frames, timeout_s)

    def take(self, frames: int) -> bytearray:
        """Exactly that many frames as bytes: those that wait, then silence."""
        wanted = bytearray(frames * _FRAME_BYTES)
        filled = 0
        with self._changed:
            while self._waiting and filled < len(wanted):
                first = self._waiting.popleft()
                piece = first[: len(wanted) - filled]
                wanted[filled : filled + len(piece)] = piece
                filled += len(piece)
                if len(piece) < len(first):
                    self._waiting.appendleft(first[len(piece) :])
            taken = filled // _FRAME_BYTES
            self._waiting_frames -= taken
            self._taken_frames += taken
            silence = frames - taken
            self._silence_frames = silence + (0 if taken else self._silence_frames)
            self._last_taken_s = time.monotonic()
            self._changed.notify_all()
        return wanted
