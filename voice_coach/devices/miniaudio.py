"""The sound device through miniaudio: ALSA, PulseAudio, PipeWire and JACK, CoreAudio, WASAPI."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from voice_coach.audio.mixer import Block
from voice_coach.core.errors import DeviceError
from voice_coach.core.interrupts import check_interrupt
from voice_coach.core.log import get_logger
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ
from voice_coach.devices.frame_queue import FrameQueue
from voice_coach.devices.priority import prefer, prefer_no_more
from voice_coach.formats.base import LOST_DEVICE, NO_DEVICE, LiveOutput

if TYPE_CHECKING:
    import numpy as np
    from miniaudio import AbstractDevice, PlaybackDevice
    from numpy.typing import NDArray

_LOG: Final = get_logger(__name__)

PULSEAUDIO = "PulseAudio"
"""Name of this backend in miniaudio."""

_LAYOUT = {"periods": 16, "dataCallback": 32}
"""Offsets in ``ma_device_config`` of miniaudio 0.11 around the field that Python does not see."""
_FLAGS = slice(24, 28)
_NO_FIXED_SIZED_CALLBACK = slice(27, 28)


def can_be_direct() -> bool:
    """Return whether this miniaudio is one that ``open_default`` can make direct."""
    import miniaudio

    fields = dict(miniaudio.ffi.typeof("ma_device_config").fields)
    known = all(name in fields and fields[name].offset == offset for name, offset in _LAYOUT.items())
    return known and miniaudio.lib_version().startswith("0.11.")


def lacks_loudspeaker() -> bool:
    """Return whether the sound server answers, and has nothing to play on; asking takes about 5 ms.

    Opening a device would fail and, in miniaudio 0.11.25, keep five file descriptors each time.
    """
    import miniaudio

    devices = miniaudio.Devices()
    return devices.backend == PULSEAUDIO and not devices.get_playbacks()


def open_default(period_ms: int, periods: int, *, direct: bool) -> PlaybackDevice:
    """The system's default device for 16-bit mono at 48 000 Hz, not yet started.

    Args:
        period_ms: how much of the sound the device holds, once (PulseAudio) or as many times as ``periods``.
        periods: 0 is miniaudio's choice.
        direct: hand the device's requests through as they come. Otherwise miniaudio asks for whole periods,
            and keeps what the device has no room for yet: up to a period more that cannot be taken back.

    Raises:
        miniaudio.MiniaudioError: it cannot be opened.
    """
    import miniaudio

    contexts: list[object] = []

    class DirectPlaybackDevice(miniaudio.PlaybackDevice):
        """``_make_context`` is called after its configuration is made, and before that is used."""

        def _make_context(self, *arguments: object, **more: object) -> object:
            if direct:
                config = miniaudio.ffi.buffer(miniaudio.ffi.addressof(self._devconfig))
                if not any(config[_FLAGS]):
                    config[_NO_FIXED_SIZED_CALLBACK] = b"\1"
            contexts.append(super()._make_context(*arguments, **more))
            return contexts[-1]

    with released_on_failure(contexts):
        return DirectPlaybackDevice(
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=SAMPLE_RATE_HZ,
            buffersize_msec=period_ms,
            callback_periods=periods,
            app_name="voice_coach",
            # So it has its turn on a busy machine too; where that is not allowed, as often as others.
            thread_prio=miniaudio.ThreadPriority.REALTIME,
        )


@contextmanager
def released_on_failure(contexts: list[object]) -> Generator[None]:
    """Let go of what a device was given by miniaudio that could then not be opened."""
    import miniaudio

    try:
        yield
    except miniaudio.MiniaudioError:
        for context in contexts:
            miniaudio.lib.ma_context_uninit(context)
        raise


def close(device: AbstractDevice) -> None:
    """Close a device and all that belongs to it; one that is gone may never let this return."""
    import miniaudio

    device.close()
    # It would stop again a device that could not be stopped, and keeps the connection to the sound server
    # (five file descriptors) of every device that was ever opened.
    device.running = False
    miniaudio.lib.ma_context_uninit(device._context)


@contextlib.contextmanager
def quiet_alsa() -> Generator[None]:
    """Keep ALSA from printing to stderr; does nothing where there is no ALSA."""
    if sys.platform != "linux":
        yield
        return
    import ctypes

    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:
        yield
        return

    def ignore(*_message: object) -> None:
        """ALSA's handler gets file, line, function, code and a format with its values."""

    handler = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int)(ignore)
    alsa.snd_lib_error_set_handler(handler)
    try:
        yield
    finally:
        alsa.snd_lib_error_set_handler(None)


