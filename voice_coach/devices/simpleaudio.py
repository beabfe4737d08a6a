"""Sound device through simpleaudio, for users who prefer it; Python 3.11 only."""

from __future__ import annotations

import importlib
import sys
import threading
import time
from collections.abc import Iterable

from voice_coach.audio.mixer import Block
from voice_coach.core.errors import DeviceError, OutputError
from voice_coach.core.interrupts import check_interrupt
from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.devices.miniaudio import quiet_alsa
from voice_coach.formats.base import LOST_DEVICE, NO_DEVICE, LiveOutput

_LOOK_S = 0.05
_PATIENCE_S = 1.0
"""Seconds between the end and where the clock has it after which the device counts as lost."""

_KILLS_PYTHON = (
    "simpleaudio is no longer maintained and kills Python from 3.12 on, and this is Python {version}. Use "
    "the device 'auto', or run voice_coach with Python 3.11."
)
_NOT_INSTALLED = (
    "simpleaudio is not installed. Install it with: pip install 'voice-coach[simpleaudio]' (on Linux that "
    "needs a C compiler and ALSA's headers: sudo apt install gcc libasound2-dev), or use the device 'auto'."
)
_HEARS_ALL_FIRST = (
    "simpleaudio takes a whole stream before its first sound, so it cannot play what changes while it is "
    "heard. Use the device 'auto'."
)


class SimpleaudioDevice(LiveOutput):
    """Plays on the system's default device.

    simpleaudio plays one piece of memory and cannot join a second without a gap, so the whole stream is made
    before its first sound: six megabytes a minute.
    """

    def __init__(self, latency_ms: int | None = None, *, live: bool = False) -> None:
        """Make sure that simpleaudio can be used here; it has no latency to choose.

        Raises:
            OutputError: it cannot; the text says why and what to do.
        """
        if latency_ms is not None or live:
            raise OutputError(_HEARS_ALL_FIRST)
        if sys.version_info >= (3, 12):
            raise OutputError(_KILLS_PYTHON.format(version=f"{sys.version_info[0]}.{sys.version_info[1]}"))
        try:
            importlib.import_module("simpleaudio")
        except (ImportError, OSError) as error:
            raise OutputError(_NOT_INSTALLED) from error
        self._frames = 0
        self._started_s: float | None = None

    def write(self, blocks: Iterable[Block]) -> None:
        from simpleaudio import play_buffer
        from simpleaudio._simpleaudio import SimpleaudioError

        samples = b"".join(block.samples.tobytes() for block in blocks)
        self._frames = len(samples) // 2
        if not samples:
            return
        try:
            with quiet_alsa():
                playing = play_buffer(samples, 1, 2, SAMPLE_RATE_HZ)
        except SimpleaudioError as error:
            raise DeviceError(NO_DEVICE.format(reason=f"simpleaudio says: {str(error).strip()}")) from error
        self._started_s = time.monotonic()
        try:
            while playing.is_playing():
                check_interrupt()
                self._check(over=False)
                threading.Event().wait(_LOOK_S)
            self._check(over=True)
        finally:
            playing.stop()

    @property
    def position_frames(self) -> int:
        if self._started_s is None:
            return 0
        return min(self._frames, int((time.monotonic() - self._started_s) * SAMPLE_RATE_HZ))

    def _check(self, *, over: bool) -> None:
        """A lost device shows only in time: it ends too soon, or never."""
        late_s = time.monotonic() - (self._started_s or 0) - self._frames / SAMPLE_RATE_HZ
        if (over and late_s < -_PATIENCE_S) or (not over and late_s > _PATIENCE_S):
            raise DeviceError(LOST_DEVICE)
