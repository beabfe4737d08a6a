"""Authors' own recordings: every layout of WAV that is promised, and what is said about the others."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_coach.audio.loudness import loudest_lufs, true_peak
from voice_coach.audio.recording import load_recording, read_wav_header
from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.audio.sound_cues import PEAK_CEILING, SoundCues
from voice_coach.core.errors import CoachError, ScriptError

Encode = Callable[[NDArray[np.float64]], bytes]


def _int24(samples: NDArray[np.float64]) -> bytes:
    wide = np.rint(samples * (2**23 - 1)).astype("<i4")
    return wide.reshape(-1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


ENCODERS: dict[tuple[int, int], Encode] = {
    (1, 16): lambda samples: np.rint(samples * 32_767).astype("<i2").tobytes(),
    (1, 24): _int24,
    (1, 32): lambda samples: np.rint(samples * (2**31 - 1)).astype("<i4").tobytes(),
    (3, 32): lambda samples: samples.astype("<f4").tobytes(),
    (3, 64): lambda samples: samples.astype("<f8").tobytes(),
}


def wav(
    samples: NDArray[np.float64], rate_hz: int, code: int = 1, bits: int = 16, *, extensible: bool = False
) -> bytes:
    """A WAV file; ``samples`` has the shape (frames, channels)."""
    channels, width = samples.shape[1], bits // 8
    body = ENCODERS[code, bits](samples)
    numbers = (channels, rate_hz, rate_hz * channels * width, channels * width, bits)
    layout = struct.pack("<HHIIHH", 0xFFFE if extensible else code, *numbers)
    if extensible:
        guid = struct.pack("<H", code) + bytes.fromhex("000000001000800000aa00389b71")
        layout += struct.pack("<HHI", 22, bits, 0) + guid
    chunks = _chunk(b"LIST", b"odd") + _chunk(b"fmt ", layout) + _chunk(b"data", body)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def sine(frames: int, rate_hz: int, channels: int = 1) -> NDArray[np.float64]:
    wave = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(frames) / rate_hz)
    return np.repeat(wave[:, np.newaxis], channels, axis=1)


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("code", "bits"), ENCODERS)
@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 22_050, 96_000])
def test_every_promised_layout_gives_the_same_sound(
    tmp_path: Path, rate_hz: int, code: int, bits: int, channels: int, extensible: bool
) -> None:
    path = tmp_path / "gong.wav"
    path.write_bytes(wav(sine(rate_hz // 2, rate_hz, channels), rate_hz, code, bits, extensible=extensible))
    samples = load_recording(path)
    assert samples.dtype == np.float32
    assert len(samples) == 500 * 48
    expected = sine(24_000, 48_000)[:, 0]
    middle = slice(2_000, 22_000)  # past the fades and the resampler's edges
    assert np.abs(samples[middle] - expected[middle]).max() < 2e-3
    assert abs(samples[0]) < 1e-6
    assert abs(samples[-1]) < 1e-6


def test_stereo_is_the_mean_of_both_sides(tmp_path: Path) -> None:
    both = sine(4_800, 48_000, 2)
    both[:, 1] = 0.0
    (tmp_path / "left.wav").write_bytes(wav(both, 48_000))
    assert np.abs(load_recording(tmp_path / "left.wav")).max() == pytest.approx(0.25, abs=1e-3)


def test_a_length_between_milliseconds_is_rounded_up(tmp_path: Path) -> None:
    (tmp_path / "gong.wav").write_bytes(wav(sine(4_801, 48_000), 48_000))
    assert read_wav_header(tmp_path / "gong.wav").duration_ms == 101
    assert len(load_recording(tmp_path / "gong.wav")) == 101 * 48


def test_a_cut_off_recording_is_as_long_as_what_is_there(tmp_path: Path) -> None:
    whole = wav(sine(48_000, 48_000), 48_000)
    (tmp_path / "gong.wav").write_bytes(whole[: len(whole) - 48_001])
    assert read_wav_header(tmp_path / "gong.wav").frames == 48_000 - 24_001


def test_values_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    samples = sine(4_800, 48_000)
    samples[2_000:2_010] = np.nan
    samples[3_000] = np.inf
    (tmp_path / "odd.wav").write_bytes(wav(samples, 48_000, 3, 32))
    assert np.isfinite(load_recording(tmp_path / "odd.wav")).all()


def test_a_recording_is_a_sound_cue_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "gong.wav").write_bytes(wav(sine(44_100, 44_100, 2), 44_100, 1, 24))
    (tmp_path / "cues.yaml").write_text("gong: {for: the end., file: gong.wav, level: -14, lead: 200ms}")
    cues = SoundCues.load([tmp_path])
    info, clip = cues.info("gong"), cues.clip("gong", None)
    assert (info.duration_ms, info.lead_ms, info.stretch) == (1_000, 200, False)
    assert (len(clip.samples), clip.rate_hz) == (48_000, 48_000)
    assert loudest_lufs(clip.samples) == pytest.approx(-19 - 14, abs=0.1)
    assert not clip.samples.flags.writeable


def test_a_recording_meets_the_ceiling_too(tmp_path: Path) -> None:
    clicks = np.zeros((48_000, 1))
    clicks[::4_800] = 0.9
    (tmp_path / "clicks.wav").write_bytes(wav(clicks, 48_000))
    (tmp_path / "cues.yaml").write_text("clicks: {for: a test., file: clicks.wav, level: 0}")
    assert true_peak(SoundCues.load([tmp_path]).clip("clicks", None).samples) <= PEAK_CEILING


def test_silence_stays_silence(tmp_path: Path) -> None:
    (tmp_path / "hush.wav").write_bytes(wav(np.zeros((4_800, 1)), 48_000))
    (tmp_path / "cues.yaml").write_text("hush: {for: a test., file: hush.wav}")
    assert not SoundCues.load([tmp_path]).clip("hush", None).samples.any()


def test_a_recording_does_not_stretch_but_fits(tmp_path: Path) -> None:
    (tmp_path / "gong.wav").write_bytes(wav(sine(48_000, 48_000), 48_000))
    (tmp_path / "cues.yaml").write_text("gong: {for: a test., file: gong.wav}")
    cues = SoundCues.load([tmp_path])
    natural = cues.clip("gong", None).samples
    longer, shorter = cues.clip("gong", 1_500).samples, cues.clip("gong", 300).samples
    assert np.array_equal(longer[:48_000], natural)
    assert not longer[48_000:].any()
    assert len(shorter) == 300 * 48
    assert np.array_equal(shorter[:-480], natural[: 300 * 48 - 480])
    assert shorter[-1] == 0.0


def test_a_recording_that_vanished_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "gong.wav").write_bytes(wav(sine(480, 48_000), 48_000))
    (tmp_path / "cues.yaml").write_text("\ngong: {for: a test., file: gong.wav}")
    cues = SoundCues.load([tmp_path])
    (tmp_path / "gong.wav").unlink()
    with pytest.raises(CoachError, match=r'"gong" \(.*cues\.yaml:2\) cannot be loaded'):
        cues.clip("gong", None)


GOOD_WAV = wav(sine(4_800, 48_000), 48_000)
REFUSED = {
    "not a wav": (b"fLaC" + bytes(60), "is not a WAV file"),
    "nothing": (b"", "is not a WAV file"),
    "no samples": (GOOD_WAV[:12] + _chunk(b"fmt ", GOOD_WAV[32:48]), "without samples"),
    "data first": (GOOD_WAV[:12] + _chunk(b"data", bytes(99)), "without samples"),
    "short header": (GOOD_WAV[:12] + _chunk(b"fmt ", b"\1\0\1\0"), "header is cut short"),
    "six channels": (wav(sine(4_800, 48_000, 6), 48_000), "6 channels"),
    "absurd rate": (wav(sine(480, 48_000), 1), "a rate of 1 Hz"),
    "too short": (wav(sine(48, 48_000), 48_000), "lasts 0.001s"),
}


@pytest.mark.parametrize(("raw", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_understood_is_said_at_its_line(tmp_path: Path, raw: bytes, message: str) -> None:
    (tmp_path / "gong.wav").write_bytes(raw)
    (tmp_path / "cues.yaml").write_text("gong: {for: a test., file: gong.wav}")
    with pytest.raises(ScriptError, match=r"cues\.yaml:1:28") as caught:
        SoundCatalogue.load([tmp_path])
    assert message in caught.value.problems[0].message


def test_the_nearest_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "gong.wav").write_bytes(GOOD_WAV)
    (tmp_path / "cues.yaml").write_text("gong: {for: a test., file: gnog.wav}")
    with pytest.raises(ScriptError, match=r'did you mean "gong\.wav"'):
        SoundCatalogue.load([tmp_path])


@pytest.mark.parametrize("extra", ["length: 1s", "stretch: yes"])
def test_a_recording_has_its_own_length(tmp_path: Path, extra: str) -> None:
    (tmp_path / "gong.wav").write_bytes(GOOD_WAV)
    (tmp_path / "cues.yaml").write_text(f"gong: {{for: a test., file: gong.wav, {extra}}}")
    with pytest.raises(ScriptError, match="as long as it is"):
        SoundCatalogue.load([tmp_path])


def test_the_example_of_the_readme_works(tmp_path: Path, shipped_folder: Path) -> None:
    example = (shipped_folder / "README.md").read_text(encoding="utf-8").split("```")[1].removeprefix("yaml")
    (tmp_path / "cues.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "gong.wav").write_bytes(wav(sine(3 * 48_000, 48_000), 48_000))
    cues = SoundCues.load([shipped_folder, tmp_path])
    assert (cues.info("gong").lead_ms, cues.info("tick").duration_ms) == (2_000, 50)
    assert loudest_lufs(cues.clip("bell", None).samples) == pytest.approx(-19 - 20, abs=0.1)
