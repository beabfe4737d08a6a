"""Nobody hears a sentence that does not fit where the body is, and no way begins where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.fake_content import (
    ASIDE_MS,
    BOW,
    LIE,
    OPENING,
    FakeContent,
    chapter,
    does,
    goes,
    mark,
    said,
    says,
    stays,
)
from voice_coach.core.commands import CommandName
from voice_coach.session.body import Body, Detour, advance_body, detour, next_detour_ms, release_position
from voice_coach.session.commands import apply_command
from voice_coach.session.state import Rules, State
from voice_coach.session.transitions import advance, enter_mode, finish_segment, segment

ROLL = chapter(
    "Roll",
    10_000,
    says(0, "Roll comes last."),
    says(1_000, "Roll onto your back.", kind="move"),
    does("move", 1_000, 3_000),
    says(3_000, "Bend your knees."),
    does("hold", 4_000, 6_000, mark(1)),
    does("hold", 7_000, 9_000, mark(2)),
    exercise="roll",
    positions=(
        stays(0, "prone", anywhere=True),
        goes(1_000, "prone", "supine", leaves_ms=1_500),
        stays(3_000, "supine"),
    ),
)
STAY = chapter(
    "Stay",
    6_000,
    says(0, "Stay comes next."),
    says(1_000, "Stretch your arms out."),
    does("hold", 2_000, 5_000, mark(1)),
    exercise="stay",
    positions=(
        stays(0, "prone", anywhere=True),
        goes(1_000, "prone", "prone", leaves_ms=1_000),
        stays(1_000, "prone"),
    ),
)
"""An exercise in the position of the one before it: its way in is empty."""
CLOSING = chapter(
    "Closing",
    6_000,
    says(0, "That was all."),
    says(1_000, "Stand up.", kind="move"),
    does("move", 1_000, 4_000),
    says(4_000, "Goodbye."),
    positions=(
        stays(0, "supine"),
        goes(1_000, "supine", "standing", leaves_ms=1_500),
        stays(4_000, "standing"),
    ),
)
SCORE = FakeContent((OPENING, LIE, ROLL, CLOSING), ready=4)
RULES = Rules()
STANDING, PRONE, SUPINE = Body("standing"), Body("prone"), Body("supine")
COMING_DOWN = Body("all fours", is_there=False, way=(1, 1), to="prone")


def heard(state: State, ms: int, rules: Rules = RULES) -> State:
    """The state after so many milliseconds have been heard."""
    while ms > 0:
        stretch = segment(state, SCORE, rules)
        if stretch is None:
            return state
        step = min(ms, stretch.until_ms - stretch.from_ms)
        state, ms = advance(state, step, SCORE), ms - step
        if step == stretch.until_ms - stretch.from_ms:
            state = finish_segment(state, SCORE, rules)
    return state


def sentences(state: State, rules: Rules = RULES, content: FakeContent = SCORE) -> Iterator[str]:
    """What is heard from a state on until the coach waits or all is over; ways besides as ``from → to``."""
    while (stretch := segment(state, content, rules)) is not None and state.mode == "playing":
        if state.announcements:
            way = state.announcements[0].detour
            origin = (way.origin if way.is_there else f"({way.origin})") if way else ""
            yield f"{origin} → {way.to}" if way else state.announcements[0].name
        elif stretch.chapter is not None:
            for event in stretch.chapter.events:
                if event.lane == "speech" and stretch.from_ms <= event.start_ms < stretch.until_ms:
                    yield event.text
        state = finish_segment(advance(state, stretch.until_ms - stretch.from_ms, content), content, rules)


class TestWhereItIs:
    def test_the_first_sentence_of_a_way_leaves_it_where_it_is(self) -> None:
        assert advance_body(STANDING, LIE, 1, 0, 1_400) == STANDING
        assert advance_body(STANDING, LIE, 1, 0, 1_500) == COMING_DOWN
        assert advance_body(COMING_DOWN, LIE, 1, 1_500, 7_000) == PRONE

    def test_between_two_ways_of_lying_it_can_come_onto_the_side(self) -> None:
        assert advance_body(PRONE, ROLL, 2, 0, 2_000).position == "side-lying"

    def test_what_is_jumped_over_moves_nothing(self) -> None:
        assert advance_body(STANDING, LIE, 1, 8_000, 9_000) == STANDING

    def test_an_announcement_takes_nobody_into_the_position_that_it_ends_in(self) -> None:
        for body in (STANDING, SUPINE, COMING_DOWN, release_position(PRONE)):
            assert advance_body(body, STAY, 2, 0, 1_000) == body
        assert advance_body(PRONE, STAY, 2, 0, 1_000) == PRONE

    def test_a_position_that_the_steps_lead_to_without_a_way_is_reached(self) -> None:
        rolls = replace(STAY, positions=(stays(0, "prone"), stays(5_000, "supine")))
        assert advance_body(PRONE, rolls, 2, 4_000, 5_000) == SUPINE
        assert advance_body(STANDING, rolls, 2, 4_000, 5_000) == STANDING

    def test_who_was_asked_for_any_comfortable_position_is_anywhere(self) -> None:
        assert release_position(STANDING) == Body("all fours", is_there=False)
        assert release_position(SUPINE) == Body("side-lying", is_there=False)

    def test_the_session_follows_it(self) -> None:
        state = State(chapter=1)
        assert heard(state, 1_200).body == STANDING
        assert heard(state, 2_000).body == COMING_DOWN
        assert heard(state, 7_500).body == PRONE


class TestDetours:
    def test_there_is_none_for_who_is_where_it_goes_on(self) -> None:
        assert detour(STANDING, LIE, 1, 0) is None
        assert detour(STANDING, LIE, 1, 1_000) is None
        assert detour(PRONE, LIE, 1, 9_000) is None
        assert detour(STANDING, OPENING, 0, 0) is None

    def test_what_is_said_between_exercises_is_for_every_position(self) -> None:
        assert detour(STANDING, ROLL, 2, 0) is None
        assert next_detour_ms(STANDING, ROLL, 2, 0) == 1_000

    def test_a_way_is_begun_from_where_the_body_is(self) -> None:
        assert detour(STANDING, ROLL, 2, 1_000) == Detour("standing", True, "supine", 3_000, waits=False)
        assert detour(release_position(STANDING), ROLL, 2, 1_000) == Detour(
            "all fours", False, "supine", 3_000, False
        )

    def test_in_the_middle_of_an_exercise_the_person_is_waited_for(self) -> None:
        assert detour(STANDING, LIE, 1, 9_000) == Detour("standing", True, "prone", 9_000, waits=True)

    def test_on_a_way_one_goes_on_and_back_as_one_likes(self) -> None:
        assert detour(COMING_DOWN, LIE, 1, 4_000) is None
        assert detour(COMING_DOWN, LIE, 1, 1_000) is None
        assert detour(PRONE, LIE, 1, 4_000) is None

    def test_who_jumps_over_the_end_of_a_way_need_only_be_told_where_it_leads(self) -> None:
        assert detour(COMING_DOWN, LIE, 1, 9_000) == Detour("prone", False, "prone", 9_000, waits=True)

    def test_before_the_first_rep_all_that_sets_the_position_up_is_heard(self) -> None:
        assert detour(COMING_DOWN, LIE, 1, 7_500) == Detour("prone", False, "prone", 7_000, waits=False)


class TestSkipping:
    def test_while_standing_it_goes_straight_into_the_next_position(self) -> None:
        left = apply_command(State(chapter=1, at_ms=500), "skip", SCORE, RULES)
        assert list(sentences(left)) == [
            "Roll comes last.",
            "standing → supine",
            "Bend your knees.",
            "That was all.",
            "Stand up.",
            "Goodbye.",
        ]

    @pytest.mark.parametrize(("body", "way"), [(STANDING, "standing → prone"), (SUPINE, "supine → prone")])
    def test_the_next_one_in_the_position_of_the_one_left_out_is_led_into_too(
        self, body: Body, way: str
    ) -> None:
        score = FakeContent((OPENING, LIE, STAY, CLOSING), ready=4)
        left = apply_command(State(chapter=1, at_ms=500, body=body), "skip", score, RULES)
        assert list(sentences(left, content=score))[:3] == ["Stay comes next.", way, "Stretch your arms out."]

    def test_a_position_that_is_changed_without_a_word_is_no_reason_to_wait(self) -> None:
        silent = replace(
            STAY,
            positions=(*STAY.positions[:1], goes(1_000, "prone", "supine", 1_000), stays(1_000, "supine")),
        )
        score = FakeContent((OPENING, LIE, silent, CLOSING), ready=4)
        left = apply_command(State(chapter=1, at_ms=9_000, body=PRONE), "skip", score, RULES)
        assert list(sentences(left, content=score))[:3] == [
            "Stay comes next.",
            "Stretch your arms out.",
            "That was all.",
        ]

    def test_half_way_down_it_begins_at_a_position_that_can_be_come_to(self) -> None:
        left = apply_command(heard(State(chapter=1), 3_000), "skip", SCORE, RULES)
        assert list(sentences(left))[:3] == ["Roll comes last.", "(all fours) → supine", "Bend your knees."]

    def test_who_lies_goes_on_as_written(self) -> None:
        left = apply_command(heard(State(chapter=1), 9_000), "skip", SCORE, RULES)
        assert list(sentences(left))[:3] == ["Roll comes last.", "Roll onto your back.", "Bend your knees."]

    def test_who_stands_at_the_end_is_not_led_up(self) -> None:
        twice = apply_command(apply_command(State(chapter=1), "skip", SCORE, RULES), "skip", SCORE, RULES)
        assert list(sentences(twice)) == ["That was all.", "Goodbye."]

    def test_back_to_the_exercise_before_it_is_led_over_at_once(self) -> None:
        lying = State(chapter=2, at_ms=500, body=SUPINE)
        back = apply_command(lying, "back", SCORE, RULES)
        assert list(sentences(back))[:2] == ["Lie next.", "supine → prone"]

    def test_back_to_a_rep_of_the_exercise_before_the_person_is_waited_for(self) -> None:
        lying = State(chapter=2, at_ms=500, body=SUPINE)
        back = apply_command(lying, "previous-rep", SCORE, RULES)
        assert (back.chapter, back.at_ms) == (1, 14_000)
        waiting = heard(finish_segment(back, SCORE, RULES), ASIDE_MS + 1)
        assert (waiting.mode, said(waiting)) == ("waiting", ("ready_ask",))
        there = apply_command(waiting, "ready", SCORE, RULES)
        assert (there.mode, there.at_ms, there.body) == ("playing", 14_000, PRONE)

    def test_in_a_pause_it_is_led_when_that_is_over(self) -> None:
        paused = apply_command(State(chapter=1, at_ms=500), "pause", SCORE, RULES)
        left = apply_command(paused, "skip", SCORE, RULES)
        assert (left.mode, left.chapter, said(left)) == ("paused", 2, ("where",))
        on = apply_command(left, "resume", SCORE, RULES)
        assert list(sentences(on))[:3] == ["going_on", "Roll comes last.", "standing → supine"]

    def test_a_pause_on_the_way_besides_begins_at_a_position_that_can_be_come_to(self) -> None:
        left = apply_command(State(chapter=1, at_ms=500), "skip", SCORE, RULES)
        coming = heard(left, 1_000 + 600)
        assert coming.announcements
        assert not coming.body.is_there
        on = apply_command(apply_command(coming, "pause", SCORE, RULES), "resume", SCORE, RULES)
        assert list(sentences(on))[:3] == ["going_on", "(all fours) → supine", "Bend your knees."]


class TestHurting:
    @pytest.mark.parametrize("at_ms", [0, 1_200, 3_000, 6_900])
    def test_before_the_position_is_reached_the_words_are_general(self, at_ms: int) -> None:
        hurt = apply_command(heard(State(chapter=1), at_ms), "hurts", SCORE, RULES)
        assert (said(hurt), hurt.body.is_there) == (("way_out_anywhere",), False)

    def test_in_the_position_they_are_the_own_ones_of_the_exercise(self) -> None:
        hurt = apply_command(heard(State(chapter=1), 9_000), "hurts", SCORE, RULES)
        assert (said(hurt), hurt.body) == (("way_out",), PRONE)

    @pytest.mark.parametrize("index", [0, 3])
    def test_outside_of_exercises_they_are_general(self, index: int) -> None:
        assert said(apply_command(State(chapter=index), "hurts", SCORE, RULES)) == ("way_out_anywhere",)

    def test_on_a_way_besides_they_are_general(self) -> None:
        left = apply_command(State(chapter=1, at_ms=500), "skip", SCORE, RULES)
        coming = heard(left, 1_000 + 300)
        assert said(coming) == ("lead_in",)
        assert said(apply_command(coming, "hurts", SCORE, RULES)) == ("way_out_anywhere",)

    def test_after_a_rest_on_a_way_besides_it_leads_anew_into_the_position(self) -> None:
        on = heard(apply_command(TestGoingOn.OFFER, "toggle", SCORE, RULES), 2 * ASIDE_MS + 600)
        hurt = apply_command(on, "hurts", SCORE, RULES)
        assert said(hurt) == ("way_out_anywhere",)
        resting = apply_command(heard(hurt, 2 * ASIDE_MS), "rest", SCORE, RULES)
        waiting = apply_command(heard(resting, 5_000), "ready", SCORE, RULES)
        assert said(waiting) == ("ready_ask",)
        there = apply_command(waiting, "ready", SCORE, RULES)
        assert list(sentences(there)) == ["(all fours) → prone"]
        assert heard(there, 2 * ASIDE_MS).mode == "waiting"

    def test_between_two_exercises_those_of_the_next_one_do_not_fit_yet(self) -> None:
        assert said(apply_command(State(chapter=2, body=PRONE), "hurts", SCORE, RULES)) == (
            "way_out_anywhere",
        )

    def test_after_a_rest_on_the_way_it_begins_anew_from_wherever_the_person_is(self) -> None:
        hurt = apply_command(heard(State(chapter=1), 3_000), "hurts", SCORE, RULES)
        asking = heard(hurt, 2 * ASIDE_MS)
        resting = apply_command(asking, "rest", SCORE, RULES)
        waiting = apply_command(heard(resting, 5_000), "ready", SCORE, RULES)
        assert (waiting.mode, said(waiting)) == ("waiting", ("ready_ask",))
        there = apply_command(waiting, "ready", SCORE, RULES)
        assert list(sentences(there))[:2] == ["Lie next.", "(all fours) → prone"]

    def test_after_a_rest_in_the_position_it_is_taken_again(self) -> None:
        hurt = apply_command(heard(State(chapter=1), 9_000), "hurts", SCORE, RULES)
        resting = apply_command(heard(hurt, 2 * ASIDE_MS), "rest", SCORE, RULES)
        waiting = apply_command(heard(resting, 5_000), "ready", SCORE, RULES)
        assert said(waiting) == ("back_to_exercise",)
        there = apply_command(waiting, "ready", SCORE, RULES)
        assert (there.mode, there.at_ms, there.body) == ("playing", 8_000, PRONE)

    def test_what_hurts_on_the_way_and_is_left_out_is_led_on_from_wherever_the_person_is(self) -> None:
        hurt = apply_command(heard(State(chapter=1), 3_000), "hurts", SCORE, RULES)
        left = apply_command(heard(hurt, 2 * ASIDE_MS), "leave-out", SCORE, RULES)
        assert list(sentences(left))[:3] == ["skipped", "Roll comes last.", "(all fours) → supine"]


class TestGoingOn:
    OFFER = enter_mode(State(chapter=1, at_ms=14_000), "offering", "resume_offer")

    def test_an_offer_taken_up_says_the_caution_and_leads_into_the_position(self) -> None:
        on = apply_command(self.OFFER, "toggle", SCORE, RULES)
        assert list(sentences(on)) == ["resumed", "caution", "standing → prone"]
        waiting = heard(on, 3 * ASIDE_MS + 1)
        assert waiting.mode == "waiting"
        ready = apply_command(waiting, "ready", SCORE, RULES)
        assert (ready.mode, ready.at_ms, ready.body) == ("playing", 14_000, PRONE)

    def test_space_during_the_way_pauses_and_is_no_sign_of_being_ready(self) -> None:
        on = heard(apply_command(self.OFFER, "toggle", SCORE, RULES), 2 * ASIDE_MS + 100)
        paused = apply_command(on, "toggle", SCORE, RULES)
        assert (paused.mode, paused.body) == ("paused", STANDING)
        assert list(sentences(apply_command(paused, "toggle", SCORE, RULES))) == [
            "going_on",
            "standing → prone",
        ]

    @pytest.mark.parametrize("command", ["next", "previous", "next-rep", "previous-rep", "repeat"])
    def test_during_the_way_no_key_leads_to_another_place_in_the_exercise(self, command: CommandName) -> None:
        on = heard(apply_command(self.OFFER, "toggle", SCORE, RULES), 2 * ASIDE_MS + 100)
        again = apply_command(on, command, SCORE, RULES)
        assert again.at_ms == 14_000
        assert list(sentences(again)) == ["standing → prone"]

    def test_what_is_told_during_the_way_does_not_lead_from_where_the_body_has_left(self) -> None:
        on = heard(apply_command(self.OFFER, "toggle", SCORE, RULES), 2 * ASIDE_MS + 600)
        assert list(sentences(apply_command(on, "where", SCORE, RULES))) == ["where", "(all fours) → prone"]

    def test_where_nobody_can_say_that_they_are_ready_it_goes_on_by_itself(self) -> None:
        rules = Rules(waits=False)
        on = apply_command(self.OFFER, "toggle", SCORE, rules)
        assert heard(on, 3 * ASIDE_MS + 1_000, rules).mode == "playing"

    def test_within_a_session_nobody_is_led_in_again(self) -> None:
        paused = apply_command(State(chapter=1, at_ms=9_000, body=PRONE), "pause", SCORE, RULES)
        assert (
            "→"
            not in "".join(sentences(apply_command(heard(paused, 3_600_000), "resume", SCORE, RULES)))[:20]
        )


ORDERS: tuple[CommandName, ...] = ("skip", "back", "next", "previous", "next-rep", "previous-rep", "repeat")


@pytest.mark.parametrize("first", ORDERS)
@pytest.mark.parametrize("second", ORDERS)
@pytest.mark.parametrize("after_ms", [700, 2_300, 9_100])
def test_in_any_order_an_exercise_is_only_heard_in_its_position(
    first: CommandName, second: CommandName, after_ms: int
) -> None:
    state = heard(State(chapter=1), after_ms)
    for command in (first, second):
        state = heard(apply_command(state, command, SCORE, RULES), after_ms)
        while state.mode == "waiting":
            state = apply_command(heard(state, 2_000), "ready", SCORE, RULES)
        chapter_ = SCORE.chapters[state.chapter]
        stretch = segment(state, SCORE, RULES)
        if (
            state.announcements
            or state.mode != "playing"
            or stretch is None
            or stretch.from_ms == stretch.until_ms
        ):
            continue
        span = next(each for each in reversed(chapter_.positions) if each.start_ms <= state.at_ms)
        if span.to is None and not span.anywhere and chapter_.exercise:
            assert state.body == Body(span.position)


def test_without_positions_nothing_is_in_the_way() -> None:
    bare = FakeContent((OPENING, BOW), ready=2)
    assert detour(SUPINE, bare.chapters[0], 0, 0) is None
