"""Silence, and how what is heard is broken off or begun in the middle: without a click."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.block import Block
from voice_coach.audio.fades import fade_in, fade_out
from voice_coach.model.units import FRAMES_PER_MS


@lru_cache(maxsize=128)  # more than there are lengths of a block
def silence(ms: int) -> Block:
    """A block of silence."""
    samples = np.zeros(ms * FRAMES_PER_MS, np.int16)
    samples.setflags(write=False)
    return Block(samples, silent=True)


def risen(block: Block, frames: int) -> Block:
    """A block that begins in the middle of a sound, and has come up after so many frames, or at its end."""
    if block.silent:
        return block
    samples = block.samples.astype(np.float32)
    fade_in(samples, min(frames, len(samples)))
    return _rounded(samples)


def fallen(block: Block) -> Block:
    """A block in whose middle a sound is broken off: all of it fades."""
    if block.silent:
        return block
    samples = block.samples.astype(np.float32)
    fade_out(samples, len(samples))
    return _rounded(samples)


def _rounded(samples: NDArray[np.float32]) -> Block:
    rounded = np.rint(samples).astype(np.int16)
    rounded.setflags(write=False)
    return Block(rounded, silent=False)
