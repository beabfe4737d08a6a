"""The sound cues as heard: told apart, exact in length, at their levels, without clicks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.filter import Graph
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voice_coach.audio.cue_description import Noise, Shape, SoundTime, Tone
from voice_coach.audio.cue_synthesis import synthesise
from voice_coach.audio.loudness import loudest_lufs, true_peak
from voice_coach.audio.mixer import fade_in, fade_out
from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.audio.sound_cues import KEPT_BYTES, PEAK_CEILING, SPEECH_LUFS, SoundCues
from voice_coach.core.errors import CoachError

SHIPPED = Path(__file__).parents[2] / "audio_cues"
NAMES = SoundCatalogue.load([SHIPPED]).names()
STRETCHED = ("inhale", "exhale", "top", "bottom")
Floats = NDArray[np.float32]


def centroids_hz(samples: Floats, parts: int = 20) -> NDArray[np.float64]:
    """The spectral centroid of each of so many equal parts."""
    rows = samples[: len(samples) - len(samples) % parts].reshape(parts, -1)
    power = np.abs(np.fft.rfft(rows * np.hanning(rows.shape[1]), axis=1)) ** 2
    pitches = np.fft.rfftfreq(rows.shape[1], 1 / 48_000)
    return (power @ pitches) / power.sum(axis=1)


def noisiness(samples: Floats) -> float:
    """The share of power outside the strongest line of each 100 ms: little for tones, much for noise."""
    rows = samples[: len(samples) - len(samples) % 4_800].reshape(-1, 4_800) * np.hanning(4_800)
    power = np.abs(np.fft.rfft(rows, axis=1)) ** 2
    peaks: NDArray[np.intp] = power.argmax(axis=1)
    near = np.abs(np.arange(power.shape[1], dtype=np.intp) - peaks[:, np.newaxis]) <= 4
    return float(power[~near].sum() / power.sum())


@pytest.mark.parametrize("seconds", [0.5, 1, 4, 12, 60])
def test_inhale_rises_and_exhale_falls_at_every_length(sounds: SoundCues, seconds: float) -> None:
    slopes: dict[str, float] = {}
    for name in ("inhale", "exhale"):
        course = np.log2(centroids_hz(sounds.clip(name, round(seconds * 1000)).samples))[1:-1]
        slopes[name] = float(np.polyfit(np.linspace(0, 1, len(course)), course, 1)[0])
    assert slopes["inhale"] > 0.7  # octaves from beginning to end
    assert slopes["exhale"] < -0.7


@pytest.mark.parametrize("seconds", [1, 4, 12])
def test_inhale_and_exhale_differ_in_timbre(sounds: SoundCues, seconds: int) -> None:
    inhale, exhale = (noisiness(sounds.clip(name, seconds * 1000).samples) for name in ("inhale", "exhale"))
    assert inhale < 0.25
    assert exhale > 0.5


def test_held_breaths_are_far_quieter_and_high_or_low(sounds: SoundCues) -> None:
    top, bottom = sounds.clip("top", 4_000).samples, sounds.clip("bottom", 4_000).samples
    for held in (top, bottom):
        assert loudest_lufs(held) < SPEECH_LUFS - 20
        assert loudest_lufs(held[-2 * 48_000 :]) < SPEECH_LUFS - 26
    assert centroids_hz(top[:24_000], 1)[0] > 2 * centroids_hz(bottom[:24_000], 1)[0]


@given(name=st.sampled_from(STRETCHED), duration_ms=st.integers(500, 60_000) | st.integers(500, 3_000))
@settings(max_examples=40, deadline=None)
def test_a_stretched_cue_is_exact_to_the_millisecond(name: str, duration_ms: int) -> None:
    clip = CUES.clip(name, duration_ms)
    assert len(clip.samples) == duration_ms * 48
    assert clip.duration_ms == duration_ms
    assert clip.samples[0] == 0.0
    assert abs(clip.samples[-1]) < 1e-5
    assert true_peak(clip.samples) <= PEAK_CEILING


CUES = SoundCues.load([SHIPPED])


@pytest.mark.parametrize("duration_ms", [1, 2, 7, 33, 100, 499])
@pytest.mark.parametrize("name", NAMES)
def test_even_absurdly_short_cues_are_exact_and_do_not_click(
    sounds: SoundCues, name: str, duration_ms: int
) -> None:
    samples = sounds.clip(name, duration_ms).samples
    assert len(samples) == duration_ms * 48
    assert abs(samples[0]) < 1e-5
    assert abs(samples[-1]) < 5e-3
    assert np.abs(samples).max() <= PEAK_CEILING


@pytest.mark.parametrize("name", NAMES)
def test_no_cue_passes_the_ceiling(sounds: SoundCues, name: str) -> None:
    assert true_peak(sounds.clip(name, None).samples) <= PEAK_CEILING


@pytest.mark.parametrize("name", [name for name in NAMES if name != "tick"])
def test_each_cue_has_the_level_it_asks_for(sounds: SoundCues, name: str) -> None:
    level_db = SoundCatalogue.load([SHIPPED]).cue(name).level_db
    assert loudest_lufs(sounds.clip(name, None).samples) == pytest.approx(SPEECH_LUFS + level_db, abs=0.2)


@pytest.mark.parametrize("duration_ms", [1_000, 4_000, 12_000, 60_000])
@pytest.mark.parametrize("name", ["inhale", "exhale"])
def test_breath_tones_lie_under_speech_at_every_length(
    sounds: SoundCues, name: str, duration_ms: int
) -> None:
    under = SPEECH_LUFS - loudest_lufs(sounds.clip(name, duration_ms).samples)
    assert 6.5 <= under <= 9.5


@pytest.mark.parametrize("duration_ms", [1_000, 4_000, 12_000])
@pytest.mark.parametrize("name", ["inhale", "exhale"])
def test_breath_tones_survive_small_speakers(sounds: SoundCues, name: str, duration_ms: int) -> None:
    """A telephone's speaker, near enough: a high-pass of the second order at 400 Hz."""
    samples = sounds.clip(name, duration_ms).samples
    ratio = (np.fft.rfftfreq(len(samples), 1 / 48_000) / 400) ** 4
    spectrum = np.fft.rfft(samples) * np.sqrt(ratio / (1 + ratio))
    heard = np.fft.irfft(spectrum, len(samples)).astype(np.float32)
    assert loudest_lufs(samples) - loudest_lufs(heard) < 2
    assert 10 * np.log10(np.mean(samples**2) / np.mean(heard**2)) < 2.5


