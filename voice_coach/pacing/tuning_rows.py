"""All that can be tuned in an exercise, as a table: the values in force, bounds, and whence they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voice_coach.model.own import TuningRow
from voice_coach.model.pace import Pace
from voice_coach.model.script import GUIDANCE_LEVELS, Tunable
from voice_coach.model.settings import GENERAL, PARAMETERS
from voice_coach.model.speed import FASTEST, SLOWEST, SPEEDS
from voice_coach.pacing.layers import BUILT_IN, Layer, effective_pace


def tuning_rows(tune: Mapping[str, Tunable], layers: Sequence[Layer]) -> tuple[TuningRow, ...]:
    """A row for each parameter of an exercise, then for what every exercise has.

    Raises:
        CoachError: a layer's value lies outside its bounds.
    """
    pace = effective_pace(tune, layers)
    values = {**pace.values, "gap": pace.gap_ms, "rate": pace.rate_wpm}
    rows = [
        TuningRow(
            name=name,
            type=limits.type,
            value=values[name],
            default=limits.default,
            minimum=limits.minimum,
            maximum=limits.maximum,
            origin=_origin(pace, name),
            doc=limits.what or (PARAMETERS[name].doc if name in PARAMETERS else ""),
        )
        for name, limits in tune.items()
    ]
    rows += [
        TuningRow(
            name=name,
            type=general.type,
            value=values[name],
            default=general.default,
            minimum=general.minimum,
            maximum=general.maximum,
            origin=_origin(pace, name),
            doc=general.doc,
        )
        for name, general in GENERAL.items()
    ]
    speeds = [layer.speed for layer in layers if layer.speed is not None]
    return (
        *rows,
        TuningRow(
            name="guidance",
            type="guidance",
            value=pace.guidance,
            default=GUIDANCE_LEVELS[0],
            origin=pace.origins["guidance"],
            doc="how much is said",
            choices=GUIDANCE_LEVELS,
        ),
        TuningRow(
            name="pace",
            type="pace",
            value=speeds[-1] if speeds else 1.0,
            default=1.0,
            minimum=SLOWEST,
            maximum=FASTEST,
            origin=pace.origins.get("speed", BUILT_IN),
            doc="the one knob: stretches pauses, rests and breath, not holds and doses",
            choices=tuple(SPEEDS),
        ),
    )


def _origin(pace: Pace, name: str) -> str:
    """Where a value comes from; where the knob that turned it comes from has a row of its own."""
    return f"{pace.origins[name]}, then pace" if name in pace.turned else pace.origins[name]
