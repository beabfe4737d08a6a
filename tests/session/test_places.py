"""Where a session goes on after a pause, and where one can go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.support.fake_content import BOW, BREATH, EASIER, OPENING
from voice_coach.core.timeline import Chapter
from voice_coach.session.navigation import (
    back_ms,
    cues,
    mark_at,
    next_ms,
    next_wait,
    previous_ms,
    rep_ms,
    rep_starts,
    resume_ms,
    sentence_ms,
)

SHORT_MS, LONG_MS = 5_000, 70_000


@pytest.mark.parametrize(
    ("pause_ms", "back"), [(0, 0), (9_999, 0), (10_000, 3_000), (60_000, 10_000), (3_600_000, 20_000)]
)
def test_the_longer_a_pause_the_further_back(pause_ms: int, back: int) -> None:
    assert back_ms(pause_ms) == back


@pytest.mark.parametrize(
    ("at_ms", "after_short_ms", "after_long_ms"),
    [
        (200, 0, 0),  # in the middle of a sentence
        (1_500, 1_500, 0),  # in the silence after it
        (3_300, 3_000, 3_000),  # not beyond the start of the rep
        (4_200, 4_000, 3_000),
        (5_500, 5_500, 4_000),  # in a hold: after a long pause it begins anew, with the words before it
        (6_200, 6_000, 4_000),
        (11_400, 11_400, 4_000),
        (12_700, 11_500, 4_000),  # in its countdown: never in the middle
        (14_499, 11_500, 4_000),
        (16_000, 16_000, 14_500),  # in the rest
        (22_000, 22_000, 20_000),
        (29_000, 29_000, 27_000),  # what has been held is not held again
    ],
)
def test_going_on_in_an_exercise(at_ms: int, after_short_ms: int, after_long_ms: int) -> None:
    assert resume_ms(BOW, at_ms, SHORT_MS) == after_short_ms
    assert resume_ms(BOW, at_ms, LONG_MS) == after_long_ms


@pytest.mark.parametrize(
    ("at_ms", "expected_ms"), [(1_500, 1_000), (4_500, 1_000), (6_000, 6_000), (9_000, 6_000)]
)
def test_a_breath_is_never_joined_in_the_middle(at_ms: int, expected_ms: int) -> None:
    assert resume_ms(BREATH, at_ms, SHORT_MS) == expected_ms


@given(
    chapter=some.sampled_from([OPENING, BOW, BREATH, EASIER]),
    share=some.floats(0, 1),
    pause_ms=some.integers(0, 10_000_000),
)
def test_it_never_goes_forward_and_never_into_a_word_or_a_countdown(
    chapter: Chapter, share: float, pause_ms: int
) -> None:
    whole = chapter
    at_ms = round(share * whole.duration_ms)
    place_ms = resume_ms(whole, at_ms, pause_ms)
    assert 0 <= place_ms <= at_ms
    for event in whole.events:
        if event.lane == "speech":
            assert not event.start_ms < place_ms < event.end_ms
    holds = [event for event in whole.events if event.kind == "hold"]
    for hold in holds:
        counted = [
            each.start_ms
            for each in whole.events
            if each.kind == "countdown" and hold.start_ms <= each.start_ms
        ]
        if counted:
            assert not min(counted) < place_ms < hold.end_ms


def test_the_places_of_an_exercise() -> None:
    assert rep_starts(BOW) == [3_000, 20_000]
    assert rep_starts(BREATH) == [1_000, 6_000]
    assert cues(BOW) == [0, 3_000, 4_000, 4_500, 6_000, 14_500, 20_000, 20_500, 27_000]
    assert sentence_ms(BOW, 13_000) == 6_000
    assert (rep_ms(BOW, 13_000), rep_ms(BOW, 2_000)) == (3_000, 0)
    assert (next_ms(rep_starts(BOW), 3_000), next_ms(rep_starts(BOW), 20_000)) == (20_000, None)


def test_who_goes_back_at_once_means_what_came_before() -> None:
    starts = [0, 3_000, 20_000]
    assert previous_ms(starts, 10_000) == 3_000
    assert previous_ms(starts, 3_500) == 0
    assert previous_ms(starts, 4_500) == 3_000
    assert previous_ms(starts, 1_000) is None
    assert previous_ms(starts, 0) is None


def test_waits_and_marks_are_found() -> None:
    wait = next_wait(OPENING, 0)
    assert wait is not None
    assert (wait.start_ms, next_wait(OPENING, wait.end_ms)) == (2_000, None)
    at = mark_at(BOW, 21_000)
    assert at is not None
    assert (at.rep, mark_at(BOW, 0) is not None) == (2, True)
