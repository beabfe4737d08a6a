"""Raw clips made ready to mix: cut, faded, at the house's rate, level and ceiling, on the 16-bit grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voice_coach.audio.conditioning import condition
from voice_coach.audio.loudness import (
    CEILING,
    SILENT_LUFS,
    SPEECH_LUFS,
    gain_to_speech_level,
    integrated_lufs,
    limit,
    true_peak,
)
from voice_coach.core.speech import Clip

RATE_HZ = 22_050


def tone(ms: int, level: float = 0.3, hz: float = 440.0, rate_hz: int = RATE_HZ) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hz * np.arange(ms * rate_hz // 1000) / rate_hz)).astype(np.float32)


def silence(ms: int) -> NDArray[np.float32]:
    return np.zeros(ms * RATE_HZ // 1000, np.float32)


def speech(seed: int, ms: int = 800) -> NDArray[np.float32]:
    """Something as peaky as a voice: pulses through a resonance, ten to a hundred a second."""
    random = np.random.default_rng(seed)
    samples = np.zeros(ms * RATE_HZ // 1000, np.float32)
    at = np.cumsum(random.integers(200, 2_000, 200))
    samples[at[at < len(samples)]] = random.normal(0, 1, int((at < len(samples)).sum()))
    ring = np.exp(-np.arange(400) / 60) * np.sin(np.arange(400) * random.uniform(0.1, 1.5))
    return np.convolve(samples, ring)[: len(samples)].astype(np.float32)


def test_silence_around_is_cut_to_five_milliseconds() -> None:
    bare = condition(Clip(tone(500), RATE_HZ), 0.0)
    padded = condition(Clip(np.concatenate([silence(300), tone(500), silence(900)]), RATE_HZ), 0.0)
    assert bare.duration_ms == pytest.approx(500, abs=2)
    assert padded.duration_ms == pytest.approx(510, abs=2)


def test_silence_inside_stays() -> None:
    clip = condition(Clip(np.concatenate([tone(200), silence(700), tone(200)]), RATE_HZ), 0.0)
    assert clip.duration_ms == pytest.approx(1_100, abs=2)


def test_a_soft_beginning_stays_and_a_faint_hiss_goes() -> None:
    soft = condition(Clip(np.concatenate([tone(100, 0.3 * 10 ** (-45 / 20)), tone(200)]), RATE_HZ), 0.0)
    faint = condition(Clip(np.concatenate([tone(100, 0.3 * 10 ** (-65 / 20)), tone(200)]), RATE_HZ), 0.0)
    assert soft.duration_ms > 290
    assert faint.duration_ms < 210


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_any_rate_becomes_the_house_rate_at_the_same_pitch(rate_hz: int) -> None:
    clip = condition(Clip(tone(1_000, rate_hz=rate_hz), rate_hz), 0.0)
    assert clip.rate_hz == 48_000
    assert len(clip.samples) == pytest.approx(48_000, abs=100)
    spectrum = np.abs(np.fft.rfft(clip.samples * np.hanning(len(clip.samples))))
    assert np.argmax(spectrum) * 48_000 / len(clip.samples) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("gain_db", [-20.0, -3.0, 0.0, 6.0])
def test_gain_is_what_was_asked_for(gain_db: float) -> None:
    clip = condition(Clip(tone(1_000, 0.1), RATE_HZ), gain_db)
    assert 20 * np.log10(np.abs(clip.samples).max() / 0.1) == pytest.approx(gain_db, abs=0.05)


def test_it_begins_and_ends_without_a_click() -> None:
    for start in (0.0, np.pi / 2):
        raw = (0.5 * np.cos(start + np.arange(9_000) / 20)).astype(np.float32)
        samples = condition(Clip(raw, RATE_HZ), 0.0).samples
        steepest = np.abs(np.diff(samples[1_000:-1_000])).max()
        assert np.abs(samples[[0, -1]]).max() < 0.01
        assert np.abs(np.diff(samples)).max() < 1.1 * steepest


def test_samples_lie_on_the_grid_and_the_argument_is_left_alone() -> None:
    raw = tone(300)
    before = raw.copy()
    samples = condition(Clip(raw, RATE_HZ), 1.7).samples
    assert samples.dtype == np.float32
    assert np.array_equal(samples * 32_768, np.rint(samples * 32_768))
    assert np.array_equal(raw, before)


@pytest.mark.parametrize("raw", [silence(0), silence(500), tone(1), np.array([0.5], np.float32)])
def test_next_to_nothing_is_fine(raw: NDArray[np.float32]) -> None:
    clip = condition(Clip(raw, RATE_HZ), 0.0)
    assert clip.duration_ms <= 12
    assert np.isfinite(clip.samples).all()


@given(st.integers(0, 10_000), st.floats(-10, 40))
def test_no_true_peak_above_the_ceiling(seed: int, gain_db: float) -> None:
    clip = condition(Clip(speech(seed), RATE_HZ), gain_db)
    assert true_peak(clip.samples) <= CEILING * 1.003


def test_what_stays_below_the_ceiling_is_not_touched() -> None:
    samples = tone(500, CEILING * 0.99, rate_hz=48_000)
    assert limit(samples, CEILING) is samples


def test_only_the_neighbourhood_of_a_peak_is_pressed_down_and_smoothly() -> None:
    samples = tone(1_000, 0.5, rate_hz=48_000)
    samples[24_000:24_040] *= 1.9
    limited = limit(samples, CEILING)
    changed = np.flatnonzero(np.abs(limited - samples) > 1e-5)
    assert changed[0] > 24_000 - 48 * 20
    assert changed[-1] < 24_040 + 48 * 20
    audible = np.abs(samples) > 0.05
    gain = limited[audible] / samples[audible]
    assert gain.max() < 1.00001
    assert np.abs(np.diff(gain)).max() < 0.02


def test_loudness_agrees_with_the_standard() -> None:
    # BS.1770: a sine of 997 Hz at full scale in one channel reads −3.01 LUFS.
    for rate_hz in (22_050, 48_000):
        sine = Clip(tone(3_000, 1.0, 997.0, rate_hz), rate_hz)
        assert integrated_lufs(sine) == pytest.approx(-3.01, abs=0.1)


def test_the_gain_brings_a_voice_to_the_house_level() -> None:
    raw = Clip(tone(3_000, 0.02, 300), RATE_HZ)
    clip = condition(raw, gain_to_speech_level(raw))
    assert integrated_lufs(clip) == pytest.approx(SPEECH_LUFS, abs=0.1)


def test_silence_gets_no_gain() -> None:
    assert integrated_lufs(Clip(silence(1_000), RATE_HZ)) == SILENT_LUFS
    assert gain_to_speech_level(Clip(silence(1_000), RATE_HZ)) == 0.0
    assert gain_to_speech_level(Clip(silence(0), RATE_HZ)) == 0.0
    assert gain_to_speech_level(Clip(tone(2_000, 1e-5), RATE_HZ)) <= 30.0
