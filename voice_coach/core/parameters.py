"""The table of parameters: what may be tuned, in which unit, within which bounds, and the pace it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from voice_coach.core.script import Guidance, ParameterType, Setting, Tunable
from voice_coach.core.units import (
    DURATION_EXPECTED,
    LONGEST_MS,
    LONGEST_PART_MS,
    MS_PER_HOUR,
    MS_PER_MINUTE,
    USUAL_BREATH,
    TooLong,
    format_duration,
    format_pattern,
    parse_breaths_per_minute,
    parse_duration,
    parse_pattern,
)

MAX_COUNT = 1_000

EXPECTED: dict[ParameterType, str] = {
    "duration": DURATION_EXPECTED,
    "count": f"a whole number from 1 to {MAX_COUNT}",
    "breath": "a breath such as 4-0-6-0 (inhale, top, exhale, bottom) or 6 per minute",
    "tempo": "a tempo such as 3-1-1, seconds for each part of a rep",
}

WIDEST: dict[ParameterType, tuple[int, int]] = {
    "duration": (0, LONGEST_MS),
    "count": (1, MAX_COUNT),
    "breath": (0, LONGEST_PART_MS),
    "tempo": (0, LONGEST_PART_MS),
}
"""The bounds that nothing may leave, inclusive; of a breath or tempo those of each part."""

_MONTH = r"(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*"
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?|\d{1,2}-\d{1,2}-\d{4}|\d{1,2}([./])\d{1,2}\1(?:\d{4}|\d\d)?"
    rf"|\d{{1,2}}[-. ]+{_MONTH}(?:[-. ]+\d{{2,4}})?|{_MONTH}[-. ]+\d{{1,4}}",
    re.IGNORECASE,
)
"""Text that spreadsheets make of 3-1-1 or 3-1, in some of their languages."""


UnderPace = Literal["stretches", "stays", "gently"]
"""Effect of the tempo factor, ``--pace``, on a parameter: counts and holds stay, the times between are
stretched."""

UnderFit = Literal["pauses", "rests", "moves", "counts", "stays"]
"""With what ``--fit`` moves a parameter, within its bounds; holds, tempo and breath stay."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name that scripts may use in ``tune`` without saying its type.

    Attributes:
        most: the most that it may be where a script says no ``max`` (our choice), as in ``WIDEST``.
    """

    type: ParameterType
    doc: str
    most: int
    under_pace: UnderPace = "stays"
    under_fit: UnderFit = "stays"


PARAMETERS: dict[str, Parameter] = {
    "reps": Parameter("count", "how many times, on each side where there are sides", 200, under_fit="counts"),
    "sets": Parameter("count", "how many sets", 20, under_fit="counts"),
    "rounds": Parameter("count", "how many rounds", 100, under_fit="counts"),
    "cycles": Parameter("count", "how many breaths", 500, under_fit="counts"),
    "hold": Parameter("duration", "how long to stay", 30 * MS_PER_MINUTE),
    "work": Parameter("duration", "how long to work in an interval", MS_PER_HOUR),
    "rest": Parameter("duration", "how long to rest in between", 30 * MS_PER_MINUTE, "stretches", "rests"),
    "pause": Parameter("duration", "how long to pause", 10 * MS_PER_MINUTE, "stretches", "pauses"),
    "change": Parameter("duration", "how long to change sides", 5 * MS_PER_MINUTE, "stretches", "moves"),
    "breath": Parameter(
        "breath", "seconds to inhale, hold in, exhale, hold out", LONGEST_PART_MS, "stretches"
    ),
    "tempo": Parameter("tempo", "seconds for each part of a rep", LONGEST_PART_MS),
}

_MOST_OF_OTHERS: dict[ParameterType, int] = {
    "duration": MS_PER_HOUR,
    "count": MAX_COUNT,
    "breath": LONGEST_PART_MS,
    "tempo": LONGEST_PART_MS,
}
"""The same for a name that an author made."""


@dataclass(frozen=True, slots=True)
class General:
    """A parameter that every exercise has; bounds inclusive."""

    type: ParameterType
    doc: str
    default: int
    minimum: int
    maximum: int
    under_pace: UnderPace


GENERAL: dict[str, General] = {
    "gap": General("duration", "silence after each prompt", 900, 0, 10_000, "stretches"),
    "rate": General("count", "speech in words per minute", 150, 90, 260, "gently"),
}


def usual_bounds(name: str, type_: ParameterType) -> tuple[int, int]:
    """Return the bounds of a parameter for which a script says none; of a pattern those of each part."""
    known = PARAMETERS.get(name)
    most = known.most if known and known.type == type_ else _MOST_OF_OTHERS[type_]
    return WIDEST[type_][0], most


def who_sets(limits: Tunable | General) -> str:
    """Return where the bounds of a parameter come from, for a user who went past them."""
    if isinstance(limits, General):
        return limits.doc
    if limits.maximum == usual_bounds(limits.name, limits.type)[1]:
        return f"a max: in {limits.where} may allow more"
    return f"{limits.where} sets them"


def pace_effect(name: str, type_: ParameterType) -> UnderPace:
    """Return what the tempo factor does to a parameter; one that an author named moves only if it is a
    breath."""
    if name in GENERAL:
        return GENERAL[name].under_pace
    if name in PARAMETERS:
        return PARAMETERS[name].under_pace
    return "stretches" if type_ == "breath" else "stays"


def fit_effect(name: str) -> UnderFit:
    """Return the effect of ``--fit`` on a parameter; one that an author named stays, as its purpose is not
    known."""
    return PARAMETERS[name].under_fit if name in PARAMETERS else "stays"


def parse_setting(text: str, type_: ParameterType, like: tuple[int, ...] = USUAL_BREATH) -> Setting:
    """The value of a parameter of a type, from text.

    Args:
        text: as people write it.
        type_: the type.
        like: how the length of a breath that is written as so many per minute is shared out.

    Raises:
        ValueError: the text is not a value of that type; the message says what was expected.
    """
    if type_ == "duration":
        return parse_duration(text)
    if type_ == "count":
        if not re.fullmatch(r"\d{1,9}", text) or not 1 <= int(text) <= MAX_COUNT:
            raise ValueError(f"{text!r} is not {EXPECTED['count']}")
        return int(text)
    if type_ == "breath" and "min" in text:
        return parse_breaths_per_minute(text, like)
    pattern = parse_pattern(text)
    if type_ == "breath" and len(pattern) != 4:
        raise ValueError(f"{text!r} is not {EXPECTED['breath']}")
    return pattern


def refusal(text: str, type_: ParameterType, error: ValueError) -> tuple[str, str]:
    """Return why ``parse_setting`` took no value from a text, to go on after it, and what to do, or ""."""
    why = error.message if isinstance(error, TooLong) else f"is not {EXPECTED[type_]}"
    example = {"breath": "4-0-6-0", "tempo": "3-1-1"}.get(type_)
    if _DATE.fullmatch(text.strip()):
        made = f"made of a value such as {example}" if example else "made"
        in_table = "in a table, format its cells as text first"
        return why, f"it looks like a date that a spreadsheet {made}: write it again; {in_table}"
    if isinstance(error, TooLong) and example:
        return why, f"write the seconds of each part: {example}"
    return why, ""


def parse_within(text: str, limits: Tunable | General) -> Setting:
    """The value of this parameter, from text; it may still be out of bounds.

    Raises:
        ValueError: as ``parse_setting``.
    """
    like = limits.default if isinstance(limits.default, tuple) else USUAL_BREATH
    return parse_setting(text, limits.type, like)


def format_setting(value: Setting, type_: ParameterType) -> str:
    """A value as it is written in a script."""
    if isinstance(value, tuple):
        return format_pattern(value)
    return format_duration(value) if type_ == "duration" else str(value)


def within(value: Setting, minimum: Setting, maximum: Setting) -> bool:
    """Return whether a value lies inside its bounds, inclusive; patterns part by part, with as many parts."""
    if isinstance(value, int):
        return isinstance(minimum, int) and isinstance(maximum, int) and minimum <= value <= maximum
    return (
        isinstance(minimum, tuple)
        and isinstance(maximum, tuple)
        and len(value) == len(minimum) == len(maximum)
        and all(low <= part <= high for low, part, high in zip(minimum, value, maximum, strict=True))
    )


SLOWEST, FASTEST = 0.5, 1.5

TEMPO_FACTORS = {"calm": 0.75, "normal": 1.0, "brisk": 1.25}
"""Names for positions of the tempo factor."""

PACE_EXPECTED = f"{', '.join(TEMPO_FACTORS)}, or a number from {SLOWEST} to {FASTEST}"


def parse_pace(text: str) -> float:
    """The position of the tempo factor: ``calm``, ``normal``, ``brisk``, or a number such as ``0.8``.

    Raises:
        ValueError: it is neither; the message says what was expected.
    """
    if text in TEMPO_FACTORS:
        return TEMPO_FACTORS[text]
    try:
        speed = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not {PACE_EXPECTED}") from None
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"{text!r} is not {PACE_EXPECTED}")
    return speed


def format_pace(speed: float) -> str:
    """The way to write a position: its name if it has one."""
    return next((name for name, each in TEMPO_FACTORS.items() if each == speed), f"{speed:g}")


STEP_DB: Final = 3.0
QUIETEST_DB: Final = -24.0
LOUDEST_DB: Final = 12.0

STEP_PERCENT: Final = 10
FULL_PERCENT: Final = 100
SLOWEST_PERCENT: Final = 50
FASTEST_PERCENT: Final = 150


BUILT_IN = "built-in"
"""Name of the layer with the defaults."""

FADED = "what you know"
"""The name of the layer that guidance ``auto`` comes from."""

Stretched = Literal["pauses", "rests", "moves", "breath"]
"""Kind of a time that is no parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Factors for the times that are no parameters, by their kind.

    Attributes:
        pauses: silences written in scripts (``pause``, ``wait``, ``then``).
        rests: rests written with a time of their own.
        moves: the time to get from one position to another, and from one side to the other.
        breath: breaths written as a pattern.
    """

    pauses: float = 1.0
    rests: float = 1.0
    moves: float = 1.0
    breath: float = 1.0

    def factor_of(self, kind: Stretched) -> float:
        """By how much the times of a kind are multiplied."""
        return float(getattr(self, kind))

    def combined_with(self, other: Stretch) -> Stretch:
        """Both, one after the other."""
        return Stretch(
            pauses=self.pauses * other.pauses,
            rests=self.rests * other.rests,
            moves=self.moves * other.moves,
            breath=self.breath * other.breath,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Pacing of one exercise, as the compiler needs it.

    Attributes:
        values: each of the exercise's parameters by name; milliseconds, counts or patterns.
        gap_ms: silence after each prompt.
        rate_wpm: speech rate in words per minute.
        unslowed_wpm: the rate before the tempo factor slowed it: where slow words would not fit, they are
            said so.
        guidance: how much is said.
        origins: the layer each value came from, such as ``script`` or ``command line``.
        stretch: for the times that are written in the script and are no parameters.
        turned: the names of the values that the tempo factor has changed.
    """

    values: Mapping[str, Setting]
    gap_ms: int
    rate_wpm: int
    guidance: Guidance
    origins: Mapping[str, str]
    stretch: Stretch = Stretch()
    turned: frozenset[str] = frozenset()
    unslowed_wpm: int | None = None

    def origin(self, name: str) -> str:
        """Return where a value comes from, for people, and whether the tempo factor changed it."""
        knob = f", then pace from {self.origins['speed']}" if name in self.turned else ""
        return f"{self.origins[name]}{knob}"
