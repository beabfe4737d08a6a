"""Keeps the true peak of a clip below a ceiling, by pressing down what rises above it for a moment."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_coach.model.units import FRAMES_PER_MS

# ITU-R BS.1770-5, annex 2: the filter that finds the level between two samples, as its four phases.
_PHASES: Final = np.array(
    [
        [0.0017089843750, -0.0291748046875, -0.0189208984375, -0.0083007812500],
        [0.0109863281250, 0.0292968750000, 0.0330810546875, 0.0148925781250],
        [-0.0196533203125, -0.0517578125000, -0.0582275390625, -0.0266113281250],
        [0.0332031250000, 0.0891113281250, 0.1015625000000, 0.0476074218750],
        [-0.0594482421875, -0.1665039062500, -0.2003173828125, -0.1022949218750],
        [0.1373291015625, 0.4650878906250, 0.7797851562500, 0.9721679687500],
        [0.9721679687500, 0.7797851562500, 0.4650878906250, 0.1373291015625],
        [-0.1022949218750, -0.2003173828125, -0.1665039062500, -0.0594482421875],
        [0.0476074218750, 0.1015625000000, 0.0891113281250, 0.0332031250000],
        [-0.0266113281250, -0.0582275390625, -0.0517578125000, -0.0196533203125],
        [0.0148925781250, 0.0330810546875, 0.0292968750000, 0.0109863281250],
        [-0.0083007812500, -0.0189208984375, -0.0291748046875, 0.0017089843750],
    ],
    dtype=np.float32,
)
_TAPS: Final = len(_PHASES)

# Speech comes at 22 050 Hz or little more and is looked at at 48 000: between samples it then rises to at
# most 1 / cos(π · 11 025 / 48 000) = 1.33 times the highest; below 0.75 of the ceiling none needs a look.
_SAFE: Final = 0.75

_HOLD_MS: Final = (
    8  # longer than the pitch period of a low voice, so that the gain does not follow each pulse
)
_SMOOTH_MS: Final = 4
_AIM: Final = 0.99  # of the ceiling: room for what the change of gain itself adds between samples


def limit(samples: NDArray[np.float32], ceiling: float) -> NDArray[np.float32]:
    """The samples with no true peak above the ceiling; the same array if nothing rises above it.

    The gain is found for each millisecond, held for longer than a pitch period, and smoothed; so it is low
    enough before each peak comes and changes without a step.

    Args:
        samples: mono float32 at 48 000 Hz.
        ceiling: the highest level, as a factor of full scale.
    """
    near = np.flatnonzero(np.abs(samples) >= _SAFE * ceiling)
    if not len(near):
        return samples
    peaks = _peaks_around(samples, near)
    # Only what rises above it, so that a piece comes out the same with or without what lies far from it.
    too_high = peaks > ceiling
    if not too_high.any():
        return samples
    near, peaks = near[too_high], peaks[too_high]
    blocks = -(-len(samples) // FRAMES_PER_MS)
    gain = np.ones(blocks + 2, np.float32)  # a block of margin on either side
    np.minimum.at(gain, near // FRAMES_PER_MS + 1, ceiling * _AIM / peaks)
    reach = (
        _HOLD_MS + _SMOOTH_MS + 1
    )  # 1: the gain is a line from middle to middle, so both must be low enough
    # Rows as long as the gain itself, one for each place of the window: numpy is quick along long rows only.
    gain = sliding_window_view(np.pad(gain, reach, "edge"), len(gain)).min(axis=0)
    window = np.hanning(2 * _SMOOTH_MS + 3)[1:-1]
    # In float64, whose last digits depend on where the sum begins; they are gone when it is float32 again.
    gain = np.convolve(np.pad(gain, _SMOOTH_MS, "edge").astype(np.float64), window / window.sum(), "valid")
    return samples * _lines(gain.astype(np.float32))[: len(samples)]


def _peaks_around(samples: NDArray[np.float32], at: NDArray[np.intp]) -> NDArray[np.float32]:
    """The highest level on, just before and just after each sample whose index is in ``at``."""
    windows = sliding_window_view(np.pad(samples, _TAPS), _TAPS)
    # The filter looks at the middle of its window: between its sixth and seventh sample.
    before = np.abs(windows[at + _TAPS // 2] @ _PHASES).max(axis=1)
    after = np.abs(windows[at + _TAPS // 2 + 1] @ _PHASES).max(axis=1)
    return np.maximum(np.maximum(before, after), np.abs(samples[at]))


def _lines(gain: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lines from the middle of each block to the next; the first and last block lie outside the samples."""
    ramp = np.arange(FRAMES_PER_MS, dtype=np.float32) / FRAMES_PER_MS
    lines = gain[:-1, None] + np.diff(gain)[:, None] * ramp
    return lines.astype(np.float32).reshape(-1)[FRAMES_PER_MS // 2 :]
