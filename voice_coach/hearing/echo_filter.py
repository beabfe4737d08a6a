"""Learns how a loudspeaker sounds through the microphone, and takes that out; the person is not touched.

A partitioned-block frequency-domain Kalman filter (Enzner and Vary 2006; Kuech, Mabande, Enzner 2014). What
is not the loudspeaker's is noise to it, and the more of that there is the slower it learns, so that somebody
who speaks does not spoil what was learnt. How much there is another canceller tells, if there is one: by
itself it would take for noise, at first, all that it has not learnt yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK: Final = 320
"""Frames that are taken at once, 20 ms at 16 000 Hz; WebRTC's canceller wants multiples of 10 ms."""

_PARTITIONS: Final = 30
"""So many blocks an echo may last, delay included: 600 ms."""

_STAYS: Final = 0.9995
"""How much of what was learnt still holds a block later."""

_UNSURE: Final = 0.03
"""How loud each part of an echo may be before anything is learnt, as power."""

_REMAINS: Final = 0.005
"""How much of an echo's power remains once it is learnt, or a little more."""

_SMOOTH: Final = 0.6
_DOUBT: Final = 0.2
"""The share of what it leaves that is noise for certain, whatever another canceller says."""
_LEAST: Final = 3e-4
"""What a room is never quieter than, as power of a bin: or digital silence would unlearn everything."""

_SILENT: Final = 1e-4
"""What is played more softly leaves no echo: rounding."""


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
        """Learn anew, as fast as at first: what was learnt holds no more."""
        self._unsure = np.maximum(self._unsure, np.float32(_UNSURE))

    def _hear(self, left: NDArray[np.complex128], person: NDArray[np.float32] | None) -> None:
        """How much there is that is not the loudspeaker's."""
        power = np.square(np.abs(left)).astype(np.float32)
        if person is None:
            self._noise = _SMOOTH * self._noise + np.float32(1 - _SMOOTH) * power
            return
        now = np.square(np.abs(_spectrum(person))).astype(np.float32) + _DOUBT * power
        # At once when somebody begins to speak, and slowly when they end.
        self._noise = np.maximum(now, _SMOOTH * self._noise + np.float32(1 - _SMOOTH) * now)

    def _gain(self, left: NDArray[np.float32], echo: NDArray[np.float32]) -> np.float32:
        """What makes softer what is hardly more than can remain of an echo, and nothing else."""
        remains = _REMAINS * np.mean(np.square(echo))
        now = np.mean(np.square(left))
        self._louder = np.maximum(now, np.float32(0.7) * self._louder)
        return self._louder / (self._louder + remains + np.float32(1e-9))


def _spectrum(block: NDArray[np.float32]) -> NDArray[np.complex128]:
    """Of a block after as much silence."""
    return np.fft.rfft(np.concatenate([np.zeros(BLOCK, np.float32), block]))
