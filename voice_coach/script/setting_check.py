"""Checks settings against what may be tuned: in the exercise, or in every exercise."""

from __future__ import annotations

from collections.abc import Mapping

from voice_coach.model.problems import Where
from voice_coach.model.script import ParameterType, Setting, Tunable
from voice_coach.model.settings import (
    GENERAL,
    PARAMETERS,
    General,
    format_setting,
    parse_within,
    refusal,
    who_sets,
    within,
)
from voice_coach.script.collecting import Collector, meant, nearest, quoted


def check_setting(
    name: str, text: str, tune: Mapping[str, Tunable], where: Where, problems: Collector
) -> Setting | None:
    """The value of a setting if the exercise lets it be tuned so; otherwise None and a problem."""
    tunable = tune.get(name)
    if tunable is None:
        hint = f"it may be set here: {', '.join(tune)}" if tune else "the exercise lets nothing be tuned"
        if name not in PARAMETERS:
            hint = nearest(name, tune) or hint
        problems.add_token(where, name, f"{quoted(name)} cannot be tuned here", hint, key=True)
        return None
    return _bounded(name, text, tunable, where, problems)


def check_in_sets(
    name: str, text: str, tune: Mapping[str, Tunable], where: Where, problems: Collector
) -> Setting | None:
    """As ``check_setting``, where sets differ by an exercise's own parameters."""
    if name in tune or (name not in PARAMETERS and meant(nearest(name, tune))):
        return check_setting(name, text, tune, where, problems)
    message = f"{quoted(name)} differs from set to set, so it has to be in tune"
    hint = f"add {name} to tune, with bounds that hold all these values"
    problems.add_token(where, name, message, hint, key=True)
    return None


def check_general(name: str, text: str, where: Where, problems: Collector) -> Setting | None:
    """The value of a setting that every exercise has, for a whole session; otherwise None and a problem."""
    general = GENERAL.get(name)
    if general is None:
        hint = nearest(name, GENERAL)
        if not meant(hint):
            hint = f"set it below an exercise; for all of them: {', '.join(GENERAL)}"
        problems.add_token(where, name, f"{quoted(name)} cannot be set for a whole session", hint, key=True)
        return None
    return _bounded(name, text, general, where, problems)


def _bounded(
    name: str, text: str, limits: Tunable | General, where: Where, problems: Collector
) -> Setting | None:
    type_: ParameterType = limits.type
    try:
        value = parse_within(text, limits)
    except ValueError as error:
        why, hint = refusal(text, type_, error)
        problems.add_token(where, text, f"{quoted(text)} {why}", hint)
        return None
    if not within(value, limits.minimum, limits.maximum):
        low, high = (format_setting(bound, type_) for bound in (limits.minimum, limits.maximum))
        problems.add_token(
            where, text, f"{name} {text} is outside its bounds, {low} to {high}", who_sets(limits)
        )
        return None
    return value
