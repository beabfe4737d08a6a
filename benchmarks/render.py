"""Time to mix a minute of session: speech every six seconds, breath tones and ticks under it.

    python benchmarks/render.py [--minutes 25] [--runs 7]

Clips are fetched once before the clock starts, so this is the renderer alone; making a sound is timed apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from voice_coach.audio.mixer import render
from voice_coach.audio.sound_cues import SoundCues
from voice_coach.core.errors import Where
from voice_coach.core.speech import Clip, Utterance
from voice_coach.core.timeline import Chapter, Event, Lane, Mark
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

CUES = Path(__file__).parent.parent / "audio_cues"
MARK = Mark(where=Where("benchmark", 1))
UTTERANCE = Utterance("benchmark", "fake:noise", 150)
TURN_MS, SPEECH_MS = 12_000, 2_500


class OneClip:
    """Says the same noise whatever the words."""

    def __init__(self) -> None:
        noise = np.random.default_rng(1).normal(0, 0.1, SPEECH_MS * FRAMES_PER_MS).clip(-0.7, 0.7)
        self._clip = Clip(noise.astype(np.float32), SAMPLE_RATE_HZ)

    def clip(self, utterance: Utterance) -> Clip:
        del utterance
        return self._clip


def chapter(minutes: float) -> Chapter:
    """Each 12 s: two prompts, an inhale partly under the first, a tick; a little over half of it sounds."""
    events: list[Event] = []
    for start in range(0, round(minutes * 60_000) - TURN_MS + 1, TURN_MS):
        for begin in (start, start + 6_000):
            events.append(_event("speech", begin, SPEECH_MS, utterance=UTTERANCE))
        events.append(_event("sound", start + 1_500, 4_000, sound="inhale", sound_ms=4_000))
        events.append(_event("sound", start + 10_000, 60, sound="tick"))
    events.sort(key=lambda event: event.start_ms)
    return Chapter(title="Benchmark", exercise="", duration_ms=round(minutes * 60_000), events=tuple(events))


def _event(lane: Lane, start_ms: int, length_ms: int, **what: Any) -> Event:
    return Event(
        lane=lane, kind="benchmark", start_ms=start_ms, end_ms=start_ms + length_ms, mark=MARK, **what
    )


def best_ms(work: Callable[[], object], runs: int) -> float:
    """The shortest of several runs, in milliseconds: the one least disturbed."""
    times: list[float] = []
    for _ in range(runs):
        begin = perf_counter()
        work()
        times.append((perf_counter() - begin) * 1000)
    return min(times)


def main(_arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    minutes, runs = arguments.minutes, arguments.runs

    session, speech, sounds = chapter(minutes), OneClip(), SoundCues.load([CUES])
    blocks = list(render(session, speech, sounds))
    sounding = sum(np.count_nonzero(block.samples) for block in blocks) / sum(len(b.samples) for b in blocks)

    def pull() -> None:
        for _ in render(session, speech, sounds):
            pass

    took = best_ms(pull, runs)
    print(f"render: {took / minutes:.2f} ms per minute of session ({took:.0f} ms for {minutes:g} min,")
    print(f"        {sounding:.0%} of it sounding, {len(session.events)} events)")
    lengths = iter(range(4_000, 4_000 + runs + 1))
    sounds.clip("inhale", next(lengths))
    print(f"inhale: {best_ms(lambda: sounds.clip('inhale', next(lengths)), runs):.2f} ms for 4 s, made anew")


if __name__ == "__main__":
    main([])
