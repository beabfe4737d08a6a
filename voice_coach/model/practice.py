"""What is known of an exercise's past. Times are milliseconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from voice_coach.model.script import Guidance

AUTO: Final = "auto"
GuidanceWish = Guidance | Literal["auto"]
"""How much is said, or ``auto``: fewer words, the better an exercise is known."""

PAIN_SCALE = (0, 10)
"""Pain as it is asked for: 0 is none, 10 the worst there can be (medicine's numeric rating scale)."""


@dataclass(frozen=True, slots=True)
class Practice:
    """An exercise's past.

    Attributes:
        completed_ms: when it was completed, in order; several times in one playing of a session count once.
        pain_ms: when pain was last reported for it, or None.
    """

    completed_ms: tuple[int, ...] = ()
    pain_ms: int | None = None
