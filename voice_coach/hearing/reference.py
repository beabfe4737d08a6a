"""What the coach plays, brought into step with what the microphone hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from voice_coach.hearing.recogniser import RATE_HZ
from voice_coach.model.units import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PER_MS: Final = RATE_HZ // 1000
_AHEAD: Final = 60 * _PER_MS
"""So much of it waits at least, so that it is not missing when it comes a little late; so long the microphone
is held back, too, or it would come behind its own echo."""

_STEP: Final = SAMPLE_RATE_HZ // RATE_HZ
_LONGEST_GAP: Final = 500 * _PER_MS
"""After a longer one it begins anew: the loudspeaker was lost, or is another one."""

_FIRST_WINDOW: Final = 400 * _PER_MS
_WINDOW: Final = RATE_HZ
_WINDOWS: Final = 20
_STRAY: Final = 40 * _PER_MS
"""So far the clocks of loudspeaker and microphone may drift apart before it is set right."""


class Reference:
    """Frames come in as they are handed to the loudspeaker, and go out as the microphone hears; one thread.

    A frame stays as far from the microphone's as it was at first, whether it comes early, late or not at all,
    so that the echo has one delay, which a canceller can learn.
    """

    def __init__(self) -> None:
        self._restart()

    def _restart(self) -> None:
        import soxr

        self._resampler = soxr.ResampleStream(SAMPLE_RATE_HZ, RATE_HZ, 1, dtype="int16", quality="LQ")
        self._waiting = np.zeros(0, np.int16)
        self._next = -1
        self._owed = 0
        self._is_running = False
        self._lowest = _LONGEST_GAP
        self._window = 0
        self._levels: list[int] = []
        self._has_settled = False

    def add(self, position_frames: int, samples: NDArray[np.int16]) -> None:
        """What was handed to the loudspeaker, shape (frames,), 48 000 Hz.

        Args:
            position_frames: how many frames were handed over before it, those that never came here included.
            samples: which the loudspeaker plays next.
        """
        gap = position_frames - self._next if self._is_running else 0
        if not 0 <= gap <= _LONGEST_GAP * _STEP:
            self._restart()
            gap = 0
        if not self._is_running:
            self._is_running = True
            self._waiting = np.zeros(_AHEAD, np.int16)
        self._next = position_frames + len(samples)
        if gap:
            samples = np.concatenate([np.zeros(gap, np.int16), samples])
        came = self._resampler.resample_chunk(samples)
        late = min(self._owed, len(came))
        self._owed -= late
        self._waiting = np.concatenate([self._waiting, came[late:]])

    def take(self, frames: int) -> NDArray[np.int16]:
        """What belongs to the next frames of the microphone, shape (frames,), 16 000 Hz; silence for none."""
        taken, self._waiting = self._waiting[:frames], self._waiting[frames:]
        if not self._is_running:
            return np.zeros(frames, np.int16)
        missing = frames - len(taken)
        self._owed += missing
        if self._owed > _LONGEST_GAP:
            self._restart()
        else:
            self._watch(frames)
        return np.concatenate([taken, np.zeros(missing, np.int16)])

    def _watch(self, frames: int) -> None:
        """Sees how much waits at least, second by second, and sets right what has come of two clocks."""
        self._lowest = min(self._lowest, len(self._waiting) - self._owed)
        self._window += frames
        is_first = not self._has_settled
        if self._window < (_FIRST_WINDOW if is_first else _WINDOW):
            return
        self._levels = [*self._levels[1 - _WINDOWS :], self._lowest]
        self._lowest, self._window = _LONGEST_GAP, 0
        # A device first takes several pieces at once, to fill its buffer. Later on a busy machine makes some
        # come late, and then fewer wait; but in all of twenty seconds it is no accident.
        if not is_first and len(self._levels) < _WINDOWS:
            return
        self._has_settled = True
        strayed = max(self._levels) - _AHEAD
        if abs(strayed) <= (0 if is_first else _STRAY):
            return
        self._levels = []
        if strayed > 0:
            self._waiting = self._waiting[strayed:]
        else:
            paid = min(self._owed, -strayed)
            self._owed -= paid
            self._waiting = np.concatenate([np.zeros(-strayed - paid, np.int16), self._waiting])
