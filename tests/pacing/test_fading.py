"""Guidance that fades with what is known, and comes back after two weeks away or with pain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.history import Practice
from voice_coach.core.script import GUIDANCE_LEVELS
from voice_coach.pacing.guidance import AWAY_MS, fade_guidance

DAY_MS = 24 * 60 * 60 * 1000
NOW_MS = 20_000 * DAY_MS


def _days(*ago: float) -> tuple[int, ...]:
    return tuple(sorted(NOW_MS - round(days * DAY_MS) for days in ago))


@pytest.mark.parametrize(
    ("times", "guidance"),
    [(0, "full"), (2, "full"), (3, "key"), (7, "key"), (8, "names"), (400, "names")],
)
def test_the_more_often_completed_the_fewer_words(times: int, guidance: str) -> None:
    assert fade_guidance(Practice(_days(*range(times))), NOW_MS) == guidance


def test_two_weeks_away_bring_all_words_back() -> None:
    known = range(30)
    assert fade_guidance(Practice(_days(*(13.99 + day for day in known))), NOW_MS) == "names"
    assert fade_guidance(Practice(_days(*(14 + day for day in known))), NOW_MS) == "full"


def test_after_a_break_it_begins_anew() -> None:
    long_ago = [20 + day for day in range(30)]
    assert fade_guidance(Practice(_days(1, 2, *long_ago)), NOW_MS) == "full"
    assert fade_guidance(Practice(_days(1, 2, 3, *long_ago)), NOW_MS) == "key"


def test_a_report_of_pain_brings_all_words_back() -> None:
    known = _days(*range(30))
    assert fade_guidance(Practice(known, pain_ms=NOW_MS), NOW_MS) == "full"
    # Pain in an exercise that was completed counts against that time too.
    assert fade_guidance(Practice(known, pain_ms=known[-3]), NOW_MS) == "full"
    assert fade_guidance(Practice(known, pain_ms=known[-4]), NOW_MS) == "key"
    assert fade_guidance(Practice(known, pain_ms=known[0] - 1), NOW_MS) == "names"


def test_a_clock_that_was_set_back_makes_no_break() -> None:
    assert fade_guidance(Practice(_days(*range(-40, -20))), NOW_MS) == "names"


moments = st.lists(st.integers(0, NOW_MS), max_size=30)


@given(moments, st.none() | st.integers(0, NOW_MS))
def test_pain_and_time_only_ever_bring_words_back(completed: list[int], pain_ms: int | None) -> None:
    plain = GUIDANCE_LEVELS.index(fade_guidance(Practice(tuple(completed)), NOW_MS))
    hurt = GUIDANCE_LEVELS.index(fade_guidance(Practice(tuple(completed), pain_ms), NOW_MS))
    later = GUIDANCE_LEVELS.index(fade_guidance(Practice(tuple(completed)), NOW_MS + AWAY_MS))
    assert hurt <= plain
    assert later == 0
