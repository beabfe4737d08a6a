"""Samples as 16-bit integers: how conditioned clips are kept. They lie on that grid, so nothing is lost."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FULL_SCALE: Final = np.float32(32_768)


def to_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Float samples (full scale ±1) on the grid, little-endian so that files are the same everywhere."""
    return np.clip(np.rint(samples * FULL_SCALE), -32_768, 32_767).astype("<i2")


def to_float32(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """The samples again, full scale ±1."""
    return np.multiply(samples, 1 / FULL_SCALE, dtype=np.float32)
