"""Durations and patterns as people write them, turned into integer milliseconds."""

from __future__ import annotations

import re
from itertools import pairwise

MS_PER_SECOND = 1000
MS_PER_MINUTE = 60 * MS_PER_SECOND
MS_PER_HOUR = 60 * MS_PER_MINUTE
LONGEST_MS = 24 * MS_PER_HOUR
LONGEST_PART_MS = MS_PER_MINUTE
"""The most of one part of a breath or tempo: more is a slip, or a date that a spreadsheet made of 3-1-1."""

SAMPLE_RATE_HZ = 48_000
FRAMES_PER_MS = SAMPLE_RATE_HZ // MS_PER_SECOND

DURATION_EXPECTED = "a duration such as 45s, 1m30s, 1:30, 5.5s or 90"
PATTERN_EXPECTED = "seconds joined by dashes, such as 4-0-6-0 or 3-1-1"

BREATHS_EXPECTED = "breaths per minute, such as 6 per minute"

USUAL_BREATH = (4_000, 0, 6_000, 0)
"""Shares of the phases of a breath whose length alone is given: as in 4-0-6-0."""

LONGEST_WRITTEN = 60
"""Characters of a written duration; matching a hostile one of any length would take for ever."""

_NUMBER = r"\d{1,7}(?:\.\d{1,3})?"
_PLAIN = re.compile(rf"({_NUMBER})")
_UNITS = re.compile(
    rf"(?:({_NUMBER})\s*h(?:ours?)?)?\s*(?:({_NUMBER})\s*m(?:in(?:ute)?s?)?)?\s*"
    rf"(?:({_NUMBER})\s*s(?:ec(?:ond)?s?)?)?\s*(?:(\d{{1,9}})\s*ms)?"
)
_PER_MINUTE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*(?:per\s+min(?:ute)?|/\s*min(?:ute)?)")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d{1,3})?)")


class TooLong(ValueError):
    """A value that can be read, and lasts longer than it can be meant to.

    Attributes:
        message: what it is and may be, to go on after the value.
    """

    def __init__(self, text: str, message: str) -> None:
        self.message = message
        super().__init__(f"{text!r} {message}")


def parse_duration(text: str) -> int:
    """Milliseconds of a written duration: ``45s``, ``1m30s``, ``1:30``, ``0:45``, ``5.5s``, ``90``.

    A bare number is seconds. The longest is 24 hours.

    Raises:
        ValueError: the text is not a duration; the message says what was expected.
        TooLong: it is longer than that.
    """
    written = text.strip()
    if len(written) > LONGEST_WRITTEN:
        raise ValueError(f"{text[:LONGEST_WRITTEN]!r}… is not {DURATION_EXPECTED}")
    if plain := _PLAIN.fullmatch(written):
        total = _ms(plain[1], MS_PER_SECOND)
    elif clock := _CLOCK.fullmatch(written):
        hours, minutes, seconds = clock.groups()
        if float(seconds) >= 60 or (hours and int(minutes) >= 60):
            raise ValueError(f"{text!r} is not a time: after a colon come 00 to 59")
        total = _ms(hours, MS_PER_HOUR) + _ms(minutes, MS_PER_MINUTE) + _ms(seconds, MS_PER_SECOND)
    elif written and (units := _UNITS.fullmatch(written)):
        scales = (MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND, 1)
        total = sum(_ms(part, scale) for part, scale in zip(units.groups(), scales, strict=True))
    else:
        raise ValueError(f"{text!r} is not {DURATION_EXPECTED}")
    if total > LONGEST_MS:
        raise TooLong(text, "is longer than 24 hours")
    return total


def parse_pattern(text: str) -> tuple[int, ...]:
    """Milliseconds of each part of a breath or tempo: ``4-0-6-0``, ``3-1-1``, ``2.5-0-5-0``.

    Raises:
        ValueError: the text is not two to eight durations in seconds joined by dashes.
        TooLong: a part is longer than a minute.
    """
    parts = [part.strip() for part in text.strip().split("-")]
    if not 2 <= len(parts) <= 8 or not all(_PLAIN.fullmatch(part) for part in parts):
        raise ValueError(f"{text!r} is not {PATTERN_EXPECTED}")
    pattern = tuple(_ms(part, MS_PER_SECOND) for part in parts)
    if not any(pattern):
        raise ValueError(f"{text!r} must last longer than nothing")
    return _with_sane_parts(pattern, text)


def parse_breaths_per_minute(text: str, like: tuple[int, ...] = USUAL_BREATH) -> tuple[int, ...]:
    """Milliseconds of each part of a breath: ``6 per minute``, ``5.5/min``, shared out as in ``like``.

    The parts add up to the length of one breath, to the millisecond.

    Raises:
        ValueError: the text is not so many per minute.
        TooLong: a part of such a breath is longer than a minute.
    """
    written = _PER_MINUTE.fullmatch(text.strip()) if len(text) <= LONGEST_WRITTEN else None
    if not written:
        raise ValueError(f"{text[:LONGEST_WRITTEN]!r} is not {BREATHS_EXPECTED}")
    if not float(written[1]):
        raise ValueError(f"{text!r} must be more than none")
    whole = round(MS_PER_MINUTE / float(written[1]))
    ends = [round(whole * sum(like[:count]) / sum(like)) for count in range(len(like) + 1)]
    return _with_sane_parts(tuple(end - start for start, end in pairwise(ends)), text)


def format_duration(ms: int) -> str:
    """The shortest way to write it in a script: ``45s``, ``1m30s``, ``5.5s``, ``1h``."""
    hours, rest = divmod(ms, MS_PER_HOUR)
    minutes, rest = divmod(rest, MS_PER_MINUTE)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else ""]
    if rest or not (hours or minutes):
        parts.append(f"{_seconds(rest)}s")
    return "".join(parts)


def format_pattern(pattern: tuple[int, ...]) -> str:
    """The way to write a pattern in a script: ``4-0-6-0``."""
    return "-".join(_seconds(part) for part in pattern)


def format_clock(ms: int) -> str:
    """Minutes and seconds for the eye, rounded to the nearest second: ``1:05``, ``1:02:03``."""
    seconds = (ms + 500) // MS_PER_SECOND
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def format_timestamp(ms: int) -> str:
    """Return hours, minutes, seconds and milliseconds, as captions and chapters tell times:
    ``00:01:02.345``."""
    hours, minutes, seconds, rest = clock_parts(ms)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"


def clock_parts(ms: int) -> tuple[int, int, int, int]:
    """Return hours, minutes, seconds and milliseconds."""
    minutes, rest = divmod(ms, MS_PER_MINUTE)
    return (*divmod(minutes, 60), *divmod(rest, MS_PER_SECOND))


def _with_sane_parts(pattern: tuple[int, ...], text: str) -> tuple[int, ...]:
    """Return a pattern.

    Raises:
        TooLong: a part of it is longer than a minute.
    """
    if (longest := max(pattern)) > LONGEST_PART_MS:
        most = format_duration(LONGEST_PART_MS)
        raise TooLong(text, f"has a part of {format_duration(longest)}; each part may last {most} at most")
    return pattern


def _ms(number: str | None, scale: int) -> int:
    return round(float(number or 0) * scale)


def _seconds(ms: int) -> str:
    return f"{ms / MS_PER_SECOND:g}"
