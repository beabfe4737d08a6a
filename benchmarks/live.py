"""What a running session costs: processor time and memory, while it plays on a real sound server.

    python -m benchmarks live

A PulseAudio null sink plays it (apt install pulseaudio pulseaudio-utils). The first ten seconds, in which
later chapters are compiled, are not counted; the minute after them is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._timing import VOICE_COACH

BEGINS_S = 10
LASTS_S = 60


def main(_arguments: list[str]) -> None:
    """Prints the share of a core and the memory, playing and paused."""
    if sys.platform != "linux" or not shutil.which("pulseaudio"):
        print("a running session: needs Linux and pulseaudio")
        return
    from tests.sound_server import running_sound_server

    with tempfile.TemporaryDirectory() as home, running_sound_server() as server:
        environ = os.environ | server.environ | {"VOICE_COACH_HOME": home}
        session = subprocess.Popen(
            [*VOICE_COACH, "play", "--no-wait"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(BEGINS_S)
            print(f"playing   {_share(session.pid):6.2%} of a core, {_peak_mb(session.pid):6.1f} MB at most")
            subprocess.run([*VOICE_COACH, "control", "pause"], env=environ, check=True)
            print(f"paused    {_share(session.pid):6.2%} of a core, {_peak_mb(session.pid):6.1f} MB at most")
        finally:
            session.terminate()
            session.wait()


def _share(pid: int) -> float:
    """The share of a core that a process takes for a minute."""
    before_s, began_s = _processor_s(pid), time.perf_counter()
    time.sleep(LASTS_S)
    return (_processor_s(pid) - before_s) / (time.perf_counter() - began_s)


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
