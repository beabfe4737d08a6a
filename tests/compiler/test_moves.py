"""How the coach leads from one position to another."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest

from tests.support.fake_clips import (
    FAKE,
    HERE,
    FakeLengths,
    done,
    english,
    exercise,
    plans,
    said,
    scheduled,
    session,
)
from voice_coach.compiler.expand import route
from voice_coach.core.errors import ScriptError
from voice_coach.core.script import (
    POSITIONS,
    Fragment,
    Group,
    Move,
    MoveTo,
    Only,
    Pause,
    Position,
    Repeat,
    Rounds,
    Say,
    SessionEntry,
    Sides,
    Step,
    Use,
    Variants,
)
from voice_coach.core.timeline import Lasting, Mark, Speech

COMMON = english().moves
PAIRS = list(permutations(POSITIONS, 2))


def _move(origin: Position, to: Position, ms: int = 10_000, *say: str) -> Move:
    return Move(origin, to, say or (f"From {origin} to {to}.",), ms, HERE)


@pytest.mark.parametrize(("origin", "to"), PAIRS)
def test_every_position_is_reached_from_every_other(origin: Position, to: Position) -> None:
    path = route(origin, to, (), COMMON, HERE)
    assert (path[0].origin, path[-1].to) == (origin, to)
    assert all(before.to == after.origin for before, after in pairwise(path))
    assert len(path) <= 2


@pytest.mark.parametrize(("origin", "to"), PAIRS)
def test_there_is_as_much_time_for_moving_as_for_words(origin: Position, to: Position) -> None:
    for move in route(origin, to, (), COMMON, HERE):
        words_ms = sum(330 + 62 * len(text) for text in move.say)
        assert move.duration_ms >= 2 * words_ms


def test_no_way_is_needed_to_where_one_is() -> None:
    assert route("prone", "prone", (), (), HERE) == ()


def test_the_sessions_own_way_wins() -> None:
    own = _move("prone", "supine")
    assert route("prone", "supine", (own,), COMMON, HERE) == (own,)


def test_a_direct_way_wins_over_a_quicker_detour() -> None:
    direct = _move("prone", "standing", 60_000)
    detour = (_move("prone", "all fours", 1), _move("all fours", "standing", 1))
    assert route("prone", "standing", (), (*detour, direct), HERE) == (direct,)


def test_of_ways_as_long_the_quickest_wins() -> None:
    slow = (_move("prone", "kneeling", 9_000), _move("kneeling", "standing", 9_000))
    quick = (_move("prone", "all fours", 8_000), _move("all fours", "standing", 9_000))
    for moves in ((*slow, *quick), (*quick, *slow)):
        assert route("prone", "standing", (), moves, HERE) == quick


def test_no_way_is_said_with_the_place_and_what_to_do() -> None:
    with pytest.raises(ScriptError) as caught:
        route("prone", "standing", (), (_move("standing", "prone"),), HERE)
    (problem,) = caught.value.problems
    assert problem.where == HERE
    assert "from prone to standing" in problem.message
    assert "transitions: [{from: prone, to: standing" in problem.hint


@pytest.mark.parametrize("stretch", [0.5, 1, 4])
def test_what_the_words_of_a_move_leave_over_is_shared_out_after_each(stretch: float) -> None:
    lengths = FakeLengths(stretch)
    words = ("One knee.", "And then slowly the other.", "Down.")
    mark = Mark(where=HERE)
    cues = tuple(Speech(texts=(text,), kind="move", guidance="names", mark=mark) for text in words)
    lasting = Lasting(cues=cues, minimum_ms=20_000, gap_ms=900, mark=mark)
    chapter = scheduled([lasting], lengths).chapter
    speech = [event for event in chapter.events if event.lane == "speech"]
    ends = [event.start_ms for event in speech[1:]] + [chapter.duration_ms]
    silences = [end - event.end_ms for event, end in zip(speech, ends, strict=True)]
    assert min(silences) >= 900
    assert max(silences) - min(silences) <= len(words)
    assert chapter.duration_ms >= 20_000
    assert chapter.duration_ms == max(20_000, sum(e.end_ms - e.start_ms for e in speech) + 3 * 900)
    (move,) = done(chapter, "move")
    assert (move.start_ms, move.end_ms) == (0, chapter.duration_ms)


SAY, PAUSE = Say(where=HERE, texts=("Hm.",)), Pause(where=HERE, duration=1_000)


def _to(position: Position, only: Only = "always") -> MoveTo:
    return MoveTo(where=HERE, position=position, only=only)


@pytest.mark.parametrize(
    ("steps", "position"),
    [
        ((SAY, PAUSE), "standing"),
        ((SAY, _to("prone"), PAUSE), "prone"),
        ((_to("prone"), Group(where=HERE, steps=(_to("supine"),))), "supine"),
        ((Repeat(where=HERE, times=2, steps=(_to("prone"),), between=(_to("supine"),)),), "prone"),
        ((Sides(where=HERE, sides=("left",), steps=(PAUSE,), change=(_to("seated"),)),), "standing"),
        ((Sides(where=HERE, sides=("left", "right"), steps=(PAUSE,), change=(_to("seated"),)),), "seated"),
        ((Variants(where=HERE, choices=((_to("prone"),), (_to("kneeling"),))),), "prone"),
        ((Repeat(where=HERE, times=3, steps=(_to("prone"), _to("seated", only="first"))),), "prone"),
        ((Repeat(where=HERE, times=3, steps=(_to("prone"), _to("seated", only="last"))),), "seated"),
        ((Use(where=HERE, fragment="down"),), "side-lying"),
    ],
)
def test_the_next_exercise_is_led_to_from_where_the_steps_really_ended(
    steps: tuple[Step, ...], position: Position
) -> None:
    fragments = {"down": Fragment("down", {}, (_to("side-lying"),), HERE)}
    _, then = plans(session(exercise(*steps, fragments=fragments), exercise(SAY, position="all fours")))[:2]
    (*found,) = (cue.cues[0].texts[0] for cue in then.cues() if isinstance(cue, Lasting))
    assert found == [move.say[0] for move in route(position, "all fours", (), COMMON, HERE)]


def test_where_variants_end_goes_on_turning_from_round_to_round() -> None:
    turns = Variants(where=HERE, choices=((_to("supine"),), (_to("prone"),)))
    entries = (
        SessionEntry(exercise=exercise(turns), where=HERE),
        SessionEntry(exercise=exercise(SAY, position="supine"), where=HERE),
    )
    chapters = plans(session(Rounds(times=2, entries=entries, where=HERE)))
    led = [[cue for cue in plan.cues() if isinstance(cue, Lasting)] for plan in chapters]
    assert led[1] == []
    assert [cue.cues[0].texts[0] for cue in led[3]] == [
        move.say[0] for move in route("prone", "supine", (), COMMON, HERE)
    ]


def test_there_is_a_closing_only_where_the_end_is_not_reached() -> None:
    first = exercise(Repeat(where=HERE, times=2, steps=(_to("prone", only="first"), _to("standing"))))
    assert [plan.title for plan in plans(session(first))] == ["Test"]
    last = exercise(Repeat(where=HERE, times=2, steps=(_to("standing"), _to("prone", only="last"))))
    assert [plan.title for plan in plans(session(last))] == ["Test", "Closing"]


def test_the_next_exercise_begins_where_the_last_one_ended() -> None:
    flow = exercise(_to("supine"), id="flow", position="prone")
    claimed = exercise(SAY, id="claimed", position="supine", end_position="side-lying")
    chapters = plans(session(flow, claimed, exercise(PAUSE, id="last", position="supine"), start="prone"))
    moves = [
        [cue.cues[0].texts[0] for cue in chapter.cues() if isinstance(cue, Lasting)] for chapter in chapters
    ]
    assert moves == [
        ["Stretch one arm up beside your head."],
        [],
        ["Roll softly onto your back."],
        ["Bend your knees, and roll onto your side."],
    ]


def test_a_move_in_the_opening_is_not_led_again() -> None:
    made = session(exercise(PAUSE, position="supine"), opening=(SAY, _to("supine")), end="supine")
    opening, only = plans(made)
    assert any(isinstance(cue, Lasting) for cue in opening.cues())
    assert not any(isinstance(cue, Lasting) for cue in only.cues())


def test_arriving_in_ones_own_way() -> None:
    prone = exercise(PAUSE, position="prone", arrive=(Say(where=HERE, texts=("Flop down.",)),))
    mine = SessionEntry(exercise=prone, where=HERE, arrive=(Say(where=HERE, texts=("Just lie.",)),))
    first, second, closing = plans(session(prone, mine))
    assert said(scheduled(first.cues(), FAKE)) == ["Flop down."]
    assert said(scheduled(second.cues(), FAKE)) == ["Just lie."]
    assert said(scheduled(closing.cues(), FAKE))[0] == "Put your hands beside your shoulders."
