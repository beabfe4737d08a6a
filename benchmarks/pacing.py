"""Time to compile a session again after a value was nudged, speech and all.

    python -m benchmarks.pacing [--runs 9]

Goal: under 50 ms warm for a session of thirty minutes, with its scripts read already; the first time that a
value is said in words, those words are synthesised, and no others.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from voice_coach.coach import Coach, SessionOptions
from voice_coach.core.units import format_clock

SESSION = "lower-back-relief"
THIRTY_MINUTES = {"reps": "6", "hold": "70s"}
"""Values, set in its first exercise, that make the shipped session half an hour long."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """One value up and down again."""

    name: str
    values: tuple[str, str]


NUDGES = (
    Nudge("pelvic-tuck.hold", ("75s", "70s")),
    Nudge("knee-slide.reps", ("4", "5")),
    Nudge("chair-breathing.breath", ("4-0-7-0", "4-0-6-0")),
    Nudge("gap", ("1s", "0.9s")),
    Nudge("guidance", ("key", "full")),
    Nudge("pace", ("calm", "normal")),
)


def timed_ms(work: Callable[[], object]) -> float:
    """Return how long it takes, in milliseconds."""
    begin = perf_counter()
    work()
    return (perf_counter() - begin) * 1000


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=9)
    runs: int = parser.parse_args(arguments).runs
    with tempfile.TemporaryDirectory() as home:
        os.environ["VOICE_COACH_HOME"] = home
        _measure(runs, Path(home))


def _measure(runs: int, home: Path) -> None:
    with Coach() as coach:
        coach.tune("pelvic-tuck", THIRTY_MINUTES)
        session = coach.load(SESSION)

        def compiled(**said: str) -> int:
            return coach.prepare(session, SessionOptions(said=said)).timeline().duration_ms

        first = timed_ms(compiled)
        speaker = coach.speaker()
        print(f"{SESSION}, {format_clock(compiled())}: {first:.0f} ms the first time, with all its speech")
        for nudge in NUDGES:
            turns = [partial(compiled, **{nudge.name: value}) for value in nudge.values]
            before = speaker.synthesised
            new = [timed_ms(turn) for turn in turns]
            spoken = speaker.synthesised - before
            warm = [timed_ms(turn) for _ in range(runs) for turn in turns]
            print(
                f"  {nudge.name:<24} {median(warm):5.1f} ms warm ({min(warm):.1f} to {max(warm):.1f}), "
                f"{new[0]:5.0f} ms the first time, {spoken} prompts synthesised"
            )
        pacing = home / "pacing.yaml"
        changing = [timed_ms(lambda: coach.tune("pelvic-tuck", {"hold": "50s"})) for _ in range(runs)]
        print(f"  tune, written to disk    {median(changing):5.1f} ms ({pacing.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
