"""Chapters of a session: openings, rounds, what comes between, beginning later, repeating an exercise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.fake_clips import (
    FAKE,
    HERE,
    compiled,
    done,
    english,
    exercise,
    library,
    plans,
    said,
    session,
    timeline,
    tune,
)
from voice_coach.compiler.plan import ChapterPlan, plan_session
from voice_coach.core.errors import CoachError, ScriptError, Where
from voice_coach.core.parameters import Pace
from voice_coach.core.script import (
    Count,
    During,
    Fragment,
    Hold,
    Move,
    MoveTo,
    Param,
    Repeat,
    Rounds,
    Say,
    Session,
    SessionEntry,
    Step,
    Use,
    Variants,
)
from voice_coach.core.timeline import InPosition, Silence, Sound, Speech
from voice_coach.pacing.layers import effective_pace

LINE = Where("script.yaml", 17, 5)


def _say(*texts: str, **more: object) -> Say:
    return Say(where=HERE, texts=texts, **more)  # pyright: ignore[reportArgumentType]


def _heard(chapters: tuple[ChapterPlan, ...]) -> list[list[str]]:
    return [said(compiled(plan, FAKE)) for plan in chapters]


def _turns(*texts: str) -> Variants:
    return Variants(where=HERE, choices=tuple((_say(text),) for text in texts))


def _circuit(
    *entries: SessionEntry, times: int = 3, between: tuple[Step, ...] = (), **more: object
) -> Session:
    return session(Rounds(times=times, entries=entries, where=HERE, between=between), **more)


def _entry(name: str, *steps: Step) -> SessionEntry:
    return SessionEntry(exercise=exercise(*steps, id=name, title=name.capitalize()), where=HERE)


def test_opening_exercises_and_closing_are_chapters() -> None:
    made = session(
        exercise(_say("Go."), id="one", title="One"),
        title="All",
        opening=(_say("Welcome to {title}."),),
        closing=(_say("Bye."),),
        between=(_say("Next, {title}."),),
    )
    assert [(plan.title, plan.exercise) for plan in plans(made)] == [
        ("Welcome", ""),
        ("One", "one"),
        ("Closing", ""),
    ]
    assert _heard(plans(made)) == [["Welcome to All."], ["Next, One.", "Go."], ["Bye."]]


def test_between_comes_before_the_way_into_the_position() -> None:
    made = session(exercise(_say("Go."), position="prone"), between=(_say("Next."),), end="prone")
    (heard,) = _heard(plans(made))
    assert heard[0] == "Next."
    assert heard[1].startswith("Slowly come down")
    assert heard[-1] == "Go."


def test_between_rounds_comes_before_the_first_exercise_of_each_later_round() -> None:
    between = (_say("{round} of {rounds}."),)
    made = _circuit(_entry("a", _say("A.")), _entry("b", _say("B.")), between=between, times=2)
    assert _heard(plans(made)) == [["A."], ["B."], ["Two of two.", "A."], ["B."]]


def test_first_is_heard_once_in_a_session_and_later_every_other_time() -> None:
    steps = (_say("Learn.", only="first"), _say("Again.", only="later"), _say("Last.", only="last"))
    made = _circuit(_entry("a", *steps))
    assert _heard(plans(made)) == [["Learn.", "Last."], ["Again.", "Last."], ["Again.", "Last."]]


def test_what_is_first_reached_in_a_later_round_is_heard_there() -> None:
    choices = ((_say("A."),), (_say("Learn B.", only="first"), _say("B.")))
    made = _circuit(_entry("a", Variants(where=HERE, choices=choices)), times=4)
    assert _heard(plans(made)) == [["A."], ["Learn B.", "B."], ["A."], ["B."]]


def test_variants_go_on_from_round_to_round() -> None:
    made = _circuit(_entry("a", _turns("A.", "B.", "C."), _turns("1.", "2.")), times=4)
    assert _heard(plans(made)) == [["A.", "1."], ["B.", "2."], ["C.", "1."], ["A.", "2."]]


def test_variants_in_a_loop_go_on_where_the_round_before_ended() -> None:
    loop = Repeat(where=HERE, times=2, steps=(_turns("A.", "B.", "C."),))
    made = _circuit(_entry("a", loop), times=3)
    assert _heard(plans(made)) == [["A.", "B."], ["C.", "A."], ["B.", "C."]]


def test_first_and_turns_between_exercises_and_between_rounds() -> None:
    made = _circuit(
        _entry("a", _say("A.")),
        _entry("b", _say("B.")),
        between=(_say("First pause.", only="first"), _turns("Drink.", "Walk.")),
        times=4,
    )
    assert [heard for heard in _heard(plans(made)) if len(heard) > 1] == [
        ["First pause.", "Drink.", "A."],
        ["Walk.", "A."],
        ["Drink.", "A."],
    ]
    single = session(
        *(_entry(name, _say(name)) for name in "abc"),
        between=(_say("We begin.", only="first"), _say("On we go.", only="later")),
    )
    assert _heard(plans(single)) == [["We begin.", "a"], ["On we go.", "b"], ["On we go.", "c"]]


def test_a_fragment_of_the_session_remembers_from_opening_to_closing() -> None:
    fragment = Fragment("hint", {}, (_say("Listen.", only="first"), _say("You know.", only="later")), HERE)
    use = Use(where=HERE, fragment="hint")
    made = session(
        exercise(_say("Go.")), opening=(use,), between=(use,), closing=(use,), fragments={"hint": fragment}
    )
    assert _heard(plans(made)) == [["Listen."], ["You know.", "Go."], ["You know."]]


def test_chapters_are_the_same_in_any_order_and_any_number_of_times() -> None:
    made = _circuit(_entry("a", _turns("A.", "B.", "C."), _say("Learn.", only="first")), times=3)
    inorder = _heard(plans(made))
    backwards = plans(made)
    assert _heard(backwards[::-1])[::-1] == inorder
    assert _heard(backwards) == inorder
    # A chapter that was begun and left does not count.
    begun = plans(made)
    next(begun[0].cues())
    assert _heard(begun[1:]) == inorder[1:]


def test_beginning_later_is_cautioned_without_the_opening_and_led_from_the_start_position() -> None:
    made = library().session("lower-back-relief")
    caution, first, *rest = plans(made, start_at="chair-breathing")
    assert said(compiled(caution)) == list(library().language("en").opening)
    assert [plan.exercise for plan in rest] == [""]
    heard = said(compiled(first))
    assert heard[:2] == ["First, Chair breathing.", "Slowly come down onto your knees, one after the other."]
    assert "And roll softly onto your back." in heard


def test_beginning_later_hears_what_is_said_the_first_time() -> None:
    a, b = (_entry(name, _say(f"Learn {name}.", only="first"), _say("Go.")) for name in "ab")
    made = _circuit(a, b, times=2)
    assert _heard(plans(made, start_at="b")) == [["Learn b.", "Go."], ["Learn a.", "Go."], ["Go."]]


def test_beginning_at_an_unknown_exercise_names_those_there_are() -> None:
    with pytest.raises(CoachError, match="pelvic-tuck, knee-slide, chair-breathing"):
        plans(library().session("lower-back-relief"), start_at="cat")


@pytest.mark.parametrize("name", ["pelvic-tuck", "knee-slide", "chair-breathing"])
def test_an_exercise_by_itself_begins_with_the_caution(name: str) -> None:
    opening, *_, closing = plans(library().session(name), "names")
    assert said(compiled(opening))[0].startswith("Stop at once if anything hurts")
    assert said(compiled(closing))[-1] == "Lean your hands on that knee, and slowly stand up."


def test_the_coach_leads_to_the_end_unless_one_is_there() -> None:
    prone = exercise(_say("Go."), position="prone")
    assert [plan.title for plan in plans(session(prone))] == ["Test", "Closing"]
    assert [plan.title for plan in plans(session(prone, end="prone"))] == ["Test"]


def test_a_missing_way_is_said_before_anything_is_played() -> None:
    dumb = replace(english(), moves=())
    made = session(exercise(_say("Go.")), exercise(_say("Go."), position="prone"))
    with pytest.raises(ScriptError, match="from standing to prone"):
        plan_session(made, dumb, lambda _entry: effective_pace({}, []))


def test_a_missing_way_to_the_end_is_said_before_anything_is_played() -> None:
    down = Move("standing", "prone", ("Down.",), 5_000, HERE)
    dumb = replace(english(), moves=(down,))
    made = session(exercise(_say("Go."), position="prone"), where=Where("session.yaml", 1))
    with pytest.raises(ScriptError) as caught:
        plan_session(made, dumb, lambda _entry: effective_pace({}, []))
    (problem,) = caught.value.problems
    assert problem.message == "nothing says how to get from prone to standing"
    assert problem.where == made.where


def test_a_missing_way_that_only_a_later_round_needs_is_said_before_anything_is_played() -> None:
    there = Move("standing", "prone", ("Down.",), 5_000, HERE)
    dumb = replace(english(), moves=(there,))
    turns = Variants(where=HERE, choices=((_say("Stay."),), (MoveTo(where=LINE, position="prone"),)))
    made = _circuit(_entry("a", turns), times=3)
    with pytest.raises(ScriptError, match="from prone to standing"):
        plan_session(made, dumb, lambda _entry: effective_pace({}, []))


@pytest.mark.parametrize(
    "step",
    [
        _say("{rep} of {reps}."),
        Hold(where=LINE, duration=9_000, countdown=3),
        Hold(where=HERE, duration=9_000, during=(During(where=LINE, say=("{remaining}.",), at=1_000),)),
        Count(where=LINE, reps=3, tempo=(1_000, 1_000)),
        Count(where=LINE, reps=3, tempo=(1_000, 1_000), speak="nothing", phases=("{rep}", "-")),
    ],
)
def test_numbers_of_a_language_that_has_none_are_told_before_anything_is_played(step: Step) -> None:
    with pytest.raises(ScriptError) as caught:
        _in_language("tlh", Repeat(where=HERE, times=2, steps=(step,)))
    (problem,) = caught.value.problems
    assert 'cannot be said in the language "tlh"' in problem.message
    assert "num2words" in problem.hint
    assert problem.where == (LINE if step.where == LINE or isinstance(step, Hold) else HERE)


def test_places_in_a_row_of_a_language_that_has_numbers_only() -> None:
    _in_language("cs", Repeat(where=HERE, times=2, steps=(_say("{rep}."),)))
    with pytest.raises(ScriptError, match='the place 1 in a row cannot be said in the language "cs"'):
        _in_language("cs", Repeat(where=HERE, times=2, steps=(_say("{rep:ordinal}."),)))


def test_a_language_without_numbers_can_be_spoken_in_words() -> None:
    (plan,) = _in_language("tlh", _say("Qapla!"), Hold(where=HERE, duration=5_000))
    assert said(compiled(plan)) == ["Qapla!"]


def _in_language(code: str, *steps: Step) -> tuple[ChapterPlan, ...]:
    spoken = replace(english(), code=code)
    return plan_session(session(exercise(*steps)), spoken, lambda _entry: effective_pace({}, []))


def test_times_add_up_over_a_session() -> None:
    whole = timeline(library().session("lower-back-relief"))
    starts = whole.starts_ms()
    assert starts[0] == 0
    assert whole.duration_ms == starts[-1] + whole.chapters[-1].duration_ms
    assert len(done(whole.chapters[1], "hold")) == 5
    assert {event.end_ms - event.start_ms for event in done(whole.chapters[1], "hold")} == {60_000}


def test_settings_of_an_entry_reach_only_its_chapter() -> None:
    long = exercise(
        Hold(where=HERE, duration=Param("hold")), tune={"hold": tune("hold", "duration", 5_000, 1_000, 9_000)}
    )
    made = session(long, SessionEntry(exercise=long, where=HERE, settings={"hold": 2_000}))
    assert [chapter.duration_ms for chapter in timeline(made).chapters] == [5_000, 2_000]


def _plain(entry: SessionEntry | None) -> Pace:
    return effective_pace(entry.exercise.tune if entry else {}, [])


@pytest.mark.parametrize("start_at", ["", "knee-slide"])
def test_a_session_for_one_person_greets_them_after_the_first_sound(start_at: str) -> None:
    made = library().session("lower-back-short")
    plain, theirs = (
        plan_session(made, english(), _plain, start_at=start_at, person=person)[0]
        for person in ("", "Anna Nováková")
    )
    before, after = (
        [cue for cue in plan.cues() if not isinstance(cue, InPosition)] for plan in (plain, theirs)
    )
    assert isinstance(after[0], Sound)
    assert isinstance(after[1], Speech)
    assert after[1].texts == ("This session is for Anna Nováková.",)
    assert [after[0], *after[3:]] == before
    assert isinstance(after[2], Silence)


def test_a_person_is_greeted_where_the_session_has_no_opening() -> None:
    (plan, *_) = plan_session(
        session(exercise(Say(texts=("Hello.",), where=HERE))),
        english(),
        _plain,
        person="Max",
    )
    assert plan.title == "Welcome"
    assert [cue.texts for cue in plan.cues() if isinstance(cue, Speech)] == [("This session is for Max.",)]
