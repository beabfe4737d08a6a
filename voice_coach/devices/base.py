"""Device without sound, for trying a session out in no time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from voice_coach.audio.mixer import Block
from voice_coach.core.interrupts import check_interrupt
from voice_coach.formats.base import LiveOutput


class NullDevice(LiveOutput):
    """Takes every block at once and counts its frames; so there is nothing to take back."""

    is_heard: ClassVar[bool] = False

    def __init__(self, latency_ms: int | None = None, *, live: bool = False) -> None:
        del latency_ms, live  # it is as if there were none
        self._frames = 0

    def write(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            check_interrupt()
            self._frames += len(block.samples)

    @property
    def position_frames(self) -> int:
        return self._frames
