"""A device that plays, and keeps what was heard on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.formats.base import LiveOutput

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.audio.mixer import Block


class KeptDevice(LiveOutput):
    """Another device, and all that it was given to play, without what was taken back from it.

    Args:
        device: plays.
    """

    def __init__(self, device: LiveOutput) -> None:
        self._device = device
        self._heard = bytearray()

    def ready(self) -> None:
        self._device.ready()

    def write(self, blocks: Iterable[Block]) -> None:
        self._device.write(self._kept(blocks))

    def wake(self) -> None:
        self._device.wake()

    def cut(self) -> NDArray[np.int16]:
        dropped = self._device.cut()
        del self._heard[2 * self.position_frames :]
        return dropped

    def close(self) -> None:
        self._device.close()

    @property
    def position_frames(self) -> int:
        return self._device.position_frames

    def heard(self) -> NDArray[np.int16]:
        """All of it, shape (frames,)."""
        return np.frombuffer(bytes(self._heard), np.int16)

    def _kept(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            self._heard += block.samples.tobytes()
            yield block
