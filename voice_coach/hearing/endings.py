"""Where somebody stops speaking: the only moments at which it is worth asking what was said.

A command ends in silence, or in what else the room sounds like; talk that goes on is none. That costs a
quarter of a second, and spares both work and most of what could be taken for a command.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME: Final = 160
"""Samples: 10 ms."""

_DROP_DB: Final = 9
"""How far the level falls after a word; noise 15 dB below speech allows it, and so do the walls of a room."""

_FADE_DB: Final = 0.2
"""By how much less the loudest moment counts with every frame: a phrase ends quieter than it begins."""

_ABOVE_DB: Final = 5
"""What sounds is louder by this than the room is."""

HOLD_FRAMES: Final = 22
"""Frames that it stays down. Stops inside words last up to 12, those between words up to 18."""

_LATE: Final = 300
"""Frames whose quieter ones tell how loud the room is."""

_QUIETER: Final = 6
"""One in so many is as quiet as the room or quieter."""

_SMOOTH: Final = 4
"""Frames that a level is taken over."""

_SOUNDED: Final = 12
"""Frames that were loud; knocks are shorter."""

_AUDIBLE_DB: Final = 25
"""Of a sample's step: what is quieter is the noise of the microphone itself."""


class Endings:
    """Watches the level of what comes, frame by frame."""

    def __init__(self) -> None:
        self._smooth = deque([0.0] * _SMOOTH, maxlen=_SMOOTH)
        self._levels: deque[float] = deque(maxlen=_LATE)
        self._peak = 0.0
        self._room = 0.0
        self._samples = np.zeros(FRAME + 1, np.float32)
        self._loud = 0
        self._quiet = 0

    def ends(self, frame: NDArray[np.int16]) -> bool:
        """Whether speech, or another sound, is over as of this frame; shape (FRAME,)."""
        # The differences of samples: speech is in them, hum and rumble are not.
        self._samples[0] = self._samples[-1]
        self._samples[1:] = frame
        steps = self._samples[1:] - self._samples[:-1]
        self._smooth.append(float(np.dot(steps, steps)) / FRAME)
        level = 10 * math.log10(sum(self._smooth) / _SMOOTH + 1)
        self._levels.append(level)
        if len(self._levels) % _QUIETER == 0 or len(self._levels) == _LATE:
            self._room = sorted(self._levels)[len(self._levels) // _QUIETER]
        self._peak = max(level, self._peak - _FADE_DB)
        if level > max(_AUDIBLE_DB, self._peak - _DROP_DB, self._room + _ABOVE_DB):
            self._loud += 1
            self._quiet = 0
            return False
        self._quiet += 1
        if self._quiet != HOLD_FRAMES:
            return False
        sounded, self._loud = self._loud >= _SOUNDED, 0
        return sounded
