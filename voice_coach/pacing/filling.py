"""The last step of a fit: the times between are shortened or lengthened until a length is met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_coach.model.units import MS_PER_SECOND
from voice_coach.pacing.slack import BETWEEN, LADDER, Slack

TOLERANCE_MS = MS_PER_SECOND
"""A session that ends within this of the target fits."""

_CLOSE_MS = 100
"""Near enough to look no further."""

_MOST_TRIES = 24

LengthOf = Callable[[Slack], int]
"""The measured length in milliseconds; it should remember what it was asked before."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The slack that comes nearest to the target, and the ones around it: not too long, and too long."""

    best: Slack
    short: Slack
    long: Slack


def fill(length_ms: LengthOf, target_ms: int) -> Filled:
    """The slack with which the length comes nearest to a target: pauses are first to go and last to grow."""

    def miss(slack: Slack) -> int:
        return abs(length_ms(slack) - target_ms)

    low, high = 0, len(LADDER) - 1
    for end in (low, high):
        outside = target_ms - length_ms(LADDER[end])
        if outside <= 0 if end == low else outside >= 0:
            return Filled(LADDER[end], LADDER[end], LADDER[end])
    while high - low > 1:
        middle = (low + high) // 2
        if length_ms(LADDER[middle]) <= target_ms:
            low = middle
        else:
            high = middle
    filled = _between(length_ms, target_ms, LADDER[low], LADDER[high])
    if miss(filled.best) <= TOLERANCE_MS:
        return filled
    # A spoken time makes the length jump over the target: moving one of the others may meet it.
    best = filled.best
    for start, far in ((filled.short, 1.0), (filled.long, -1.0)):
        for name in BETWEEN:
            ends = sorted((start, start.at(name, far)), key=length_ms)
            if length_ms(ends[0]) <= target_ms <= length_ms(ends[1]):
                best = min(best, _between(length_ms, target_ms, *ends).best, key=miss)
            if miss(best) <= TOLERANCE_MS:
                break
    return Filled(best, filled.short, filled.long)


def _between(length_ms: LengthOf, target_ms: int, short: Slack, long: Slack) -> Filled:
    """The nearest between one that is not too long and one that is.

    A straight line from one to the other comes very near at once; where words change with the times that
    are spoken, halving takes its turn.
    """
    low, high = 0.0, 1.0
    best = min(short, long, key=lambda slack: abs(length_ms(slack) - target_ms))
    for number in range(_MOST_TRIES):
        if abs(length_ms(best) - target_ms) <= _CLOSE_MS:
            break
        below, above = (length_ms(short.towards(long, place)) for place in (low, high))
        share = (target_ms - below) / (above - below) if number % 3 < 2 and above > below else 0.5
        place = low + (high - low) * min(max(share, 0.01), 0.99)
        tried = short.towards(long, place)
        best = min(best, tried, key=lambda slack: abs(length_ms(slack) - target_ms))
        if length_ms(tried) <= target_ms:
            low = place
        else:
            high = place
    return Filled(best, short.towards(long, low), short.towards(long, high))
