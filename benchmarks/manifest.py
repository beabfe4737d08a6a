"""A manifest of 200 personalised sessions: how busy the cores are, and what one more session costs.

    python -m benchmarks manifest

Names, holds, reps and guidance differ from row to row, so that no two files are alike. As a yardstick the
ffmpeg program encodes the finished sound of one session, as often as there are rows.
"""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._timing import VOICE_COACH

ROWS = 200
NAMES = ("Anna", "Ben", "Carla", "Dan", "Eva", "Finn", "Greta", "Hugo", "Ida", "Jan")
ENDING = "m4b"


def write_manifest(path: Path, rows: int) -> None:
    """A table of that many rows, all different."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        tuned = ["pelvic-tuck.hold", "knee-slide.reps", "pelvic-tuck.rest"]
        writer.writerow(["file", "session", "person", *tuned])
        for row in range(rows):
            hold, reps, rest = 30 + row % 20, 2 + row // 20 % 4, 10 + row // 80
            person = NAMES[row % len(NAMES)]
            name = f"{row:03}-{person}.{ENDING}"
            writer.writerow([name, "lower-back-short", person, f"{hold}s", reps, f"{rest}s"])


def make_files(folder: Path, rows: int) -> tuple[float, float, int]:
    """Make a manifest's files: seconds by the clock, seconds of the cores, clips kept afterwards."""
    manifest = folder / f"{rows}.csv"
    write_manifest(manifest, rows)
    environment = os.environ | {"VOICE_COACH_HOME": str(folder / "home")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began_s = time.perf_counter()
    subprocess.run(
        [*VOICE_COACH, "export", "--manifest", str(manifest), "-o", str(folder / f"files-{rows}")],
        env=environment,
        check=True,
        capture_output=True,
    )
    took_s = time.perf_counter() - began_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took_s, cores_s, sum(1 for _ in (folder / "home" / "cache" / "clips").rglob("*.clip"))


def main(_arguments: list[str]) -> None:
    """Print the figures."""
    if sys.platform == "win32":
        print("Times of child processes cannot be had here.")
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = make_files(folder, 1)
        many = make_files(folder, ROWS)
        again = make_files(folder, ROWS)
        print(f"{cores} cores, lower-back-short as .{ENDING}")
        print(f"one file, nothing kept   {one[0]:7.2f} s, {one[2]} clips spoken")
        print(f"{ROWS} files               {many[0]:7.2f} s, cores busy {many[1] / many[0] / cores:.0%}")
        print(f"  a file more costs      {(many[0] - one[0]) / (ROWS - 1) * 1000:7.0f} ms")
        print(f"  clips spoken for one   {(many[2] - one[2]) / (ROWS - 1):7.2f}")
        print(f"again, nothing changed   {again[0]:7.2f} s")
        yardstick_s = _ffmpeg_s(folder)
        if yardstick_s is not None:
            print(f"ffmpeg encodes one in    {yardstick_s:7.2f} s; {ROWS} of them {yardstick_s * ROWS:.0f} s")


def _ffmpeg_s(folder: Path) -> float | None:
    """Return how long the ffmpeg program takes to encode one of the sessions that is finished as WAV."""
    wav = folder / "one.wav"
    environment = os.environ | {"VOICE_COACH_HOME": str(folder / "home")}
    subprocess.run(
        [*VOICE_COACH, "export", "lower-back-short", "-o", str(wav)],
        env=environment,
        check=True,
        capture_output=True,
    )
    began_s = time.perf_counter()
    try:
        subprocess.run(
            [
                "ffmpeg",
                "-v",
                "error",
                "-y",
                "-i",
                str(wav),
                "-c:a",
                "aac",
                "-b:a",
                "64k",
                str(folder / "one.m4a"),
            ],
            check=True,
        )
    except FileNotFoundError:
        print("ffmpeg is not here to compare with.")
        return None
    return time.perf_counter() - began_s
