"""From one timing into another: nothing is cut, said twice, left out, or in the wrong place."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.reps import SCRIPTS, rep
from voice_coach.core.script import Setting
from voice_coach.core.timeline import Chapter, Event
from voice_coach.pacing.nudge import dials, nudge
from voice_coach.rendering.rep import RepCompiler
from voice_coach.session.retiming import KeyedTimeline, join_timelines, keyed_timeline


@pytest.fixture
def bow(tmp_path: Path) -> RepCompiler:
    return rep("bow", tmp_path)


@pytest.fixture
def breath(tmp_path: Path) -> RepCompiler:
    return rep("breath", tmp_path)


def _events(chapter: Chapter, lane: str, kind: str = "") -> list[Event]:
    return [event for event in chapter.events if event.lane == lane and kind in ("", event.kind)]


def _hold(chapter: Chapter) -> Event:
    (hold,) = _events(chapter, "action", "hold")
    return hold


def _spoken(chapter: Chapter, from_ms: int = 0) -> list[str]:
    return [event.text for event in _events(chapter, "speech") if event.start_ms >= from_ms]


def _joined(rep: RepCompiler, at_ms: int, old: dict[str, Setting], new: dict[str, Setting]) -> Chapter:
    return join_timelines(keyed_timeline(rep.chapter(old)), at_ms, keyed_timeline(rep.chapter(new))).chapter


@pytest.mark.parametrize("into_ms", [100, 6_000, 9_900])
@pytest.mark.parametrize("hold", [12_000, 15_000, 25_000, 40_000])
def test_a_hold_that_is_nudged_lasts_so_long_in_this_very_rep(
    bow: RepCompiler, into_ms: int, hold: int
) -> None:
    start_ms = _hold(bow.chapter({})).start_ms
    chapter = _joined(bow, start_ms + into_ms, {}, {"hold": hold})
    # Where "Halfway." was still to come and would be over by now, the hold goes back for it.
    passed_half = hold / 2 < into_ms < 10_000
    assert _hold(chapter).start_ms == start_ms
    assert (_hold(chapter).end_ms - start_ms == hold) != passed_half
    assert _spoken(chapter)[-5:] == ["three", "two", "one", "And up.", "Shake it out."]
    assert _spoken(chapter).count("Halfway.") == 1


def test_a_hold_that_is_over_by_the_new_time_still_counts_down(bow: RepCompiler) -> None:
    start_ms = _hold(bow.chapter({})).start_ms
    chapter = _joined(bow, start_ms + 15_000, {}, {"hold": 5_000})
    assert _spoken(chapter, start_ms + 15_000) == ["three", "two", "one", "And up.", "Shake it out."]
    assert 15_000 <= _hold(chapter).end_ms - start_ms <= 15_000 + 4_000


def test_in_the_middle_of_a_countdown_no_number_is_lost_or_said_again(bow: RepCompiler) -> None:
    plain = bow.chapter({})
    (_, two, _) = _events(plain, "speech", "countdown")
    chapter = _joined(bow, two.start_ms + 100, {}, {"hold": 15_000})
    assert [event.text for event in _events(chapter, "speech", "countdown")] == ["three", "two", "one"]
    assert _hold(chapter).end_ms == _hold(plain).end_ms


def test_a_hold_that_becomes_longer_in_its_countdown_is_counted_down_again(bow: RepCompiler) -> None:
    (_, two, _) = _events(bow.chapter({}), "speech", "countdown")
    chapter = _joined(bow, two.start_ms + 100, {}, {"hold": 30_000})
    assert [event.text for event in _events(chapter, "speech", "countdown")] == [
        "three",
        "two",
        *("three", "two", "one"),
    ]
    assert _hold(chapter).end_ms - _hold(chapter).start_ms == 30_000


def test_a_word_is_said_to_its_end_before_anything_changes(bow: RepCompiler) -> None:
    plain = bow.chapter({})
    first = _events(plain, "speech")[0]
    chapter = _joined(bow, first.start_ms + 10, {}, {"rate": 200, "gap": 100})
    spoken = _events(chapter, "speech")
    assert spoken[0] == first
    assert spoken[1].utterance
    assert spoken[1].utterance.rate_wpm == 200
    assert _hold(chapter).start_ms == first.end_ms + 100


def test_a_breath_tone_sounds_to_its_end_and_the_next_is_a_new_one(breath: RepCompiler) -> None:
    tones = _events(breath.chapter({}), "sound")
    chapter = _joined(breath, tones[0].start_ms + 1_000, {}, {"breath": (6_000, 2_000, 8_000, 0)})
    changed = _events(chapter, "sound")
    assert changed[0] == tones[0]
    assert [tone.sound_ms for tone in changed[1:4]] == [2_000, 8_000, 6_000]
    assert [before.end_ms == after.start_ms for before, after in pairwise(changed[:4])] == [True] * 3


def test_fewer_breaths_than_have_been_taken_end_with_this_one(breath: RepCompiler) -> None:
    inhales = _events(breath.chapter({}), "action", "inhale")
    chapter = _joined(breath, inhales[3].start_ms + 10, {}, {"cycles": 2})
    assert len(_events(chapter, "action", "inhale")) == 4
    assert _events(chapter, "sound")[-1].sound == "bell"
    # The phase that has begun is ended; what follows the breaths comes next.
    assert _events(chapter, "sound")[-1].start_ms == inhales[3].end_ms


def test_more_breaths_go_on_where_the_last_would_have_been(breath: RepCompiler) -> None:
    inhales = _events(breath.chapter({}), "action", "inhale")
    chapter = _joined(breath, inhales[4].start_ms + 10, {}, {"cycles": 8})
    assert len(_events(chapter, "action", "inhale")) == 8


def test_the_same_timing_again_changes_nothing(bow: RepCompiler) -> None:
    plain = bow.chapter({})
    for at_ms in range(0, plain.duration_ms + 1, 137):
        assert join_timelines(keyed_timeline(plain), at_ms, keyed_timeline(plain)).chapter == plain


NAMES = [*SCRIPTS, "chair-breathing", "knee-slide", "pelvic-tuck"]


Step = tuple[KeyedTimeline, int, KeyedTimeline, KeyedTimeline]


def _follow(rep: RepCompiler, moves: list[tuple[float, int, int]]) -> list[Step]:
    """Nudges one after the other, each a share further on: before, when, the timing it goes to, and after."""
    values = rep.values()
    now, at_ms = keyed_timeline(rep.chapter(values)), 0
    steps: list[Step] = []
    turned = dials(rep.exercise.tune)
    for share, which, by in moves:
        at_ms += round(share * (now.chapter.duration_ms - at_ms))
        dial = turned[which % len(turned)]
        values = {**values, dial.name: nudge(dial, values[dial.name], by)}
        new = keyed_timeline(rep.chapter(values))
        after = join_timelines(now, at_ms, new)
        steps.append((now, at_ms, new, after))
        now = after
    return steps


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.floats(0, 0.6), st.integers(0, 9), st.sampled_from([-3, -1, 1, 3])), max_size=5),
)
def test_whatever_is_nudged_whenever(tmp_path: Path, name: str, moves: list[tuple[float, int, int]]) -> None:
    for old, at_ms, new, after in _follow(rep(name, tmp_path), moves):
        heard = after.chapter
        # What was begun is what was heard before, to its end.
        begun = [event for event in old.chapter.events if event.start_ms < at_ms and event.lane == "speech"]
        assert [event for event in heard.events if event.start_ms < at_ms and event.lane == "speech"] == begun
        # Lanes stay lanes, words stay whole, and nothing lies outside of the chapter.
        for lane in ("action", "sound", "speech"):
            events = _events(heard, lane)
            assert all(first.end_ms <= second.start_ms for first, second in pairwise(events)), lane
            assert all(0 <= event.start_ms < event.end_ms <= heard.duration_ms for event in events), lane
        known = {each.event.utterance: each.event for course in (old, new) for each in course.named}
        for event in _events(heard, "speech"):
            whole = known[event.utterance]
            assert event.end_ms - event.start_ms == whole.end_ms - whole.start_ms
        # Nothing is said twice but a countdown, and nothing that both timings have is left out.
        said = [each.name for each in after.named if each.event.lane == "speech"]
        once = [name for name in said if name[1] != "countdown"]
        assert len(once) == len(set(once))
        coming = {each.name for each in old.named if each.event.start_ms >= at_ms}
        both = {each.name for each in new.named if each.event.lane == "speech"} & coming
        assert both <= set(said)
