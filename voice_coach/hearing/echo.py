"""The coach does not hear itself: its own sound is taken out of what the microphone hears.

WebRTC's canceller (AEC3) takes it out whatever the delay, drift and volume, but with it much of a person who
speaks at the same time: too much for a recogniser. A linear filter leaves the person as they are, and some of
the coach, and learns slowly. So the first is used until the second has learnt, and wherever nobody else
speaks; it tells both, and how much there is for the second to learn from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from voice_coach.hearing.echo_filter import BLOCK, EchoFilter
from voice_coach.hearing.recogniser import RATE_HZ
from voice_coach.hearing.reference import Reference
from voice_coach.hearing.samples import floats, pcm

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CANCELLER_LATER: Final = 128
"""What the canceller gives comes so many frames later than what it was given, 8 ms."""

_LOUD: Final = 10 ** (-34 / 10)
"""From this power on the coach counts as speaking: below its voice, above a bed."""

_LATER: Final = RATE_HZ * 60 // 1000
"""What was heard is held back for so long, as the coach's sound is in ``Reference``: so that both can be
brought into step however unevenly they come."""

_LASTS_FRAMES: Final = RATE_HZ * 7 // 10
"""So long after it was played a word may still be in the room: on its way, in a headset, in the walls."""

_ECHO_ONLY: Final = 0.01
"""Where the canceller leaves less than this of the power, there was nothing but the coach."""
_LEARNT: Final = 0.06
"""What the filter leaves of the coach's power, about 12 dB less, once it has learnt."""
_DOUBTED: Final = 0.25
"""What it leaves when it is not used any more."""
_LOST: Final = 0.5
_LEARNS_FOR: Final = 2 * RATE_HZ // BLOCK
"""What it leaves when it has to learn anew, and for how many blocks it is given the time."""
_PERSON: Final = 0.005
_PERSON_FRAMES: Final = RATE_HZ
"""Where the canceller leaves more than this of the power somebody else speaks, and for so long afterwards."""
_SMOOTH: Final = 0.03
_UNHEARD: Final = 10 ** (-50 / 10)


class Echo:
    """Takes the coach's own sound out; used by one thread.

    Without the library that does it, or where that has no build for this machine, only the filter is there.
    """

    def __init__(self) -> None:
        self.problem = ""
        """Why it cannot be done well, or ""."""
        try:
            from pywebrtc_audio import EchoCanceller

            self._canceller = EchoCanceller(RATE_HZ, 1)
        except (ImportError, OSError) as error:
            self._canceller = None
            self.problem = (
                f"The coach's own voice cannot be taken out well of what the microphone hears ({error}). Use "
                "headphones, or install pywebrtc-audio."
            )
        self._speaks_for = 0
        self.begin()

    def begin(self) -> None:
        """What comes next has nothing to do with what came before: the microphone was opened."""
        self._reference = Reference()
        self._kept = np.zeros(0, np.int16)
        self._filter = EchoFilter()
        self._remains = 1.0
        self._has_learnt = False
        self._learning = 0
        self._person_for = 0
        self._filtered = np.zeros(_CANCELLER_LATER, np.float32)

    def played(self, position_frames: int, samples: NDArray[np.int16]) -> None:
        """What was handed to the loudspeaker, see ``Reference.add``."""
        self._reference.add(position_frames, samples)

    def without(self, heard: NDArray[np.int16]) -> tuple[NDArray[np.int16], bool]:
        """What the microphone hears, shape (frames,), without the coach, and whether the coach speaks.

        What comes back is a multiple of ``BLOCK`` long; the rest comes with the next call.
        """
        heard = np.concatenate([self._kept, heard])
        length = max(0, len(heard) - _LATER) // BLOCK * BLOCK
        blocks, self._kept = heard[:length].reshape(-1, BLOCK), heard[length:]
        clean = np.empty((len(blocks), BLOCK), np.int16)
        speaks = self._speaks_for > 0
        for block, left in zip(blocks, clean, strict=True):
            coach = self._reference.take(BLOCK)
            left[:] = self._cleaned(block, coach)
            speaks = speaks or self._speaks_for > 0
        return clean.ravel(), speaks

    def _cleaned(self, heard: NDArray[np.int16], coach: NDArray[np.int16]) -> NDArray[np.int16]:
        played = floats(coach)
        is_loud = _power(played) > _LOUD
        self._speaks_for = _LASTS_FRAMES if is_loud else max(0, self._speaks_for - BLOCK)
        sound = floats(heard)
        if self._canceller is None:
            return pcm(self._filter.without(sound, played))
        cancelled = self._canceller.process(heard, coach)
        person = floats(cancelled)
        filtered = self._filter.without(sound, played, person)
        self._filtered = np.concatenate([self._filtered[-_CANCELLER_LATER:], filtered])
        if not self._speaks_for:
            return cancelled
        power, rest = _power(sound), _power(person)
        if power > _UNHEARD and rest < _ECHO_ONLY * power:
            self._remains += _SMOOTH * (min(1.0, _power(filtered) / power) - self._remains)
            self._learning += 1
            if self._remains > _LOST and self._learning > _LEARNS_FOR:
                self._learning = 0
                self._filter.doubt()
        self._person_for = _PERSON_FRAMES if rest > _PERSON * power else max(0, self._person_for - BLOCK)
        self._has_learnt = self._remains < (_DOUBTED if self._has_learnt else _LEARNT)
        is_filtered = self._has_learnt and self._person_for
        return pcm(self._filtered[:BLOCK]) if is_filtered else cancelled


def _power(sound: NDArray[np.float32]) -> float:
    return float(np.mean(np.square(sound)))
