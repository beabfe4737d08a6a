"""How long until something is heard, and until ``--help`` is there.

    python -m benchmarks start

The first sound is measured where it comes out: a PulseAudio null sink is recorded while ``voice-coach play``
runs (apt install pulseaudio pulseaudio-utils). The recording itself is up to 20 ms late.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._timing import VOICE_COACH, Command, race, report

RUNS = 9
PATIENCE_S = 20.0


def main(_arguments: list[str]) -> None:
    """Prints the times and ratios."""
    program = Path(sys.executable).with_name("voice-coach")
    helping = (str(program), "--help") if program.exists() else (*VOICE_COACH, "--help")
    commands = [
        Command("voice-coach --help", helping, {}),
        Command("python -c pass", (sys.executable, "-c", "pass"), {}),
    ]
    report(race(commands, 21), "python -c pass")
    if not shutil.which("pulseaudio") or not shutil.which("parec"):
        print("first sound: needs pulseaudio and parec")
        return
    from tests.sound_server import running_sound_server

    with tempfile.TemporaryDirectory() as folder, running_sound_server() as server:
        for name in ("cold", "warm"):
            seconds: list[float] = []
            for run in range(RUNS + (name == "warm")):
                home = Path(folder) / (f"cold-{run}" if name == "cold" else "warm")
                seconds.append(first_sound_s(server.environ | {"VOICE_COACH_HOME": str(home)}))
            seconds = seconds[1:] if name == "warm" else seconds
            print(
                f"first sound, {name:<20} {min(seconds):7.3f} {statistics.median(seconds):7.3f} "
                f"{max(seconds):7.3f} s"
            )


def first_sound_s(environ: dict[str, str]) -> float:
    """Seconds from the start of ``voice-coach play`` until the sound server has what is not silence.

    Raises:
        TimeoutError: nothing was heard.
    """
    whole = os.environ | environ
    recorder = subprocess.Popen(
        ("parec", "--device=test.monitor", "--format=s16le", "--channels=1", "--latency-msec=10", "--raw"),
        stdout=subprocess.PIPE,
        env=whole,
    )
    assert recorder.stdout is not None
    try:
        os.read(recorder.stdout.fileno(), 1)
        began = time.perf_counter()
        player = subprocess.Popen((*VOICE_COACH, "play"), env=whole, stdout=subprocess.DEVNULL)
        try:
            while time.perf_counter() - began < PATIENCE_S:
                if any(os.read(recorder.stdout.fileno(), 1 << 14)):
                    return time.perf_counter() - began
        finally:
            player.kill()
            player.wait()
    finally:
        recorder.kill()
        recorder.wait()
    raise TimeoutError("nothing was heard")


if __name__ == "__main__":
    main(sys.argv[1:])
