"""The pack of clips that comes with voice_coach: all that can be said now, whole, level and clean."""

from __future__ import annotations

import platform
import random
from contextlib import closing

import numpy as np
import pytest
from numpy.typing import NDArray

from releasing.packing import VOICE, words_digest
from releasing.shipped_words import shipped_words
from tests.real_parts import report_missing
from voice_coach.audio.conditioning import CONDITIONING_VERSION
from voice_coach.audio.loudness import SPEECH_LUFS, alone_lufs
from voice_coach.core.errors import SpeechError
from voice_coach.core.speech import Utterance
from voice_coach.core.text import word_spans
from voice_coach.rendering.voice import conditioning, pack_path
from voice_coach.speech.clip_pack import ClipPack
from voice_coach.speech.engine import make_engine
from voice_coach.speech.synthesizer import Voices

ABOUT_LU = 0.5
MOST_LU = 0.6
"""“Five” at 150 is 0.51 LU too loud when it leaves the conditioning; all others are within 0.5."""

PROMPT_LUFS = SPEECH_LUFS + 0.2
EDGE_FRAMES = 24
SILENT = 1e-3

SAMPLED = 24
LENGTH_MS = 25
DISTANCE_DB = 8.0
"""Log-spectral distance of a clip in the pack to its original: 4.5 to 6.1 dB; to another one 14 or more."""


@pytest.fixture(scope="module")
def pack() -> ClipPack:
    path = pack_path(VOICE)
    assert path is not None, "there is no pack of clips: make pack"
    return ClipPack(path)


def test_the_pack_has_exactly_what_can_be_said_now(pack: ClipPack) -> None:
    now = {(each.text, each.rate_wpm) for each in shipped_words(VOICE)}
    missing, needless = sorted(now - pack.contents()), sorted(pack.contents() - now)
    assert not missing, f"{len(missing)} texts are not in the pack, such as {missing[:3]}. Run: make pack"
    assert not needless, f"{len(needless)} clips are said no more, such as {needless[:3]}. Run: make pack"


def test_the_pack_says_of_what_it_is_made(pack: ClipPack) -> None:
    header = pack.header
    assert (header["voice"], header["conditioning"]) == (VOICE, CONDITIONING_VERSION), "Run: make pack"
    assert header["words"] == words_digest(pack.contents())
    assert header["engine"].startswith("hibari-tts ")
    with closing(make_engine("hibari")) as engine:
        if engine.trouble("heart"):
            report_missing("the natural voice", engine.trouble("heart"))
        assert _anywhere(header["engine"]) == _anywhere(engine.identity("heart")), "Run: make pack"
    assert set(header["tools"]) == {"lameenc", "miniaudio", "numpy", "soxr"}


def test_every_clip_is_whole_level_and_clean_at_its_edges(pack: ClipPack) -> None:
    wrong: list[str] = []
    for text, rate in sorted(pack.contents()):
        found = pack.find(text, rate)
        assert found is not None
        clip = found.grid_clip()
        samples = clip.clip().samples
        level = alone_lufs(samples) - PROMPT_LUFS
        edge = max(np.abs(samples[:EDGE_FRAMES]).max(), np.abs(samples[-EDGE_FRAMES:]).max())
        words = found.words()
        if (
            len(samples) != found.frames
            or abs(level) > MOST_LU
            or edge > SILENT
            or [(word.first, word.end) for word in words] != word_spans(text)
            or any(word.end_ms > found.duration_ms for word in words)
        ):
            wrong.append(f"{text!r} at {rate}: {level:+.2f} LU, edge {edge:.4f}, {len(words)} words")
    assert not wrong, f"{len(wrong)} of {len(pack)}"


def test_the_engine_says_the_same_as_the_pack(pack: ClipPack) -> None:
    voices = Voices(conditioning(), engines=("hibari",))
    for text, rate in random.Random(1).sample(sorted(pack.contents()), SAMPLED):
        packed = pack.find(text, rate)
        assert packed is not None
        try:
            fresh = voices.clip(Utterance(text, VOICE, rate)).clip().samples
        except SpeechError as error:
            report_missing("the natural voice", str(error))
        clip = packed.grid_clip().clip().samples
        assert len(clip) / 48 == pytest.approx(len(fresh) / 48, abs=LENGTH_MS), text
        assert alone_lufs(clip) == pytest.approx(alone_lufs(fresh), abs=ABOUT_LU), text
        assert distance_db(fresh, clip) < DISTANCE_DB, text


def _anywhere(identity: str) -> list[str]:
    """Return the parts of an identity that are the same on every machine."""
    return [part for part in identity.split() if not part.startswith(platform.machine())]


def distance_db(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the log-spectral distance of two clips up to 10 kHz, where there is sound, in decibels."""
    frames = min(len(one), len(other))
    spectrum, compared = _powers(one[:frames]), _powers(other[:frames])
    energy = spectrum.sum(axis=1)
    sounding = energy > energy.max() * 1e-4
    spectrum, compared = spectrum[sounding], compared[sounding]
    floor = spectrum.max(axis=1, keepdims=True) * 1e-6
    difference = 10 * np.log10((spectrum + floor) / (compared + floor))
    return float(np.sqrt((difference**2).mean(axis=1)).mean())


def _powers(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    window = np.hanning(960)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(samples, 960), 960)[::480]
    return np.abs(np.fft.rfft(windows * window, axis=1))[:, 1:200] ** 2