class Stillness:
    """Time that a count has stood still, as far as it was looked at.

    Time in which nobody looked does not count in full: a process that was stopped (Ctrl-Z), a machine that
    slept, a block that took long to make say nothing about the device.

    Args:
        longest_s: how much of the time between two looks counts at most.
    """

    def __init__(self, longest_s: float) -> None:
        self._longest_s = longest_s
        self._count = -1
        self._looked_s = 0.0
        self._still_s = 0.0

    def look(self, count: int, now_s: float) -> float:
        """Seconds for which the count has been this one; 0 when it is a new one."""
        elapsed_s = min(now_s - self._looked_s, self._longest_s)
        self._still_s = self._still_s + elapsed_s if count == self._count else 0.0
        self._count, self._looked_s = count, now_s
        return self._still_s


_PERIOD_MS = 100
"""Milliseconds that the device asks for at once. PulseAudio holds one period: our callback may be late by
that."""

_LIVE_PERIOD_MS = 40
"""The same where the stream takes back what waits: so that is heard soon. See docs/decisions/0018."""

_DIRECT_PERIOD_MS = 70
"""The same where miniaudio keeps nothing back itself, and the system holds no more than this: PulseAudio."""

_CUT_PATIENCE_S = 0.02
"""Seconds that the device waits for what follows upon a cut; meanwhile it plays what it holds."""

_LIVE_PERIODS = 2
_USUAL_PERIODS = 0  # miniaudio's own choice, which is 3
"""Number of periods that ALSA and WASAPI hold; PulseAudio holds one in any case."""

_QUEUE_MS = 2000
_PERIODS_TO_START = 3

_PRIMED_PERIODS = 3
"""Number of periods that a device may ask for at once, to fill its buffer before it plays."""

_DRAIN_FRAMES = 500 * FRAMES_PER_MS
"""Silence taken after the last frame before the device is stopped: three periods that the device may hold,
and what a headset holds. The device reports no latency, and stopping it throws away what it holds."""

_WAKING_PATIENCE_S = 5.0
"""A sleeping Bluetooth headset takes a while to wake, and PulseAudio first plays the silence that it has
prepared, up to two seconds of it."""
_PLAYING_PATIENCE_S = 1.0
"""A device that has played and takes no frames for so long is lost. miniaudio's own notice of a stop is not
used: it does not come for every kind of loss, and it does come for a device that only sleeps for a moment."""

_OPENING_PATIENCE_S = 10.0
_CLOSING_PATIENCE_S = 1.0
_LOOK_S = 0.1