@pytest.mark.parametrize("name", NAMES)
def test_no_step_is_larger_than_its_pitches_make(sounds: SoundCues, name: str) -> None:
    """A click is a step that no sine under 4 kHz of the cue's own strength would take."""
    samples = sounds.clip(name, None).samples
    edges = np.concatenate(([0.0], samples, [0.0]))
    assert np.abs(np.diff(edges)).max() < np.abs(samples).max() * 2 * np.pi * 4_000 / 48_000


def test_the_samples_are_the_same_every_time() -> None:
    again = SoundCues.load([SHIPPED])
    for name in NAMES:
        assert np.array_equal(CUES.clip(name, 1_234).samples, again.clip(name, 1_234).samples)


def test_a_glide_passes_its_pitches() -> None:
    samples = synthesise((Tone(glide_hz=(200.0, 800.0, 400.0)),), 8_000)
    for at_ms, expected_hz in ((40, 204), (2_000, 400), (3_960, 789), (6_000, 566), (7_960, 401)):
        part = samples[(at_ms - 20) * 48 : (at_ms + 20) * 48]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 65_536))
        assert spectrum.argmax() * 48_000 / 65_536 == pytest.approx(expected_hz, rel=0.02)


def test_steps_of_pitch_and_strength_cannot_be_heard() -> None:
    """Away from the gliding sine, what the control grid of a millisecond adds lies under −80 dB."""
    samples = synthesise((Tone(glide_hz=(400.0, 404.0), shape=Shape(fade_in=SoundTime(0, 0.5))),), 4_000)
    spectrum = np.abs(np.fft.rfft(samples * np.blackman(len(samples))))
    pitches = np.fft.rfftfreq(len(samples), 1 / 48_000)
    stray = spectrum[(pitches < 380) | (pitches > 424)]
    assert 20 * np.log10(stray.max() / spectrum.max()) < -80


def test_noise_keeps_to_its_band_and_power() -> None:
    samples = synthesise((Noise(glide_hz=(1_000.0,), width_hz=200.0),), 5_000)
    power = np.abs(np.fft.rfft(samples)) ** 2
    pitches = np.fft.rfftfreq(len(samples), 1 / 48_000)
    inside = power[(pitches > 890) & (pitches < 1_110)].sum() / power.sum()
    assert inside > 0.99
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(np.sqrt(0.5), rel=0.03)


