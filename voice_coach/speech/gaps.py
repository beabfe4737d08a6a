"""Silence put between words that were spoken in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LOOK_MS: Final = 40
"""How far from where a word is told to begin its sound may be cut."""

_STEP_MS: Final = 5
_FADE_MS: Final = 12


def spread(
    samples: NDArray[np.float32], starts: Sequence[int], gap: int, rate_hz: int
) -> tuple[NDArray[np.float32], list[int]]:
    """The sound with silence before each word, cut where it is softest.

    Args:
        samples: mono float32.
        starts: the frames at which words begin, in order.
        gap: frames of silence before each.
        rate_hz: frames per second.

    Returns:
        the sound, and where the words begin in it.
    """
    fade = np.linspace(0, 1, rate_hz * _FADE_MS // 1000, dtype=np.float32)
    cuts = [_softest(samples, start, rate_hz) for start in starts]
    pieces: list[NDArray[np.float32]] = []
    for piece in np.split(samples, cuts):
        piece = piece.copy()
        length = min(len(fade), len(piece) // 2)
        if pieces:
            pieces.append(np.zeros(gap, np.float32))
            piece[:length] *= fade[:length]
        piece[len(piece) - length :] *= fade[:length][::-1]
        pieces.append(piece)
    latest = (max(start, cut) for start, cut in zip(starts, cuts, strict=True))
    return np.concatenate(pieces), [start + number * gap for number, start in enumerate(latest, 1)]


def _softest(samples: NDArray[np.float32], at: int, rate_hz: int) -> int:
    """The frame near this one around which there is least sound; the nearest of several."""
    step, look = rate_hz * _STEP_MS // 1000, _LOOK_MS // _STEP_MS
    places = [at + step * number for number in sorted(range(-look, look + 1), key=abs)]
    places = [place for place in places if step <= place <= len(samples) - step] or [at]
    return min(places, key=lambda place: float(np.square(samples[place - step : place + step]).sum()))