class MiniaudioDevice(LiveOutput):
    """Plays on the system's default device.

    The thread that calls ``write`` makes the blocks, two seconds ahead of the device (or as ``latency_ms``
    asks), which takes them in a thread of its own. So Ctrl-C reaches whatever makes the blocks, and an error
    there needs no way back.
    """

    tells_taken = True

    def __init__(self, latency_ms: int | None = None, *, live: bool = False) -> None:
        safe_ms = _LIVE_PERIOD_MS if live else _PERIOD_MS
        # Where the latency is to be short, a quarter of it is the device's and the rest waits for it.
        self._period_ms = safe_ms if latency_ms is None else min(safe_ms, max(10, latency_ms // 4))
        queue_ms = _QUEUE_MS if latency_ms is None else max(latency_ms, 4 * self._period_ms) - self._period_ms
        self._live = live
        self._queue = FrameQueue(queue_ms * FRAMES_PER_MS, _CUT_PATIENCE_S)
        self._opening: threading.Thread | None = None
        self._device: PlaybackDevice | None = None
        self._handing_over = threading.Lock()
        self._is_closed = False
        self._problem = ""
        self._is_started = False
        self._preferred: list[int] = []
        self._stillness = Stillness(2 * _LOOK_S)

    def open(self) -> None:
        # In a thread of its own: importing miniaudio and reaching the sound server take a while.
        if self._opening is None:
            self._preferred = prefer()  # and with this thread all that it starts from now on
            self._opening = threading.Thread(target=self._open, name="open sound device", daemon=True)
            self._opening.start()

    def ready(self) -> None:
        self.open()
        if self._opening is not None:
            until_s = time.monotonic() + _OPENING_PATIENCE_S
            while self._opening.is_alive() and time.monotonic() < until_s:
                self._opening.join(_LOOK_S)
                check_interrupt()
            if self._opening.is_alive():
                raise DeviceError(NO_DEVICE.format(reason="the sound system does not answer"))
        if self._device is None:
            raise DeviceError(NO_DEVICE.format(reason=self._problem))

    def write(self, blocks: Iterable[Block]) -> None:
        try:
            self.ready()
            pulled = iter(blocks)
            # Room is waited for before the next block is pulled: what makes it is to know all until then.
            while (block := self._pull(pulled)) is not None:
                self._queue.put(block.samples)
                if self._queue.waiting_frames >= _PERIODS_TO_START * self._period_ms * FRAMES_PER_MS:
                    self._start()
            self._start()
            while not self._queue.wait_for_silence(_DRAIN_FRAMES, _LOOK_S):
                check_interrupt()
                self._check_alive()
        finally:
            self.close()

    def close(self) -> None:
        """Stop at once, in a few milliseconds; what the device still holds is not heard."""
        prefer_no_more(self._preferred)
        self._preferred = []
        # A sound system that hangs may never answer; it must not take us with it.
        if self._opening is not None:
            self._opening.join(_CLOSING_PATIENCE_S)
        with self._handing_over:
            self._is_closed = True
            device, self._device = self._device, None
        if device is None:
            return
        closing = threading.Thread(target=close, args=(device,), name="close sound device", daemon=True)
        closing.start()
        closing.join(_CLOSING_PATIENCE_S)

    def wake(self) -> None:
        self._queue.wake()

    def cut(self) -> NDArray[np.int16]:
        return self._queue.cut()

    @property
    def position_frames(self) -> int:
        return self._queue.taken_frames

    def _pull(self, blocks: Iterator[Block]) -> Block | None:
        while not self._queue.wait_for_room(_LOOK_S):
            check_interrupt()
            self._check_alive()
        check_interrupt()
        return next(blocks, None)

    def _open(self) -> None:
        try:
            import miniaudio
        except (ImportError, OSError) as error:
            self._problem = f"miniaudio cannot be loaded: {error}"
            return
        try:
            with quiet_alsa():
                if lacks_loudspeaker():
                    self._problem = "the sound server has no loudspeaker"
                    return
                device = self._opened()
        except miniaudio.MiniaudioError as error:
            self._problem = f"miniaudio says: {error.args[0]}"
            return
        _LOG.info("opened %s", device.backend)
        if device.backend == "Null":  # what miniaudio falls back to: a device that nobody hears
            close(device)
            self._problem = "there is no sound system that answers"
            return
        with self._handing_over:
            if not self._is_closed:
                self._device = device
                return
        close(device)  # nobody waited for it

    def _opened(self) -> PlaybackDevice:
        if self._live and can_be_direct():
            device = open_default(_DIRECT_PERIOD_MS, _LIVE_PERIODS, direct=True)
            if device.backend == PULSEAUDIO:
                return device
            close(device)
        return open_default(self._period_ms, _LIVE_PERIODS if self._live else _USUAL_PERIODS, direct=False)

    def _start(self) -> None:
        if self._is_started or self._device is None:
            return
        import miniaudio

        frames = self._frames()
        next(frames)
        self._is_started = True
        try:
            self._device.start(frames)
        except miniaudio.MiniaudioError as error:
            raise DeviceError(NO_DEVICE.format(reason=f"miniaudio says: {error.args[0]}")) from error

    def _frames(self) -> Generator[bytearray, int]:
        """Return what miniaudio's callback asks: it sends a number of frames and gets them."""
        wanted = yield bytearray()
        while True:
            taken = self._queue.take(wanted)
            if self.on_taken is not None:
                self.on_taken(taken)
            wanted = yield taken

    def _check_alive(self) -> None:
        if not self._is_started:
            return
        has_played = self._queue.taken_frames > _PRIMED_PERIODS * self._period_ms * FRAMES_PER_MS
        quiet_s = self._stillness.look(self._queue.turns, time.monotonic())
        if quiet_s > (_PLAYING_PATIENCE_S if has_played else _WAKING_PATIENCE_S):
            raise DeviceError(LOST_DEVICE)
