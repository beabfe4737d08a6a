"""From what an engine gave to what can be mixed: trimmed, at the common rate and level, no peak too high."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.loudness import CEILING, FULL_SCALE, SPEECH_LUFS, UNHEARD_LUFS, alone_lufs, limit
from voice_coach.audio.mixer import fade_in, fade_out
from voice_coach.core.speech import Clip, Word, duration_ms
from voice_coach.core.units import SAMPLE_RATE_HZ

CONDITIONING_VERSION: Final = "2"
"""Belongs into the name that a clip is kept under; raise it when ``condition`` makes anything else of it."""

_PROMPT_LUFS: Final = SPEECH_LUFS + 0.2
"""Of a prompt alone. The sounds between the prompts of a session are softer, and count."""

_MOST_EVENING_DB: Final = 4.0
"""Prompts of one voice lie within 3 dB of its level; what lies further off is meant to."""

_EVENING_TRIES: Final = 4
_NEAR_DB: Final = 0.2

_SILENCE_DB: Final = -55.0  # below the clip's own peak; the softest consonants lie near −40
_MARGIN_MS: Final = 5
_FADE_MS: Final = 3


def condition(clip: Clip, gain_db: float, *, even: bool = False) -> Clip:
    """Make a clip ready to mix. A pure function of its arguments.

    Silence at both ends is cut to 5 ms and faded, the rest amplified and resampled to 48 000 Hz; peaks above
    ``CEILING_DBTP`` are pressed down for a moment.

    Args:
        clip: mono float32 at any rate.
        gain_db: what brings this voice to the speech level.
        even: bring this very clip to the speech level, so that no prompt stands out among the others.

    Returns:
        mono float32 at 48 000 Hz on the 16-bit grid, its words where they are heard in it; no frames if the
        clip is silent.
    """
    samples, words = _trim(clip)
    samples *= _factor(gain_db)
    if len(samples) and clip.rate_hz != SAMPLE_RATE_HZ:
        import soxr

        samples = soxr.resample(samples, clip.rate_hz, SAMPLE_RATE_HZ, quality="HQ")
    samples = _evened(samples) if even else limit(samples, CEILING)
    samples *= FULL_SCALE
    np.rint(samples, out=samples)
    samples *= 1 / FULL_SCALE
    return Clip(samples, SAMPLE_RATE_HZ, words)


def condition_prompt(clip: Clip, gain_db: float) -> Clip:
    """A prompt as it goes into a session: conditioned, and as loud as every other one."""
    return condition(clip, gain_db, even=True)


def _evened(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """At the speech level and under the ceiling."""
    samples *= _factor(_evening_db(samples))
    limited = limit(samples, CEILING)
    for _ in range(_EVENING_TRIES):
        if limited is samples or (missing_db := _evening_db(limited)) < _NEAR_DB:
            break
        # What was pressed down is missed, and put back.
        samples = samples * _factor(missing_db)
        limited = limit(samples, CEILING)
    return limited


def _factor(gain_db: float) -> np.float32:
    return np.float32(10 ** (gain_db / 20))


def _evening_db(samples: NDArray[np.float32]) -> float:
    loudness = alone_lufs(samples)
    if loudness <= UNHEARD_LUFS:
        return 0.0
    # Rounded to a tenth, so that a clip does not change with every library.
    return round(min(max(_PROMPT_LUFS - loudness, -_MOST_EVENING_DB), _MOST_EVENING_DB), 1)


def _trim(clip: Clip) -> tuple[NDArray[np.float32], tuple[Word, ...]]:
    """A copy without the silence at both ends, faded in and out; and its words."""
    samples, rate_hz = clip.samples, clip.rate_hz
    level = np.abs(samples)
    loud = np.flatnonzero(level > level.max(initial=0.0) * 10 ** (_SILENCE_DB / 20))
    if not len(loud):
        return np.zeros(0, np.float32), ()
    margin = rate_hz * _MARGIN_MS // 1000
    first = max(loud[0] - margin, 0)
    kept = samples[first : loud[-1] + 1 + margin].astype(np.float32)
    fade = min(rate_hz * _FADE_MS // 1000, len(kept) // 2)
    fade_in(kept, fade)
    fade_out(kept, fade)
    return kept, _audible(clip, loud, int(first), len(kept)) if clip.words else ()


def _audible(clip: Clip, loud: NDArray[np.intp], first: int, frames: int) -> tuple[Word, ...]:
    """The words from their first sound to their last one, counted from the frame ``first``."""
    ms = np.array([word.start_ms for word in clip.words], np.intp)
    starts = ms * clip.rate_hz // 1000
    starts[0] = 0
    # Which of the loud frames is the first of each word; a word in which nothing is loud stays as it is told.
    where = np.searchsorted(loud, [*starts, len(clip.samples)])
    begins = np.where(where[:-1] < where[1:], loud[where[:-1].clip(max=len(loud) - 1)], starts)
    ends = np.where(where[:-1] < where[1:], loud[where[1:] - 1] + 1, starts)
    whole_ms = duration_ms(frames, clip.rate_hz)
    begins_ms = ((begins - first) * 1000 // clip.rate_hz).clip(0, whole_ms).tolist()
    ends_ms = (-(-(ends - first) * 1000 // clip.rate_hz)).clip(0, whole_ms).tolist()
    following = [*begins_ms[1:], whole_ms]
    return tuple(
        Word(word.first, word.end, begin, min(end, next_begin))
        for word, begin, end, next_begin in zip(clip.words, begins_ms, ends_ms, following, strict=True)
    )
