"""One knob for everything: half as fast, brisk. What each parameter does under it stands in their table."""

from __future__ import annotations

from voice_coach.model.pace import Stretch
from voice_coach.model.script import Setting, Tunable
from voice_coach.model.settings import General, under_pace

_RATE_SHARE = 0.3
"""Speech moves by this power of the knob: at half speed to four fifths of its rate."""

_COARSE_FROM_MS, _COARSE_MS, _FINE_MS = 5_000, 1_000, 100
"""A time that is turned becomes a whole number of seconds, not 26.667 s; a short one, or part of a breath, of
tenths."""

CLEAR_WPM = (120, 180)
"""The knob alone never makes speech slower or faster: so it stays clear (docs/decisions/0001-voice.md)."""


def stretched_by(speed: float) -> Stretch:
    """What the knob does to the times that are no parameters."""
    factor = 1 / speed
    return Stretch(pauses=factor, rests=factor, moves=factor, breath=factor)


def at_speed(name: str, value: Setting, limits: Tunable | General, speed: float) -> Setting:
    """A parameter's value with the knob turned, never past its bounds."""
    if speed == 1:
        return value
    match under_pace(name, limits.type):
        case "stays":
            return value
        case "gently":
            return _rate(value, speed) if isinstance(value, int) else value
        case "stretches":
            return _stretched(value, limits, 1 / speed)


def _rate(rate_wpm: int, speed: float) -> int:
    slowest, fastest = CLEAR_WPM
    turned = round(rate_wpm * speed**_RATE_SHARE)
    return max(min(turned, max(fastest, rate_wpm)), min(slowest, rate_wpm))


def _stretched(value: Setting, limits: Tunable | General, factor: float) -> Setting:
    low, high = limits.minimum, limits.maximum
    if isinstance(value, int):
        lowest = low if isinstance(low, int) else value
        highest = high if isinstance(high, int) else value
        step = _COARSE_MS if value * factor >= _COARSE_FROM_MS else _FINE_MS
        return min(max(_rounded(value, factor, step), lowest), highest)
    lows = low if isinstance(low, tuple) else value
    highs = high if isinstance(high, tuple) else value
    return tuple(
        min(max(_rounded(part, factor, _FINE_MS), least), most)
        for part, least, most in zip(value, lows, highs, strict=True)
    )


def _rounded(value_ms: int, factor: float, step_ms: int) -> int:
    """A time stretched and rounded; rounding never makes what is slower shorter, or what is faster longer."""
    rounded = round(value_ms * factor / step_ms) * step_ms
    return max(rounded, value_ms) if factor > 1 else min(rounded, value_ms)
