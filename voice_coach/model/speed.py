"""The positions of the one knob, as people write them."""

from __future__ import annotations

SLOWEST, FASTEST = 0.5, 1.5

SPEEDS = {"calm": 0.75, "normal": 1.0, "brisk": 1.25}
"""Names for positions of the knob."""

PACE_EXPECTED = f"{', '.join(SPEEDS)}, or a number from {SLOWEST} to {FASTEST}"


def parse_pace(text: str) -> float:
    """The position of the knob: ``calm``, ``normal``, ``brisk``, or a number such as ``0.8``.

    Raises:
        ValueError: it is neither; the message says what was expected.
    """
    if text in SPEEDS:
        return SPEEDS[text]
    try:
        speed = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not {PACE_EXPECTED}") from None
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"{text!r} is not {PACE_EXPECTED}")
    return speed


def format_pace(speed: float) -> str:
    """The way to write a position: its name if it has one."""
    return next((name for name, each in SPEEDS.items() if each == speed), f"{speed:g}")
