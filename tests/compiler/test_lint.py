"""Advice about time: each piece says where, what, by how much, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_clips import HERE, FakeLengths, advice, exercise, play, session, tune
from voice_coach.core.errors import Problem, Where
from voice_coach.core.script import (
    Breathe,
    Count,
    During,
    Exercise,
    Fragment,
    Hold,
    Only,
    Param,
    Pause,
    Repeat,
    Say,
    SessionEntry,
    Sets,
    Side,
    Sides,
    Step,
    Use,
)

LINE = Where("script.yaml", 17, 5)


def _hold(duration: int, *during: During, countdown: int = 0, where: Where = HERE) -> Hold:
    return Hold(where=where, duration=duration, during=during, countdown=countdown)


def _during(*texts: str, **more: Any) -> During:
    return During(where=LINE, say=texts, **more)


def _only(step: Step, lengths: FakeLengths | None = None) -> Problem:
    (problem,) = play(step, lengths=lengths or FakeLengths()).warnings
    assert problem.severity == "warning"
    assert problem.hint
    assert problem.where == LINE
    return problem


def test_a_countdown_longer_than_its_hold() -> None:
    problem = _only(_hold(3_000, countdown=5, where=LINE))
    assert problem.message == "the countdown needs 5s, but its hold lasts 3s"
    assert problem.hint == "count down from 3, or make the shortest hold 5s"
    assert problem.token == "countdown"


def test_numbers_longer_than_a_second() -> None:
    problem = _only(_hold(5_000, countdown=2, where=LINE), FakeLengths(stretch=2.5))
    assert problem.message == '"two" takes 1.3 s, longer than a second of the countdown: it is left out'


def test_a_prompt_that_does_not_fit_before_the_end() -> None:
    problem = _only(_hold(10_000, _during("Nearly there now.", last=1_000)))
    assert (
        problem.message
        == '"Nearly there now." takes 1.4 s, but at its moment there is room for 1.0 s: it is left out'
    )


@pytest.mark.parametrize("moment", [{"at": 10_000}, {"at": 15_000}, {"last": 12_000}, {"at": 1.0}])
def test_a_moment_outside_the_hold(moment: dict[str, Any]) -> None:
    problem = _only(_hold(10_000, _during("Hm.", **moment)))
    assert problem.message == 'the moment of "Hm." lies outside its hold of 10s: it is left out'
    assert "percentage" in problem.hint


def test_prompts_that_run_into_each_other() -> None:
    first = During(where=HERE, say=("This takes two seconds, more or less.",), at=5_000)
    problem = _only(_hold(30_000, first, _during("Now?", at=6_000)))
    assert problem.message == '"Now?" runs into other words here and comes 1.8 s late'


def test_a_little_late_is_not_worth_a_word() -> None:
    done = play(_hold(30_000, _during("One.", at=5_000), _during("Two.", at=5_300)))
    assert done.warnings == ()


def test_true_at_one_moment_only() -> None:
    first = During(where=HERE, say=("Breathe.",), at=20_000, guidance="key")
    problem = _only(_hold(30_000, first, _during("{remaining} left.", last=10_000)))
    assert '"Ten seconds left." takes' in problem.message


def test_breath_words_longer_than_their_phase() -> None:
    problem = _only(Breathe(where=LINE, pattern=(4_000, 0, 300, 0), cycles=2))
    assert problem.message == '"Out" takes 0.5 s, but its phase lasts 0.3 s: it is left out'
    assert "guide: tones" in problem.hint


def test_counted_words_longer_than_their_part() -> None:
    step = Count(where=LINE, reps=2, tempo=(3_000, 300), phases=("Down", "Up"))
    problem = _only(step)
    assert problem.message == '"Up" takes 0.5 s, but its phase lasts 0.3 s: it is left out'
    assert "tempo" in problem.hint


def test_a_prompt_that_goes_on_well_after_its_breath() -> None:
    wide = _during("Let your ribs widen slowly to both sides now.", on="inhale", turn=2)  # 3.1 s
    breathing = Breathe(where=HERE, pattern=(1_500, 0, 6_000, 0), cycles=3, during=(wide,))
    problem = _only(breathing)
    assert problem.message == (
        '"Let your ribs widen slowly to both sides now." takes 3.1 s, but its inhale lasts 1.5 s: '
        "it goes on for 1.6 s after that"
    )
    assert "more time" in problem.hint


def test_a_prompt_that_goes_on_well_after_its_part_of_a_tempo() -> None:
    slowly = _during("Slowly, as if you were under water.", on="2")  # 2.5 s
    problem = _only(Count(where=HERE, reps=1, tempo=(3_000, 1_000, 2_000), during=(slowly,)))
    assert "takes 2.5 s, but its part of the tempo lasts 1.0 s: it goes on for 1.5 s" in problem.message


def test_a_prompt_that_comes_late_goes_on_after_its_phase() -> None:
    """It fits its part, but the number is said there first."""
    slowly = _during("Slowly, as if you were under water.", on="1")  # 2.5 s
    steps = [Count(where=HERE, reps=1, tempo=(ms, 6_000 - ms), during=(slowly,)) for ms in (1_600, 2_600)]
    assert [len(play(step).warnings) for step in steps] == [1, 0]


def test_words_that_end_soon_after_their_phase_are_no_problem() -> None:
    wide = _during("Let your ribs widen slowly to both sides now.", on="inhale")
    assert play(Breathe(where=HERE, pattern=(2_200, 0, 6_000, 0), cycles=2, during=(wide,))).warnings == ()


@pytest.mark.parametrize("inside", [False, True])
def test_a_prompt_of_too_many_words(inside: bool) -> None:
    words = " ".join(["word"] * 26)
    step = _hold(60_000, _during(words, at=1_000)) if inside else Say(where=LINE, texts=(words,))
    assert _only(step).message == "26 words in one prompt; more than 25 are hard to follow"


def test_each_piece_of_advice_is_given_once() -> None:
    loop = Repeat(where=HERE, times=5, steps=(_hold(3_000, countdown=5, where=LINE),))
    assert len(play(loop).warnings) == 1


def _work(seconds: int, only: Only = "always") -> Hold:
    return Hold(where=LINE, duration=seconds * 1_000, only=only)


def _sides(*steps: Step, sides: tuple[Side, ...] = ("left", "right")) -> Sides:
    return Sides(where=HERE, sides=sides, steps=steps)


def _messages(*exercises: Exercise | SessionEntry) -> list[str]:
    problems = advice(session(*exercises))
    assert all(problem.hint and problem.where == LINE for problem in problems)
    return [problem.message for problem in problems]


def test_a_side_that_gets_more() -> None:
    assert _messages(exercise(_sides(_work(10), _work(5, "first")))) == [
        "the left side gets 5.0 s more than the right"
    ]


def test_only_one_side() -> None:
    assert _messages(exercise(_sides(_work(10), sides=("left",)))) == ["only the left side is worked"]


def test_counted_reps_are_work_whatever_set_their_tempo() -> None:
    count = Count(where=LINE, reps=3, tempo=(2_000, 1_000), only="first")
    assert _messages(exercise(_sides(count, _work(1)))) == ["the left side gets 9.0 s more than the right"]


def test_rests_and_pauses_are_no_work() -> None:
    rest = Hold(where=HERE, duration=5_000, role="rest", only="first")
    assert _messages(exercise(_sides(_work(10), rest, Pause(where=HERE, duration=1_000, only="first")))) == []


def test_a_left_and_a_right_exercise_balance_each_other() -> None:
    left, right = (
        exercise(_sides(_work(10), sides=(side,)), id=side)
        for side in (("left", "right"))  # pyright: ignore[reportArgumentType]
    )
    assert _messages(left, right) == []
    assert _messages(left, right, left) == ["the left side gets 10.0 s more than the right"]


def test_a_parameter_that_nothing_uses() -> None:
    lonely = {"work": tune("work", "duration", 5_000, 0, 9_000)}
    (problem,) = advice(session(exercise(Say(where=HERE, texts=("Hm.",)), tune=lonely)))
    assert problem.message == '"work" can be tuned, but no step uses it'
    assert problem.severity == "warning"


FRAGMENTS = {
    "inner": Fragment("inner", {"long": "1s"}, (Pause(where=HERE, duration=Param("long")),), HERE),
    "plain": Fragment("plain", {}, (Pause(where=HERE, duration=Param("x")),), HERE),
}


@pytest.mark.parametrize(
    "step",
    [
        Pause(where=HERE, duration=Param("x")),
        Say(where=HERE, texts=("For {x}.",)),
        Say(where=HERE, texts=("Hm.",), then=Param("x")),
        _hold(9_000, During(where=HERE, say=("Hm.",), at=Param("x"))),
        _hold(9_000, During(where=HERE, say=("{x}.",), at=0)),
        Sets(where=HERE, times=1, steps=(Pause(where=HERE, duration=Param("x")),)),
        _sides(Pause(where=HERE, duration=Param("x"))),
        Use(where=HERE, fragment="inner", arguments={"long": "x"}),
        Use(where=HERE, fragment="plain"),
        Breathe(where=HERE, pattern=(4_000, 0, 4_000, 0), duration=Param("x")),
    ],
)
def test_every_use_of_a_parameter_counts(step: Step) -> None:
    tuned = {"x": tune("x", "duration", 1_000, 0, 9_000)}
    assert advice(session(exercise(step, tune=tuned, fragments=FRAGMENTS))) == []


def test_the_coachs_own_change_of_side_uses_change() -> None:
    tuned = {"change": tune("change", "duration", 1_000, 0, 9_000)}
    assert advice(session(exercise(_sides(_work(1)), tune=tuned))) == []


def test_an_argument_of_the_same_name_hides_a_parameter() -> None:
    tuned = {"long": tune("long", "duration", 1_000, 0, 9_000)}
    used = exercise(Use(where=HERE, fragment="inner"), tune=tuned, fragments=FRAGMENTS)
    assert [problem.message for problem in advice(session(used))] == [
        '"long" can be tuned, but no step uses it'
    ]
