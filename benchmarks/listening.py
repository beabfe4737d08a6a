"""Cost of a session that listens, and the time until it does.

    python -m benchmarks listening

A session runs in a room, a real sound server (apt install pulseaudio pulseaudio-utils flite), where the
microphone hears the coach, too. Counted are the session and the process in which it listens, for a minute
each: without listening; listening while nobody but the coach speaks; and while somebody talks without end.
The first ten seconds, in which later chapters are compiled, are not counted.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks._room_texts import talk
from benchmarks._sound_server import can_record, load_average
from benchmarks._timing import VOICE_COACH
from tests.support.sound_server import SPEAKERS, Room, running_room

BEGINS_S = 10
LASTS_S = 60
RUNS = 5
SENTENCES = 60
"""They last longer than what is counted."""
PATIENCE_S = 20.0
LISTEN = "--listen"


def main(_arguments: list[str]) -> None:
    """Print the share of a core, the memory, and the time until the first sound."""
    if not can_record() or not shutil.which("flite"):
        print("listening: needs Linux, pulseaudio, parec and flite")
        return
    with tempfile.TemporaryDirectory() as folder, running_room() as room:
        environ = os.environ | room.environ | {"VOICE_COACH_HOME": f"{folder}/home"}
        environ.pop("PULSE_SOURCE", None)
        for name, arguments, talks in (
            ("without listening", (), False),
            ("nobody speaks", (LISTEN,), False),
            ("somebody talks", (LISTEN,), True),
        ):
            _print_cost(name, environ, arguments, room, Path(folder) if talks else None)
        print(f"first sound, load average {load_average()}")
        seconds: dict[str, list[float]] = {"": [], LISTEN: []}
        for _ in range(RUNS):
            for argument, each in seconds.items():
                each.append(_first_sound_s(environ, room, *filter(None, [argument])))
        for argument, each in seconds.items():
            print(f"  play {argument:<10} {min(each):7.3f} {statistics.median(each):7.3f} {max(each):7.3f} s")


@dataclass(frozen=True, slots=True)
class _Cost:
    """Cost of processes.

    Attributes:
        share: of one core.
        pss_mb: their memory, what they share with others divided among those.
        rss_mb: their memory, each counted alone.
    """

    share: float
    pss_mb: float
    rss_mb: float


def _print_cost(
    name: str, environ: dict[str, str], arguments: tuple[str, ...], room: Room, folder: Path | None
) -> None:
    with _session(environ, *arguments) as session, _talking(room, folder):
        time.sleep(BEGINS_S)
        pids = [session.pid, *_children(session.pid)]
        costs = _costs(pids)
        status = subprocess.run(
            [*VOICE_COACH, "control", "status"], env=environ, capture_output=True, check=True
        )
    mode = status.stdout.decode().splitlines()[0]
    print(f"{name}: load average {load_average()}; {mode}")
    total = _Cost(*(sum(getattr(each, of) for each in costs) for of in ("share", "pss_mb", "rss_mb")))
    for who, cost in zip(("session", "ear")[: len(pids)], costs, strict=True):
        _print_row(who, cost)
    _print_row("in all", total)


def _print_row(who: str, cost: _Cost) -> None:
    print(f"  {who:<8} {cost.share:6.2%} of a core   PSS {cost.pss_mb:6.1f} MB   RSS {cost.rss_mb:6.1f} MB")


def _costs(pids: list[int]) -> list[_Cost]:
    """Return what each of them takes for a minute; its memory at the end of it."""
    before_s, began_s = [_processor_s(pid) for pid in pids], time.perf_counter()
    time.sleep(LASTS_S)
    took_s = time.perf_counter() - began_s
    return [
        _Cost((_processor_s(pid) - before) / took_s, _memory_mb(pid, "Pss"), _memory_mb(pid, "Rss"))
        for pid, before in zip(pids, before_s, strict=True)
    ]


@contextmanager
def _session(environ: dict[str, str], *arguments: str) -> Generator[subprocess.Popen[bytes]]:
    """Return the usual session, without waits for the user."""
    session = subprocess.Popen(
        [*VOICE_COACH, "play", "--no-wait", "--quiet", *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield session
    finally:
        session.kill()
        session.wait()


@contextmanager
def _talking(room: Room, folder: Path | None) -> Generator[None]:
    """Play talk without end, if there is a folder to keep it in."""
    if folder is None:
        yield
        return
    path = folder / "talk.wav"
    text = " ".join(islice(talk(1, report=True), SENTENCES))
    subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", str(path)], check=True)
    with room.saying(path):
        yield


def _first_sound_s(environ: dict[str, str], room: Room, *arguments: str) -> float:
    """Seconds from the start of ``voice-coach play`` until the loudspeaker has what is not silence.

    Raises:
        TimeoutError: nothing was heard.
    """
    with room.record(SPEAKERS) as recording:
        frame, began_s = recording.frames, time.monotonic()
        with _session(environ, *arguments):
            while time.monotonic() - began_s < PATIENCE_S:
                time.sleep(0.05)
                sounds = np.flatnonzero(recording.since(frame)[:, 0])
                if len(sounds):
                    return recording.came_s(frame + int(sounds[0])) - began_s
    raise TimeoutError("nothing was heard")


def _children(pid: int) -> list[int]:
    """The processes that this one has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int, kind: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{kind}:"))
