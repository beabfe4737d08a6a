"""The microphone through miniaudio, and its samples brought to 16 000 Hz."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from voice_coach.core.errors import CoachError
from voice_coach.devices.miniaudio import PULSEAUDIO, close, quiet_alsa, released_on_failure
from voice_coach.voice_input.recognizer import RATE_HZ

if TYPE_CHECKING:
    from miniaudio import CaptureDevice
    from numpy.typing import NDArray

NO_MICROPHONE: Final = (
    "No microphone was found ({reason}). Plug one in or switch it on, and look whether other programs can "
    "record."
)
REFUSED_MICROPHONE: Final = (
    "This program may not use the microphone. Allow it where the system keeps such permissions (macOS and "
    "Windows: Privacy, Microphone), for the terminal too."
)
LOST_MICROPHONE: Final = "The microphone was lost. Plug it in or switch it on again."

_PERIOD_MS = 20
_MOST_WAITING = 250
"""Number of pieces that may wait to be read, 5 s of sound; after that the newest are dropped."""

_WAKING_PATIENCE_S = 5.0
_LOST_AFTER_S = 1.0
"""A microphone that has given sound and gives none for so long is lost."""
_CLOSING_PATIENCE_S = 1.0

_SOURCE = "PULSE_SOURCE"
"""The variable by which people name a source to PulseAudio and PipeWire; their library reads it itself."""
_MONITOR = ".monitor"
"""End of the name of a monitor: the sound of a loudspeaker, offered as if it were a microphone."""
_USUAL = "@DEFAULT_SOURCE@"
"""Name of the default device at this moment."""


class MicrophoneError(CoachError):
    """There is no microphone, it may not be used, or it was lost; the text says what to do."""


class Microphone:
    """The system's default microphone: 16-bit mono at 16 000 Hz. Used by one thread."""

    def __init__(self) -> None:
        self._device: CaptureDevice | None = None
        self._pieces: queue.SimpleQueue[bytearray] = queue.SimpleQueue()
        self._quiet_since_s = 0.0
        self._has_heard = False
        self.dropped = 0
        """Number of pieces of 20 ms that were dropped, as none was read for seconds."""

    def open(self) -> None:
        """Begin to listen; may take some tenths of a second.

        Raises:
            MicrophoneError: there is none, or it may not be used.
        """
        try:
            import miniaudio
        except (ImportError, OSError) as error:
            raise MicrophoneError(
                NO_MICROPHONE.format(reason=f"miniaudio cannot be loaded: {error}")
            ) from error
        with quiet_alsa():
            try:
                if why := _lacking():
                    raise MicrophoneError(NO_MICROPHONE.format(reason=why))
                device = _opened(os.environ.get(_SOURCE) or _USUAL)
            except miniaudio.MiniaudioError as error:
                raise refusal(error) from error
            if device.backend == "Null":  # what miniaudio falls back to: it hears nothing
                close(device)
                raise MicrophoneError(NO_MICROPHONE.format(reason="there is no sound system that answers"))
            self._device = device
            self._pieces = queue.SimpleQueue()
            self._has_heard, self._quiet_since_s = False, time.monotonic()
            keeping = self._keep()
            next(keeping)
            try:
                device.start(keeping)
            except miniaudio.MiniaudioError as error:
                self.close()
                raise refusal(error) from error

    def read(self, timeout_s: float) -> NDArray[np.int16]:
        """Return what was heard since the last call, shape (frames,); waits for something for so long at
        most.

        Raises:
            MicrophoneError: it is lost: it gave nothing for a second. Close it, and open it again later.
        """
        pieces: list[bytearray] = []
        try:
            pieces.append(self._pieces.get(timeout=timeout_s))
            while True:
                pieces.append(self._pieces.get_nowait())
        except queue.Empty:
            pass
        now_s = time.monotonic()
        if pieces:
            self._has_heard, self._quiet_since_s = True, now_s
        elif now_s - self._quiet_since_s > (_LOST_AFTER_S if self._has_heard else _WAKING_PATIENCE_S):
            raise MicrophoneError(LOST_MICROPHONE)
        return np.frombuffer(b"".join(pieces), np.int16)

    def close(self) -> None:
        """Let go of it; may be called again. One whose sound system hangs is left behind after a second."""
        device, self._device = self._device, None
        if device is None:
            return
        closing = threading.Thread(target=close, args=(device,), name="close microphone", daemon=True)
        closing.start()
        closing.join(_CLOSING_PATIENCE_S)

    def _keep(self) -> Generator[None, bytearray]:
        """Return the callback that miniaudio sends its sound to."""
        pieces = self._pieces
        while True:
            piece = yield
            if pieces.qsize() < _MOST_WAITING:
                pieces.put(piece)
            else:
                self.dropped += 1


