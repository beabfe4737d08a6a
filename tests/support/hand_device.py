"""A device that a test plays by hand: it holds two seconds, takes what it is told to, gives back the rest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.mixer import Block
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.session.stream import LiveStream

HOLDS_FRAMES = 2_000 * FRAMES_PER_MS


class HandDevice:
    """Plays one stream in the test's own thread."""

    def __init__(self, stream: LiveStream) -> None:
        self._blocks: Iterator[Block] = stream.blocks(self)
        self._waiting = np.zeros(0, np.int16)
        self._heard: list[NDArray[np.int16]] = []
        self.ended = False
        self.position_frames = 0

    def hear(self, frames: int) -> NDArray[np.int16]:
        """Take and return so many frames; fewer at the end."""
        taken = [np.zeros(0, np.int16)]
        while frames > 0:
            self._fill(min(frames, HOLDS_FRAMES))
            if not len(self._waiting):
                break
            piece, self._waiting = self._waiting[:frames], self._waiting[frames:]
            self.position_frames += len(piece)
            frames -= len(piece)
            taken.append(piece)
        self._fill(HOLDS_FRAMES)
        self._heard += taken
        return np.concatenate(taken)

    @property
    def heard(self) -> NDArray[np.int16]:
        """All that was taken so far."""
        return np.concatenate([np.zeros(0, np.int16), *self._heard])

    def wake(self) -> None:
        self._pull()

    def cut(self) -> NDArray[np.int16]:
        dropped, self._waiting = self._waiting, np.zeros(0, np.int16)
        return dropped

    def _fill(self, frames: int) -> None:
        while len(self._waiting) < frames and not self.ended:
            self._pull()

    def _pull(self) -> None:
        block = next(self._blocks, None)
        if block is None:
            self.ended = True
        else:
            self._waiting = np.concatenate([self._waiting, block.samples])
