"""Peak memory and time of exporting an eight-hour session and a ten-minute one, as whole processes.

python -m benchmarks memory
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._timing import VOICE_COACH

ROUNDS = {"ten minutes": 1, "an hour": 6, "eight hours": 53}

EXERCISE = """\
kind: exercise
id: long
title: Long
position: standing
tune:
  reps: {default: 9, min: 1, max: 20}
steps:
  - repeat: reps
    steps:
      - say: "{rep} of {reps}. Stand tall, and let your shoulders sink."
        guidance: names
      - breathe: 4-0-6-0
        cycles: 4
      - hold: 15s
        countdown: 5
        during:
          - {say: Keep breathing., at: 3s}
"""

SESSION = """\
kind: session
id: whole
title: Whole
exercises:
  - rounds: %d
    exercises: [long]
"""


def main(_arguments: list[str]) -> None:
    """Prints peak memory (megabytes), time, and time per hour of session."""
    for ending in ("wav", "flac"):
        base_mb = None
        for name, rounds in ROUNDS.items():
            seconds, peak_mb, length_s = _export(rounds, ending)
            base_mb = base_mb or peak_mb
            print(
                f"{ending:<5} {name:<12} {length_s / 60:6.1f} min   peak {peak_mb:6.1f} MB "
                f"({peak_mb - base_mb:+5.1f})   {seconds:6.2f} s, {seconds / length_s * 3600:5.2f} s an hour"
            )


def _export(rounds: int, ending: str) -> tuple[float, float, float]:
    """Seconds, peak megabytes and seconds of session."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "long.yaml").write_text(EXERCISE, encoding="utf-8")
        (folder / "whole.yaml").write_text(SESSION % rounds, encoding="utf-8")
        target = folder / f"whole.{ending}"
        environ = os.environ | {"VOICE_COACH_HOME": str(folder / "home")}
        began = time.perf_counter()
        arguments = (*VOICE_COACH, "export", str(folder / "whole.yaml"), "-o", str(target))
        process = subprocess.Popen(arguments, env=environ, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        if status:
            raise RuntimeError(said)
        clock = said.rpartition("(")[2].partition(")")[0]
        parts = [int(part) for part in clock.split(":")]
        length_s = sum(part * 60**power for power, part in enumerate(reversed(parts)))
        return seconds, usage.ru_maxrss / 1024, float(length_s)


if __name__ == "__main__":
    main(sys.argv[1:])
