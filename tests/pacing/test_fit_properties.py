"""What is true of every session that is fitted to any time, and of every position of the knob."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from tests.support import random_steps
from tests.support.fake_clips import HERE, LENGTHS, exercise, library, session, tune
from tests.support.fits import Asked, Fits
from voice_coach.compiler.lint import SideBalance
from voice_coach.core.errors import TooMuchError
from voice_coach.core.parameters import GENERAL, within
from voice_coach.core.script import (
    GUIDANCE_LEVELS,
    Exercise,
    Hold,
    Param,
    Repeat,
    Rounds,
    Say,
    Session,
    SessionEntry,
    Side,
    Sides,
    Step,
)
from voice_coach.core.timeline import Chapter, Event
from voice_coach.core.units import MS_PER_MINUTE
from voice_coach.pacing.fit_search import TOLERANCE_MS, CannotFitError
from voice_coach.rendering.fit import FittedSession

MANY = 8
"""Each fit compiles some dozens of times; for a hunt, set more."""

some = settings(
    max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
HOLD_MS = 20_000
TUNE = {
    "reps": tune("reps", "count", 3, 1, 5),
    "sets": tune("sets", "count", 2, 1, 3),
    "rest": tune("rest", "duration", 10_000, 6_000, 25_000),
    "hold": tune("hold", "duration", HOLD_MS, 10_000, 40_000),
}
SIDES: tuple[tuple[Side, ...], ...] = (("left", "right"), ("right", "left"))


@st.composite
def exercises(draw: st.DrawFn, name: str) -> Exercise:
    """Random steps, and reps on both sides with a spoken rest that is tuned."""
    rest: tuple[Step, ...] = (
        Say(where=HERE, texts=("Rest for {rest}.",), guidance=draw(random_steps.guidance)),
        Hold(where=HERE, duration=Param("rest"), role="rest"),
    )
    inner = (Hold(where=HERE, duration=Param("hold")), *draw(random_steps.plain_steps), *rest)
    work = Sides(where=HERE, sides=draw(st.sampled_from(SIDES)), steps=inner, reps=Param("reps"))
    steps: tuple[Step, ...] = (*draw(random_steps.plain_steps), work)
    if draw(st.booleans()):
        steps = (Repeat(where=HERE, times=Param("sets"), steps=steps),)
    return exercise(*steps, id=name, title=name.title(), tune=TUNE)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    entries = tuple(
        SessionEntry(
            exercise=draw(exercises(name)),
            where=HERE,
            settings={"reps": draw(st.integers(1, 5))},
            guidance=draw(st.sampled_from((None, *GUIDANCE_LEVELS))),
        )
        for name in ("one", "two")[: draw(st.integers(1, 2))]
    )
    items = (Rounds(times=2, entries=entries, where=HERE),) if draw(st.booleans()) else entries
    return session(*items, opening=draw(random_steps.plain_steps))


asking = st.builds(
    Asked,
    guidance=st.sampled_from((None, None, *GUIDANCE_LEVELS)),
    speed=st.sampled_from((None, 0.5, 0.75, 1.25, 1.5)),
    values=st.sampled_from(((), (("reps", 2),), (("rest", 12_000),), (("gap", 500),))),
)
shares = st.floats(0.2, 3)
SHARES = (0.4, 0.6, 0.8, 0.95, 1.1, 1.5, 2.2)


def _length(fits: Fits) -> int:
    try:
        return fits.duration_ms()
    except TooMuchError:
        reject()


def _fitted(fits: Fits, target_ms: int) -> FittedSession | CannotFitError:
    try:
        return fits.to(target_ms)
    except CannotFitError as error:
        return error


def _lanes_are_intact(chapter: Chapter) -> bool:
    for lane in ("speech", "sound", "action"):
        events = [event for event in chapter.events if event.lane == lane]
        if any(before.end_ms > after.start_ms for before, after in pairwise(events)):
            return False
    return all(0 <= event.start_ms < event.end_ms <= chapter.duration_ms for event in chapter.events)


def _tuned_holds(chapters: list[Chapter]) -> list[Event]:
    return [
        event
        for chapter in chapters
        for event in chapter.events
        if event.kind == "hold" and event.mark.parameter == "hold"
    ]


def _prompts(chapters: list[Chapter]) -> int:
    return sum(event.lane == "speech" for chapter in chapters for event in chapter.events)


def _prompts_of_their_own(chapters: list[Chapter]) -> int:
    """Those that are not said inside of something that is done: those follow its length, and its breaths."""
    count = 0
    for chapter in chapters:
        busy = [
            (event.start_ms, event.end_ms)
            for event in chapter.events
            if event.lane == "action" and event.kind not in ("move", "pause", "wait")
        ]
        spoken = [event.start_ms for event in chapter.events if event.lane == "speech"]
        count += sum(not any(start <= at < end for start, end in busy) for at in spoken)
    return count


def _is_balanced(chapters: list[Chapter]) -> bool:
    balance = SideBalance()
    for chapter in chapters:
        balance.add(chapter)
    return not balance.problems()


@some
@given(sessions(), asking, shares)
def test_a_fit_ends_in_time_within_all_bounds_or_is_refused_with_a_true_range(
    made: Session, asked: Asked, share: float
) -> None:
    fits = Fits(made, asked=asked)
    target = round(_length(fits) * share)
    found = _fitted(fits, target)
    if isinstance(found, CannotFitError):
        lengths = (found.low_ms, found.high_ms) if found.nearest is None else found.nearest
        assert all(abs(target - length) > TOLERANCE_MS for length in lengths)
        assert (found.low_ms < target < found.high_ms) == (found.nearest is not None)
        assert all(abs(fits.duration_ms(fits.to(length)) - length) <= TOLERANCE_MS for length in lengths)
        return
    chapters = fits.chapters(found)
    assert abs(sum(chapter.duration_ms for chapter in chapters) - target) <= TOLERANCE_MS
    assert all(_lanes_are_intact(chapter) for chapter in chapters)
    assert _is_balanced(chapters)
    holds = _tuned_holds(chapters)
    assert {event.mark.side for event in holds} == {"left", "right"}
    assert {event.end_ms - event.start_ms for event in holds} == {HOLD_MS}
    for entry in found.entries:
        before, after = fits.pace(entry), fits.pace(entry, found)
        for name, tunable in entry.exercise.tune.items() if entry else ():
            assert within(after.values[name], tunable.minimum, tunable.maximum)
        assert within(after.gap_ms, GENERAL["gap"].minimum, GENERAL["gap"].maximum)
        assert after.stretch.moves >= min(before.stretch.moves, 0.85) - 1e-9
        for name, _ in asked.values:
            now, then = ({**pace.values, "gap": pace.gap_ms}.get(name) for pace in (after, before))
            assert now == then
        assert asked.guidance in (None, after.guidance)


@some
@given(sessions(), asking)
def test_more_time_never_means_fewer_words_or_a_smaller_dose(made: Session, asked: Asked) -> None:
    fits = Fits(made, asked=asked)
    length = _length(fits)
    tried = [_fitted(fits, round(length * share)) for share in SHARES]
    found = [each for each in tried if not isinstance(each, CannotFitError)]
    assume(len(found) > 1)
    for short, long in pairwise(found):
        assert _prompts_of_their_own(fits.chapters(short)) <= _prompts_of_their_own(fits.chapters(long))
        for entry in short.entries:
            less, more = fits.pace(entry, short), fits.pace(entry, long)
            assert GUIDANCE_LEVELS.index(less.guidance) >= GUIDANCE_LEVELS.index(more.guidance)
            for name in ("reps", "sets"):
                fewer, as_many = less.values.get(name, 0), more.values.get(name, 0)
                assert isinstance(fewer, int)
                assert isinstance(as_many, int)
                assert fewer <= as_many


@some
@given(sessions(), asking, shares)
def test_the_same_wishes_give_the_same_timeline(made: Session, asked: Asked, share: float) -> None:
    once, again = Fits(made, asked=asked), Fits(made, asked=asked)
    target = round(_length(once) * share)
    first, second = _fitted(once, target), _fitted(again, target)
    if isinstance(first, CannotFitError) or isinstance(second, CannotFitError):
        assert str(first) == str(second)
        return
    assert first.report == second.report
    assert once.chapters(first) == again.chapters(second)


@pytest.mark.parametrize(
    ("name", "first", "last"), [("lower-back-relief", 9, 50), ("lower-back-short", 8, 30)]
)
def test_more_time_for_a_shipped_session_never_means_fewer_words(name: str, first: int, last: int) -> None:
    fits = Fits(library().session(name), LENGTHS)
    said = [_prompts(fits.chapters(fits.to(minutes * MS_PER_MINUTE))) for minutes in range(first, last)]
    assert said == sorted(said)
    assert said[0] < said[-1]


@some
@given(sessions(), st.floats(0.5, 1.5))
def test_the_knob_passes_no_bound_breaks_no_lane_drops_no_side_and_ends_no_hold_early(
    made: Session, speed: float
) -> None:
    plain, turned = Fits(made), Fits(made, asked=Asked(speed=speed))
    before, after = plain.chapters(), turned.chapters()
    assert all(_lanes_are_intact(chapter) for chapter in after)
    assert _is_balanced(after)
    assert [(event.mark, event.end_ms - event.start_ms) for event in _tuned_holds(before)] == [
        (event.mark, event.end_ms - event.start_ms) for event in _tuned_holds(after)
    ]
    for entry in {id(entry): entry for item in made.items for entry in _entries(item)}.values():
        pace = turned.pace(entry)
        assert all(
            within(pace.values[name], tunable.minimum, tunable.maximum) for name, tunable in TUNE.items()
        )
        assert within(pace.gap_ms, GENERAL["gap"].minimum, GENERAL["gap"].maximum)
        assert within(pace.rate_wpm, GENERAL["rate"].minimum, GENERAL["rate"].maximum)


def _entries(item: SessionEntry | Rounds) -> tuple[SessionEntry, ...]:
    return item.entries if isinstance(item, Rounds) else (item,)
