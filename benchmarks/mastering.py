"""Cost of loudness and a bed in an export of lower-back-relief: as whole processes, and their parts.

    python -m benchmarks.mastering [--runs 5]

The whole processes write WAV files with a warm cache. The parts are timed in one process, whose clips are in
memory or on disk; "as it is played" is the stream without any mastering.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks._timing import VOICE_COACH, Command, race, report
from voice_coach import Coach
from voice_coach.audio.background import make_bed
from voice_coach.core.options import Loudness, Mastering
from voice_coach.paths import find_home
from voice_coach.rendering.mastering import Master

SESSION = "lower-back-relief"


def main(arguments: list[str] | None = None) -> None:
    """Print the times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args(arguments).runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _parts(folder, runs)
        _whole(folder, runs)


def _parts(folder: Path, runs: int) -> None:
    home = replace(find_home(), cache=folder / "cache")
    with Coach(home=home) as coach:
        performance = coach.prepare(SESSION)
        _exhaust(performance.blocks())

        def master(loudness: Loudness, bed: str = "none") -> Master:
            return Master(performance, Mastering(loudness=loudness, bed=bed), performance.chapters)

        def stream(loudness: Loudness, bed: str) -> Callable[[], None]:
            made = master(loudness, bed)
            _ = made.gain_db
            return lambda: _exhaust(made.blocks())

        parts: dict[str, Callable[[], object]] = {
            "as it is played": lambda: _exhaust(performance.blocks()),
            "measuring (phone)": lambda: master("phone").gain_db,
            "measuring through the limiter (aes)": lambda: master("aes").gain_db,
            "stream, nothing to change (phone)": stream("phone", "none"),
            "stream with gain and limiter (aes)": stream("aes", "none"),
            "stream with a bed (phone)": stream("phone", "noise"),
            "making the bed tone": lambda: make_bed("tone"),
            "making the bed noise": lambda: make_bed("noise"),
        }
        for part, work in parts.items():
            times = [_seconds(work) for _ in range(runs)]
            print(f"{part:<38} {min(times):7.3f} {median(times):7.3f} {max(times):7.3f} s")


def _whole(folder: Path, runs: int) -> None:
    def exporting(name: str, *options: str) -> Command:
        target = folder / "out.wav"
        words = (*VOICE_COACH, "export", SESSION, "-o", str(target), *options)
        environ = {"VOICE_COACH_HOME": str(folder / "home")}
        return Command(name, words, environ, lambda: target.unlink(missing_ok=True))

    plain = exporting("export, phone")
    others = (
        exporting("export, aes", "--loudness", "aes"),
        exporting("export, broadcast", "--loudness", "broadcast"),
        exporting("export, bed noise", "--bed", "noise"),
    )
    report(race([plain, *others], runs), plain.name)


def _exhaust(stream: Iterable[object]) -> None:
    deque(stream, maxlen=0)


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


if __name__ == "__main__":
    main()
