"""Echo cancellation: takes the coach's own sound out of what the microphone hears.

WebRTC's canceller (AEC3) takes it out whatever the delay, drift and volume, but with it much of a person who
speaks at the same time: too much for a recognizer. A linear filter leaves the person as they are, and some of
the coach, and learns slowly. So the first is used until the second has learnt, and wherever nobody else
speaks; it tells both, and how much there is for the second to learn from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.voice_input.microphone import floats, pcm
from voice_coach.voice_input.recognizer import RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PER_MS: Final = RATE_HZ // 1000
_AHEAD: Final = 60 * _PER_MS
"""Samples that wait at least, so that none is missing when it comes a little late. The microphone is
delayed as long, or it would come before its own echo."""

_STEP: Final = SAMPLE_RATE_HZ // RATE_HZ
_LONGEST_GAP: Final = 500 * _PER_MS
"""Gap after which it begins again: the loudspeaker was lost, or is another one."""

_FIRST_WINDOW: Final = 400 * _PER_MS
_WINDOW: Final = RATE_HZ
_WINDOWS: Final = 20
_STRAY: Final = 40 * _PER_MS
"""Drift between the clocks of loudspeaker and microphone that is tolerated."""


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
        """Add what was given to the loudspeaker, shape (frames,), 48 000 Hz.

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
        """Return what belongs to the next frames of the microphone, shape (frames,), 16 000 Hz; silence
        for none."""
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
        """See how much waits at least, second by second, and sets right what has come of two clocks."""
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


BLOCK: Final = 320
"""Frames that are taken at once, 20 ms at 16 000 Hz; WebRTC's canceller wants multiples of 10 ms."""

_PARTITIONS: Final = 30
"""Number of blocks that an echo may last, delay included: 600 ms."""

_STAYS: Final = 0.9995
"""Share of what was learnt that still holds a block later."""

_UNSURE: Final = 0.03
"""Power of each part of an echo before anything is learnt."""

_REMAINS: Final = 0.005
"""Share of an echo's power that remains once it is learnt, or a little more."""

_SMOOTH: Final = 0.6
_DOUBT: Final = 0.2
"""The share of what it leaves that is noise for certain, whatever another canceller says."""
_LEAST: Final = 3e-4
"""Least power of a bin in a room: without it digital silence would unlearn everything."""

_SILENT: Final = 1e-4
"""Level below which played sound leaves no echo: rounding."""


