"""Values nudged by ear: sensible steps, never past a bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.errors import Where
from voice_coach.core.parameters import GENERAL, within
from voice_coach.core.script import ParameterType, Setting, Tunable
from voice_coach.pacing.nudge import Dial, dials, nudge

WHERE = Where("cat-back.yaml", 1)


def _tunable(name: str, type_: ParameterType, low: Setting, high: Setting) -> Tunable:
    return Tunable(name, type_, low, low, high, WHERE)


TUNE = {
    "hold": _tunable("hold", "duration", 8_000, 60_000),
    "slide": _tunable("slide", "duration", 3_000, 8_000),
    "short": _tunable("short", "duration", 500, 2_000),
    "reps": _tunable("reps", "count", 2, 6),
    "breath": _tunable("breath", "breath", (3_000, 0, 4_000, 0), (6_000, 0, 8_000, 2_000)),
    "tempo": _tunable("tempo", "tempo", (1_000, 0, 1_000), (5_000, 2_000, 1_000)),
    "fixed": _tunable("fixed", "count", 3, 3),
}


def _dial(label: str) -> Dial:
    return next(dial for dial in dials(TUNE) if dial.label == label)


def test_everything_that_has_room_between_its_bounds_can_be_nudged() -> None:
    assert [(dial.label, dial.step) for dial in dials(TUNE)] == [
        ("hold", 5_000),
        ("slide", 1_000),
        ("short", 500),
        ("reps", 1),
        ("breath in", 500),
        ("breath out", 500),
        ("breath held out", 500),
        ("tempo 1", 500),
        ("tempo 2", 500),
        ("gap", 100),
        ("rate", 5),
    ]


@pytest.mark.parametrize(
    ("label", "value", "steps", "result"),
    [
        ("hold", 20_000, 1, 25_000),
        ("hold", 20_000, -1, 15_000),
        ("hold", 32_000, 1, 35_000),
        ("hold", 32_000, -1, 30_000),
        ("hold", 8_000, 1, 10_000),
        ("hold", 10_000, -1, 8_000),
        ("hold", 8_000, -1, 8_000),
        ("hold", 58_000, 3, 60_000),
        ("reps", 6, 1, 6),
        ("breath out", (4_000, 0, 6_000, 0), 1, (4_000, 0, 6_500, 0)),
        ("tempo 2", (3_000, 1_000, 1_000), -3, (3_000, 0, 1_000)),
        ("rate", 150, 1, 155),
    ],
)
def test_a_nudge(label: str, value: Setting, steps: int, result: Setting) -> None:
    assert nudge(_dial(label), value, steps) == result


def test_a_breath_of_no_length_is_refused() -> None:
    tune = {"breath": _tunable("breath", "breath", (0, 0, 0, 0), (4_000, 0, 0, 0))}
    (inhale, *_) = dials(tune)
    assert nudge(inhale, (500, 0, 0, 0), -1) == (500, 0, 0, 0)


@given(st.sampled_from(dials(TUNE)), st.lists(st.integers(-9, 9).filter(bool)))
def test_no_bound_is_ever_passed(dial: Dial, nudges: list[int]) -> None:
    limits = TUNE.get(dial.name) or GENERAL[dial.name]
    value: Setting = limits.default
    for steps in nudges:
        before, value = value, nudge(dial, value, steps)
        assert within(value, limits.minimum, limits.maximum)
        assert (dial.number(value) - dial.number(before)) * steps >= 0
