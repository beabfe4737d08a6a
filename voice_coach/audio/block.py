"""What flows from the renderer to every output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A stretch of finished sound.

    Attributes:
        samples: mono int16 at 48 000 Hz, shape (frames,), read-only. Blocks of silence share their samples.
        silent: every sample is 0 because nothing sounds here; an output may have a quicker way to write that.
    """

    samples: NDArray[np.int16]
    silent: bool
