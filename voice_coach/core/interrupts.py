"""Ctrl-C where it does no harm.

Python raises KeyboardInterrupt between any two steps of the main thread: also where a lock of its own library
is taken and nobody knows it yet, so that another thread waits for it for ever, and in callbacks of C, which
drop it. So work that goes on in several threads holds it up, and ends at moments that are fit for it.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

_T = TypeVar("_T")

LOOK_S: Final = 0.1
"""Seconds that deferred work waits between one ``check_interrupt`` and the next."""


class _Wish:
    """State of Ctrl-C in this process.

    Attributes:
        held: how many blocks hold it up.
        waits: whether it has come and not been raised.
        has_come: whether it has come at all.
    """

    held = 0
    waits = False
    has_come = False


def reset() -> None:
    """A command begins: what was asked before is over."""
    _Wish.waits = _Wish.has_come = False


def request_interrupt() -> None:
    """Ctrl-C has come: raises it now, or at the next fit moment where it is held up; a second one now.

    Raises:
        KeyboardInterrupt: it is not held up, or comes again.
    """
    _Wish.waits = _Wish.held > 0 and not _Wish.has_come
    _Wish.has_come = True
    if not _Wish.waits:
        raise KeyboardInterrupt


@contextmanager
def defer_interrupt() -> Generator[None]:
    """Within it Ctrl-C is raised by ``check_interrupt`` only, or at its end; of no effect in other threads.

    That holds where the signal's handler calls ``request_interrupt``, as on the command line.

    Raises:
        KeyboardInterrupt: Ctrl-C has come meanwhile, whether or not something else went wrong.
    """
    if not _is_first_thread():
        yield
        return
    _Wish.held += 1
    try:
        yield
    except Exception:
        check_interrupt()  # what went wrong matters no more
        raise
    finally:
        _Wish.held -= 1
    check_interrupt()


def check_interrupt() -> None:
    """A moment that is fit for Ctrl-C; of no effect in other threads.

    Raises:
        KeyboardInterrupt: it has come.
    """
    if _Wish.waits and _is_first_thread():
        _Wish.waits = False
        raise KeyboardInterrupt


def get_or_interrupt(queue: SimpleQueue[_T]) -> _T:
    """The next of a queue, waited for; as long as there is none it is a moment that is fit for Ctrl-C.

    Raises:
        KeyboardInterrupt: it has come.
    """
    while queue.empty():
        check_interrupt()
        with suppress(Empty):
            return queue.get(timeout=LOOK_S)
    return queue.get()


def _is_first_thread() -> bool:
    """Return whether this is the thread in which Python handles signals."""
    return threading.current_thread() is threading.main_thread()
