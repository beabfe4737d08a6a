"""A process that plays has its turn before others: each of its threads, as far as the system allows."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

PLAYING_NICE = -11
"""Niceness that PulseAudio takes for itself. It is asked of the system for each thread (``nice(1)``)."""

_USUAL_NICE = 0


def prefer() -> list[int]:
    """Have every thread of this process, and those that they start, run before other programs.

    One thread alone cannot be preferred: the one that hands sound to the device needs the interpreter for a
    moment, and waits for whichever thread holds it while other programs have that one's turn.

    Nothing happens where it is not allowed, which is usual for an ordinary user, on other systems than Linux,
    or where somebody has chosen a priority for this process.

    Returns:
        the threads for which it is so now, for ``prefer_no_more``.
    """
    if sys.platform != "linux":
        return []
    import os

    preferred: list[int] = []
    for thread in threading.enumerate():
        identity = thread.native_id
        try:
            if identity is None or os.getpriority(os.PRIO_PROCESS, identity) != _USUAL_NICE:
                continue
        except ProcessLookupError:  # it has ended
            continue
        for nice in _allowed():
            try:
                os.setpriority(os.PRIO_PROCESS, identity, nice)
            except (PermissionError, ProcessLookupError):
                continue
            preferred.append(identity)
            break
    return preferred


def prefer_no_more(threads: list[int]) -> None:
    """Have threads run as often as those of other programs again; which is always allowed."""
    if sys.platform != "linux":
        return
    import os

    alive = {thread.native_id for thread in threading.enumerate()}
    for identity in threads:
        if identity in alive:
            os.setpriority(os.PRIO_PROCESS, identity, _USUAL_NICE)


def _allowed() -> Iterator[int]:
    """Return what may be asked for: all of it, or as much of it as the limits of this user leave."""
    yield PLAYING_NICE
    if sys.platform == "linux":
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_NICE)
        if 0 > 20 - limit > PLAYING_NICE:
            yield 20 - limit
