"""Identity of a voice's bytes across processes, orders of the texts and threads.

python -m benchmarks same_bytes [--voice ENGINE:NAME]
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks._figures import record
from benchmarks._recognizer import SENTENCES
from benchmarks._voices import SHORT_WORDS, speaker, voices_asked
from voice_coach.core.speech import Utterance

THREADS = (1, 2, 3)
"""Of each process; each speaks in an order of its own."""
RATES_WPM = (150, 170, 100)


def main(arguments: Sequence[str]) -> None:
    """Print the number of clips that differ, and the texts of some."""
    for voice in voices_asked(arguments):
        runs = [_in_process(voice, threads) for threads in THREADS]
        differing = [text for text, digest in runs[0].items() if any(run[text] != digest for run in runs)]
        record(f"{voice}, clips that differ", len(differing), f"of {len(runs[0])}", at_most=0)
        print("".join(f"    {text}\n" for text in differing[:5]), end="")


def _in_process(voice: str, threads: int) -> dict[str, str]:
    command = [sys.executable, "-m", "benchmarks.same_bytes", voice, str(threads)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def _digests(voice: str, threads: int) -> dict[str, str]:
    """Return a digest of each clip, spoken by so many threads in an order that depends on it."""
    utterances = [Utterance(text, voice, wpm) for text in (*SENTENCES, *SHORT_WORDS) for wpm in RATES_WPM]
    random.Random(threads).shuffle(utterances)
    with speaker() as made, ThreadPoolExecutor(threads) as pool:
        clips = list(pool.map(made.clip, utterances))
    return {
        f"{said.text} ({said.rate_wpm} wpm)": hashlib.sha256(clip.samples.tobytes()).hexdigest()
        for said, clip in zip(utterances, clips, strict=True)
    }


if __name__ == "__main__":
    json.dump(_digests(sys.argv[1], int(sys.argv[2])), sys.stdout)
