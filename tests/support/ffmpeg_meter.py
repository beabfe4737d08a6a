"""What FFmpeg hears in a file: its loudness and peak, and what a player that cuts silence leaves of it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.real_parts import require_program


@dataclass(frozen=True, slots=True)
class Heard:
    """ITU-R BS.1770, as FFmpeg's ``ebur128`` has it: integrated loudness, and the true peak."""

    lufs: float
    peak_dbtp: float


def heard(path: Path) -> Heard:
    said = _filtered(path, "ebur128=peak=true:framelog=verbose")
    lufs = re.findall(r"^ +I: +(-?[\d.]+) LUFS", said, re.MULTILINE)[-1]
    peak = re.findall(r"^ +Peak: +(-?[\d.]+) dBFS", said, re.MULTILINE)[-1]
    return Heard(float(lufs), float(peak))


def seconds_without_silence(path: Path, how: str) -> float:
    """What is left of a file; ``how`` says what counts as silence, in the words of ``silenceremove``."""
    said = _filtered(path, f"silenceremove=stop_periods=-1:{how}")
    hours, minutes, seconds = re.findall(r"time=(\d+):(\d+):([\d.]+)", said)[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def seconds(path: Path) -> float:
    """How long a file is, as ``ffprobe`` has it."""
    asked = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    return float(
        subprocess.run([require_program("ffprobe", "ffmpeg"), *asked], check=True, capture_output=True).stdout
    )


def encoded(path: Path, *options: str) -> Path:
    """A file as another program encodes it; its name is the last option."""
    target = path.with_name(options[-1])
    command = [require_program("ffmpeg"), "-v", "error", "-y", "-i", str(path), *options[:-1], str(target)]
    subprocess.run(command, check=True)
    return target


def _filtered(path: Path, filter_: str) -> str:
    command = [require_program("ffmpeg"), "-hide_banner", "-i", str(path), "-af", filter_, "-f", "null", "-"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stderr