def test_decay_and_damping() -> None:
    shape = Shape(decay=SoundTime(fixed_ms=1_000))
    struck = synthesise((Tone(glide_hz=(500.0,), shape=shape),), 1_000)
    early, late = (np.abs(struck[ms * 48 : (ms + 20) * 48]).max() for ms in (100, 600))
    assert 20 * np.log10(late / early) == pytest.approx(-30, abs=0.5)
    partials = ((1.0, 0.0), (4.0, 0.0))
    damped = synthesise((Tone(glide_hz=(500.0,), partials=partials, damping=1.0, shape=shape),), 1_000)
    early_hz, late_hz = (centroids_hz(damped[ms * 48 : (ms + 100) * 48], 1)[0] for ms in (0, 500))
    assert early_hz > 700
    assert late_hz == pytest.approx(500, abs=20)


def test_loudness_agrees_with_the_standard() -> None:
    """BS.1770: a full-scale sine of 997 Hz in one channel is −3.01 LUFS; the others follow."""
    for hertz, expected in ((997.0, -3.01), (9_000.0, 0.30), (60.0, -6.64)):
        tone = synthesise((Tone(glide_hz=(hertz,)),), 2_000)
        assert loudest_lufs(tone) == pytest.approx(expected, abs=0.25)
    assert loudest_lufs(np.zeros(48_000, np.float32)) == float("-inf")


def momentary_lufs(samples: Floats) -> list[float]:
    """FFmpeg's meter, every 100 ms."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=48_000, format="flt", layout="mono", time_base=Fraction(1, 48_000))
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
    frame.sample_rate, frame.pts = 48_000, 0
    graph.push(frame)
    graph.push(None)
    found: list[float] = []
    with contextlib.suppress(BlockingIOError, EOFError):
        while True:
            metadata = cast("AudioFrame", graph.pull()).metadata
            found.append(float(metadata["lavfi.r128.M"]))
    return found


@pytest.mark.parametrize("name", ["inhale", "exhale", "bell", "halfway"])
def test_loudness_agrees_with_another_meter(sounds: SoundCues, name: str) -> None:
    samples = np.concatenate((np.zeros(24_000, np.float32), sounds.clip(name, None).samples))
    assert max(momentary_lufs(samples)) == pytest.approx(loudest_lufs(samples), abs=0.3)


def test_true_peak_sees_between_the_samples() -> None:
    between = (np.sin(np.pi / 2 * np.arange(48_000) + np.pi / 4) * 0.5).astype(np.float32)
    fade_in(between, 480)
    fade_out(between, 480)
    assert np.abs(between).max() == pytest.approx(0.3536, abs=1e-3)
    assert true_peak(between) == pytest.approx(0.5, abs=5e-3)


def test_clips_are_kept_for_the_next_breath_but_not_forever(sounds: SoundCues) -> None:
    first = sounds.clip("inhale", 4_321)
    assert sounds.clip("inhale", 4_321) is first
    assert not first.samples.flags.writeable
    for extra in range(KEPT_BYTES // (60_000 * 48 * 4) + 2):
        sounds.clip("top", 60_000 + extra)
    assert sounds.clip("inhale", 4_321) is not first
    assert np.array_equal(sounds.clip("inhale", 4_321).samples, first.samples)


def test_a_clip_too_large_to_keep_is_given_all_the_same() -> None:
    cues = SoundCues.load([SHIPPED])
    assert len(cues.clip("bottom", 150_000).samples) == 150_000 * 48


def test_threads_may_share_it() -> None:
    cues = SoundCues.load([SHIPPED])
    expected = {length: CUES.clip("exhale", length).samples for length in range(500, 520)}
    wrong: list[int] = []

    def ask() -> None:
        wrong.extend(
            length
            for length, samples in expected.items()
            if not np.array_equal(cues.clip("exhale", length).samples, samples)
        )

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_cannot_be_is_told(sounds: SoundCues) -> None:
    with pytest.raises(CoachError, match='"bel": did you mean "bell"'):
        sounds.clip("bel", None)
    for impossible_ms in (0, -5, 600_001):
        with pytest.raises(CoachError, match="at most 10m"):
            sounds.clip("inhale", impossible_ms)


def test_a_quieter_cue_is_quieter(cues_folder: Callable[[str], Path]) -> None:
    quieter = SoundCues.load([SHIPPED, cues_folder("bell: {level: -20}")])
    assert loudest_lufs(quieter.clip("bell", None).samples) == pytest.approx(SPEECH_LUFS - 20, abs=0.1)
