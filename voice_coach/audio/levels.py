"""What levels are counted in: full scale, the ceiling of peaks, the weights and blocks of ITU-R BS.1770-5."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.model.units import SAMPLE_RATE_HZ

FULL_SCALE: Final = np.float32(32_768)
"""Samples lie on the grid of 16-bit integers: whole numbers divided by this."""

CEILING_DBTP: Final = -3.0
"""True peak at most, of a clip and of a recording. Leaves room for a breath tone beside a clip below −1 dBTP.
EBU Tech 3343 and AES TD1008 ask for −1 dBTP in the file that is heard, and an encoder for small files adds to
it: LAME up to 1 dB, Opus at 32 kbit/s up to 1.8."""

CEILING: Final = 10 ** (CEILING_DBTP / 20)
"""The same as a factor of full scale."""

STEP_MS = 100
"""From one block to the next."""

BLOCK_STEPS = 4
"""Steps in a block."""

OFFSET_LU = -0.691
"""Makes a full-scale 997 Hz sine in one channel −3.01 LUFS."""

# BS.1770 annex 1, tables 1 and 2: the two filters of the K-weighting at 48 kHz, as (b, a).
_K_FILTERS = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)

_OVERSAMPLING = 4
_PIECE_FRAMES = 10 * SAMPLE_RATE_HZ
_OVERLAP_FRAMES = 256  # longer than the resampler's edges


def true_peak(samples: NDArray[np.float32]) -> float:
    """The highest absolute value at four times the rate (BS.1770 annex 2); at least the highest sample."""
    import soxr

    highest = float(np.abs(samples).max(initial=0.0))
    for first in range(0, len(samples), _PIECE_FRAMES):
        piece = samples[max(0, first - _OVERLAP_FRAMES) : first + _PIECE_FRAMES + _OVERLAP_FRAMES]
        padded = np.pad(piece, _OVERLAP_FRAMES)
        finer = soxr.resample(padded, SAMPLE_RATE_HZ, _OVERSAMPLING * SAMPLE_RATE_HZ)
        highest = max(highest, float(np.abs(finer).max(initial=0.0)))
    return highest


@lru_cache(maxsize=1)
def k_weights(frames: int) -> NDArray[np.float64]:
    """What each bin of a real spectrum of ``frames`` adds to the K-weighted mean square."""
    delay = np.exp(-2j * np.pi * np.arange(frames // 2 + 1) / frames)
    gain = np.ones_like(delay)
    for numerator, denominator in _K_FILTERS:
        gain *= np.polyval(numerator[::-1], delay) / np.polyval(denominator[::-1], delay)
    weights = np.abs(gain) ** 2 * (2.0 / frames**2)
    weights[0] /= 2
    weights[-1] /= 2
    return weights
