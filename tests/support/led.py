"""Two short exercises to be led, and a device that takes everything at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from voice_coach.audio.mixer import Block
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.formats.base import LiveOutput

EXERCISE = """
kind: exercise
id: {id}
title: {title}
position: standing
hurts: Stop. Stand still.
steps:
  - repeat: 2
    steps:
      - say: "{{rep}} of {{reps}}."
        guidance: names
      - hold: 3s
      - pause: 3s
"""
SESSION = """
kind: session
id: two
title: Two of them
start: standing
end: standing
opening: [Hello.]
exercises: [bow, nod]
closing: [That was all.]
"""
_PATIENCE_S = 20


class TestDevice(LiveOutput):
    """Takes each block at once; before each one ``heard`` is called with the position in milliseconds."""

    __test__ = False

    def __init__(self, heard: Callable[[int], None] = lambda _ms: None) -> None:
        self.frames = 0
        self.closed = False
        self._heard = heard

    def write(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            self.frames += len(block.samples)
            self._heard(self.frames // FRAMES_PER_MS)

    def close(self) -> None:
        self.closed = True

    @property
    def position_frames(self) -> int:
        return self.frames


def no_other() -> LiveOutput:
    raise AssertionError("no other device is asked for")


def until(condition: Callable[[], bool]) -> None:
    """Let the other threads go on until it is so."""
    never = threading.Event()
    for _ in range(_PATIENCE_S * 100):
        if condition():
            return
        never.wait(0.01)
    raise TimeoutError
