"""Files that speech services write, read by their content."""

from __future__ import annotations

import io
import struct
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.speech.pyttsx3 import read_sound

RATE_HZ = 22_050
SOUND = (np.sin(np.arange(2_000) / 9) * 20_000).astype(np.int16)

ENCODINGS = {
    "wav 16-bit": ("wav", "pcm_s16le", "s16"),
    "wav 8-bit": ("wav", "pcm_u8", "u8"),
    "wav 32-bit": ("wav", "pcm_s32le", "s32"),
    "wav float": ("wav", "pcm_f32le", "flt"),
    "aiff 16-bit": ("aiff", "pcm_s16be", "s16"),
    "aifc little-endian": ("aiff", "pcm_s16le", "s16"),
    "aifc float": ("aiff", "pcm_f32be", "flt"),
}


def written(container: str, codec: str, form: str, layout: str = "mono") -> bytes:
    """The sound as FFmpeg writes it."""
    file = io.BytesIO()
    channels = 2 if layout == "stereo" else 1
    with av.open(file, "w", format=container) as opened:
        output: Any = opened
        stream = output.add_stream(codec, rate=RATE_HZ, layout=layout, format=form)
        frame = av.AudioFrame.from_ndarray(np.repeat(SOUND, channels)[None, :], "s16", layout)
        frame.sample_rate = RATE_HZ
        resampler = av.AudioResampler(form, layout, RATE_HZ)
        for piece in (*resampler.resample(frame), *resampler.resample(None), None):
            output.mux(stream.encode(piece))
    return file.getvalue()


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_every_kind_that_services_write_is_read(encoding: tuple[str, str, str]) -> None:
    clip = read_sound(written(*encoding))
    assert clip.rate_hz == RATE_HZ
    assert len(clip.samples) == len(SOUND)
    assert np.abs(clip.samples - SOUND / 32_768).max() < (0.01 if encoding[1] == "pcm_u8" else 1e-4)


def test_channels_are_mixed_into_one() -> None:
    stereo = read_sound(written("wav", "pcm_s16le", "s16", "stereo"))
    assert np.array_equal(stereo.samples, read_sound(written("wav", "pcm_s16le", "s16")).samples)


def test_a_length_that_was_never_filled_in_ends_with_the_file() -> None:
    data = bytearray(written("wav", "pcm_s16le", "s16"))
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 0xFFFF_FFFF)
    assert len(read_sound(bytes(data)).samples) == len(SOUND)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3\4" * 9, b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF"])
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="it "):
        read_sound(data)


def test_compressed_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="only plain samples"):
        read_sound(written("wav", "pcm_mulaw", "s16"))


@given(st.sampled_from([written("wav", "pcm_s16le", "s16"), written("aiff", "pcm_s16be", "s16")]), st.data())
def test_damage_gives_a_clip_or_a_value_error(good: bytes, data: st.DataObject) -> None:
    damaged = bytearray(good[: data.draw(st.integers(0, len(good)))])
    for _ in range(data.draw(st.integers(0, 6))):
        if damaged:
            damaged[data.draw(st.integers(0, min(len(damaged), 80) - 1))] = data.draw(st.integers(0, 255))
    try:
        clip = read_sound(bytes(damaged))
    except ValueError:
        return
    assert clip.samples.dtype == np.float32
