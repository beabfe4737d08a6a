"""What voice_coach uses of miniaudio, which brings no types."""

from collections.abc import Generator
from enum import Enum

class MiniaudioError(Exception): ...

class SampleFormat(Enum):
    SIGNED16 = ...

class ThreadPriority(Enum):
    REALTIME = ...

class PlaybackDevice:
    backend: str
    running: bool
    _context: object

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
    def close(self) -> None: ...

class _Library:
    def ma_context_uninit(self, context: object, /) -> int: ...

lib: _Library
