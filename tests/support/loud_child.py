"""The child process with a recognizer that needs no model: it understands whatever is loud.

So that what is tried is the microphone, the echo and the process, and not how well words are understood.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from voice_coach.voice_input import worker as ear_child
from voice_coach.voice_input.recognizer import (
    RATE_HZ,
    RECOGNIZERS,
    HearingError,
    RecognizedPhrase,
    Recognizer,
)

_LOUD = 500


class LoudRecogniser(Recognizer):
    """Understands the first of its phrases in 0.2 s of loud sound, the first 0.5 s of listening left out."""

    def __init__(self, *, sensitivity: int = 0) -> None:
        del sensitivity
        self._phrases: list[str] = []
        self._frames = self._loud = self._quiet = 0

    def expect(self, phrases: Collection[str]) -> None:
        self._phrases = list(phrases)
        if "hang" in self._phrases:
            os.kill(os.getpid(), signal.SIGSTOP)
        if "die" in self._phrases:
            os.kill(os.getpid(), signal.SIGKILL)
        if "unknown" in self._phrases:
            raise HearingError("loud", "it does not know the word unknown")

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[RecognizedPhrase]:
        self._frames += len(samples)
        level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
        before = self._loud
        self._loud = self._loud + len(samples) if level > _LOUD else 0
        is_new = before < RATE_HZ // 5 <= self._loud and self._frames > RATE_HZ // 2
        if not is_new or not self._phrases:
            return []
        end_ms = self._frames * 1000 // RATE_HZ
        return [
            RecognizedPhrase(f"{self._phrases[0]}{' with the coach' if coach_speaks else ''}", end_ms, level)
        ]

    def close(self) -> None:
        """It holds nothing."""


class UnusableRecogniser(LoudRecogniser):
    """One that says so."""

    def __init__(self, *, sensitivity: int = 0) -> None:
        del sensitivity
        raise HearingError("unusable", "it has no model")


if __name__ == "__main__":
    RECOGNIZERS["loud"] = "__main__:LoudRecogniser"
    RECOGNIZERS["broken"] = "__main__:no_such_class"
    RECOGNIZERS["unusable"] = "__main__:UnusableRecogniser"
    ear_child.main()
