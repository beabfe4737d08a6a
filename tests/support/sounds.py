"""Reads sound files back, by another program where the format is not plain."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.real_parts import require_program

if TYPE_CHECKING:
    from numpy.typing import NDArray


def samples(path: Path) -> NDArray[np.int16]:
    """All samples of a WAV or FLAC file, shape (frames,)."""
    if path.suffix == ".wav":
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 48_000)
            return np.frombuffer(file.readframes(file.getnframes()), np.int16)
    ffmpeg = require_program("ffmpeg")
    command = [ffmpeg, "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1", "-ar", "48000", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.int16)


def sounding(heard: NDArray[np.int16]) -> NDArray[np.int16]:
    """Without the silence before and after."""
    loud = np.flatnonzero(heard)
    return heard[loud[0] : loud[-1] + 1] if len(loud) else heard[:0]
