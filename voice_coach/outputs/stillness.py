"""For how long something has not moved while somebody looked."""

from __future__ import annotations


class Stillness:
    """How long a count has stood still, as far as it was looked at.

    Time in which nobody looked does not count in full: a process that was stopped (Ctrl-Z), a machine that
    slept, a block that took long to make say nothing about the device.

    Args:
        longest_s: how much of the time between two looks counts at most.
    """

    def __init__(self, longest_s: float) -> None:
        self._longest_s = longest_s
        self._count = -1
        self._looked_s = 0.0
        self._still_s = 0.0

    def look(self, count: int, now_s: float) -> float:
        """Seconds for which the count has been this one; 0 when it is a new one."""
        elapsed_s = min(now_s - self._looked_s, self._longest_s)
        self._still_s = self._still_s + elapsed_s if count == self._count else 0.0
        self._count, self._looked_s = count, now_s
        return self._still_s
