"""Sound as microphones give it, 16 bits a sample, and as models and filters reckon with it, full scale 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FULL_SCALE: Final = np.float32(32_768)


def floats(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Samples as floats, shape as given."""
    return samples.astype(np.float32) / _FULL_SCALE


def pcm(sound: NDArray[np.float32]) -> NDArray[np.int16]:
    """Floats as samples, shape as given; what is too loud is clipped."""
    return (np.clip(sound, -1, 1) * (_FULL_SCALE - 1)).astype(np.int16)
