"""How soon a command is heard in a running session, and what the session costs in processor time and memory.

    python -m benchmarks live

A PulseAudio null sink plays it (apt install pulseaudio pulseaudio-utils). Commands are given to a whole
session, and found in a recording of the sink by the first sample that is another one than without them; idle,
and with all cores loaded. Of what it costs, the first ten seconds, in which later chapters are compiled, are
not counted; the minute after them is.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks._commands_heard import ROUND, commands_heard
from benchmarks._sound_server import can_record, load_average, loaded, server
from benchmarks._timing import VOICE_COACH

COMMANDS = 120
BEGINS_S = 10
LASTS_S = 60


def main(_arguments: list[str]) -> None:
    """Prints how late commands are heard, and the share of a core and the memory, playing and paused."""
    if not can_record():
        print("a running session: needs Linux, pulseaudio and parec")
        return
    for name, programs in (("idle", 0), ("all cores loaded", os.cpu_count() or 1)):
        with loaded(programs):
            heard = commands_heard(COMMANDS)
            load = load_average()
        print(f"{len(heard)} commands, {name}, load average {load}")
        _print_late("the sound is another one", [each.changed_ms for each in heard])
        _print_late("its first frame is heard", [each.obeyed_ms for each in heard])
        for command in ROUND:
            _print_late(f"  {command}", [each.changed_ms for each in heard if each.command == command])
    _print_cost()


def _print_late(name: str, late_ms: list[float]) -> None:
    p50, p95, most = np.percentile(late_ms, (50, 95, 100)) if late_ms else (np.nan,) * 3
    print(f"{name:<28} {len(late_ms):4}   p50 {p50:5.1f}   p95 {p95:5.1f}   max {most:5.1f} ms")


def _print_cost() -> None:
    with tempfile.TemporaryDirectory() as home, server() as found:
        environ = os.environ | found | {"VOICE_COACH_HOME": home}
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
