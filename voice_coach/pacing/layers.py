"""Layers of wishes into one effective pace, with where each value came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from voice_coach.model.pace import BUILT_IN as BUILT_IN
from voice_coach.model.pace import Pace, Stretch
from voice_coach.model.problems import WishError
from voice_coach.model.script import Entry, Guidance, Session, Setting, Tunable
from voice_coach.model.settings import GENERAL, format_setting, within
from voice_coach.pacing.knob import at_speed, stretched_by

SCRIPT = "script"
YOURS = "yours"
COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Layer:
    """Wishes from one place; a later layer wins over an earlier one.

    Attributes:
        name: the place, as people know it: ``session morning``, ``yours``, ``command line``.
        values: parameters by name; milliseconds, counts or patterns.
        guidance: how much is said.
        speed: the knob, 1 as written, 0.5 half as fast; it turns the values of the layers before this one,
            while what this one and later ones set is meant as it is.
        stretch: for the times that are no parameters; those of all layers are multiplied.
    """

    name: str
    values: Mapping[str, Setting] = field(default_factory=dict[str, Setting])
    guidance: Guidance | None = None
    speed: float | None = None
    stretch: Stretch | None = None


LayersOf = Callable[[Entry | None], Sequence[Layer]]
"""The layers of an entry, or (None) of the opening and closing."""


def kept_layers(session: Session | None, entry: Entry | None, own: Sequence[Layer]) -> list[Layer]:
    """The layers that are written down, in their order: what a session sets, then what is the person's own.

    Args:
        session: the session, None for an exercise alone.
        entry: the exercise in it, None for its opening and closing.
        own: the person's own.
    """
    layers: list[Layer] = []
    if session is not None:
        layers.append(Layer(of_session(session), session.settings))
        if entry is not None:
            layers.append(Layer(of_session(session), entry.settings, entry.guidance))
    return [*layers, *own]


def of_session(session: Session) -> str:
    """The name of the layers of a session."""
    return f"session {session.id}"


def no_layers(_entry: Entry | None) -> Sequence[Layer]:
    """The layers of somebody who has none."""
    return ()


def effective_pace(tune: Mapping[str, Tunable], layers: Sequence[Layer]) -> Pace:
    """The pace of an exercise: its defaults, then each layer in order; the knob where it was turned last.

    The knob never moves a value past its bounds. A name that the exercise does not have is passed over, so
    that one layer can serve many exercises.

    Raises:
        WishError: a value lies outside the bounds that the script or the built-in table sets.
    """
    values: dict[str, Setting] = {name: general.default for name, general in GENERAL.items()}
    origins = dict.fromkeys(values, BUILT_IN)
    guidance: Guidance = "full"
    origins["guidance"] = BUILT_IN
    stretch = Stretch()
    turned_at = max((place for place, layer in enumerate(layers) if layer.speed is not None), default=None)
    turned: dict[str, Setting] = {}  # what the knob turned, as it was before
    for name, tunable in tune.items():
        values[name] = tunable.default
        origins[name] = SCRIPT
    for place, layer in enumerate(layers):
        if place == turned_at and layer.speed is not None:
            origins["speed"] = layer.name
            stretch = stretch.by(stretched_by(layer.speed))
            before = dict(values)
            for name, value in before.items():
                values[name] = at_speed(name, value, tune.get(name) or GENERAL[name], layer.speed)
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
            stretch = stretch.by(layer.stretch)
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
        raise WishError(
            f"{name} {shown} is outside its bounds{whose}, {low} to {high}. Choose a value between them."
        )


def speed_of(layers: Sequence[Layer]) -> float:
    """Where the one knob stands: the last layer that turns it decides."""
    return next((layer.speed for layer in reversed(layers) if layer.speed is not None), 1.0)
