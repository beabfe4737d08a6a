"""The coach does not hear itself: its own sound is taken out of what the microphone hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from voice_coach.hearing.recogniser import RATE_HZ
from voice_coach.hearing.reference import Reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE: Final = RATE_HZ // 100
"""How many frames the canceller takes at once, 10 ms."""

_LOUD: Final = 32_768 * 10 ** (-34 / 20)
"""From this level on the coach counts as speaking: below its voice, above a bed."""

_LATER: Final = RATE_HZ * 40 // 1000
"""What was heard is held back for so long, so that an echo never comes before what it is the echo of: then it
could not be taken out. With PulseAudio and its null sink it would come 22 ms before it."""

_LASTS_FRAMES: Final = RATE_HZ * 7 // 10
"""So long after it was played a word may still be in the room: on its way, in a headset, in the walls."""


class Echo:
    """Takes the coach's own sound out; used by one thread.

    Without the library that does it, or where that has no build for this machine, the sound passes as it is.
    """

    def __init__(self) -> None:
        self._reference = Reference()
        self._kept = np.zeros(_LATER, np.int16)
        self._speaks_for = 0
        self.problem = ""
        """Why nothing is taken out, or ""."""
        try:
            from pywebrtc_audio import EchoCanceller

            self._canceller = EchoCanceller(RATE_HZ, 1)
        except (ImportError, OSError) as error:
            self._canceller = None
            self.problem = (
                f"The coach's own voice cannot be taken out of what the microphone hears ({error}). Use "
                "headphones, or install pywebrtc-audio."
            )

    def begin(self) -> None:
        """What comes next has nothing to do with what came before: the microphone was opened."""
        self._reference = Reference()
        self._kept = np.zeros(_LATER, np.int16)

    def played(self, position_frames: int, samples: NDArray[np.int16]) -> None:
        """What was handed to the loudspeaker, see ``Reference.add``."""
        self._reference.add(position_frames, samples)

    def without(self, heard: NDArray[np.int16]) -> tuple[NDArray[np.int16], bool]:
        """What the microphone hears, shape (frames,), without the coach, and whether the coach speaks.

        What comes back is a multiple of ``PIECE`` long; the rest comes with the next call.
        """
        heard = np.concatenate([self._kept, heard])
        length = len(heard) - len(heard) % PIECE
        heard, self._kept = heard[:length], heard[length:]
        if not length:
            return heard, self._speaks_for > 0
        coach = self._reference.take(length)
        levels = np.sqrt(np.mean(np.square(coach.reshape(-1, PIECE), dtype=np.float32), axis=1))
        is_loud = bool(levels.max() > _LOUD)
        speaks = is_loud or self._speaks_for > 0
        self._speaks_for = _LASTS_FRAMES if is_loud else max(0, self._speaks_for - length)
        return (heard if self._canceller is None else self._canceller.process(heard, coach)), speaks
