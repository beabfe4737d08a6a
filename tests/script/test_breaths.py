"""A breath as so many per minute: shared out like the exercise's own, and as long to the millisecond."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.errors import Where
from voice_coach.core.parameters import parse_setting, parse_within
from voice_coach.core.script import Tunable
from voice_coach.core.units import MS_PER_MINUTE, parse_breaths_per_minute
from voice_coach.schema.diagnostics import Collector
from voice_coach.schema.fields import Invalid
from voice_coach.schema.tree import MappingNode, read_tree
from voice_coach.script.grammar import Tune


@pytest.mark.parametrize(
    ("text", "like", "parts"),
    [
        ("6 per minute", (4_000, 0, 6_000, 0), (4_000, 0, 6_000, 0)),
        ("5/min", (4_000, 0, 6_000, 0), (4_800, 0, 7_200, 0)),
        ("5.5 per min", (5_000, 0, 5_000, 0), (5_454, 0, 5_455, 0)),
        ("4 per minute", (4_000, 4_000, 4_000, 4_000), (3_750, 3_750, 3_750, 3_750)),
    ],
)
def test_what_is_written(text: str, like: tuple[int, ...], parts: tuple[int, ...]) -> None:
    assert sum(parts) == round(MS_PER_MINUTE / float(text.split("/")[0].split()[0]))
    assert parse_breaths_per_minute(text, like) == pytest.approx(parts, abs=1)


@pytest.mark.parametrize(
    "text", ["0 per minute", "0.01 per minute", "six per minute", "6 per hour", "-6/min", ""]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="per minute|1m at most"):
        parse_breaths_per_minute(text)


@given(
    st.integers(1, 60),
    st.tuples(*[st.integers(0, 20_000)] * 4).filter(any),
)
def test_the_parts_add_up_and_keep_their_shares(rate: int, like: tuple[int, ...]) -> None:
    parts = parse_breaths_per_minute(f"{rate} per minute", like)
    whole = round(MS_PER_MINUTE / rate)
    assert sum(parts) == whole
    for part, share in zip(parts, like, strict=True):
        assert abs(part - whole * share / sum(like)) <= 1


def test_it_is_shared_out_as_the_default_is() -> None:
    where = Where("x.yaml", 1)
    box = Tunable("breath", "breath", (4_000,) * 4, (1_000,) * 4, (8_000,) * 4, where)
    assert parse_within("3 per minute", box) == (5_000,) * 4
    assert parse_setting("6 per minute", "breath") == (4_000, 0, 6_000, 0)


def test_bounds_in_breaths_per_minute() -> None:
    text = "breath: {max: 3 per minute, default: 5-0-5-0, min: 12/min}"
    problems = Collector("x.yaml", text)
    root = read_tree(text, problems)
    assert isinstance(root, MappingNode)
    tune = Tune().read(root, problems)
    assert not isinstance(tune, Invalid)
    assert problems.problems == []
    assert (tune["breath"].minimum, tune["breath"].maximum) == ((2_500, 0, 2_500, 0), (10_000, 0, 10_000, 0))
