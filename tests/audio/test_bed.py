"""Beds: loops without a seam, soft under speech, and never silent for a player that cuts silence."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tests.audio.test_metering import written
from tests.support.ffmpeg_meter import encoded
from voice_coach.audio.background import DUCK_DB, LONGEST_S, UNDER_SPEECH_LU, Bed, make_bed, seamless
from voice_coach.audio.loudness import SPEECH_LUFS, gated_lufs, step_powers
from voice_coach.core.errors import OutputError
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

MADE = ("tone", "noise")
BEDS: dict[str, Bed] = {}
DUCKED = 10 ** (DUCK_DB / 20)
EXOPLAYER_SILENCE = 1024 / 32_768
"""``DEFAULT_SILENCE_THRESHOLD_LEVEL`` of ExoPlayer's SilenceSkippingAudioProcessor."""


def bed(name: str) -> Bed:
    if name not in BEDS:
        made = make_bed(name)
        assert made is not None
        BEDS[name] = made
    return BEDS[name]


def hum(seconds: float, hz: float = 440.0, rate_hz: int = SAMPLE_RATE_HZ) -> NDArray[np.float32]:
    return (0.1 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def test_none_is_no_bed() -> None:
    assert make_bed("none") is None


@pytest.mark.parametrize("name", MADE)
def test_it_is_the_same_each_time(name: str) -> None:
    again = make_bed(name)
    assert again is not None
    assert np.array_equal(again.loop, bed(name).loop)
    assert again.scale == bed(name).scale


@settings(deadline=None)  # the first one makes the bed
@given(
    st.sampled_from(MADE), st.integers(0, 10**10), st.lists(st.integers(1, 60_000), min_size=1, max_size=5)
)
def test_it_is_the_same_however_it_is_cut(name: str, first: int, lengths: list[int]) -> None:
    whole = bed(name).samples(first, sum(lengths))
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    pieces = [bed(name).samples(first + at, length) for at, length in zip(starts, lengths, strict=True)]
    assert np.array_equal(np.concatenate(pieces), whole)


@pytest.mark.parametrize("name", MADE)
def test_its_end_leads_into_its_start(name: str) -> None:
    loop = bed(name).loop.astype(np.int32)
    around = np.abs(np.diff(np.concatenate([loop[-50:], loop[:50]])))
    assert around.max() <= np.abs(np.diff(loop)).max()


@pytest.mark.parametrize("name", MADE)
def test_ducked_it_lies_20_db_under_speech_as_wcag_asks(name: str) -> None:
    ducked = bed(name).samples(0, len(bed(name).loop)) * np.float32(DUCKED)
    loudness = gated_lufs(step_powers(ducked))
    assert loudness == pytest.approx(SPEECH_LUFS - UNDER_SPEECH_LU, abs=0.05)
    assert loudness <= SPEECH_LUFS - 20


@pytest.mark.parametrize("name", MADE)
def test_ducked_it_has_a_peak_in_every_100_ms_that_no_player_takes_for_silence(name: str) -> None:
    ducked = np.abs(bed(name).samples(0, len(bed(name).loop) + 4_800)) * DUCKED
    highest = ducked.reshape(-1, 5 * FRAMES_PER_MS).max(axis=1)  # in each 5 ms
    every_100_ms = sliding_window_view(highest, 19).max(axis=1)  # any 100 ms hold 19 of them whole
    assert every_100_ms.min() > EXOPLAYER_SILENCE


@pytest.mark.parametrize(
    "options",
    [
        ("-ar", "8000", "rain.wav"),
        ("-ar", "44100", "-ac", "2", "rain.mp3"),
        ("-ar", "96000", "-ac", "6", "rain.flac"),
        ("-c:a", "libopus", "rain of every day.ogg"),
    ],
)
def test_a_file_of_any_kind_becomes_a_bed(options: tuple[str, ...], tmp_path: Path) -> None:
    path = encoded(written(hum(6.0), tmp_path / "hum.wav"), *options)
    made = make_bed(str(path))
    assert made is not None
    samples = made.samples(0, 4 * SAMPLE_RATE_HZ)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    assert np.argmax(spectrum) / 4 == pytest.approx(440, abs=1)
    assert gated_lufs(step_powers(samples)) == pytest.approx(SPEECH_LUFS - UNDER_SPEECH_LU - DUCK_DB, abs=0.7)


def test_a_long_file_is_used_as_far_as_there_is_room(tmp_path: Path) -> None:
    path = written(hum(LONGEST_S + 20), tmp_path / "long.wav")
    tracemalloc.start()
    made = make_bed(str(path))
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made is not None
    assert len(made.loop) <= LONGEST_S * SAMPLE_RATE_HZ
    assert most_bytes < 80_000_000


def test_the_seam_of_a_file_cannot_be_heard() -> None:
    random = np.random.default_rng(3)
    noise = random.normal(0, 0.1, 20 * SAMPLE_RATE_HZ).astype(np.float32)
    loop = seamless(noise)
    strengths = np.sqrt(np.square(np.tile(loop, 2)).reshape(-1, 4_250).mean(axis=1))
    assert strengths.min() > 0.9 * 0.1
    assert strengths.max() < 1.1 * 0.1
    # Where the loop starts over it goes on with what followed its last frame.
    assert abs(loop[0] - noise[len(loop)]) < 0.01


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file or directory. Use none, tone, noise, or the path of an audio file."),
        (b"", "it is not understood as audio"),
        (b"This is no sound.\n" * 500, "it is not understood as audio"),
    ],
)
def test_what_is_no_sound_is_refused(content: bytes | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bed.mp3"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OutputError) as raised:
        make_bed(str(path))
    assert f"The bed {path} cannot be used: {says}" in str(raised.value)


def test_a_folder_a_silence_and_a_blink_are_refused(tmp_path: Path) -> None:
    silent = written(np.zeros(5 * SAMPLE_RATE_HZ, np.float32), tmp_path / "silent.wav")
    blink = written(hum(0.5), tmp_path / "blink.wav")
    for path, says in (
        (tmp_path, "Is a directory"),
        (silent, "it is silent"),
        (blink, "shorter than 2 seconds"),
    ):
        with pytest.raises(OutputError, match=says):
            make_bed(str(path))
    with pytest.raises(OutputError, match="null byte"):
        make_bed("bed\0.mp3")


def test_a_picture_is_refused(tmp_path: Path) -> None:
    source = written(hum(1.0), tmp_path / "hum.wav")
    path = encoded(source, "-filter_complex", "showwavespic=s=64x64", "-frames:v", "1", "picture.png")
    with pytest.raises(OutputError, match="it is not understood as audio"):
        make_bed(str(path))
