"""From what an engine gave to what can be mixed: trimmed, at the house's rate and level, no peak too high."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.fades import fade_in, fade_out
from voice_coach.audio.limiter import limit
from voice_coach.model.speech import Clip
from voice_coach.model.units import SAMPLE_RATE_HZ

CONDITIONING_VERSION: Final = "1"
"""Belongs into the name that a clip is kept under; raise it when ``condition`` gives other samples."""

CEILING_DBTP: Final = -3.0
"""True peak of a clip at most; leaves room for a breath tone beside it below −1 dBTP."""

FULL_SCALE: Final = np.float32(32_768)
"""Samples lie on the grid of 16-bit integers: whole numbers divided by this."""

_SILENCE_DB: Final = -55.0  # below the clip's own peak; the softest consonants lie near −40
_MARGIN_MS: Final = 5
_FADE_MS: Final = 3


def condition(clip: Clip, gain_db: float) -> Clip:
    """Make a clip ready to mix. A pure function of its arguments.

    Silence at both ends is cut to 5 ms and faded, the rest amplified and resampled to 48 000 Hz; peaks above
    ``CEILING_DBTP`` are pressed down for a moment.

    Args:
        clip: mono float32 at any rate.
        gain_db: what brings this voice to the house level.

    Returns:
        mono float32 at 48 000 Hz on the 16-bit grid; no frames if the clip is silent.
    """
    samples = _trim(clip.samples, clip.rate_hz)
    samples *= np.float32(10 ** (gain_db / 20))
    if len(samples) and clip.rate_hz != SAMPLE_RATE_HZ:
        import soxr

        samples = soxr.resample(samples, clip.rate_hz, SAMPLE_RATE_HZ, quality="HQ")
    samples = limit(samples, 10 ** (CEILING_DBTP / 20))
    samples *= FULL_SCALE
    np.rint(samples, out=samples)
    samples *= 1 / FULL_SCALE
    return Clip(samples, SAMPLE_RATE_HZ)


def _trim(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """A copy without the silence at both ends, faded in and out."""
    level = np.abs(samples)
    loud = np.flatnonzero(level > level.max(initial=0.0) * 10 ** (_SILENCE_DB / 20))
    if not len(loud):
        return np.zeros(0, np.float32)
    margin = rate_hz * _MARGIN_MS // 1000
    kept = samples[max(loud[0] - margin, 0) : loud[-1] + 1 + margin].astype(np.float32)
    fade = min(rate_hz * _FADE_MS // 1000, len(kept) // 2)
    fade_in(kept, fade)
    fade_out(kept, fade)
    return kept
