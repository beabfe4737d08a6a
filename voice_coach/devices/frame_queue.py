"""Frames on their way from the thread that makes them to the device that plays them."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FRAME_BYTES = 2


class FrameQueue:
    """A bounded queue of 16-bit mono frames: one thread puts and cuts, the device takes, and anyone wakes.

    Taking computes nothing and does not wait for frames: where there are too few the rest is silence, and the
    frames that come later lose nothing by it. Only after a cut it waits a moment for what is put instead.

    Args:
        limit_frames: how many may wait before there is no room for another block.
        cut_patience_s: how long taking waits at most for the frames that follow upon a cut.
    """

    def __init__(self, limit_frames: int, cut_patience_s: float = 0.0) -> None:
        self._limit_frames = limit_frames
        self._cut_patience_s = cut_patience_s
        self._waiting: deque[memoryview] = deque()
        self._waiting_frames = 0
        self._taken_frames = 0
        self._silence_frames = 0
        self._turns = 0
        self._woken = False
        self._was_cut = False
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
    def turns(self) -> int:
        """Return how many times something was taken, be it silence."""
        return self._turns

    def put(self, samples: NDArray[np.int16]) -> None:
        """Add frames, shape (frames,), without waiting for room."""
        if not len(samples):
            return
        with self._changed:
            self._waiting.append(samples.data.cast("B"))
            self._waiting_frames += len(samples)
            if self._was_cut:
                self._was_cut = False
                self._changed.notify_all()

    def cut(self) -> NDArray[np.int16]:
        """Take back all frames that wait, in order, shape (frames,); the next that are put follow at once."""
        import numpy as np

        with self._changed:
            waiting = b"".join(self._waiting)
            self._waiting.clear()
            self._waiting_frames = 0
            self._was_cut = True
        return np.frombuffer(waiting, np.int16)

    def wake(self) -> None:
        """Have there be room for one more block, now or when it is next waited for."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def wait_for_room(self, timeout_s: float) -> bool:
        """Wait until there is room for a block, or ``wake`` is called; whether there is."""
        with self._changed:
            found = self._changed.wait_for(self._has_room, timeout_s)
            self._woken = False
            return found

    def wait_for_silence(self, frames: int, timeout_s: float) -> bool:
        """Wait until all has been taken, and that much silence after it; whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self._silence_frames >= frames, timeout_s)

    def take(self, frames: int) -> bytearray:
        """Exactly that many frames as bytes: those that wait, then silence."""
        wanted = bytearray(frames * _FRAME_BYTES)
        filled = 0
        with self._changed:
            if self._was_cut:
                # What comes next is being put together; silence in between would be heard as a click.
                self._changed.wait_for(lambda: not self._was_cut, self._cut_patience_s)
                self._was_cut = False
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
            self._turns += 1
            if self._has_room():  # otherwise there is nothing to wait for yet
                self._changed.notify_all()
        return wanted

    def _has_room(self) -> bool:
        return self._woken or self._waiting_frames < self._limit_frames
