"""Checks a setting against what the exercise lets a person tune."""

from __future__ import annotations

from collections.abc import Mapping

from voice_coach.model.problems import Where
from voice_coach.model.script import Tunable
from voice_coach.model.settings import EXPECTED, format_setting, parse_setting, within
from voice_coach.script.collecting import Collector, nearest


def check_setting(
    name: str, text: str, tune: Mapping[str, Tunable], where: Where, problems: Collector
) -> int | tuple[int, ...] | None:
    """The value of a setting if the exercise lets it be tuned so; otherwise None and a problem."""
    tunable = tune.get(name)
    if tunable is None:
        hint = nearest(name, tune) if tune else "the exercise lets nothing be tuned"
        problems.add_token(where, name, f'"{name}" cannot be tuned here', hint)
        return None
    try:
        value = parse_setting(text, tunable.type)
    except ValueError:
        problems.add_token(where, text, f'"{text}" is not {EXPECTED[tunable.type]}')
        return None
    if not within(value, tunable.minimum, tunable.maximum):
        low, high = (format_setting(bound, tunable.type) for bound in (tunable.minimum, tunable.maximum))
        message = f"{name} {text} is outside its bounds, {low} to {high}"
        problems.add_token(where, text, message, f"{tunable.where} sets them")
        return None
    return value
