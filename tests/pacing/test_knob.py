"""Words under the one knob: slower costs none, but for those of turns of which there are fewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import fake_clips as fakes
from tests.support import random_steps
from tests.support.fake_clips import HERE
from voice_coach.compiler.plan import plan_session
from voice_coach.core.errors import Where
from voice_coach.core.parameters import Pace
from voice_coach.core.script import Breathe, Count, Param, Pause, Session, SessionEntry, Step
from voice_coach.core.timeline import Event
from voice_coach.pacing.layers import effective_pace
from voice_coach.pacing.options import SessionOptions

SPEEDS = [round(0.5 + 0.05 * step, 2) for step in range(21)]
SESSIONS = [
    "lower-back-relief",
    "lower-back-short",
    *(str(path) for path in sorted(fakes.EXAMPLES.glob("*.yaml")) if path.stem != "intervals"),
]
IN_TURNS = Where("script.yaml", 2)
TUNE = {
    "breath": fakes.tune("breath", "breath", (4_000, 0, 6_000, 0), (2_000, 0, 3_000, 0), (9_000, 0, 9_000, 0))
}


def _speech(session: Session, speed: float | None) -> list[Event]:
    """All that is said with the knob turned as on the command line."""
    asked = SessionOptions(speed=speed).layer()

    def pace_of(entry: SessionEntry | None) -> Pace:
        return effective_pace(entry.exercise.tune if entry else {}, [asked])

    plans = plan_session(session, fakes.english(), pace_of)
    chapters = (fakes.compiled(plan).chapter for plan in plans)
    return [event for chapter in chapters for event in chapter.events if event.lane == "speech"]


def _turn_words(session: Session) -> set[Where]:
    """Where prompts are written that belong to a breath or to a rep of a count."""

    def within(steps: tuple[Step, ...]) -> Iterator[Where]:
        for step in steps:
            if isinstance(step, Breathe | Count):
                yield from (item.where for item in step.during)
            yield from within(step.children())

    parts = [
        steps
        for entry in session.entries
        for steps in (entry.exercise.steps, *(each.steps for each in entry.exercise.fragments.values()))
    ]
    return {where for steps in parts for where in within(steps)}


def _free(speech: list[Event], turn_words: set[Where]) -> list[Event]:
    """What is said apart from turns."""
    return [
        event
        for event in speech
        if event.kind not in ("breath", "count") and event.mark.where not in turn_words
    ]


@pytest.mark.parametrize("name", SESSIONS, ids=lambda name: name.rpartition("/")[2])
def test_no_position_of_the_knob_says_less_than_a_faster_one(name: str) -> None:
    session = fakes.library().session(name)
    turn_words = _turn_words(session)
    said = [Counter(event.mark for event in _free(_speech(session, speed), turn_words)) for speed in SPEEDS]
    assert sum(said[0].values()) > 10
    for slower, faster in pairwise(said):
        assert slower >= faster


@pytest.mark.parametrize("name", ["breath-break", "coherent-breathing"])
def test_words_that_belong_to_breaths_follow_the_breaths(name: str) -> None:
    session = fakes.library().session(str(fakes.EXAMPLES / f"{name}.yaml"))
    turn_words = _turn_words(session)
    said = [
        [event.text for event in _speech(session, speed) if event.mark.where in turn_words]
        for speed in SPEEDS
    ]
    for slower, faster in pairwise(said):
        assert slower == faster[: len(slower)]
    assert len(said[0]) < len(said[-1])


@st.composite
def _breathings(draw: st.DrawFn) -> Breathe:
    """Breathing for a fixed time, with a prompt at every so many breaths."""
    during = draw(random_steps.during_turns(random_steps.ALWAYS, ("inhale", "exhale")))
    return Breathe(
        where=IN_TURNS,
        pattern=draw(st.one_of(st.just(Param("breath")), random_steps.breaths)),
        duration=draw(st.integers(10_000, 90_000)),
        during=tuple(replace(item, where=IN_TURNS) for item in during),
    )


_steps = st.lists(
    st.one_of(
        _breathings(),
        random_steps.holds().filter(lambda hold: hold.role == "hold"),
        random_steps.says(random_steps.ALWAYS),
        st.builds(Pause, where=st.just(HERE), duration=random_steps.short),
    ),
    min_size=1,
    max_size=4,
).map(tuple)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_steps, st.floats(0.5, 1))
def test_slower_than_written_costs_no_words_but_those_of_turns(steps: tuple[Step, ...], speed: float) -> None:
    session = fakes.session(fakes.exercise(*steps, tune=TUNE))
    slower, written = (
        sum(len(event.text) for event in _free(_speech(session, each), {IN_TURNS})) for each in (speed, None)
    )
    assert slower >= written
