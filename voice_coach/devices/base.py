"""Device without sound, for trying a session out in no time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from voice_coach.audio.mixer import Block
from voice_coach.core.errors import DeviceError
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


def wait_for_device(
    factory: Callable[[], LiveOutput],
    stopped: Callable[[], bool],
    every_s: float,
    *,
    wait: Callable[[float], object] = time.sleep,
) -> LiveOutput | None:
    """The first device that opens: the one that was lost, once it is there again, or the default one.

    Every attempt is made with a new device, so the system's choice of that moment decides; those that did not
    open are closed.

    Args:
        factory: makes a device, not yet opened or opening.
        stopped: whether nobody waits for it any more; asked before each attempt and after it.
        every_s: seconds from the end of one attempt to the next.
        wait: waits that many seconds; may come back sooner, as ``Event.wait`` does when it is set.

    Returns:
        an open device, to be closed by whoever gets it, or None if it was stopped.

    Raises:
        OutputError: from ``factory``: no device of this name can run here, whatever is plugged in.
    """
    while not stopped():
        check_interrupt()
        output = factory()
        try:
            output.ready()
            if not stopped():
                return output
        except DeviceError:
            pass
        except BaseException:
            output.close()
            raise
        output.close()
        check_interrupt()
        if not stopped():
            wait(every_s)
    return None
