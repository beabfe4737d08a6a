"""Time until the first sound, punctuality of the first word, and the time of ``--help``.

    python -m benchmarks start [--voice ENGINE:NAME]

A PulseAudio null sink is recorded while ``voice-coach play`` runs (apt install pulseaudio pulseaudio-utils).
The first word of a session has to be as far as in the timeline from the sound before it, or, where it begins
with a word, from the second prompt.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks._commands_heard import write_session
from benchmarks._figures import record
from benchmarks._sound_server import Recorder, can_record, load_average, server
from benchmarks._timing import VOICE_COACH, Command, race, report
from benchmarks._voices import empty_home, fail, voices_asked
from voice_coach.coach import DEFAULT_SESSION, Coach

RUNS = 5
PATIENCE_S = 60.0
FRAMES_A_MS = 48
_BEGINS_FRAMES = 12_000 * FRAMES_A_MS
_SHOWS_FRAMES = 240
"""Number of frames in a row that are found in a recording at one place only."""


def main(arguments: Sequence[str]) -> None:
    """Print the times and ratios."""
    program = Path(sys.executable).with_name("voice-coach")
    helping = (str(program), "--help") if program.exists() else (*VOICE_COACH, "--help")
    commands = [
        Command("voice-coach --help", helping, {}),
        Command("python -c pass", (sys.executable, "-c", "pass"), {}),
    ]
    report(race(commands, 21), "python -c pass")
    if not can_record():
        print("first sound: needs Linux, pulseaudio and parec")
        return
    for voice in voices_asked(arguments):
        with tempfile.TemporaryDirectory() as folder, server() as environ:
            _print_voice(voice, Path(folder), environ)


def _print_voice(voice: str, folder: Path, environ: dict[str, str]) -> None:
    own = str(write_session(folder))
    for session, kind in ((DEFAULT_SESSION, "shipped"), (own, "own words")):
        begins = _beginning(voice, session)
        for state, most_s in (("warm", 0.4), ("cold", 0.6)):
            first_s: list[float] = []
            late_ms: list[float] = []
            for run in range(RUNS + (state == "warm")):
                home = folder / (f"{kind} {run}" if state == "cold" else kind)
                arguments = (*VOICE_COACH, "play", session, "--no-wait", "--quiet", "--voice", voice)
                heard = _record(arguments, environ | {"VOICE_COACH_HOME": str(home)}, begins)
                if state == "cold" or run:
                    first_s.append(heard.first_s)
                    late_ms.append(heard.word_late_ms)
            name = f"{voice}, {kind}, {state}"
            most = most_s if kind == "shipped" else None
            record(f"{name}, first sound", statistics.median(first_s), "s", at_most=most)
            print(f"    {min(first_s):.3f} to {max(first_s):.3f} s")
            record(f"{name}, first word off its place", max(map(abs, late_ms)), "ms", at_most=20)
    print(f"load average {load_average()}")


@dataclass(frozen=True, slots=True)
class _Beginning:
    """Beginning of a session: places in its stream, and frames to find them by.

    Attributes:
        word: the frame of the first word, and samples from there on.
        other: the same of what sounds before it, or of the second prompt if nothing does.
    """

    word: tuple[int, bytes]
    other: tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class _Heard:
    """Recording of a session's beginning.

    Attributes:
        first_s: from the command until the first sound.
        word_late_ms: how much later than in the timeline the first word came.
    """

    first_s: float
    word_late_ms: float


def _beginning(voice: str, session: str) -> _Beginning:
    with empty_home(), Coach(voice=voice, notify=fail) as coach:
        performance = coach.prepare(session)
        timeline = coach.timeline(performance)
        events = (
            (start_ms + event.start_ms) * FRAMES_A_MS
            for chapter, start_ms in zip(timeline.chapters, timeline.starts_ms(), strict=True)
            for event in chapter.events
            if event.lane == "speech"
        )
        words = [next(events), next(events)]
        pieces: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []
        for block in coach.blocks(performance):
            pieces.append(block.samples.reshape(-1))
            if sum(map(len, pieces)) > _BEGINS_FRAMES:
                break
    samples = np.concatenate(pieces)
    begins = [frame + int(np.flatnonzero(samples[frame:])[0]) for frame in (0, *words)]
    first, word, second = ((at, samples[at : at + _SHOWS_FRAMES].tobytes()) for at in begins)
    return _Beginning(word, second if first == word else first)


def _record(arguments: Sequence[str], environ: dict[str, str], begins: _Beginning) -> _Heard:
    """Play a session until its first word was heard.

    Raises:
        TimeoutError: it was not.
    """
    with closing(Recorder(environ)) as recorder:
        frame, began_s = recorder.frames, time.monotonic()
        with subprocess.Popen(
            arguments,
            env=os.environ | environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as player:
            try:
                while -1 in (
                    found := [recorder.find(each[1], frame) for each in (begins.word, begins.other)]
                ):
                    if time.monotonic() - began_s > PATIENCE_S:
                        raise TimeoutError("the first word was not heard")
                    time.sleep(0.1)
            finally:
                player.kill()
        first = frame + int(np.flatnonzero(recorder.since(frame))[0])
        word, other = found
        late_ms = ((word - other) - (begins.word[0] - begins.other[0])) / FRAMES_A_MS
        return _Heard(recorder.played_s(first) - began_s, late_ms)


if __name__ == "__main__":
    main(sys.argv[1:])
