"""How loud a whole programme is, put together from the power of its clips: ITU-R BS.1770-5, with its gates.

A session says the same words again and again, and most of it is silence. So each clip is measured once, in
steps of 100 ms, its steps are added up where it is heard, and the gates of the standard go over the sum. Next
to FFmpeg's meter on the finished file this is a few hundredths of a decibel off, and needs no rendering.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.levels import BLOCK_STEPS, OFFSET_LU, STEP_MS, k_weights
from voice_coach.model.units import FRAMES_PER_MS

Powers = NDArray[np.float64]
"""K-weighted mean square of each 100 ms; 0 is silence."""

UNHEARD_LUFS = -70.0
"""The absolute gate; what is told of silence."""

_ABSOLUTE_GATE = 10 ** ((UNHEARD_LUFS - OFFSET_LU) / 10)
_RELATIVE_GATE = 0.1  # −10 LU
_STEP_FRAMES = STEP_MS * FRAMES_PER_MS
_PIECE_FRAMES = 100 * _STEP_FRAMES  # worked on at once, so that long sounds take no more room


def step_powers(samples: NDArray[np.float32]) -> Powers:
    """The power of each 100 ms, the last one filled up with silence.

    Args:
        samples: mono at 48 000 Hz.
    """
    if len(samples) > _PIECE_FRAMES:
        starts = range(0, len(samples), _PIECE_FRAMES)
        return np.concatenate([step_powers(samples[at : at + _PIECE_FRAMES]) for at in starts])
    steps = -(-len(samples) // _STEP_FRAMES)
    rows = np.zeros((steps, _STEP_FRAMES), np.float32)
    rows.reshape(-1)[: len(samples)] = samples
    # The filters' tails between steps are left out; their power is the spectrum's, by Parseval's theorem.
    # "forward": numpy works out a float32 spectrum in float64, at half the speed, where it need not scale it.
    spectrum = np.fft.rfft(rows, norm="forward")
    power = np.square(spectrum.real)
    power += np.square(spectrum.imag)
    return (power @ _scaled_weights()).astype(np.float64)


@cache
def _scaled_weights() -> NDArray[np.float32]:
    """The weights of a spectrum that is divided by the number of its samples."""
    return (k_weights(_STEP_FRAMES) * _STEP_FRAMES**2).astype(np.float32)


def loudest_lufs(samples: NDArray[np.float32]) -> float:
    """Momentary loudness (LUFS) of the loudest 400 ms; −inf for silence.

    A tick of 40 ms or a swelling tone has no meaningful integrated loudness; this tells how strong it seems.

    Args:
        samples: mono at 48 000 Hz; shorter than 400 ms counts as followed by silence.
    """
    powers = step_powers(samples)
    powers = np.pad(powers, (0, max(0, BLOCK_STEPS - len(powers))))
    loudest = float(np.convolve(powers, np.full(BLOCK_STEPS, 1 / BLOCK_STEPS), mode="valid").max())
    return OFFSET_LU + 10 * float(np.log10(loudest)) if loudest > 0 else float("-inf")


def gated_lufs(powers: Powers) -> float:
    """Integrated loudness in LUFS; ``UNHEARD_LUFS`` where nothing lies above the absolute gate."""
    if len(powers) < BLOCK_STEPS:
        return UNHEARD_LUFS
    blocks = np.convolve(powers, np.full(BLOCK_STEPS, 1 / BLOCK_STEPS), mode="valid")
    heard = blocks[blocks > _ABSOLUTE_GATE]
    if not len(heard):
        return UNHEARD_LUFS
    loud = heard[heard > heard.mean() * _RELATIVE_GATE]
    return OFFSET_LU + 10 * float(np.log10(loud.mean()))


def alone_lufs(samples: NDArray[np.float32]) -> float:
    """Integrated loudness of a clip with silence around it, as a prompt is heard; however short it is.

    Args:
        samples: mono at 48 000 Hz.
    """
    return gated_lufs(np.pad(step_powers(samples), BLOCK_STEPS - 1))