class EchoFilter:
    """Used by one thread."""

    def __init__(self) -> None:
        bins = BLOCK + 1
        self._played = np.zeros((_PARTITIONS, bins), np.complex64)
        self._learnt = np.zeros((_PARTITIONS, bins), np.complex64)
        self._unsure = np.full((_PARTITIONS, bins), _UNSURE, np.float32)
        self._noise = np.full(bins, 1e-4, np.float32)
        self._last = np.zeros(BLOCK, np.float32)
        self._louder = np.float32(0)
        self._silent = 0

    def without(
        self,
        heard: NDArray[np.float32],
        played: NDArray[np.float32],
        person: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """A block of what is heard, without what comes of all that was played until now.

        Args:
            heard: shape (BLOCK,), full scale 1.
            played: likewise.
            person: what another canceller leaves of what is heard, likewise.
        """
        self._silent = 0 if np.abs(played).max() > _SILENT else self._silent + 1
        if self._silent > _PARTITIONS:
            return self._alone(heard, person)
        self._played = np.roll(self._played, 1, axis=0)
        self._played[0] = np.fft.rfft(np.concatenate([self._last, played]))
        self._last = played
        echo = np.fft.irfft(np.einsum("pk,pk->k", self._played, self._learnt))[BLOCK:].astype(np.float32)
        left = heard - echo
        spectrum = _spectrum(left)
        power = np.square(np.abs(self._played))
        self._hear(spectrum, person)
        expected = 0.5 * np.einsum("pk,pk->k", power, self._unsure) + self._noise + _LEAST
        rate = self._unsure / expected
        step = rate * self._played.conj() * spectrum
        self._learnt = _STAYS * (self._learnt + step)
        self._unsure = _STAYS**2 * (1 - 0.5 * rate * power) * self._unsure + (1 - _STAYS**2) * np.square(
            np.abs(self._learnt)
        )
        # Each part may last one block only.
        responses = np.fft.irfft(self._learnt, axis=1)
        responses[:, BLOCK:] = 0
        self._learnt = np.fft.rfft(responses, axis=1).astype(np.complex64)
        return left * self._gain(left, echo)

    def _alone(self, heard: NDArray[np.float32], person: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """The same where nothing of what was played is in the room any more: what was learnt stays."""
        self._hear(_spectrum(heard), person)
        return heard * self._gain(heard, np.zeros(1, np.float32))

    def doubt(self) -> None:
        """Learn again, as fast as at first: what was learnt holds no more."""
        self._unsure = np.maximum(self._unsure, np.float32(_UNSURE))

    def _hear(self, left: NDArray[np.complex128], person: NDArray[np.float32] | None) -> None:
        """Measure how much there is that is not the loudspeaker's."""
        power = np.square(np.abs(left)).astype(np.float32)
        if person is None:
            self._noise = _SMOOTH * self._noise + np.float32(1 - _SMOOTH) * power
            return
        now = np.square(np.abs(_spectrum(person))).astype(np.float32) + _DOUBT * power
        # At once when somebody begins to speak, and slowly when they end.
        self._noise = np.maximum(now, _SMOOTH * self._noise + np.float32(1 - _SMOOTH) * now)

    def _gain(self, left: NDArray[np.float32], echo: NDArray[np.float32]) -> np.float32:
        """Return what makes softer what is hardly more than can remain of an echo, and nothing else."""
        remains = _REMAINS * np.mean(np.square(echo))
        now = np.mean(np.square(left))
        self._louder = np.maximum(now, np.float32(0.7) * self._louder)
        return self._louder / (self._louder + remains + np.float32(1e-9))


def _spectrum(block: NDArray[np.float32]) -> NDArray[np.complex128]:
    """Of a block after as much silence."""
    return np.fft.rfft(np.concatenate([np.zeros(BLOCK, np.float32), block]))


_CANCELLER_LATER: Final = 128
"""Number of frames by which the output of the canceller is later than its input, 8 ms."""

_LOUD: Final = 10 ** (-34 / 10)
"""From this power on the coach counts as speaking: below its voice, above a bed."""

_LATER: Final = RATE_HZ * 60 // 1000
"""Delay of the microphone, the same as of the coach's sound in ``Reference``: so both can be brought into
step however unevenly they come."""

_LASTS_FRAMES: Final = RATE_HZ * 7 // 10
"""Frames after it was played in which a word may still be in the room: on its way, in a headset, in the
walls."""

_ECHO_ONLY: Final = 0.01
"""Share of the power left by the canceller below which there was nothing but the coach."""
_LEARNT: Final = 0.06
"""Share of the coach's power that the filter leaves, about 12 dB less, once it has learnt."""
_DOUBTED: Final = 0.25
"""Share that the filter leaves when it is not used any more."""
_LOST: Final = 0.5
_LEARNS_FOR: Final = 2 * RATE_HZ // BLOCK
"""Share that the filter leaves when it has to learn again, and the number of blocks that it has for it."""
_PERSON: Final = 0.005
_PERSON_FRAMES: Final = RATE_HZ
"""Share of the power left by the canceller above which the user speaks, and the frames for which that
holds."""
_REMAINS_SMOOTH: Final = 0.03
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
        """Begin again: the microphone was opened, so what comes next has nothing to do with what came
        before."""
        self._reference = Reference()
        self._kept = np.zeros(0, np.int16)
        self._filter = EchoFilter()
        self._remains = 1.0
        self._has_learnt = False
        self._learning = 0
        self._person_for = 0
        self._filtered = np.zeros(_CANCELLER_LATER, np.float32)

    def played(self, position_frames: int, samples: NDArray[np.int16]) -> None:
        """Add what was given to the loudspeaker, see ``Reference.add``."""
        self._reference.add(position_frames, samples)

    def without(self, heard: NDArray[np.int16]) -> tuple[NDArray[np.int16], bool]:
        """Return what the microphone hears, shape (frames,), without the coach, and whether the coach speaks.

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
            self._remains += _REMAINS_SMOOTH * (min(1.0, _power(filtered) / power) - self._remains)
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
