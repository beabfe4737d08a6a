"""A click is found, and nothing else is taken for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.clicks import assert_no_click, bend_of_sine, sharpest_bend
from voice_coach.audio.mixer import fade_gains

if TYPE_CHECKING:
    from numpy.typing import NDArray

AMPLITUDE = 12_000


def sine(frames: int, hz: float = 440.0, begin: int = 0) -> NDArray[np.int16]:
    turns = np.arange(begin, begin + frames) * hz / 48_000
    return np.rint(AMPLITUDE * np.sin(2 * np.pi * turns)).astype(np.int16)


@pytest.mark.parametrize("hz", [110.0, 440.0, 1000.0])
def test_a_sine_is_none(hz: float) -> None:
    assert sharpest_bend(sine(4800, hz))[0] == pytest.approx(bend_of_sine(hz, AMPLITUDE), abs=4)
    assert_no_click(sine(4800, hz), hz, AMPLITUDE)


@pytest.mark.parametrize("ms", [5, 10, 20])
def test_a_fade_to_silence_and_back_is_none(ms: int) -> None:
    gains = fade_gains(ms * 48)
    out, back = sine(ms * 48, begin=4800) * gains, sine(ms * 48, begin=77) * gains[::-1]
    whole = np.concatenate([sine(4800), out, np.zeros(480), back, sine(4800, begin=77 + ms * 48)])
    assert_no_click(np.rint(whole).astype(np.int16), 440, AMPLITUDE)


def test_a_crossfade_to_another_place_is_none() -> None:
    gains = fade_gains(480)
    both = sine(480, begin=4800) * gains + sine(480, begin=33) * gains[::-1]
    whole = np.concatenate([sine(4800), both, sine(4800, begin=513)])
    # What is in phase is louder for a moment.
    assert_no_click(np.rint(whole).astype(np.int16), 440, AMPLITUDE * 2**0.5)


@pytest.mark.parametrize("place", [3, 13, 27, 40, 54, 68, 82, 95])
def test_a_jump_to_another_place_is_one(place: int) -> None:
    whole = np.concatenate([sine(4800), sine(4800, begin=4800 + place)])
    with pytest.raises(AssertionError, match=r"a click at frame 4(799|800)"):
        assert_no_click(whole, 440, AMPLITUDE)


@pytest.mark.parametrize("frames", [1, 7, 240])
def test_a_gap_is_one(frames: int) -> None:
    whole = np.concatenate([sine(4825), np.zeros(frames, np.int16), sine(4800, begin=4825)])
    with pytest.raises(AssertionError, match="a click at frame"):
        assert_no_click(whole, 440, AMPLITUDE)


def test_nothing_has_no_click() -> None:
    assert sharpest_bend(np.zeros(0, np.int16)) == (0, 0)
    assert_no_click(np.zeros(4800, np.int16), 440, AMPLITUDE)
