"""A player in a process of its own that records sessions as fast as it can."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from voice_coach.core.errors import Where
from voice_coach.core.history import LedExercise, LedPacing
from voice_coach.core.timeline import Mark
from voice_coach.history.log import History

BEGAN_MS = 1_790_000_000_000
PARTS = 5


def part(number: int) -> LedExercise:
    """An exercise of which so many reps were done."""
    return LedExercise(
        chapter=number, exercise="bow", title="Bow", reps=number, of_reps=PARTS, heard_ms=1_000, to_end=True
    )


def recording(path: Path, name: str, many: int) -> subprocess.Popen[str]:
    """The process; it begins when a line is written to it, and writes one for all that it has recorded."""
    command = [sys.executable, "-m", "tests.support.recorder", str(path), name, str(many)]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def begin(process: subprocess.Popen[str]) -> None:
    """Lets it begin."""
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def _record(path: Path, name: str, many: int) -> None:
    history = History(path, sys.exit)
    sys.stdin.readline()
    for number in range(many):
        run = f"{name} {number}"
        at_ms = BEGAN_MS + number * 1_000_000
        led = history.sessions.begin(
            run=run, session="morning", title="Morning", at_ms=at_ms, pacing=LedPacing(pace_percent=100)
        )
        print(f"begun {run}", flush=True)
        for index in range(1, PARTS + 1):
            at_ms += 1_000
            history.add("bow", session="morning", run=run, at_ms=at_ms)
            history.sessions.record_progress(
                led, at_ms=at_ms, heard_ms=1_000 * index, exercises=[part(index)]
            )
            print(f"part {index} of {run}", flush=True)
        history.add_hurt(
            "bow", session="morning", run=run, at_ms=at_ms, mark=Mark(where=Where("x", 1), rep=2, side="left")
        )
        history.sessions.record_end(led, at_ms=at_ms, heard_ms=1_000 * PARTS, to_end=True)
        history.sessions.record_pain(led, number % 11)
        print(f"ended {run}", flush=True)


if __name__ == "__main__":
    _record(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
