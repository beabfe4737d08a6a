"""Guidance that fades: the better an exercise is known, the fewer words. A pure rule."""

from __future__ import annotations

from voice_coach.core.history import Practice
from voice_coach.core.parameters import FADED as FADED
from voice_coach.core.script import Guidance
from voice_coach.core.units import MS_PER_HOUR

# Our choice. Words matter most while a movement is new; later they hold it back, and who is told everything
# every time leans on being told. Three times in full is a first week with days off in between; five more with
# what matters most; then the names are enough. What must be heard every time, such as when to stop, has been
# marked `names` by its author, so it never fades.
FADES: tuple[tuple[int, Guidance], ...] = ((3, "full"), (5, "key"))
"""Number of completed times at each level; after them all, ``names``."""

AWAY_MS = 14 * 24 * MS_PER_HOUR
"""After so long without it an exercise is new again."""


def fade_guidance(practice: Practice, now_ms: int) -> Guidance:
    """Return how much of an exercise is said.

    Only what was completed since the last break of two weeks or more, and since the last report of pain,
    counts: with both the exercise begins anew. A clock that was set back makes no break.

    Args:
        practice: the exercise's past.
        now_ms: milliseconds since 1970, UTC.
    """
    times = _times_in_a_row(practice, now_ms)
    for many, guidance in FADES:
        if times < many:
            return guidance
        times -= many
    return "names"


def _times_in_a_row(practice: Practice, now_ms: int) -> int:
    times, after_ms = 0, now_ms
    for moment_ms in sorted(practice.completed_ms, reverse=True):
        is_old = practice.pain_ms is not None and moment_ms <= practice.pain_ms
        if after_ms - moment_ms >= AWAY_MS or is_old:
            break
        times, after_ms = times + 1, moment_ms
    return times
