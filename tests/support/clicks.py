"""Finds clicks in a recording: places where a sound jumps or bends more sharply than it can by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ALLOWED = 1.5
"""How much more than the sine's own bend is no click yet: rounding, and the slope of a fade."""
_ROUNDING = 4
"""What rounding three samples adds at most to a second difference, and one for luck."""


def sharpest_bend(samples: NDArray[np.int16]) -> tuple[int, int]:
    """The largest second difference of samples, shape (frames,), and the frame at which it is.

    A sine of amplitude A bends by A · (2π · hz / rate)² at most; a jump in it by the height of the jump.
    """
    bends = np.abs(np.diff(samples.astype(np.int64), 2))
    if not len(bends):
        return 0, 0
    frame = int(bends.argmax())
    return int(bends[frame]), frame + 1


def bend_of_sine(hz: float, amplitude: float, rate_hz: int = 48_000) -> float:
    """The most by which a sine bends: what ``sharpest_bend`` finds in an undisturbed one."""
    return amplitude * (2 * np.sin(np.pi * hz / rate_hz)) ** 2


def assert_no_click(samples: NDArray[np.int16], hz: float, amplitude: float) -> None:
    """Fails if there is a click in a recording of a sine, of silence, and of fades of 5 ms or more between.

    Args:
        samples: at 48 000 Hz, shape (frames,).
        hz: the highest frequency in it.
        amplitude: the largest, from 0 to 32 767.
    """
    bend, frame = sharpest_bend(samples)
    allowed = _ALLOWED * bend_of_sine(hz, amplitude) + _ROUNDING
    around = samples[max(0, frame - 3) : frame + 4].tolist()
    assert bend <= allowed, (
        f"a click at frame {frame} ({frame / 48:.1f} ms): {bend} > {allowed:.0f}, {around}"
    )
