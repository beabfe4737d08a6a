"""A ladder that a fit climbs: what it changes one step at a time, from where nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

Change = TypeVar("Change")


class Ladder(Generic[Change]):
    """Changes that make a session shorter, and others that make it longer; step 0 is none of them.

    Args:
        down: what is changed at each step below 0, the first step first.
        up: likewise above 0.
    """

    def __init__(self, down: Sequence[Change], up: Sequence[Change]) -> None:
        self._down = down
        self._up = up

    @property
    def lowest(self) -> int:
        """The lowest step, at which all that can be is taken away."""
        return -len(self._down)

    @property
    def highest(self) -> int:
        """The highest step, at which all that can be is there."""
        return len(self._up)

    def taken(self, step: int) -> Sequence[Change]:
        """The changes on the way from 0 to a step, the first first."""
        return self._down[:-step] if step < 0 else self._up[:step]
