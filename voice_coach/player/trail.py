"""What was made of a live session, block by block, and the state that each was made in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.model.units import FRAMES_PER_MS
from voice_coach.player.machine import moved
from voice_coach.player.state import Score, State

_REMEMBERED: Final = 100
"""Blocks of which it is known what they hold: several times what any device has waiting."""


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A block that was handed on.

    Attributes:
        frame: its first one, counted over all devices.
        state: the one it begins in.
        frames: how many of it lead further on from that state.
        samples: its words and sounds, without the bed.
        level: how loud the bed is at its end.
    """

    frame: int
    state: State
    frames: int
    samples: NDArray[np.int16]
    level: float


class Trail:
    """The last few blocks that were handed on. Frames are counted over all devices, from the first block on.

    It has no lock of its own.
    """

    def __init__(self) -> None:
        self._made: deque[_Made] = deque(maxlen=_REMEMBERED)
        self._over: deque[tuple[int, State]] = deque()
        """The chapters that ended by themselves: the frame after their last, and their state there."""
        self._frame = 0
        self._level = 0.0

    @property
    def frame(self) -> int:
        """The first one that has not been made."""
        return self._frame

    @property
    def level(self) -> float:
        """How loud the bed is at that frame, 0 to 1."""
        return self._level

    def add(self, samples: NDArray[np.int16], state: State, ms: int, level: float) -> None:
        """A block was made.

        Args:
            samples: its words and sounds, without the bed, shape (frames,).
            state: the one it begins in.
            ms: how much of it leads further on from that state.
            level: how loud the bed is at its end, 0 to 1.
        """
        self._made.append(_Made(self._frame, state, ms * FRAMES_PER_MS, samples, level))
        self._frame += len(samples)
        self._level = level

    def chapter_over(self, state: State) -> None:
        """A chapter has come to its end by itself, in this state."""
        self._over.append((self._frame, state))

    def over_by(self, frame: int) -> list[State]:
        """The chapters that have ended up to a frame, each once."""
        done: list[State] = []
        while self._over and self._over[0][0] <= frame:
            done.append(self._over.popleft()[1])
        return done

    def go_back(self, frame: int) -> None:
        """What was made from a frame on is not heard."""
        while self._made and self._made[-1].frame >= frame:
            self._made.pop()
        while self._over and self._over[-1][0] > frame:
            self._over.pop()
        self._frame = frame
        self._level = self._made[-1].level if self._made else 0.0

    def samples(self, frame: int, frames: int) -> NDArray[np.int16]:
        """The next few samples from a frame on, without the bed; so many at most, shape (frames,)."""
        pieces = [np.zeros(0, np.int16)]
        for made in self._made:
            first = frame - made.frame
            if first < len(made.samples):
                pieces.append(made.samples[max(0, first) :])
        return np.concatenate(pieces)[:frames]

    def state(self, frame: int, end: State, score: Score) -> State:
        """The state at a frame.

        Args:
            frame: which.
            end: the state at the first frame that has not been made.
            score: what can be heard.
        """
        for made in reversed(self._made):
            if made.frame <= frame:
                into = min(frame - made.frame, made.frames) // FRAMES_PER_MS
                return end if frame >= self._frame else moved(made.state, into, score)
        return self._made[0].state if self._made else end
