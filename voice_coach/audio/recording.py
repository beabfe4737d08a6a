"""An author's own recording into a clip's samples: mono, 48 000 Hz, beginning and ending at silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.mixer import fade_in, fade_out
from voice_coach.audio.wav import read_wav_header
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

_FADE_IN_FRAMES = FRAMES_PER_MS  # short enough for the stroke of a gong
_FADE_OUT_FRAMES = 20 * FRAMES_PER_MS

_PCM_TYPES = {"int16": "<i2", "int24": "u1", "int32": "<i4", "float32": "<f4", "float64": "<f8"}


def load_recording(path: Path) -> NDArray[np.float32]:
    """Samples of a WAV file, shape (frames,), full scale ±1, exactly its length in milliseconds × 48 frames.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a WAV file that is understood.
    """
    header = read_wav_header(path)
    with path.open("rb") as file:
        file.seek(header.data_start)
        raw = file.read(header.data_bytes)
    samples = _decoded(raw, header.encoding).reshape(-1, header.channels).mean(axis=1, dtype=np.float32)
    if header.rate_hz != SAMPLE_RATE_HZ:
        import soxr

        samples = soxr.resample(samples, header.rate_hz, SAMPLE_RATE_HZ)
    exact = np.zeros(header.duration_ms * FRAMES_PER_MS, np.float32)
    kept = min(len(exact), len(samples))
    exact[:kept] = samples[:kept]
    fade_in(exact, min(_FADE_IN_FRAMES, len(exact)))
    fade_out(exact[:kept], min(_FADE_OUT_FRAMES, kept))
    return exact


def _decoded(raw: bytes, encoding: str) -> NDArray[np.float32]:
    stored: NDArray[Any] = np.frombuffer(raw, _PCM_TYPES[encoding])
    if encoding == "int24":  # three bytes to the upper three of an int32
        wide = np.zeros((len(stored) // 3, 4), np.uint8)
        wide[:, 1:] = stored.reshape(-1, 3)
        stored = wide.reshape(-1).view("<i4")
    if encoding.startswith("float"):
        return np.nan_to_num(stored.astype(np.float32), posinf=1.0, neginf=-1.0)
    full_scale = 32_768.0 if encoding == "int16" else 2_147_483_648.0
    return (stored / full_scale).astype(np.float32)
