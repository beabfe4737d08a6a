"""The bed of a live session: it goes on under everything, ducks, and never jumps."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.background import DuckingCurve, chapter_ducking
from voice_coach.audio.mixer import Block
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS

STILL_MS: Final = 1_000
"""Milliseconds to fall silent in a pause, and to come back."""


class EndlessSound(Protocol):
    """A sound without an end: ``audio.bed.Bed``."""

    def samples(self, first: int, frames: int) -> NDArray[np.float32]: ...


class LiveBackground:
    """Lays the bed under blocks, one after the other.

    Args:
        loop: the bed, full scale ±1, as loud as in a pause.
    """

    def __init__(self, loop: EndlessSound) -> None:
        self._loop = loop
        self._course: tuple[Chapter, DuckingCurve] | None = None

    def lay(
        self, block: Block, frame: int, heard: tuple[Chapter, int] | float, volume_db: float, level: float
    ) -> tuple[Block, float]:
        """A block with the bed under it.

        Args:
            block: the words and sounds.
            frame: its first one in the stream.
            heard: the chapter and the place in it (ms) that the block begins with, or where nothing is heard
                how loud the bed is to become there, 0 to 1.
            volume_db: for all of it.
            level: how loud the bed was at the end of the block before, 0 to 1.

        Returns:
            the block, and the level at its end.
        """
        ms = max(1, -(-len(block.samples) // FRAMES_PER_MS))
        wanted = self._wanted(heard, ms)
        # No faster than it fades: wherever a command leads, the bed gets there softly.
        steps = np.arange(1, ms + 1) / STILL_MS
        levels = np.clip(wanted, level - steps, level + steps)
        each = np.repeat(levels, FRAMES_PER_MS)[: len(block.samples)].astype(np.float32)
        under = self._loop.samples(frame, len(block.samples)) * each
        mixed = block.samples + under * np.float32(32_768 * 10 ** (volume_db / 20))
        samples = np.clip(np.rint(mixed), -32_768, 32_767).astype(np.int16)
        samples.setflags(write=False)
        return Block(samples, silent=False), float(levels[-1])

    def _wanted(self, heard: tuple[Chapter, int] | float, ms: int) -> NDArray[np.float64]:
        if not isinstance(heard, tuple):
            return np.full(ms, heard)
        chapter, at_ms = heard
        if self._course is None or self._course[0] is not chapter:
            self._course = chapter, chapter_ducking(chapter)
        return self._course[1].gains(np.arange(at_ms, at_ms + ms)).astype(np.float64)
