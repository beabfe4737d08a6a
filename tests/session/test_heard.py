"""What of a session was really led: as fast as time goes by, and nothing that was jumped over."""

from __future__ import annotations

import pytest

from tests.support.fake_content import chapter, does, mark
from voice_coach.core.timeline import Chapter
from voice_coach.session.coverage import CoverageTracker

REPS = chapter(
    "Bow",
    40_000,
    does("hold", 5_000, 10_000, mark(1)),
    does("rest", 10_000, 12_000, mark(1)),
    does("pause", 12_000, 15_000),
    does("hold", 15_000, 25_000, mark(2)),
    does("hold", 30_000, 38_000, mark(1)),
    exercise="bow",
)
SCORE = [chapter("Welcome", 8_000), REPS, chapter("The end", 5_000)]
EASIER = chapter("Bow", 20_000, does("hold", 2_000, 20_000, mark(1)), exercise="bow")


def _chapter(index: int, easier: bool) -> Chapter | None:
    return EASIER if easier else SCORE[index]


@pytest.fixture
def heard() -> CoverageTracker:
    return CoverageTracker(_chapter, 0, False, 0, 0)


def _play(heard: CoverageTracker, key: tuple[int, bool], from_ms: int, to_ms: int, now_ms: int) -> int:
    """Plays a stretch, looked at ten times a second; the time when that is done."""
    for at_ms in range(from_ms, to_ms + 1, 100):
        heard.look(*key, at_ms, now_ms + at_ms - from_ms)
    heard.look(*key, to_ms, now_ms + to_ms - from_ms)
    return now_ms + to_ms - from_ms


def test_a_session_that_is_played_is_led_as_long_as_it_is(heard: CoverageTracker) -> None:
    now_ms = 0
    for index, each in enumerate(SCORE):
        now_ms = _play(heard, (index, False), 0, each.duration_ms, now_ms)
    assert heard.total_ms == 53_000
    assert heard.chapters == ((0, False), (1, False), (2, False))
    assert heard.reps((1, False)) == (3, 3)
    assert all(heard.is_whole(key) for key in heard.chapters)


def test_looks_far_apart_find_the_same(heard: CoverageTracker) -> None:
    heard.look(2, False, 4_000, 52_000)
    assert (heard.total_ms, heard.reps((1, False))) == (52_000, (3, 3))
    assert heard.is_whole((1, False))
    assert not heard.is_whole((2, False))


def test_a_chapter_that_is_over_was_led_to_its_end_before_anybody_looks(heard: CoverageTracker) -> None:
    now_ms = _play(heard, (0, False), 0, 8_000, 0)
    now_ms = _play(heard, (1, False), 0, 39_900, now_ms)
    heard.whole(1, now_ms + 2_100)
    assert (heard.reps((1, False)), heard.led_ms((1, False))) == ((3, 3), 40_000)
    heard.look(2, False, 2_000, now_ms + 2_100)
    assert heard.total_ms == 50_000


def test_the_last_rep_is_done_when_its_chapter_is_over(heard: CoverageTracker) -> None:
    _play(heard, (1, False), 0, 37_900, 0)
    assert heard.reps((1, False)) == (2, 3)
    heard.whole(1, 40_100)
    assert heard.reps((1, False)) == (3, 3)


def test_a_pause_is_not_led(heard: CoverageTracker) -> None:
    now_ms = _play(heard, (0, False), 0, 3_000, 0)
    for _ in range(50):
        now_ms += 100
        heard.look(0, False, 3_000, now_ms)
    _play(heard, (0, False), 2_000, 4_000, now_ms)
    assert heard.total_ms == 5_000  # a second was led twice
    assert heard.led_ms((0, False)) == 4_000


def test_what_is_jumped_over_was_not_done(heard: CoverageTracker) -> None:
    _play(heard, (1, False), 0, 13_000, 0)
    _play(heard, (1, False), 28_000, 40_000, 13_100)
    assert heard.reps((1, False)) == (2, 3)
    assert heard.led_ms((1, False)) == 25_000
    heard.look(2, False, 0, 25_200)
    assert heard.is_whole((1, False))


def test_a_chapter_that_is_left_early_is_not_whole(heard: CoverageTracker) -> None:
    _play(heard, (1, False), 0, 24_000, 0)
    heard.look(2, False, 0, 24_100)
    assert not heard.is_whole((1, False))
    assert heard.reps((1, False)) == (1, 3)
    assert heard.led_ms((1, False)) == 24_000


@pytest.mark.parametrize(("joined_ms", "done"), [(17_500, 1), (17_600, 0)])
def test_a_rep_counts_if_most_of_it_was_led(heard: CoverageTracker, joined_ms: int, done: int) -> None:
    heard.look(1, False, joined_ms, 50)
    _play(heard, (1, False), joined_ms, 26_000, 60)
    assert heard.reps((1, False)) == (done, 3)


def test_going_back_leads_no_rep_twice(heard: CoverageTracker) -> None:
    now_ms = _play(heard, (1, False), 0, 13_000, 0)
    _play(heard, (1, False), 5_000, 13_000, now_ms + 100)
    assert heard.reps((1, False)) == (1, 3)
    assert heard.total_ms == 21_000


def test_the_easier_variant_is_told_apart(heard: CoverageTracker) -> None:
    _play(heard, (1, False), 0, 7_000, 0)
    _play(heard, (1, True), 0, 20_000, 7_100)
    heard.look(2, False, 50, 27_200)
    assert heard.chapters == ((1, False), (1, True), (2, False))
    assert [heard.reps(key) for key in heard.chapters] == [(0, 3), (1, 1), (0, 0)]
    assert [heard.is_whole(key) for key in heard.chapters] == [False, True, False]


def test_a_clock_that_is_put_back_is_no_harm(heard: CoverageTracker) -> None:
    _play(heard, (0, False), 0, 3_000, 1_000_000)
    _play(heard, (0, False), 3_100, 8_000, 0)
    assert heard.total_ms == 7_900


def test_what_is_not_compiled_yet_is_no_harm() -> None:
    heard = CoverageTracker(lambda _index, _easier: None, 0, False, 0, 0)
    heard.look(2, False, 100, 100)
    assert (heard.total_ms, heard.chapters, heard.reps((2, False))) == (0, (), (0, 0))
    heard.whole(0, 200)
    assert heard.is_whole((0, False))
