"""Naturalness of every prompt of the shipped sessions as it is mixed, judged by DistillMOS, 1 to 5.

    python -m benchmarks naturalness [--voice ENGINE:NAME]

DistillMOS (Microsoft, MIT, its weights in the wheel) needs PyTorch, so it has an environment of its own:

    python3.11 -m venv natural
    for file in requirements.txt requirements-hibari.txt benchmarks/requirements-naturalness.txt; do
        natural/bin/pip install --no-deps -r $file; done
    natural/bin/python -m benchmarks naturalness

The means of several voices can be compared; a score of a single short word means little.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
import soxr

from benchmarks._figures import record
from benchmarks._voices import session_clips, voices_asked
from voice_coach.core.speech import Clip

RATE_HZ = 16_000
FEW_WORDS = 4
WORST = 10


def main(arguments: Sequence[str]) -> None:
    """Print the mean, the worst and the ten worst prompts of each voice."""
    voices = voices_asked(arguments)
    if find_spec("distillmos") is None:
        print("naturalness: needs benchmarks/requirements-naturalness.txt; see benchmarks/naturalness.py")
        return
    judge = _Judge()
    for voice in voices:
        scores = [(judge.score(clip), said.text) for said, clip in session_clips(voice).items()]
        longer = [each for each in scores if len(each[1].split()) >= FEW_WORDS]
        record(
            f"{voice}, mean of {len(scores)}", float(np.mean([score for score, _ in scores])), at_least=4.2
        )
        record(f"{voice}, worst of {FEW_WORDS} words or more", min(longer)[0], at_least=3.0)
        for score, text in sorted(scores)[:WORST]:
            print(f"  {score:.2f} {text}")


class _Judge:
    def __init__(self) -> None:
        # Asked for when its module is imported, and used by its command line only.
        sys.modules.setdefault("torchaudio", ModuleType("torchaudio"))
        self._torch: Any = import_module("torch")
        self._torch.set_num_threads(1)
        self._model: Any = import_module("distillmos").ConvTransformerSQAModel()
        self._model.eval()

    def score(self, clip: Clip) -> float:
        """Return what DistillMOS gives a clip."""
        samples = soxr.resample(clip.samples, clip.rate_hz, RATE_HZ).astype(np.float32)
        with self._torch.no_grad():
            return float(self._model(self._torch.from_numpy(samples)[None]))


if __name__ == "__main__":
    main(sys.argv[1:])
