"""What voice_coach uses of miniaudio, which brings no types."""

from array import array
from collections.abc import Generator
from enum import Enum

class MiniaudioError(Exception): ...

class SampleFormat(Enum):
    SIGNED16 = ...

class ThreadPriority(Enum):
    REALTIME = ...

class Devices:
    backend: str

    def get_playbacks(self) -> list[dict[str, object]]: ...
    def get_captures(self) -> list[dict[str, object]]: ...

class AbstractDevice:
    backend: str
    running: bool
    _context: object
    _devconfig: object

    def _make_context(self, *arguments: object, **more: object) -> object: ...
    def close(self) -> None: ...

class PlaybackDevice(AbstractDevice):
    def __init__(
        self,
        output_format: SampleFormat = ...,
        nchannels: int = ...,
        sample_rate: int = ...,
        buffersize_msec: int = ...,
        *,
        callback_periods: int = ...,
        thread_prio: ThreadPriority = ...,
        app_name: str = ...,
    ) -> None: ...
    def start(self, callback_generator: Generator[bytearray, int]) -> None: ...

class CaptureDevice(AbstractDevice):
    def __init__(
        self,
        input_format: SampleFormat = ...,
        nchannels: int = ...,
        sample_rate: int = ...,
        buffersize_msec: int = ...,
        *,
        callback_periods: int = ...,
        thread_prio: ThreadPriority = ...,
        app_name: str = ...,
    ) -> None: ...
    def start(self, callback_generator: Generator[None, bytearray]) -> None: ...

class _Library:
    MA_ACCESS_DENIED: int
    ma_backend_pulseaudio: int

    def ma_context_uninit(self, context: object, /) -> int: ...

lib: _Library

class _Field:
    offset: int

class _Type:
    fields: list[tuple[str, _Field]]

class _Foreign:
    def typeof(self, name: str, /) -> _Type: ...
    def addressof(self, thing: object, /) -> object: ...
    def buffer(self, thing: object, /) -> bytearray: ...
    def cast(self, name: str, thing: object, /) -> object: ...
    def string(self, thing: object, /) -> bytes: ...
    def new(self, name: str, /) -> object: ...
    def sizeof(self, name: str, /) -> int: ...
    def memmove(self, to: object, what: bytes, count: int, /) -> None: ...

ffi: _Foreign

def lib_version() -> str: ...

class DecodedSoundFile:
    samples: array[float]

def mp3_read_f32(data: bytes) -> DecodedSoundFile: ...
