"""What the coach plays stays in step with what the microphone hears, whatever comes early, late or never."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_coach.voice_input.echo import Reference

PIECE, HOP = 60 * 48, 20 * 16
SPACING = 60 * 16 * 10
"""Clicks come every 0.6 s, so that their places tell how the sound was moved."""


def clicks(seconds: float) -> NDArray[np.int16]:
    sound = np.zeros(round(seconds * 48_000), np.int16)
    sound[SPACING * 3 // 2 :: SPACING * 3] = 20_000
    return sound


def places(taken: NDArray[np.int16]) -> NDArray[np.intp]:
    """Where the clicks are, in frames at 16 000 Hz."""
    peaks = [begin + int(np.argmax(taken[begin : begin + 800])) for begin in np.flatnonzero(taken > 4000)]
    return np.unique(peaks)


def run(
    reference: Reference, sound: NDArray[np.int16], *, late: range = range(0), lost: range = range(0)
) -> NDArray[np.int16]:
    """Everything taken, while pieces are added in time, a second late, or never."""
    pieces = {place: sound[place * PIECE : (place + 1) * PIECE] for place in range(len(sound) // PIECE)}
    taken: list[NDArray[np.int16]] = []
    due = 0
    for turn in range(len(sound) // 3 // HOP):
        while due * 3 <= turn and due in pieces and not (due in late and turn < late.stop * 3):
            if due not in lost:
                reference.add(due * PIECE, pieces[due])
            due += 1
        taken.append(reference.take(HOP))
    return np.concatenate(taken)


def test_it_comes_out_as_it_went_in() -> None:
    found = places(run(Reference(), clicks(6)))
    assert len(found) >= 8
    assert set(np.diff(found)[1:]) <= {SPACING - 1, SPACING, SPACING + 1}


def test_what_comes_late_moves_nothing_that_comes_after() -> None:
    usual = places(run(Reference(), clicks(6)))
    found = places(run(Reference(), clicks(6), late=range(42, 46)))
    assert abs(found[-1] - usual[-1]) <= 1


def test_what_never_comes_moves_nothing_that_comes_after() -> None:
    usual = places(run(Reference(), clicks(6)))
    found = places(run(Reference(), clicks(6), lost=range(42, 46)))
    assert abs(found[-1] - usual[-1]) <= 1


def test_nothing_played_is_silence() -> None:
    reference = Reference()
    assert not reference.take(HOP).any()
    reference.add(0, clicks(1)[:PIECE])
    for _ in range(100):
        reference.take(HOP)
    assert reference.take(HOP).shape == (HOP,)
    assert not reference.take(HOP).any()


def test_it_begins_anew_after_a_break() -> None:
    """The loudspeaker was lost, and another one begins; how long that was nobody has counted."""
    reference = Reference()
    run(reference, clicks(2))
    for _ in range(200):
        reference.take(HOP)
    assert len(places(run_from(reference, 2 * 48_000, clicks(3)))) >= 4


def run_from(reference: Reference, position: int, sound: NDArray[np.int16]) -> NDArray[np.int16]:
    taken: list[NDArray[np.int16]] = []
    for at in range(0, len(sound) - PIECE, PIECE):
        reference.add(position + at, sound[at : at + PIECE])
        taken += [reference.take(HOP) for _ in range(3)]
    return np.concatenate(taken)


def test_no_more_waits_than_has_to() -> None:
    """A device takes three pieces at once to begin with, which would keep it behind its own echo for ever."""
    found: list[NDArray[np.intp]] = []
    for at_once in (1, 3):
        reference, sound = Reference(), clicks(6)
        reference.add(0, sound[: at_once * PIECE])
        taken: list[NDArray[np.int16]] = []
        for at in range(at_once * PIECE, len(sound) - PIECE, PIECE):
            reference.add(at, sound[at : at + PIECE])
            taken += [reference.take(HOP) for _ in range(3)]
        found.append(places(np.concatenate(taken)))
    one, three = found
    assert one[-1] - three[-1] == pytest.approx(2 * PIECE / 3, abs=1)


@pytest.mark.parametrize("ppm", [-500, 500])
def test_clocks_that_drift_apart_are_set_right(ppm: int) -> None:
    """Otherwise there would be a hole in every piece after half a minute, or the echo would be lost."""
    reference, sound = Reference(), clicks(480)
    taken: list[NDArray[np.int16]] = []
    owed = 0.0
    for at in range(0, len(sound) - PIECE, PIECE):
        reference.add(at, sound[at : at + PIECE])
        owed += PIECE / 3 * (1 + ppm * 1e-6)
        while owed >= HOP:
            taken.append(reference.take(HOP))
            owed -= HOP
    steps = np.diff(places(np.concatenate(taken)))[1:]
    moved = steps[np.abs(steps - SPACING) > 1]
    assert len(steps) >= 784
    assert 2 <= len(moved) <= 5
    away = (moved + SPACING // 2) % SPACING - SPACING // 2  # a click may have been in what was left out
    assert np.abs(away).max() <= 60 * 16
