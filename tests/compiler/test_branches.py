"""What is said when something hurts: the way out of an exercise, and something easier."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compiler.test_golden import EXERCISES
from tests.support import fake_clips as fakes
from voice_coach.compiler.plan import ChapterPlan, way_out_problems
from voice_coach.core.errors import ScriptError
from voice_coach.core.script import (
    Exercise,
    Guidance,
    Hold,
    MoveTo,
    Param,
    Pause,
    Position,
    Say,
    Session,
    SessionEntry,
)
from voice_coach.core.timeline import Chapter

STOP = Say(texts=("Stop.",), guidance="full", where=fakes.HERE)
TITLE = Say(texts=("{title}, {hold}.",), guidance="full", where=fakes.HERE)


def _plan(exercise: Exercise, guidance: Guidance | None = None, speed: float | None = None) -> ChapterPlan:
    (plan,) = (plan for plan in fakes.plans(fakes.session(exercise), guidance, speed=speed) if plan.exercise)
    return plan


def _way_out(plan: ChapterPlan) -> Chapter:
    return fakes.scheduled(
        plan.branches.way_out(True), title=plan.title, exercise=plan.exercise, pace=plan.pace
    ).chapter


def _easier(plan: ChapterPlan) -> Chapter:
    assert plan.branches.has_easier
    cues = plan.branches.easier()
    return fakes.scheduled(cues, title=plan.title, exercise=plan.exercise, pace=plan.pace).chapter


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_every_exercise_of_ours_stops_first(path: Path) -> None:
    exercise = fakes.library().exercise(str(path))
    (plan,) = (plan for plan in fakes.plans(fakes.library().session(str(path))) if plan.exercise)
    first = fakes.said(_way_out(plan))[0]
    assert first.startswith("Stop. ")
    assert len(first.split()) <= 8
    assert exercise.hurts


@pytest.mark.parametrize("name", ["pelvic-tuck", "knee-slide", "chair-breathing"])
def test_the_three_of_the_article_have_something_easier(name: str) -> None:
    (plan,) = (plan for plan in fakes.plans(fakes.library().session(name)) if plan.exercise)
    again = [text for text in fakes.said(_easier(plan)) if "stop at once" in text]
    assert len(again) == 1


def test_all_is_said_whatever_the_guidance() -> None:
    steps = (STOP, TITLE)
    more = {"tune": {"hold": fakes.tune("hold", "duration", 5_000, 1_000, 9_000)}}
    plan = _plan(fakes.exercise(STOP, hurts=steps, easier=steps, **more), "names")
    assert fakes.said(_way_out(plan)) == ["Stop.", "Test, five seconds."]
    assert fakes.said(_easier(plan)) == ["Stop.", "Test, five seconds."]


@pytest.mark.parametrize(("speed", "lasts_ms"), [(1.25, 4_000), (1.0, 4_000), (0.5, 8_000)])
def test_the_way_out_is_never_hurried(speed: float, lasts_ms: int) -> None:
    pause = Pause(duration=4_000, where=fakes.HERE)
    plan = _plan(fakes.exercise(pause, hurts=(pause,)), speed=speed)
    (action,) = fakes.done(_way_out(plan), "pause")
    assert action.end_ms - action.start_ms == lasts_ms
    if speed > 1:
        (hurried,) = fakes.done(fakes.compiled(plan).chapter, "pause")
        assert hurried.end_ms - hurried.start_ms < lasts_ms


def test_without_a_way_out_the_coach_has_general_words() -> None:
    plan = _plan(fakes.exercise(STOP))
    assert fakes.said(_way_out(plan)) == list(fakes.english().live.hurts_way_out)
    assert not plan.branches.has_easier


def test_the_opening_and_the_closing_have_a_way_out_too() -> None:
    session = fakes.session(fakes.exercise(STOP, hurts=(STOP,)), opening=(STOP,), closing=(STOP,))
    opening, exercise, closing = fakes.plans(session)
    general = list(fakes.english().live.hurts_way_out)
    assert [fakes.said(_way_out(plan)) for plan in (opening, exercise, closing)] == [
        general,
        ["Stop."],
        general,
    ]


def test_a_branch_changes_nothing_of_the_session() -> None:
    first = Say(texts=("First.",), guidance="names", only="first", where=fakes.HERE)
    more = {"position": "supine", "hurts": (first,), "easier": (first,)}
    one, two = fakes.exercise(first, id="one", **more), fakes.exercise(first, id="two", **more)
    plans = fakes.plans(fakes.session(one, two))
    before = [fakes.said(fakes.compiled(plan)) for plan in plans]
    for plan in plans[:2]:
        assert fakes.said(_way_out(plan)) == ["First."]
        assert fakes.said(_way_out(plan)) == ["First."], "as if for the first time, each time"
        assert fakes.said(_easier(plan)) == ["First."]
    assert [fakes.said(fakes.compiled(plan)) for plan in plans] == before


def test_moves_lead_from_the_position_and_to_the_end() -> None:
    to_side = MoveTo(position="side-lying", where=fakes.HERE)
    to_back = MoveTo(position="supine", where=fakes.HERE)
    made = fakes.exercise(
        STOP, position="prone", end_position="supine", hurts=(to_side, to_back), easier=(to_side,)
    )
    plan = next(plan for plan in fakes.plans(fakes.session(made)) if plan.exercise)
    ways = {(move.origin, move.to): move.say for move in fakes.english().moves}
    assert fakes.said(_way_out(plan)) == [*ways["prone", "side-lying"], *ways["side-lying", "supine"]]
    assert fakes.said(_easier(plan)) == list(ways["supine", "side-lying"]), "where the way out has ended"


def test_a_branch_that_cannot_be_is_told_before_the_session_begins() -> None:
    endless = Hold(duration=100 * 3_600_000, where=fakes.HERE)
    for key in ("hurts", "easier"):
        session: Session = fakes.session(fakes.exercise(STOP, **{key: (endless,)}))
        with pytest.raises(ScriptError, match="goes on for more than"):
            fakes.plans(session)


def test_what_only_a_branch_uses_is_used() -> None:
    tuned = {"tune": {"hold": fakes.tune("hold", "duration", 5_000, 1_000, 9_000)}}
    hold = Hold(duration=Param("hold"), where=fakes.HERE)
    for key in ("hurts", "easier"):
        made = fakes.exercise(STOP, **tuned, **{key: (hold,)})
        assert not [each for each in fakes.advice(fakes.session(made)) if "tuned" in each.message]
    assert [
        each for each in fakes.advice(fakes.session(fakes.exercise(STOP, **tuned))) if "tuned" in each.message
    ]


def test_advice_names_where_the_general_words_are() -> None:
    (problem,) = way_out_problems(fakes.exercise(STOP, language="cs"))
    assert problem.severity == "warning"
    assert "languages/cs.yaml" in problem.hint
    assert way_out_problems(fakes.exercise(STOP, hurts=(STOP,))) == ()


class TestTheWayBackIn:
    """Two exercises on the stomach and back; the second has the session's own way in, from the first."""

    OWN = Say(texts=("Roll over.",), guidance="full", where=fakes.HERE)

    def _said(self, origin: Position, to: Position = "supine", *, is_there: bool = True) -> list[str]:
        first = fakes.exercise(STOP, position="prone")
        second = SessionEntry(
            exercise=fakes.exercise(STOP, position="supine"), where=fakes.HERE, arrive=(self.OWN,)
        )
        session = fakes.session(SessionEntry(exercise=first, where=fakes.HERE), second)
        plan = [plan for plan in fakes.plans(session, "names") if plan.exercise][-1]
        cues = plan.branches.lead_in(origin, to, is_there=is_there)
        return fakes.said(
            fakes.scheduled(cues, title=plan.title, exercise=plan.exercise, pace=plan.pace).chapter
        )

    def test_the_session_s_own_is_said_in_all_its_words_from_where_it_was_written_for(self) -> None:
        assert self._said("prone") == ["Roll over."]

    def test_from_elsewhere_it_is_the_coach_s(self) -> None:
        words = self._said("standing")
        assert words[0].startswith("Slowly come down")
        assert "Roll over." not in words

    def test_who_need_only_be_told_where_is_told_no_more(self) -> None:
        assert self._said("supine", is_there=False) == [
            "Slowly come into this position: on your back. Hold on to something, if you like."
        ]


def test_in_the_middle_the_position_is_set_up_again_in_few_words() -> None:
    session = fakes.library().session("lower-back-relief")
    plan = next(plan for plan in fakes.plans(session) if plan.exercise == "chair-breathing")
    cues = plan.branches.lead_in("supine", "supine", is_there=False, set_up=True)
    chapter = fakes.scheduled(cues, title=plan.title, exercise=plan.exercise, pace=plan.pace).chapter
    assert fakes.said(chapter)[1:] == [
        "Bend your knees, and put your feet on the mat.",
        "Shuffle to the chair with short moves, until your calves can lie on the seat.",
        "Lay one lower leg on the seat of the chair.",
        "And now the other one, beside it.",
    ]
