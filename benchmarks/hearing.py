"""Understood commands, their delay, false commands, and the cost of listening.

    python -m benchmarks hearing [--quick] [--recogniser pocketsphinx]

Three voices that no threshold was tuned with say every command at any speed and in any situation. Then come
an hour each of the coach's own session, of other people's talk, every fifth sentence of it nearly a command,
and of household noise.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from benchmarks._room import (
    NOISES,
    RATE_HZ,
    REPORT_VOICES,
    TUNING_VOICES,
    Sound,
    babble,
    join,
    mixed,
    noisy,
    pcm,
    reverberant,
    room_noise,
    speak_text,
)
from benchmarks._room_texts import talk
from voice_coach.coach import Coach
from voice_coach.voice_input.process import SMALL
from voice_coach.voice_input.recognizer import (
    COMMAND_PHRASES,
    MEANINGS,
    RECOGNIZERS,
    SCORE_PHRASES,
    Recognizer,
    open_recognizer,
    usual_recognizer,
)

SPEEDS = (0.9, 1.0, 1.15)
SITUATIONS = ("quiet", "after words", "over the coach", "echoing room", "noise 15 dB")
OTHERS = (*TUNING_VOICES, *REPORT_VOICES, "espeak:en-gb+f2", "espeak:en-us+m7")
_BLOCK = RATE_HZ // 50
_NOT_LATER_MS = 700
_COACH_DB = -20
_NOISE_DB = 15
_LISTENING = """
import sys
import numpy as np
from voice_coach.voice_input.recognizer import COMMAND_PHRASES
from voice_coach.voice_input.recognizer import open_recognizer
recognizer = open_recognizer(sys.argv[1])
recognizer.expect(COMMAND_PHRASES)
noise = np.random.default_rng(0).normal(0, 4_000, 160_000) * np.repeat([0, 1] * 5, 16_000)
recognizer.hear(noise.astype(np.int16), False)
print(open("/proc/self/smaps_rollup").read())
"""


@dataclass(frozen=True, slots=True)
class Try:
    """A phrase said once.

    Attributes:
        end_ms: where it ends.
    """

    voice: str
    phrase: str
    speed: float
    situation: str
    noise: str
    end_ms: float
    sound: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Told:
    """A phrase that a recognizer reported, and the position of the sound then."""

    phrase: str
    at_ms: float


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks hearing")
    parser.add_argument(
        "--quick", action="store_true", help="each command once a voice, five minutes of the rest"
    )
    parser.add_argument("--recogniser", choices=RECOGNIZERS, default=usual_recognizer())
    options = parser.parse_args(arguments)
    recognizer = open_recognizer(options.recogniser)
    coach = coach_heard()
    try:
        _understood(recognizer, tries(coach, COMMAND_PHRASES, 1 if options.quick else 2), "commands")
        _understood(recognizer, tries(coach, SCORE_PHRASES, 1), "numbers, when asked for")
        _false(recognizer, coach, 300 if options.quick else 3_600)
    finally:
        recognizer.close()
    _memory(options.recogniser)


@cache
def coach_heard() -> Sound:
    """The coach's own session, at a peak of 0.5."""
    with Coach() as coach:
        blocks = coach.blocks(coach.prepare("lower-back-relief"))
        session = np.concatenate([block.samples.reshape(-1) for block in blocks])
    sound = np.asarray(soxr.resample(session.astype(np.float32), 48_000, RATE_HZ), np.float32)
    return sound * np.float32(0.5 / np.abs(sound).max())


def tries(coach: Sound, phrases: Iterable[str], times: int) -> Iterator[Try]:
    """Every phrase from every voice, each time in another situation, at another speed and level."""
    words = {voice: _speech(voice, 1, 8) for voice in REPORT_VOICES}
    crowd = list(words.values())
    for number in range(times):
        for voice in REPORT_VOICES:
            for phrase in phrases:
                dice = random.Random(f"{number} {voice} {phrase}")
                speed = dice.choice(SPEEDS)
                situation = dice.choice((*SITUATIONS, SITUATIONS[-1]))
                speech = speak_text(
                    voice, phrase.replace("coach ", dice.choice(("coach, ", "coach ")), 1), speed
                )
                speech = speech * np.float32(10 ** (dice.uniform(-12, 3) / 20))
                before_s = dice.uniform(1.2, 2.5)
                seconds = before_s + len(speech) / RATE_HZ + 1.5
                sound = mixed(room_noise(seconds, number), speech, before_s)
                loud = np.abs(speech).max() / 0.5
                noise = ""
                if situation == "after words":
                    frames = round((before_s - 0.15) * RATE_HZ)
                    at = dice.randrange(len(words[voice]) - frames)
                    sound = mixed(sound, words[voice][at : at + frames] * loud, 0)
                elif situation == "over the coach":
                    at = dice.randrange(len(coach) - len(sound))
                    own = coach[at : at + len(sound)] * (loud * 10 ** (_COACH_DB / 20))
                    sound = mixed(sound, own.astype(np.float32), 0)
                elif situation == "echoing room":
                    sound = reverberant(sound, dice.uniform(0.25, 0.5), number)
                elif situation == "noise 15 dB":
                    noise = dice.choice((*NOISES, "babble"))
                    seed = dice.randrange(1_000)
                    under = NOISES[noise](seconds, seed) if noise in NOISES else babble(seconds, seed, crowd)
                    sound = noisy(sound, speech, _NOISE_DB, under)
                end_ms = (before_s + len(speech) / RATE_HZ) * 1_000
                yield Try(voice, phrase, speed, situation, noise, end_ms, pcm(sound))


