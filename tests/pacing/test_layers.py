"""Layers of wishes: the last one wins, each value knows its origin, and no bound is passed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.errors import CoachError, Where
from voice_coach.core.parameters import GENERAL, within
from voice_coach.core.script import ParameterType, Setting, Tunable
from voice_coach.pacing.layers import Layer, effective_pace
from voice_coach.pacing.options import SessionOptions
from voice_coach.pacing.tuning import tuning_rows

WHERE = Where("scripts/exercises/cat-back.yaml", 9)


def _tunable(
    name: str, type_: ParameterType, default: Setting, minimum: Setting, maximum: Setting
) -> Tunable:
    return Tunable(name, type_, default, minimum, maximum, WHERE)


TUNE = {
    "hold": _tunable("hold", "duration", 60_000, 30_000, 90_000),
    "reps": _tunable("reps", "count", 5, 2, 6),
    "breath": _tunable("breath", "breath", (4_000, 0, 6_000, 0), (3_000, 0, 4_000, 0), (6_000, 0, 8_000, 0)),
}


def test_without_wishes_the_script_and_the_built_in_values_hold() -> None:
    pace = effective_pace(TUNE, [])
    assert pace.values == {"hold": 60_000, "reps": 5, "breath": (4_000, 0, 6_000, 0)}
    assert (pace.gap_ms, pace.rate_wpm, pace.guidance) == (900, 150, "full")
    assert pace.origins == {
        "hold": "script",
        "reps": "script",
        "breath": "script",
        "gap": "built-in",
        "rate": "built-in",
        "guidance": "built-in",
    }


def test_a_later_layer_wins_value_by_value() -> None:
    session = Layer("session", {"hold": 30_000, "reps": 2, "gap": 500}, "key")
    asked = Layer("command line", {"hold": 45_000, "rate": 120})
    pace = effective_pace(TUNE, [session, asked])
    assert (pace.values["hold"], pace.values["reps"]) == (45_000, 2)
    assert (pace.gap_ms, pace.rate_wpm, pace.guidance) == (500, 120, "key")
    assert pace.origins["hold"] == pace.origins["rate"] == "command line"
    assert pace.origins["reps"] == pace.origins["gap"] == pace.origins["guidance"] == "session"


def test_what_an_exercise_does_not_have_is_passed_over() -> None:
    assert "rounds" not in effective_pace(TUNE, [Layer("session", {"rounds": 3})]).values


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("hold", 29_999, "hold 29.999s is outside its bounds for cat-back, 30s to 1m30s"),
        ("hold", 90_001, "hold 1m30.001s is outside"),
        ("reps", 7, "reps 7 is outside its bounds for cat-back, 2 to 6"),
        (
            "breath",
            (4_000, 1_000, 6_000, 0),
            "breath 4-1-6-0 is outside its bounds for cat-back, 3-0-4-0 to 6-0-8-0",
        ),
        ("breath", (4_000, 6_000), "breath 4-6 is outside"),
        ("gap", 10_001, "gap 10.001s is outside its bounds, 0s to 10s"),
        ("rate", 89, "rate 89 is outside its bounds, 90 to 260"),
    ],
)
def test_out_of_bounds_is_refused_with_what_is_allowed(name: str, value: Setting, says: str) -> None:
    with pytest.raises(CoachError) as caught:
        effective_pace(TUNE, [Layer("command line", {name: value})])
    assert says in str(caught.value)


@pytest.mark.parametrize(("name", "value"), [("hold", 30_000), ("hold", 90_000), ("rate", 90), ("rate", 260)])
def test_the_bounds_themselves_are_allowed(name: str, value: int) -> None:
    pace = effective_pace(TUNE, [Layer("command line", {name: value})])
    assert value in (pace.rate_wpm, *pace.values.values())


def test_an_earlier_layer_is_held_to_the_bounds_as_well() -> None:
    with pytest.raises(CoachError):
        effective_pace(TUNE, [Layer("session", {"reps": 99}), Layer("command line", {"reps": 3})])


layers = st.lists(
    st.builds(
        Layer,
        st.sampled_from(["session", "command line"]),
        st.fixed_dictionaries(
            {},
            optional={
                "hold": st.integers(0, 120_000),
                "reps": st.integers(0, 9),
                "gap": st.integers(-1, 12_000),
                "rate": st.integers(80, 270),
            },
        ),
    ),
    max_size=3,
)


@given(layers)
def test_a_pace_never_lies_outside_its_bounds(options: list[Layer]) -> None:
    limits = {**TUNE, **GENERAL}
    good = all(
        within(value, limits[name].minimum, limits[name].maximum)
        for layer in options
        for name, value in layer.values.items()
    )
    try:
        pace = effective_pace(TUNE, options)
    except CoachError:
        assert not good
    else:
        assert good
        for name, tunable in TUNE.items():
            assert within(pace.values[name], tunable.minimum, tunable.maximum)


REST = {"rest": _tunable("rest", "duration", 20_000, 5_000, 60_000)}


def test_the_knob_turns_what_earlier_layers_set_and_no_other_value() -> None:
    session, turned = Layer("session", {"rest": 30_000}), Layer("command line", speed=0.5)
    assert effective_pace(REST, [session, turned]).values["rest"] == 60_000
    later = effective_pace(REST, [session, turned, Layer("fit", {"rest": 12_000})])
    assert later.values["rest"] == 12_000
    assert later.origin("rest") == "fit"
    assert (later.stretch.rests, later.origins["speed"]) == (2, "command line")


def test_a_value_beside_the_knob_is_meant_as_it_is() -> None:
    pace = effective_pace(REST, [Layer("yours", {"rest": 20_000, "rate": 150, "gap": 500}, speed=0.75)])
    assert (pace.values["rest"], pace.rate_wpm, pace.gap_ms) == (20_000, 150, 500)
    assert (pace.turned, pace.unslowed_wpm) == (frozenset(), None)
    assert pace.stretch.rests == pytest.approx(4 / 3)


def test_what_the_knob_has_turned_is_told() -> None:
    pace = effective_pace({**REST, **TUNE}, [Layer("yours for all", speed=0.75)])
    assert pace.turned == {"rest", "breath", "gap", "rate"}
    assert pace.origin("rest") == "script, then pace from yours for all"
    assert pace.origin("hold") == "script"
    at_a_bound = effective_pace(REST, [Layer("yours", {"rest": 60_000}), Layer("command line", speed=0.5)])
    assert at_a_bound.origin("rest") == "yours"
    rows = {row.name: row.origin for row in tuning_rows(REST, [Layer("yours for all", speed=0.75)])}
    assert rows == {
        "rest": "script, then pace",
        "gap": "built-in, then pace",
        "rate": "built-in, then pace",
        "guidance": "built-in",
        "pace": "yours for all",
    }


@pytest.mark.parametrize(
    ("rest_ms", "speed", "turned_ms"),
    [
        (20_000, 0.75, 27_000),
        (30_000, 0.82, 37_000),
        (3_000, 0.7, 4_300),
        (7_400, 0.99, 7_400),  # rounded it would be shorter, though slower
        (7_600, 1.01, 7_600),
        (7_500, 1.0, 7_500),
        (30_000, 0.5, 45_500),  # the most
        (3_000, 1.5, 2_250),  # the least
    ],
)
def test_turned_times_are_whole_seconds_or_tenths_within_their_bounds(
    rest_ms: int, speed: float, turned_ms: int
) -> None:
    tune = {"rest": _tunable("rest", "duration", rest_ms, 2_250, 45_500)}
    assert effective_pace(tune, [Layer("yours", speed=speed)]).values["rest"] == turned_ms


def test_what_is_said_beside_the_knob_on_the_command_line_is_not_turned() -> None:
    assert effective_pace({}, [SessionOptions(rate_wpm=150, speed=0.75).layer()]).rate_wpm == 150


@given(st.integers(0, 90_000), st.floats(0.5, 1.5), st.floats(0.5, 1.5))
def test_a_slower_knob_never_makes_a_time_shorter(rest_ms: int, one: float, other: float) -> None:
    tune = {"rest": _tunable("rest", "duration", rest_ms, 0, 120_000)}
    slow, fast = (
        effective_pace(tune, [Layer("yours", speed=speed)]).values["rest"] for speed in sorted((one, other))
    )
    assert isinstance(slow, int)
    assert isinstance(fast, int)
    assert slow >= fast


def test_what_the_author_says_a_parameter_does_is_told() -> None:
    slide = replace(_tunable("slide", "duration", 4_000, 4_000, 12_000), what="how long to slide")
    own_words = replace(REST["rest"], what="how long to lie still")
    docs = {row.name: row.doc for row in tuning_rows({"slide": slide, "rest": own_words, **TUNE}, [])}
    assert (docs["slide"], docs["rest"]) == ("how long to slide", "how long to lie still")
    assert docs["hold"] == "how long to stay"
