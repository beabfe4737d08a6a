"""The coach's own sound is taken out of what the microphone hears, in a simulated room."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.real_parts import require_real
from tests.support.simulated_room import (
    PERSON,
    RATE_HZ,
    Sound,
    captured,
    coach_sound,
    delayed,
    level_db,
    listened,
    reflected,
    said,
)
from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.voice_input.echo import BLOCK, Echo, EchoFilter

SECONDS = 14.0
COACH_SHORT = "And relax."

LEARNT_S = 3.0
"""From then on the coach is not to be heard any more."""


@pytest.fixture(autouse=True)
def _library() -> None:  # pyright: ignore[reportUnusedFunction]
    require_real("pywebrtc-audio", find_spec("pywebrtc_audio") is not None, "pip install pywebrtc-audio")


@pytest.fixture(scope="module")
def coach() -> Sound:
    return coach_sound(SECONDS)


@pytest.mark.parametrize("delay_ms", [0, 100, 250, 400])
def test_the_coach_is_taken_out_however_late_it_comes(coach: Sound, delay_ms: int) -> None:
    heard = captured(delayed(reflected(coach), delay_ms))
    clean, _ = listened(coach, heard)
    assert level_db(heard, LEARNT_S, SECONDS) > -25
    assert level_db(clean, LEARNT_S, SECONDS) < -50


def test_another_delay_is_learnt(coach: Sound) -> None:
    """A headset was switched on, say."""
    half = len(coach) // 2
    echo = reflected(coach)
    moved = np.concatenate([delayed(echo, 80)[:half], delayed(echo, 300)[half:]])
    clean, _ = listened(coach, captured(moved))
    assert level_db(clean, LEARNT_S, SECONDS / 2) < -50
    assert level_db(clean, SECONDS / 2 + 4, SECONDS) < -45


def test_another_volume_is_followed(coach: Sound) -> None:
    """That of the loudspeaker, which we are not told of."""
    echo = delayed(reflected(coach), 100)
    echo[len(echo) // 2 :] *= 2
    clean, _ = listened(coach, captured(echo))
    assert level_db(clean, LEARNT_S, SECONDS) < -45


@pytest.mark.parametrize("ppm", [-300, 300])
def test_two_clocks_may_drift_apart(coach: Sound, ppm: int) -> None:
    """As those of a USB microphone and a loudspeaker do."""
    echo = delayed(reflected(coach), 100)
    times = np.arange(len(echo)) * (1 + ppm * 1e-6)
    clean, _ = listened(coach, captured(np.interp(times, np.arange(len(echo)), echo)))
    assert level_db(clean, LEARNT_S, SECONDS) < -45


def test_a_person_is_heard_while_the_coach_speaks(coach: Sound) -> None:
    """As loud as they are, and as when they speak alone."""
    person, at = said(PERSON, "en-us+f3"), round(8 * SAMPLE_RATE_HZ)
    alone = np.zeros(len(coach))
    alone[at : at + len(person)] = person
    both = delayed(reflected(coach), 100) + alone
    clean, _ = listened(coach, captured(both))
    quiet, _ = listened(np.zeros(len(coach)), captured(alone))
    end_s = 8 + len(person) / SAMPLE_RATE_HZ
    assert level_db(clean, 8, end_s) == pytest.approx(level_db(quiet, 8, end_s), abs=4)
    span = slice(8 * RATE_HZ, round(end_s * RATE_HZ))
    assert np.corrcoef(clean[span], quiet[span])[0, 1] > 0.7


def test_a_person_who_speaks_alone_is_not_touched() -> None:
    person = np.concatenate([np.zeros(SAMPLE_RATE_HZ), said(PERSON, "en-us+f3"), np.zeros(4800)])
    heard = captured(person)
    clean, speaking = listened(np.zeros(len(person)), heard)
    later = clean[RATE_HZ * 40 // 1000 :]
    assert level_db(later, 1, 2) == pytest.approx(level_db(heard, 1, 2), abs=1)
    assert not any(speaking)


def test_it_is_known_when_the_coach_speaks_and_for_a_while_after() -> None:
    coach = np.concatenate(
        [np.zeros(SAMPLE_RATE_HZ), said(COACH_SHORT, "en-gb"), np.zeros(2 * SAMPLE_RATE_HZ)]
    )
    _, speaking = listened(coach, captured(np.zeros(len(coach))))
    times_s = np.flatnonzero(speaking) * 0.02
    end_s = 1 + len(said(COACH_SHORT, "en-gb")) / SAMPLE_RATE_HZ
    assert 0.9 < times_s[0] < 1.3
    assert end_s + 0.4 < times_s[-1] < end_s + 1.0


def test_what_was_learnt_takes_less_of_the_person_than_the_canceller(
    coach: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the filter has learnt, the person is as they are alone, though the coach speaks as loudly."""
    person, at_s = said(PERSON, "en-us+f3"), 20
    longer = np.concatenate([coach, coach])
    alone = np.zeros(len(longer))
    alone[at_s * SAMPLE_RATE_HZ :][: len(person)] = person
    heard = captured(delayed(reflected(longer), 100) + alone)
    span = slice(at_s * RATE_HZ, at_s * RATE_HZ + len(person) // 3)
    wanted = captured(delayed(alone, 8))[span]  # so much later it leaves the canceller
    with_filter, _ = listened(longer, heard)
    monkeypatch.setattr("voice_coach.voice_input.echo._LEARNT", 0.0)
    with_canceller, _ = listened(longer, heard)
    likeness = [np.corrcoef(clean[span], wanted)[0, 1] for clean in (with_filter, with_canceller)]
    assert likeness[0] > 0.9
    assert likeness[0] > likeness[1] + 0.1


def test_without_the_library_the_filter_is_still_there(coach: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pywebrtc_audio", None)
    assert "Use headphones" in Echo().problem
    heard = captured(delayed(reflected(coach), 100))
    clean, _ = listened(coach, heard)
    assert level_db(clean, 8, SECONDS) < level_db(heard, 8, SECONDS) - 15


def test_after_a_jump_it_learns_anew(coach: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the loudspeaker's delay; the person is as they are alone again, some seconds later."""
    person, at_s = said(PERSON, "en-us+f3"), 36
    longer = np.concatenate([coach] * 3)
    alone = np.zeros(len(longer))
    alone[at_s * SAMPLE_RATE_HZ :][: len(person)] = person
    echo, jump = reflected(longer), 16 * SAMPLE_RATE_HZ
    moved = np.concatenate([delayed(echo, 100)[:jump], delayed(echo, 120)[jump:]])
    span = slice(at_s * RATE_HZ, at_s * RATE_HZ + len(person) // 3)
    wanted = captured(delayed(alone, 8))[span]
    learns, _ = listened(longer, captured(moved + alone))

    def never(echo_filter: EchoFilter) -> None:
        del echo_filter

    monkeypatch.setattr(EchoFilter, "doubt", never)
    believes, _ = listened(longer, captured(moved + alone))
    likeness = [np.corrcoef(clean[span], wanted)[0, 1] for clean in (learns, believes)]
    assert likeness[0] > 0.9
    assert likeness[1] < likeness[0]


def test_what_the_filter_has_learnt_outlasts_a_long_silence() -> None:
    """As after a rest: the first words over the coach are the ones that matter."""
    noise = np.random.default_rng(1)
    played = noise.normal(0, 0.1, 8 * 16_000).astype(np.float32)
    room = noise.normal(0, 0.05, 800) * np.exp(-np.arange(800) / 200)
    heard = np.convolve(played, room)[: len(played)].astype(np.float32)
    kept = EchoFilter()

    def level(sound: NDArray[np.float32]) -> float:
        return 10 * float(np.log10(np.mean(np.square(sound))))

    def left(heard: NDArray[np.float32], played: NDArray[np.float32]) -> float:
        blocks = zip(heard.reshape(-1, BLOCK), played.reshape(-1, BLOCK), strict=True)
        return level(np.concatenate([kept.without(*block) for block in blocks]))

    left(heard, played)
    learnt_db = left(heard[:RATE_HZ], played[:RATE_HZ])
    silence = np.zeros(120 * 16_000, np.float32)
    left(silence + np.float32(1e-4), silence)
    assert learnt_db < level(heard[:RATE_HZ]) - 20
    assert left(heard[:RATE_HZ], played[:RATE_HZ]) < learnt_db + 6
