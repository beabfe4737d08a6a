"""Raised-cosine fades, in place: what keeps a sound that begins or stops in the middle from clicking."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def fade_in(samples: NDArray[np.float32], frames: int) -> None:
    """Raise the first ``frames`` samples (at most all of them) from silence."""
    samples[:frames] *= falling(frames)[::-1]


def fade_out(samples: NDArray[np.float32], frames: int) -> None:
    """Lower the last ``frames`` samples (at most all of them) to silence."""
    samples[len(samples) - frames :] *= falling(frames)


@lru_cache(maxsize=8)
def falling(frames: int) -> NDArray[np.float32]:
    """Gains from just under 1 to exactly 0, read-only, shape (frames,)."""
    steps = np.arange(1, frames + 1) / max(1, frames)
    gains = (0.5 + 0.5 * np.cos(np.pi * steps)).astype(np.float32)
    gains.setflags(write=False)
    return gains
