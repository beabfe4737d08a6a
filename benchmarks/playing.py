"""Processor time and memory of a session while it is played.

    python -m benchmarks playing [--voice ENGINE:NAME]

A PulseAudio null sink plays it (apt install pulseaudio pulseaudio-utils). The first ten seconds, in which
later chapters are compiled, do not count for the share of a core; the minute after them does. Memory is the
most that was resident from the start on.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks._commands_heard import write_session
from benchmarks._figures import record
from benchmarks._sound_server import can_record, load_average, server
from benchmarks._timing import VOICE_COACH
from benchmarks._voices import empty_home, voices_asked

BEGINS_S = 10
LASTS_S = 60


def main(arguments: Sequence[str]) -> None:
    """Print the share of a core and the peak memory of each voice's sessions."""
    if not can_record():
        print("playing: needs Linux, pulseaudio and parec")
        return
    for voice in voices_asked(arguments):
        _print_cost(voice)


def _print_cost(voice: str) -> None:
    """Print what sessions take: one that was exported before, the same with nothing kept, and one's own."""
    with empty_home() as home, server() as found:
        warm = {"VOICE_COACH_HOME": str(home / "warm")}
        export = [*VOICE_COACH, "export", "-o", str(home / "warm.wav"), "--voice", voice]
        subprocess.run(export, env=os.environ | warm, check=True, stderr=subprocess.DEVNULL)
        script = str(write_session(home))
        for name, environ, session, most_mb in (
            ("warm", warm, (), 110),
            ("as installed", {"VOICE_COACH_HOME": str(home / "cold")}, (), 110),
            ("own words", {"VOICE_COACH_HOME": str(home / "own")}, (script,), 300),
        ):
            environ = os.environ | found | environ
            arguments = [*VOICE_COACH, "play", "--no-wait", "--quiet", "--voice", voice, *session]
            with subprocess.Popen(
                arguments,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as playing:
                try:
                    time.sleep(BEGINS_S)
                    most = 0.03 if name == "warm" else None
                    record(f"{voice}, playing {name}", _share(playing.pid), "% of a core", at_most=most)
                    peak_mb = _peak_mb(playing.pid)
                    record(f"{voice}, playing {name}, peak RSS", peak_mb, "MB", at_most=most_mb)
                    if name == "warm":
                        subprocess.run([*VOICE_COACH, "control", "pause"], env=environ, check=True)
                        record(f"{voice}, paused", _share(playing.pid), "% of a core")
                finally:
                    playing.terminate()
        print(f"load average {load_average()}")


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
