"""The loudness of a programme from the power of its parts, next to FFmpeg's meter on the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.ffmpeg_meter import heard
from voice_coach.audio.loudness import UNHEARD_LUFS, alone_lufs, gated_lufs, step_powers
from voice_coach.audio.mixer import Block
from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.formats.base import make_file_output
from voice_coach.rendering.performance import sound_alone


def written(samples: NDArray[np.float32], path: Path) -> Path:
    whole = np.rint(samples * 32_767).astype(np.int16)
    make_file_output(path).write(sound_alone([Block(whole, silent=False)]))
    return path


def bursts(seed: int, seconds: int = 30) -> NDArray[np.float32]:
    """Noise that is bright or dull, loud or soft, a blink or several seconds long, between pauses."""
    random = np.random.default_rng(seed)
    samples = np.zeros(seconds * SAMPLE_RATE_HZ, np.float32)
    at = 0
    while at < len(samples):
        length = int(random.uniform(0.2, 4.0) * SAMPLE_RATE_HZ)
        noise = random.normal(0, 1, length)
        dull = np.convolve(noise, np.hanning(int(random.uniform(3, 200))), "same")
        level = 10 ** (random.uniform(-45, -16) / 20)
        samples[at : at + length] = (dull / dull.std() * level)[: len(samples) - at]
        at += length + int(random.uniform(0.1, 3.0) * SAMPLE_RATE_HZ)
    return samples.clip(-1, 1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_agrees_with_ffmpeg(seed: int, tmp_path: Path) -> None:
    samples = bursts(seed)
    theirs = heard(written(samples, tmp_path / "bursts.wav")).lufs
    assert gated_lufs(step_powers(samples)) == pytest.approx(theirs, abs=0.1)


@pytest.mark.parametrize("ms", [150, 400, 2_500])
def test_a_clip_alone_is_as_loud_as_ffmpeg_hears_it_between_pauses(ms: int, tmp_path: Path) -> None:
    clip = bursts(4)[: ms * 48]
    between = np.pad(clip, (SAMPLE_RATE_HZ, SAMPLE_RATE_HZ))
    theirs = heard(written(between, tmp_path / "clip.wav")).lufs
    assert alone_lufs(clip) == pytest.approx(theirs, abs=0.15)


def test_silence_is_unheard() -> None:
    for frames in (0, 100, 480_000):
        assert alone_lufs(np.zeros(frames, np.float32)) == UNHEARD_LUFS
        assert gated_lufs(step_powers(np.zeros(frames, np.float32))) == UNHEARD_LUFS


def test_pauses_do_not_count() -> None:
    clip = bursts(5)[: 3 * SAMPLE_RATE_HZ]
    once, often = step_powers(np.pad(clip, 96_000)), step_powers(np.tile(np.pad(clip, 960_000), 3))
    assert gated_lufs(once) == pytest.approx(gated_lufs(often), abs=0.05)
