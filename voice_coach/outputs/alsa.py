"""ALSA's own messages: a page of them where there is no sound card, of which we say it in a sentence."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator


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
