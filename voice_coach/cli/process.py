"""Sets this process up for what it does: large arrays made and dropped at a fast pace, by two threads.

Only for the command line; a program that uses voice_coach as a library decides for itself.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Numbers of mallopt(3) in glibc's malloc.h."""

_KEPT_BYTES = 256 * 1024 * 1024

_LARGEST_ARRAY_BYTES = 32 * 1024 * 1024
"""The most that mallopt takes on 64 bits; no array of an ordinary session is larger."""


def set_up() -> None:
    """Sets up memory, threads and garbage collection; where the system has no such setting, nothing."""
    # numpy would start a thread of linear algebra for each core, which doubles the time of its import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Hardly anything here makes rings of references; looking for them at every 700 objects, as Python does,
    # takes 15 ms of the imports alone.
    gc.set_threshold(10_000)
    atexit.register(gc.freeze)  # at its end Python looks at everything once more, which takes 20 ms
    if sys.platform == "linux":
        _keep_memory()


def _keep_memory() -> None:
    """Lets the C library keep what arrays give back for the next ones.

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
