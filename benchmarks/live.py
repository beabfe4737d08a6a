"""Delay of a command in a running session.

    python -m benchmarks live

A PulseAudio null sink plays it (apt install pulseaudio pulseaudio-utils). Commands are given to a whole
session, and found in a recording of the sink by the first sample that is another one than without them; idle,
and with all cores loaded.
"""

from __future__ import annotations

import os

import numpy as np

from benchmarks._commands_heard import ROUND, commands_heard
from benchmarks._sound_server import can_record, load_average, loaded

COMMANDS = 120


def main(_arguments: list[str]) -> None:
    """Print how late commands are heard."""
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


def _print_late(name: str, late_ms: list[float]) -> None:
    p50, p95, most = np.percentile(late_ms, (50, 95, 100)) if late_ms else (np.nan,) * 3
    print(f"{name:<28} {len(late_ms):4}   p50 {p50:5.1f}   p95 {p95:5.1f}   max {most:5.1f} ms")