def listened(recognizer: Recognizer, sound: NDArray[np.int16], coach_speaks: bool) -> Iterator[Told]:
    """Return what a recognizer tells of a sound that comes in blocks of 20 ms."""
    for at in range(0, len(sound), _BLOCK):
        block = sound[at : at + _BLOCK]
        for heard in recognizer.hear(block, coach_speaks):
            yield Told(heard.phrase, (at + len(block)) * 1_000 / RATE_HZ)


def _understood(recognizer: Recognizer, attempts: Iterable[Try], what: str) -> None:
    """Print what was understood of what was said."""
    right: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    wrong = 0
    late_ms: list[float] = []
    for attempt in attempts:
        recognizer.expect(COMMAND_PHRASES if attempt.phrase in COMMAND_PHRASES else SCORE_PHRASES)
        over = attempt.situation == "over the coach"
        told = list(listened(recognizer, attempt.sound, over))
        hits = [one for one in told if MEANINGS[one.phrase] == MEANINGS[attempt.phrase]]
        in_time = [one for one in hits if one.at_ms <= attempt.end_ms + _NOT_LATER_MS]
        wrong += len(told) - len(hits)
        late_ms += [one.at_ms - attempt.end_ms for one in hits]
        groups = ["all", attempt.voice, f"speed {attempt.speed}", attempt.situation, f"“{attempt.phrase}”"]
        for group in [*groups, f"  {attempt.noise}"] if attempt.noise else groups:
            all_of[group] += 1
            right[group] += bool(in_time)
    print(f"{what}: understood within {_NOT_LATER_MS} ms; {wrong} taken for others")
    for group, count in all_of.items():
        print(f"  {group:<32} {right[group]:4} of {count:4}  {right[group] / count:6.1%}")
    late_ms.sort()
    if late_ms:
        p95 = late_ms[int(0.95 * (len(late_ms) - 1))]
        print(
            f"  after the end: median {statistics.median(late_ms):.0f} ms of sound, 95 % {p95:.0f} ms",
            flush=True,
        )


def _false(recognizer: Recognizer, coach: Sound, seconds: int) -> None:
    """Print what was understood where no command was said, and what listening took."""
    quiet = room_noise(30, 2)
    own = np.resize(coach, seconds * RATE_HZ) + np.resize(quiet, seconds * RATE_HZ)
    sounds = {
        "the coach's own session": (own, True),
        "the same at −20 dB": (own * np.float32(10 ** (_COACH_DB / 20)), True),
        "other people's talk": (_talking(seconds, nearly=True), False),
        "the same without what is nearly a command": (_talking(seconds, nearly=False), False),
        "household noise": (_household(seconds), False),
    }
    recognizer.expect(COMMAND_PHRASES)
    for name, (sound, coach_speaks) in sounds.items():
        began = time.process_time()
        told = list(listened(recognizer, pcm(sound), coach_speaks))
        share = (time.process_time() - began) / (len(sound) / RATE_HZ)
        minutes = len(sound) / RATE_HZ / 60
        phrases = ", ".join(f"{one.phrase} ({one.at_ms / 1000:.0f} s)" for one in told)
        print(f"{name}, {minutes:.0f} min: {len(told)} false {phrases}; {share:.1%} of a core", flush=True)


def _talking(seconds: int, *, nearly: bool) -> Sound:
    pieces: list[Sound] = []
    for number, voice in enumerate(OTHERS):
        frames = 0
        for text in talk(100 + number, report=True, nearly=nearly):
            pieces.append(speak_text(voice, text, 0.9 + 0.05 * (len(pieces) % 6)))
            frames += len(pieces[-1]) + round(0.4 * RATE_HZ)
            if frames > seconds * RATE_HZ / len(OTHERS):
                break
    sound = join(pieces, 0.4)
    return sound + np.resize(room_noise(30, 4), len(sound))


def _speech(voice: str, seed: int, sentences: int) -> Sound:
    return join([speak_text(voice, text) for text in islice(talk(seed, report=True), sentences)], 0.4)


def _household(seconds: int) -> Sound:
    each = seconds / (len(NOISES) + 1)
    crowd = [_speech(voice, 9, 12) for voice in REPORT_VOICES]
    noises = [make(each, 50) for make in NOISES.values()]
    return np.concatenate([*noises, babble(each, 51, crowd)])


def _memory(recognizer: str) -> None:
    """Print what a process holds that only listens."""
    if not Path("/proc/self/smaps_rollup").exists():
        return
    out = subprocess.run(
        [sys.executable, "-c", _LISTENING, recognizer],
        env=os.environ | SMALL,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    held = {
        line.split(":")[0]: int(line.split()[1]) // 1024 for line in out.splitlines() if line.endswith("kB")
    }
    print(f"memory: RSS {held['Rss']} MB, PSS {held['Pss']} MB")
