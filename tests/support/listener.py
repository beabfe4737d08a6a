"""Whoever has an ear and keeps what it tells, and somebody who speaks to it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from tests.real_parts import require_program
from tests.support.simulated_room import PERSON, said
from voice_coach.voice_input.process import RecognizerProcess
from voice_coach.voice_input.recognizer import RecognizedPhrase

CHILD_OF_TESTS = (sys.executable, "-P", str(Path(__file__).with_name("loud_child.py")))
PATIENCE_S: Final = 20
_T = TypeVar("_T")


class Listener:
    """Keeps what an ear tells, and has an ear."""

    def __init__(
        self,
        recognizer: str = "loud",
        hangs_after_s: float = PATIENCE_S,
        child: Sequence[str] = CHILD_OF_TESTS,
    ) -> None:
        self.heard: list[RecognizedPhrase] = []
        self.heard_s: list[float] = []
        self.notes: list[str] = []
        self.deaf: list[bool] = []
        self._grown = threading.Condition()
        self.process = RecognizerProcess(
            self._take,
            lambda note: self._keep(self.notes, note),
            lambda deaf: self._keep(self.deaf, deaf),
            recognizer,
            child=child,
            hangs_after_s=hangs_after_s,
            tries_again_after_s=0.1,
        )

    def _take(self, heard: RecognizedPhrase) -> None:
        self.heard_s.append(time.monotonic())
        self._keep(self.heard, heard)

    def _keep(self, kept: list[_T], told: _T) -> None:
        with self._grown:
            kept.append(told)
            self._grown.notify_all()

    def wait(self, enough: Callable[[], bool]) -> None:
        with self._grown:
            came = self._grown.wait_for(enough, PATIENCE_S)
        assert came, (self.heard, self.notes, self.deaf)

    def start(self) -> None:
        self.process.start()
        assert self.process.listens.wait(PATIENCE_S), self.notes

    def close(self) -> None:
        self.process.close()


def speak(folder: Path) -> None:
    """A person says something in the room; returns when it is said."""
    path = folder / "said.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes((np.clip(said(PERSON, "en-us+f3"), -1, 1) * 32_767).astype(np.int16).tobytes())
    subprocess.run([require_program("paplay", "pulseaudio-utils"), str(path)], check=True)
