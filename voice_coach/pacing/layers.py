"""Layers of pacing values, from the defaults to the command line, and the pace that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from voice_coach.core.errors import UsageError
from voice_coach.core.parameters import BUILT_IN as BUILT_IN
from voice_coach.core.parameters import GENERAL, General, Pace, Stretch, format_setting, pace_effect, within
from voice_coach.core.script import Guidance, Session, SessionEntry, Setting, Tunable

_RATE_SHARE = 0.3
"""Speech moves by this power of the tempo factor: at half speed to four fifths of its rate."""

_COARSE_FROM_MS, _COARSE_MS, _FINE_MS = 5_000, 1_000, 100
"""A time that is turned becomes a whole number of seconds, not 26.667 s; a short one, or part of a breath, of
tenths."""

CLEAR_WPM = (120, 180)
"""The tempo factor alone never makes speech slower or faster: so it stays clear
(docs/decisions/0001-voice.md)."""


def stretch_for_tempo(speed: float) -> Stretch:
    """Return what the tempo factor does to the times that are no parameters."""
    factor = 1 / speed
    return Stretch(pauses=factor, rests=factor, moves=factor, breath=factor)


def apply_tempo_factor(name: str, value: Setting, limits: Tunable | General, speed: float) -> Setting:
    """A parameter's value with the tempo factor at another value, never past its bounds."""
    if speed == 1:
        return value
    match pace_effect(name, limits.type):
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


SCRIPT = "script"
YOURS = "yours"
COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Layer:
    """Values from one place; a later layer wins over an earlier one.

    Attributes:
        name: the place, as people know it: ``session morning``, ``yours``, ``command line``.
        values: parameters by name; milliseconds, counts or patterns.
        guidance: how much is said.
        speed: the tempo factor, 1 as written, 0.5 half as fast; it turns the values of the layers before
            this one, while what this one and later ones set is meant as it is.
        stretch: for the times that are no parameters; those of all layers are multiplied.
    """

    name: str
    values: Mapping[str, Setting] = field(default_factory=dict[str, Setting])
    guidance: Guidance | None = None
    speed: float | None = None
    stretch: Stretch | None = None


LayersOf = Callable[[SessionEntry | None], Sequence[Layer]]
"""The layers of an entry, or (None) of the opening and closing."""


def saved_layers(session: Session | None, entry: SessionEntry | None, own: Sequence[Layer]) -> list[Layer]:
    """The layers that are written down, in their order: what a session sets, then what is the person's own.

    Args:
        session: the session, None for an exercise alone.
        entry: the exercise in it, None for its opening and closing.
        own: the person's own.
    """
    layers: list[Layer] = []
    if session is not None:
        layers.append(Layer(session_layer_name(session), session.settings))
        if entry is not None:
            layers.append(Layer(session_layer_name(session), entry.settings, entry.guidance))
    return [*layers, *own]


def session_layer_name(session: Session) -> str:
    """The name of the layers of a session."""
    return f"session {session.id}"


def no_layers(_entry: SessionEntry | None) -> Sequence[Layer]:
    """Return the layers of a user without values."""
    return ()


def effective_pace(tune: Mapping[str, Tunable], layers: Sequence[Layer]) -> Pace:
    """The pace of an exercise: its defaults, then each layer in order; the tempo factor where it was
    turned last.

    The tempo factor never moves a value past its bounds. A name that the exercise does not have is passed
    over, so that one layer can serve many exercises.

    Raises:
        UsageError: a value lies outside the bounds that the script or the built-in table sets.
    """
    values: dict[str, Setting] = {name: general.default for name, general in GENERAL.items()}
    origins = dict.fromkeys(values, BUILT_IN)
    guidance: Guidance = "full"
    origins["guidance"] = BUILT_IN
    stretch = Stretch()
    turned_at = max((place for place, layer in enumerate(layers) if layer.speed is not None), default=None)
    turned: dict[str, Setting] = {}  # values that the tempo factor changed, as they were before
    for name, tunable in tune.items():
        values[name] = tunable.default
        origins[name] = SCRIPT
    for place, layer in enumerate(layers):
        if place == turned_at and layer.speed is not None:
            origins["speed"] = layer.name
            stretch = stretch.combined_with(stretch_for_tempo(layer.speed))
            before = dict(values)
            for name, value in before.items():
                values[name] = apply_tempo_factor(name, value, tune.get(name) or GENERAL[name], layer.speed)
            turned = {name: value for name, value in before.items() if value != values[name]}
        for name, value in layer.values.items():
            if name in values:
                _check_bounds(name, value, tune)
                values[name] = value
                origins[name] = layer.name
                turned.pop(name, None)
        if layer.guidance:
            guidance = layer.guidance
            origins["guidance"] = layer.name
        if layer.stretch is not None:
            stretch = stretch.combined_with(layer.stretch)
    gap, rate = (values.pop(name) for name in ("gap", "rate"))
    if not isinstance(gap, int) or not isinstance(rate, int):
        raise TypeError("gap and rate are whole numbers")
    unslowed = turned.get("rate")
    return Pace(
        values=values,
        gap_ms=gap,
        rate_wpm=rate,
        guidance=guidance,
        origins=origins,
        stretch=stretch,
        turned=frozenset(turned),
        unslowed_wpm=unslowed if isinstance(unslowed, int) and unslowed > rate else None,
    )


def _check_bounds(name: str, value: Setting, tune: Mapping[str, Tunable]) -> None:
    limits = tune.get(name) or GENERAL[name]
    if not within(value, limits.minimum, limits.maximum):
        shown, low, high = (format_setting(v, limits.type) for v in (value, limits.minimum, limits.maximum))
        # An exercise's id is the name of its file.
        whose = f" for {PurePath(limits.where.file).stem}" if isinstance(limits, Tunable) else ""
        raise UsageError(
            f"{name} {shown} is outside its bounds{whose}, {low} to {high}. Choose a value between them."
        )


def tempo_factor_of(layers: Sequence[Layer]) -> float:
    """Return where the tempo factor stands: the last layer that turns it decides."""
    return next((layer.speed for layer in reversed(layers) if layer.speed is not None), 1.0)
