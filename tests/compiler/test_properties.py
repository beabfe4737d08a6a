"""What is true of every exercise that can be written."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.support import random_steps
from tests.support.fake_clips import (
    HERE,
    PLAIN,
    FakeLengths,
    done,
    english,
    exercise,
    plans,
    play,
    scheduled,
    session,
    timeline,
)
from voice_coach.compiler.lint import SideBalance
from voice_coach.compiler.wording import Wording
from voice_coach.core.parameters import Pace
from voice_coach.core.script import GUIDANCE_LEVELS, Breathe, During, Guidance, Hold, Sides, Step
from voice_coach.core.timeline import Chapter, Cue, Event, InPosition, Lane, Silence, Sound, Span, Speech
from voice_coach.reports.timeline_view import timeline_json

often = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
LANES: tuple[Lane, ...] = ("speech", "sound", "action")
FAST = FakeLengths(stretch=0.5)


def _lane(chapter: Chapter, lane: Lane) -> list[Event]:
    return [event for event in chapter.events if event.lane == lane]


def _cues(steps: tuple[Step, ...], guidance: Guidance | None = None) -> list[Any]:
    (plan,) = plans(session(exercise(*steps)), guidance)
    return list(plan.cues())


@often
@given(random_steps.any_steps, st.floats(0.3, 4))
def test_nothing_overlaps_inside_a_lane_and_all_lies_inside_the_chapter(
    steps: tuple[Step, ...], stretch: float
) -> None:
    chapter = play(*steps, lengths=FakeLengths(stretch, lambda _name: (2_000, 700))).chapter
    for lane in LANES:
        events = _lane(chapter, lane)
        assert all(before.end_ms <= after.start_ms for before, after in pairwise(events))
        assert all(event.start_ms < event.end_ms for event in events)
    assert all(event.start_ms >= 0 and event.end_ms <= chapter.duration_ms for event in chapter.events)
    starts = [event.start_ms for event in chapter.events]
    assert starts == sorted(starts)


@often
@given(random_steps.any_steps)
def test_a_chapter_lasts_as_long_as_what_is_in_it(steps: tuple[Step, ...]) -> None:
    lengths = FakeLengths(sounds=lambda _name: (1, 1))
    total = 0
    for cue in _cues(steps):
        match cue:
            case Speech():
                total += 330 + 62 * len(cue.texts[0])
            case Silence() | Span():
                total += cue.duration_ms
            case Sound():
                total += 1
            case InPosition():
                pass
            case _:
                pytest.fail(f"an unexpected cue: {cue}")
    assert play(*steps, lengths=lengths).chapter.duration_ms == total


@often
@given(random_steps.any_steps, st.floats(0.3, 4))
def test_what_is_done_lasts_exactly_its_time_however_long_the_words(
    steps: tuple[Step, ...], stretch: float
) -> None:
    wanted = [
        (phase.kind, phase.end_ms - phase.start_ms)
        for cue in _cues(steps)
        if isinstance(cue, Span)
        for phase in cue.phases
    ]
    chapter = play(*steps, lengths=FakeLengths(stretch)).chapter
    found = [
        (event.kind, event.end_ms - event.start_ms)
        for event in _lane(chapter, "action")
        if event.kind not in ("pause", "wait")
    ]
    assert found == [each for each in wanted if each[1]]


@often
@given(random_steps.holds())
def test_a_countdown_ends_with_its_hold_whatever_else_is_said(hold: Hold) -> None:
    chapter = play(hold, lengths=FAST).chapter
    end_ms = hold_ms(hold)
    words = [event for event in _lane(chapter, "speech") if event.kind == "countdown"]
    # At half length no number takes a second.
    room = [number for number in range(hold.countdown, 0, -1) if (number - 1) * 1000 + 700 <= end_ms]
    numbers = [Wording(english()).number(number) for number in room]
    assert [word.text for word in words][-len(numbers) :] == numbers or not numbers
    for place, word in enumerate(reversed(words)):
        assert word.end_ms == end_ms - place * 1000


@often
@given(random_steps.holds())
def test_the_last_word_of_a_countdown_is_said_even_when_numbers_take_longer_than_a_second(hold: Hold) -> None:
    assume(hold.countdown and hold_ms(hold) > 4_000)
    chapter = play(hold, lengths=FakeLengths(stretch=2.5)).chapter
    words = [event for event in _lane(chapter, "speech") if event.kind == "countdown"]
    assert words[-1].text == "one"
    assert words[-1].end_ms == hold_ms(hold)


def hold_ms(hold: Hold) -> int:
    return hold.duration if isinstance(hold.duration, int) else 0


def _at(rate_wpm: int, unslowed_wpm: int | None = None) -> Pace:
    return replace(PLAIN, rate_wpm=rate_wpm, unslowed_wpm=unslowed_wpm)


def _letters(cues: list[Cue], pace: Pace) -> int:
    words = _lane(scheduled(cues, pace=pace).chapter, "speech")
    return sum(len(event.text) for event in words)


@often
@given(random_steps.holds(), st.integers(110, 149))
def test_a_voice_that_the_knob_slows_down_costs_no_words(hold: Hold, slower: int) -> None:
    cues = _cues((hold,))
    assert _letters(cues, _at(slower, 150)) >= _letters(cues, _at(150))


def test_where_slow_words_do_not_fit_they_are_said_as_fast_as_written() -> None:
    told = "Let the back of the neck grow long and soft."
    tight = Hold(where=HERE, duration=3_300, during=(During(where=HERE, say=(told,), at=0),))
    roomy = replace(tight, duration=9_000)
    rates: list[set[int]] = []
    for hold in (tight, roomy):
        cues = _cues((hold,))
        assert _letters(cues, _at(120)) == (0 if hold is tight else len(told))
        words = _lane(scheduled(cues, pace=_at(120, 150)).chapter, "speech")
        assert [event.text for event in words] == [told]
        rates.append({event.utterance.rate_wpm for event in words if event.utterance})
    assert rates == [{150}, {120}]


@often
@given(random_steps.holds(), st.floats(0.3, 3))
def test_what_is_said_to_remain_does(hold: Hold, stretch: float) -> None:
    chapter = play(hold, lengths=FakeLengths(stretch)).chapter
    wording = Wording(english())
    for event in _lane(chapter, "speech"):
        if event.text.endswith(" to go."):
            left = hold_ms(hold) - event.start_ms
            assert event.text.lower() == f"{wording.duration(left)} to go."


@often
@given(random_steps.breathings())
def test_breathing_is_whole_cycles_of_exact_phases(breathing: Breathe) -> None:
    chapter = play(breathing).chapter
    assert isinstance(breathing.pattern, tuple)
    phases = [
        (kind, length)
        for kind, length in zip(("inhale", "top", "exhale", "bottom"), breathing.pattern, strict=True)
        if length
    ]
    found = [
        (event.kind, event.end_ms - event.start_ms)
        for event in done(chapter, "inhale", "top", "exhale", "bottom")
    ]
    cycles, rest = divmod(len(found), len(phases))
    assert (cycles >= 1, rest) == (True, 0)
    assert found == phases * cycles
    cycle_ms = sum(breathing.pattern)
    if isinstance(breathing.duration, int) and cycles > 1:
        assert abs(cycles * cycle_ms - breathing.duration) * 2 <= cycle_ms
    elif isinstance(breathing.cycles, int):
        assert cycles == breathing.cycles


@often
@given(random_steps.any_steps)
def test_less_guidance_says_less_and_does_the_same(steps: tuple[Step, ...]) -> None:
    levels: tuple[Guidance, ...] = ("full", "key", "names")
    said: list[Counter[str]] = []
    work: list[list[tuple[str, int]]] = []
    for level in levels:
        chapter = play(*steps, guidance=level).chapter
        speech = [event for event in _lane(chapter, "speech") if event.kind in ("prompt", "countdown")]
        said.append(Counter(event.text for event in speech))
        actions = [event for event in _lane(chapter, "action") if event.kind not in ("pause", "wait")]
        work.append([(event.kind, event.end_ms - event.start_ms) for event in actions])
    assert work[0] == work[1] == work[2]
    assert said[2] <= said[1] <= said[0]


@often
@given(random_steps.holds(), st.floats(0.3, 2))
def test_more_guidance_moves_nothing_that_was_there_before(hold: Hold, stretch: float) -> None:
    full, key, names = (
        {(event.start_ms, event.text) for event in _lane(chapter, "speech")}
        for chapter in (
            play(hold, guidance=level, lengths=FakeLengths(stretch)).chapter for level in GUIDANCE_LEVELS
        )
    )
    assert names <= key <= full


@often
@given(random_steps.any_steps)
def test_the_same_script_gives_the_same_timeline(steps: tuple[Step, ...]) -> None:
    made = session(exercise(*steps))
    assert timeline_json(timeline(made)) == timeline_json(timeline(made))


@often
@given(random_steps.plain_steps, st.integers(1, 3), st.sampled_from(["in turn", "alternating"]))
def test_both_sides_get_equal_work(steps: tuple[Step, ...], reps: int, order: Any) -> None:
    both = Sides(where=HERE, sides=("left", "right"), steps=steps, reps=reps, order=order)
    # Sides inside sides belong to the inner ones, which are equal as well.
    balance = SideBalance()
    balance.add(play(both).chapter)
    assert balance.problems() == ()


@often
@given(random_steps.any_steps, st.floats(1, 4))
def test_longer_clips_take_nothing_away_from_what_is_done(steps: tuple[Step, ...], stretch: float) -> None:
    normal, slow = (play(*steps, lengths=FakeLengths(each)).chapter for each in (1, stretch))
    assert slow.duration_ms >= normal.duration_ms

    def work(chapter: Chapter) -> list[tuple[str, int]]:
        return [(event.kind, event.end_ms - event.start_ms) for event in _lane(chapter, "action")]

    assert work(normal) == work(slow)
