"""Settings of this process for the command line, and how it ends.

Only for the command line; a program that uses voice_coach as a library decides for itself.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

from voice_coach.core.interrupts import request_interrupt, reset

if TYPE_CHECKING:
    from pathlib import Path

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Numbers of mallopt(3) in glibc's malloc.h."""

_KEPT_BYTES = 256 * 1024 * 1024

_LARGEST_ARRAY_BYTES = 32 * 1024 * 1024
"""The most that mallopt takes on 64 bits; no array of an ordinary session is larger."""


def set_up() -> None:
    """Set up memory, threads and garbage collection; where the system has no such setting, nothing."""
    # numpy would start a thread of linear algebra for each core, which doubles the time of its import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Hardly anything here makes rings of references; looking for them at every 700 objects, as Python does,
    # takes 15 ms of the imports alone.
    gc.set_threshold(10_000)
    atexit.register(gc.freeze)  # at its end Python looks at everything once more, which takes 20 ms
    if sys.platform == "linux":
        _keep_memory()


def _keep_memory() -> None:
    """Let the C library keep what arrays give back for the next ones.

    It would hand each large array back to the system at once, and getting zeroed pages for the next one takes
    longer than computing on them: a fifth of an export. The most that is in use at one time stays as it is.
    """
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # not glibc
        return
    mallopt(_M_ARENA_MAX, 1)
    mallopt(_M_MMAP_THRESHOLD, _LARGEST_ARRAY_BYTES)
    mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


_AGAIN_S = 0.02


def end_as_by_ctrl_c() -> None:
    """Handle every signal that ends this process as Ctrl-C, whenever it comes."""
    reset()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What ignores a signal, as under nohup, goes on ignoring it.
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)
            atexit.register(signal.signal, number, signal.SIG_IGN)  # Python would let it kill us at its end
    sys.unraisablehook = _unraisable


def forget_interrupted_text() -> None:
    """Let Python end with our exit code where Ctrl-C came while it ran a text.

    Dataclasses and named tuples run texts as they are imported. Python remembers that the last one was
    interrupted, though the interrupt has been caught, and would kill itself as by Ctrl-C at its end.
    """
    exec("")


def _end(_number: int, _frame: FrameType | None) -> None:
    request_interrupt()


def _unraisable(what: sys.UnraisableHookArgs) -> None:
    """A Ctrl-C that comes while a ``__del__`` or a callback of C runs is dropped; it has to come again."""
    if not issubclass(what.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(what)
        return
    from _thread import interrupt_main
    from threading import Timer

    again = Timer(_AGAIN_S, interrupt_main)  # here it would be dropped too
    again.daemon = True
    again.start()


_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)-7s %(threadName)s %(name)s: %(message)s"


def write_log(path: Path, verb: str) -> None:
    """Log everything from now on to a file, which replaces the log of the last command.

    A line never holds what the user wrote or said: no text of a script, no name of one of their files, no
    answer. So it can be sent with ``voice-coach doctor --report``.

    Args:
        path: the file; its folder is made.
        verb: the command that begins.

    Raises:
        OSError: the file cannot be written.
    """
    import logging

    from voice_coach import __version__

    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8", errors="replace")
    handler.setFormatter(logging.Formatter(_FORMAT, "%H:%M:%S"))
    logger = logging.getLogger("voice_coach")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.info("voice-coach %s %s", __version__, verb)


def log_failure(error: BaseException) -> None:
    """Log the type of what ends a command, and the lines of code that it came through."""
    import logging

    logger = logging.getLogger("voice_coach")
    if not logger.isEnabledFor(logging.DEBUG):
        return
    import traceback
    from pathlib import Path

    logger.error("%s", type(error).__name__)
    for frame in traceback.extract_tb(error.__traceback__):
        logger.error("  %s:%s %s", Path(frame.filename).name, frame.lineno, frame.name)
