"""Opens and closes devices of miniaudio, and makes up for what its Python side leaves out.

It reaches for names of miniaudio that are not documented; the tests of live devices tell when they change.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voice_coach.model.units import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from miniaudio import AbstractDevice, PlaybackDevice

PULSEAUDIO = "PulseAudio"
"""What miniaudio calls this backend."""

_LAYOUT = {"periods": 16, "dataCallback": 32}
"""Where ``ma_device_config`` of miniaudio 0.11 has the fields around the one that Python does not see."""
_FLAGS = slice(24, 28)
_NO_FIXED_SIZED_CALLBACK = slice(27, 28)


def can_be_direct() -> bool:
    """Whether this miniaudio is one that ``opened`` can make direct."""
    import miniaudio

    fields = dict(miniaudio.ffi.typeof("ma_device_config").fields)
    known = all(name in fields and fields[name].offset == offset for name, offset in _LAYOUT.items())
    return known and miniaudio.lib_version().startswith("0.11.")


def lacks_loudspeaker() -> bool:
    """Whether the sound server answers, and has nothing to play on; asking takes about 5 ms.

    Opening a device would fail and, in miniaudio 0.11.25, keep five file descriptors each time.
    """
    import miniaudio

    devices = miniaudio.Devices()
    return devices.backend == PULSEAUDIO and not devices.get_playbacks()


def opened(period_ms: int, periods: int, *, direct: bool) -> PlaybackDevice:
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

    class Device(miniaudio.PlaybackDevice):
        """``_make_context`` is called after its configuration is made, and before that is used."""

        def _make_context(self, *arguments: object, **more: object) -> object:
            if direct:
                config = miniaudio.ffi.buffer(miniaudio.ffi.addressof(self._devconfig))
                if not any(config[_FLAGS]):
                    config[_NO_FIXED_SIZED_CALLBACK] = b"\1"
            contexts.append(super()._make_context(*arguments, **more))
            return contexts[-1]

    with released_on_failure(contexts):
        return Device(
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
    """Lets go of what a device was given by miniaudio that could then not be opened."""
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