def _lacking() -> str:
    """Why there is no microphone, as far as that can be known without opening one, or "".

    A sound server without one offers what its loudspeaker plays. That is no microphone, unless it was named.
    Opening a device that is not there would also keep five file descriptors each time (miniaudio 0.11.25).
    """
    import miniaudio

    devices = miniaudio.Devices()
    if devices.backend != PULSEAUDIO:
        return ""
    names = [
        miniaudio.ffi.string(_as_text(each["id"])).decode(errors="replace") for each in devices.get_captures()
    ]
    if named := os.environ.get(_SOURCE):
        return (
            ""
            if named in names or named.startswith("@")
            else f"{_SOURCE} names {named!r}, which is not there"
        )
    return "" if any(not name.endswith(_MONITOR) for name in names) else "the sound server has none"


def _as_text(identifier: object) -> object:
    """The identifier of a device of PulseAudio, which is a name."""
    import miniaudio

    return miniaudio.ffi.cast("char *", identifier)


def _opened(pulseaudio_name: str) -> CaptureDevice:
    """The default device, not yet started; one that cannot be opened leaves nothing behind.

    Args:
        pulseaudio_name: what PulseAudio calls it. One that was opened by name is lost when it is unplugged;
            otherwise the server would go on with another one, or with what its loudspeaker plays.

    Raises:
        miniaudio.MiniaudioError: it cannot be opened.
    """
    import miniaudio

    contexts: list[object] = []
    identifier = miniaudio.ffi.new("ma_device_id *")
    name = pulseaudio_name.encode()[: miniaudio.ffi.sizeof("ma_device_id") - 1]
    miniaudio.ffi.memmove(identifier, name, len(name))

    class NamedCaptureDevice(miniaudio.CaptureDevice):
        def _make_context(self, *arguments: object, **more: object) -> object:
            context: Any = super()._make_context(*arguments, **more)
            contexts.append(context)
            if context.backend == miniaudio.lib.ma_backend_pulseaudio:
                config: Any = self._devconfig
                config.capture.pDeviceID = identifier
            return context

    with released_on_failure(contexts):
        return NamedCaptureDevice(
            input_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=RATE_HZ,
            buffersize_msec=_PERIOD_MS,
            app_name="voice_coach",
        )


def refusal(error: Exception) -> MicrophoneError:
    """Return what miniaudio's error means to a person."""
    import miniaudio

    reason, *code = error.args
    if code and code[0] == miniaudio.lib.MA_ACCESS_DENIED:
        return MicrophoneError(REFUSED_MICROPHONE)
    return MicrophoneError(NO_MICROPHONE.format(reason=f"miniaudio says: {reason}"))


_FULL_SCALE: Final = np.float32(32_768)


def floats(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Samples as floats, shape as given."""
    return samples.astype(np.float32) / _FULL_SCALE


def pcm(sound: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return floats as samples, shape as given; what is too loud is clipped."""
    return (np.clip(sound, -1, 1) * (_FULL_SCALE - 1)).astype(np.int16)
