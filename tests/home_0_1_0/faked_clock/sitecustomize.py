"""Mends how libfaketime 0.9.10 (Debian 12 and 13, Ubuntu 24.04) sleeps; Python imports it before all else.

Where it leaves the monotonic clock alone it still moves the moment until which ``clock_nanosleep`` sleeps, as
Python does since 3.11; ``select`` waits for a length of time, which it does not move. Mended in 0.9.11.
"""

from __future__ import annotations

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
