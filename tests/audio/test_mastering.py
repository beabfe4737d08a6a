"""Gain, bed and limiter over a stream of blocks: the same however the stream is cut."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.audio.test_bed import bed
from tests.audio.test_ducking import chapter
from voice_coach.audio.background import courses
from voice_coach.audio.loudness import CEILING, true_peak
from voice_coach.audio.mastering import apply_gain, limit_peaks, mix_bed
from voice_coach.audio.mixer import Block
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ


def voice(seconds: float = 6.0) -> NDArray[np.int16]:
    """Words of pulses through a resonance, softer than speech at 22 050 Hz comes, with pauses between."""
    random = np.random.default_rng(8)
    pulses = np.zeros(int(seconds * SAMPLE_RATE_HZ))
    pulses[:: SAMPLE_RATE_HZ // 110] = random.normal(1, 0.3, len(pulses[:: SAMPLE_RATE_HZ // 110]))
    ring = np.exp(-np.arange(900) / 150) * np.sin(np.arange(900) * 0.07)
    words = np.convolve(pulses, ring)[: len(pulses)]
    gate = np.repeat(random.integers(0, 2, len(words) // 4_800), 4_800)
    words *= np.convolve(gate, np.full(480, 1 / 480), "same")
    words[-SAMPLE_RATE_HZ:] = 0
    return np.rint(words / np.abs(words).max() * 0.7 * 32_767).astype(np.int16)


def blocks(samples: NDArray[np.int16], frames: int) -> Iterator[Block]:
    for first in range(0, len(samples), frames):
        piece = samples[first : first + frames]
        yield Block(piece, silent=not piece.any())


def joined(made: Iterator[Block]) -> NDArray[np.int16]:
    return np.concatenate([block.samples for block in made])


@pytest.mark.parametrize("gain_db", [-4.0, 0.5, 2.5])
def test_where_no_peak_is_too_high_it_is_a_pure_gain(gain_db: float) -> None:
    samples = (voice() * 0.5).astype(np.int16)
    made = joined(limit_peaks(apply_gain(blocks(samples, 48_000), gain_db)))
    assert np.abs(made - samples * 10 ** (gain_db / 20)).max() <= 0.51


def test_no_true_peak_above_the_ceiling() -> None:
    loud = joined(limit_peaks(apply_gain(blocks(voice(), 48_000), 6.0)))
    assert true_peak((loud / 32_768).astype(np.float32)) <= CEILING * 1.003
    assert true_peak((voice() / 16_384).astype(np.float32)) > 1.3


@pytest.mark.parametrize("ms", [1, 7, 1_000, 3_001])
def test_it_is_the_same_however_the_stream_is_cut(ms: int) -> None:
    whole = joined(limit_peaks(apply_gain(blocks(voice(), 10**9), 6.0)))
    cut = joined(limit_peaks(apply_gain(blocks(voice(), ms * FRAMES_PER_MS), 6.0)))
    assert np.array_equal(cut, whole)


def test_silence_stays_silence_and_is_told_so() -> None:
    for block in limit_peaks(apply_gain(blocks(voice(), 4_800), 6.0)):
        assert block.silent == (not block.samples.any())


@pytest.mark.parametrize("name", ["tone", "noise"])
def test_over_a_bed_it_is_the_same_however_it_is_cut_and_nothing_is_silent(name: str) -> None:
    def over(frames: int) -> list[Block]:
        parts = (
            (course, blocks(samples, frames))
            for _, course in courses([chapter(6_000, (0, 5_000)), chapter(6_000, (2_000, 3_000))])
        )
        return list(limit_peaks(mix_bed(parts, bed(name), 3.0)))

    samples = voice()
    whole = np.concatenate([block.samples for block in over(10**9)])
    pieces = over(777 * FRAMES_PER_MS)
    assert np.array_equal(np.concatenate([block.samples for block in pieces]), whole)
    assert not any(block.silent for block in pieces)
    assert len(whole) == 2 * len(samples)


def test_where_nothing_is_said_only_the_bed_is_heard() -> None:
    silence = np.zeros(10 * SAMPLE_RATE_HZ, np.int16)
    parts = ((course, blocks(silence, 48_000)) for _, course in courses([chapter(10_000)]))
    made = joined(limit_peaks(mix_bed(parts, bed("noise"), 0.0)))
    middle = slice(2 * SAMPLE_RATE_HZ, 7 * SAMPLE_RATE_HZ)
    expected = bed("noise").samples(middle.start, middle.stop - middle.start) * 32_768
    assert np.abs(made[middle] - expected).max() <= 0.51
    assert made[0] == 0


def test_a_stream_of_nothing_is_no_error() -> None:
    assert list(limit_peaks(apply_gain(iter(()), 3.0))) == []
