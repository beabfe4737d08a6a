"""The course of the bed: down before the first word, up after the last, and not up and down between words."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voice_coach.audio.background import BRIDGE_MS, DOWN_MS, DUCK_DB, FADE_IN_MS, FADE_OUT_MS, UP_MS, courses
from voice_coach.core.errors import Where
from voice_coach.core.speech import Utterance
from voice_coach.core.timeline import Chapter, Event, Mark

MARK = Mark(where=Where("test", 1))
DUCKED = 10 ** (DUCK_DB / 20)


def word(start_ms: int, end_ms: int) -> Event:
    said = Utterance("word", "fake:", 150)
    return Event(lane="speech", kind="say", start_ms=start_ms, end_ms=end_ms, mark=MARK, utterance=said)


def chapter(duration_ms: int, *spans: tuple[int, int]) -> Chapter:
    events = tuple(word(start, end) for start, end in spans)
    return Chapter(title="A chapter", exercise="", duration_ms=duration_ms, events=events)


def levels(*chapters: Chapter) -> NDArray[np.float32]:
    """The bed's level at each millisecond of the session."""
    pieces = [
        course.gains(np.arange(course.start_ms, course.start_ms + each.duration_ms))
        for each, course in courses(chapters)
    ]
    return np.concatenate(pieces)


def test_it_is_down_from_the_first_word_to_the_last_and_up_where_nothing_is_heard() -> None:
    level = levels(chapter(60_000, (20_000, 23_000), (24_500, 26_000)))
    assert np.allclose(level[20_000:26_000], DUCKED, atol=1e-4)  # also between the two words
    assert np.allclose(level[FADE_IN_MS : 20_000 - DOWN_MS], 1.0)
    assert np.allclose(level[26_000 + UP_MS : 60_000 - FADE_OUT_MS], 1.0)
    assert (np.diff(level[20_000 - DOWN_MS : 20_000]) <= 0).all()
    assert (np.diff(level[26_000 : 26_000 + UP_MS]) >= 0).all()


def test_a_pause_that_is_long_enough_brings_it_up() -> None:
    level = levels(chapter(60_000, (20_000, 23_000), (23_000 + BRIDGE_MS, 30_000)))
    assert level[23_000 : 23_000 + BRIDGE_MS].max() == 1.0


def test_what_the_body_does_is_not_heard() -> None:
    hold = Event(lane="action", kind="hold", start_ms=10_000, end_ms=40_000, mark=MARK)
    held = Chapter(title="Hold", exercise="", duration_ms=60_000, events=(hold,))
    assert (levels(held)[FADE_IN_MS : 60_000 - FADE_OUT_MS] == 1.0).all()


def test_it_is_faded_in_at_the_start_and_out_at_the_end() -> None:
    level = levels(chapter(20_000), chapter(20_000))
    assert level[0] == 0
    assert level[-1] < 0.001
    assert (level[FADE_IN_MS : 40_000 - FADE_OUT_MS] == 1.0).all()


CHAPTERS = st.lists(
    st.tuples(
        st.integers(1, 12_000),
        st.lists(st.tuples(st.integers(0, 12_000), st.integers(1, 5_000)), max_size=4),
    ),
    min_size=1,
    max_size=6,
)


@given(CHAPTERS)
def test_it_never_steps_and_chapters_leave_no_trace(shapes: list[tuple[int, list[tuple[int, int]]]]) -> None:
    chapters: list[Chapter] = []
    for duration_ms, spans in shapes:
        inside = sorted(
            (start, min(start + length, duration_ms)) for start, length in spans if start < duration_ms
        )
        apart = [inside[0], *(b for a, b in pairwise(inside) if b[0] >= a[1])] if inside else []
        chapters.append(chapter(duration_ms, *apart))
    level = levels(*chapters)
    steepest = np.pi / 2 / DOWN_MS
    assert np.abs(np.diff(level)).max(initial=0.0) <= 2 * steepest
    starts = np.cumsum([0, *(each.duration_ms for each in chapters)])
    moved = [
        word(at + event.start_ms, at + event.end_ms)
        for at, each in zip(starts.tolist(), chapters, strict=False)
        for event in each.events
    ]
    whole = Chapter(title="All", exercise="", duration_ms=int(starts[-1]), events=tuple(moved))
    assert np.array_equal(level, levels(whole))
    for event in moved:
        assert level[event.start_ms : event.end_ms].max(initial=0.0) <= DUCKED + 1e-6


def test_it_looks_no_further_ahead_than_it_must() -> None:
    pulled: list[int] = []

    def coming():
        for index in range(10):
            pulled.append(index)
            yield chapter(10_000, (1_000, 2_000))

    next(courses(coming()))
    assert pulled == [0, 1]
