"""The state machine of the live session, walked in every order of commands, losses and sleeps."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support.fake_content import BOW, FakeContent, said
from voice_coach.core.commands import COMMANDS, CommandName
from voice_coach.core.parameters import FASTEST_PERCENT, LOUDEST_DB, QUIETEST_DB, SLOWEST_PERCENT
from voice_coach.core.status import Mode
from voice_coach.session.commands import apply_command, apply_spoken_command
from voice_coach.session.state import Rules, State
from voice_coach.session.transitions import (
    ASK_LIMIT_MS,
    CONFIRMATIONS,
    REMIND_MS,
    SCORE_AGAIN_MS,
    SCORE_MS,
    acknowledge,
    advance,
    announce,
    enter_mode,
    finish_segment,
    lose_device,
    pause_after_suspend,
    return_device,
    segment,
)

NAMES: list[CommandName] = [command.name for command in COMMANDS]
RULES = Rules()
SCORE = FakeContent()


def run(state: State, ms: int, rules: Rules = RULES) -> State:
    """The state after so many milliseconds of the stream without a command."""
    turns = 0
    while True:
        stretch = segment(state, SCORE, rules)
        if stretch is None:
            return state
        if stretch.from_ms == stretch.until_ms:
            state, turns = finish_segment(state, SCORE, rules), turns + 1
            assert turns < 50, f"round in circles at {state}"
            continue
        step = min(ms, stretch.until_ms - stretch.from_ms)
        if not step:
            return state
        state, ms, turns = advance(state, step, SCORE), ms - step, 0


def after(state: State, *commands: CommandName) -> State:
    """The state after these commands."""
    for command in commands:
        state = apply_command(state, command, SCORE, RULES)
    return state


BACK: list[CommandName] = ["previous", "previous-rep", "back"]

BESIDES: list[CommandName] = ["pause", "where", "time-left", "louder", "slower"]
AWAY: list[CommandName] = ["repeat", "pause", "where", "time-left", "louder", "slower", "hurts", "rest"]

UNASKED: list[CommandName] = ["rest", "easier", "leave-out", "end"]

HOLD = State(chapter=1, at_ms=6_700)
WAYS_OUT = {"way_out", "way_out_anywhere"}
"""In the first hold of the exercise."""


def many(command: CommandName, times: int) -> State:
    """The state after the same command again and again."""
    state = HOLD
    for _ in range(times):
        state = after(state, command)
    return state


def test_every_command_does_something_in_some_mode() -> None:
    states = [HOLD, State(chapter=1, at_ms=20_700), *(replace(HOLD, mode=mode) for mode in get_args(Mode))]
    for name in NAMES:
        assert any(after(state, name) != state for state in states), name


def test_without_commands_and_waits_it_is_the_session_from_end_to_end() -> None:
    whole_ms = sum(chapter.duration_ms for chapter in SCORE.chapters)
    rules = Rules(waits=False)
    assert run(State(), whole_ms - 1, rules).mode == "playing"
    assert run(State(), whole_ms, rules) == State(mode="ended", chapter=2, at_ms=12_000)


class TestPausing:
    def test_it_stands_still_and_goes_on(self) -> None:
        paused = run(after(HOLD, "toggle"), 5_000)
        assert (paused.mode, paused.at_ms) == ("paused", 6_700)
        again = after(paused, "toggle")
        assert (again.mode, again.at_ms, said(again)) == ("playing", 6_700, ("going_on",))

    def test_after_a_long_pause_a_hold_begins_anew(self) -> None:
        assert after(run(after(HOLD, "pause"), 80_000), "resume").at_ms == 4_000

    def test_a_place_chosen_meanwhile_is_told_and_stays(self) -> None:
        there = run(after(HOLD, "pause", "next-rep"), 90_000)
        assert (there.mode, there.at_ms) == ("paused", 20_000)
        assert said(after(HOLD, "pause", "next-rep")) == ("where",)

    def test_the_coach_asks_again_when_it_was_waiting(self) -> None:
        waiting = run(State(), 2_000 + 800)
        assert waiting.mode == "waiting"
        assert said(after(waiting, "pause", "resume")) == ("going_on", "ready_ask")


class TestWaiting:
    def test_a_wait_lasts_until_the_person_is_ready(self) -> None:
        waiting = run(State(), 40_000)
        assert (waiting.mode, waiting.at_ms) == ("waiting", 2_000)
        answers: list[CommandName] = ["ready", "toggle", "resume", "next"]
        for yes in answers:
            went = after(waiting, yes)
            assert (went.mode, went.at_ms) == ("playing", 7_000)

    def test_there_is_a_reminder_and_a_limit(self) -> None:
        reminded = run(State(), 2_000 + 700 + REMIND_MS)
        assert said(run(reminded, 1)) == ("ready_reminder",)
        went_on = run(State(), 2_000 + 700 + 60_000 + 700 + 10)
        assert (went_on.mode, said(went_on)) == ("playing", ("ready_limit",))

    def test_what_there_is_to_do_first_is_repeated(self) -> None:
        again = after(run(State(), 40_000), "repeat")
        assert (again.mode, again.at_ms, said(again)) == ("playing", 1_000, ())
        assert run(again, 1_500).mode == "waiting"

    def test_what_was_done_before_is_not_done_again(self) -> None:
        waiting = run(State(chapter=2, at_ms=10_000), 20_000)
        assert (waiting.mode, waiting.at_ms) == ("waiting", 11_000)
        again = after(waiting, "repeat")
        assert (again.mode, again.at_ms, said(again)) == ("waiting", 11_000, ("ready_ask",))

    def test_without_a_control_it_is_its_fixed_time(self) -> None:
        assert run(State(), 6_999, Rules(waits=False)) == State(at_ms=6_999)

    def test_a_rest_that_is_long_enough_can_be_ended(self) -> None:
        assert after(State(chapter=1, at_ms=15_000), "ready") == State(chapter=1, at_ms=20_000)


class TestHurting:
    def test_it_leads_out_and_asks_how_to_go_on(self) -> None:
        hurting = after(HOLD, "hurts")
        assert (hurting.mode, said(hurting), hurting.at_ms) == ("hurting", ("way_out",), 3_000)
        asking = run(hurting, 701)
        assert (asking.mode, said(asking)) == ("asking", ("hurts_ask",))

    @pytest.mark.parametrize("answer", ["rest", "toggle", "ready", "resume"])
    def test_a_rest_ends_when_the_person_is_ready_in_the_same_rep(self, answer: CommandName) -> None:
        resting = run(after(run(after(HOLD, "hurts"), 2_000), answer), 30_000)
        assert resting.mode == "resting"
        back = after(resting, "ready")
        assert (back.mode, said(back)) == ("waiting", ("back_to_exercise",))
        assert after(run(back, 5_000), "ready") == State(chapter=1, at_ms=3_000)

    @pytest.mark.parametrize("answer", ["easier", "previous", "back"])
    def test_something_easier_comes_instead_of_the_rest_of_the_exercise(self, answer: CommandName) -> None:
        easier = after(run(after(HOLD, "hurts"), 2_000), answer)
        assert (easier.mode, easier.easier, said(easier)) == ("playing", True, ("easier_begins",))
        next_one = run(easier, 700 + 5_000 + 1)
        assert (next_one.chapter, next_one.easier) == (2, False)

    def test_where_there_is_nothing_easier_it_says_so_and_asks_again(self) -> None:
        asking = run(after(State(chapter=2, at_ms=2_000), "hurts"), 2_000)
        assert said(after(asking, "easier")) == ("no_easier", "hurts_ask")

    @pytest.mark.parametrize("answer", ["leave-out", "skip", "next"])
    def test_the_exercise_can_be_left_out(self, answer: CommandName) -> None:
        out = after(run(after(HOLD, "hurts"), 2_000), answer)
        assert (out.mode, out.chapter, said(out)) == ("playing", 2, ("skipped",))

    @pytest.mark.parametrize("answer", ["end", "stop"])
    def test_the_session_can_be_ended(self, answer: CommandName) -> None:
        ended = after(run(after(HOLD, "hurts"), 2_000), answer)
        assert (ended.mode, said(ended)) == ("ended", ("ended_after_pain",))

    def test_who_does_not_answer_is_left_in_peace(self) -> None:
        left = run(after(HOLD, "hurts"), 700 * 10 + ASK_LIMIT_MS)
        assert left.mode == "paused"
        assert said(after(left, "resume")) == ("going_on", "hurts_ask")

    def test_nobody_who_was_hurt_is_led_on_without_having_said_so(self) -> None:
        resting = after(run(after(HOLD, "hurts"), 2_000), "rest")
        back = after(resting, "ready")
        for state in (resting, back, after(resting, "pause"), run(back, 10**6)):
            assert run(state, 10**6).mode == "paused"
            for name in AWAY:
                assert after(state, name).hurt, (state.mode, name)

    def test_the_answers_hold_also_later(self) -> None:
        left = run(after(HOLD, "hurts"), 10**6)
        assert left.mode == "paused"
        for state in (left, after(left, "resume", "rest"), after(left, "resume", "rest", "ready")):
            assert after(state, "previous").easier
            assert after(state, "easier").easier
            assert after(state, "next").chapter == 2
            assert said(after(state, "end")) == ("ended_after_pain",)
            assert after(state, "rest").mode == "resting"

    def test_easier_stays_easier(self) -> None:
        easier = replace(State(chapter=1, at_ms=2_000), easier=True)
        assert after(easier, "back") == replace(easier, at_ms=0)
        assert said(after(easier, "previous-rep")) == ()
        again = after(run(after(easier, "hurts"), 2_000), "easier")
        assert said(again) == ("no_easier", "hurts_ask")

    def test_a_question_is_not_swallowed_by_another(self) -> None:
        hurting = after(HOLD, "hurts", "time-left")
        assert said(hurting) == ("way_out", "time_left")
        asking = after(run(after(HOLD, "hurts"), 800), "where", "time-left")
        assert said(asking) == ("time_left", "hurts_ask")

    def test_from_every_mode_it_leads_out(self) -> None:
        for mode in set(get_args(Mode)) - {"lost", "ended", "scoring"}:
            assert after(replace(HOLD, mode=mode, offer="resume"), "hurts").mode == "hurting", mode

    def test_nothing_but_its_own_commands_leads_away_from_the_way_out(self) -> None:
        hurting = after(HOLD, "hurts")
        names: list[CommandName] = ["previous", "next-rep", "previous-rep", "skip", "back", "rest"]
        for name in names:
            there = after(hurting, name)
            assert there.mode in ("hurting", "asking", "resting"), name


class TestGoing:
    def test_sentences_reps_and_exercises(self) -> None:
        assert after(HOLD, "next").at_ms == 14_500
        assert after(HOLD, "previous").at_ms == 4_500
        assert after(HOLD, "next-rep").at_ms == 20_000
        assert after(HOLD, "previous-rep").at_ms == 3_000
        assert after(HOLD, "repeat").at_ms == 6_000
        assert (after(HOLD, "skip").chapter, after(HOLD, "skip").at_ms) == (2, 0)
        assert (after(HOLD, "back").chapter, after(HOLD, "back").at_ms) == (1, 0)
        assert after(HOLD, "back", "back").chapter == 0

    def test_back_over_the_start_of_a_chapter(self) -> None:
        start = State(chapter=2, at_ms=500)
        assert (after(start, "previous").chapter, after(start, "previous").at_ms) == (1, 27_000)
        assert (after(start, "previous-rep").chapter, after(start, "previous-rep").at_ms) == (1, 20_000)
        for name in BACK:
            again = after(State(at_ms=1_000), name)
            assert (again.chapter, again.at_ms, said(again)) == (0, 0, ("nothing_before",))
        assert said(after(State(chapter=2, at_ms=9_000), "pause", "skip")) == ("nothing_after",)

    def test_the_last_chapter_skipped_is_the_end(self) -> None:
        assert after(State(chapter=2, at_ms=500), "skip").mode == "ended"


class TestTelling:
    def test_what_it_interrupts_comes_again_from_the_start_of_its_sentence(self) -> None:
        asked = after(State(chapter=1, at_ms=4_300), "time-left")
        assert (asked.at_ms, said(asked), asked.announcements[0].left_ms) == (4_000, ("time_left",), 37_700)
        assert run(asked, 701).at_ms == 4_001

    def test_a_countdown_begins_again(self) -> None:
        assert after(State(chapter=1, at_ms=13_000), "where").at_ms == 11_500

    def test_the_knob_and_its_ends(self) -> None:
        assert said(after(HOLD, "slower")) == ("slower",)
        assert after(HOLD, "slower", "slower", "faster").speed_percent == 90
        slow = many("slower", 9)
        assert (slow.speed_percent, said(slow)) == (SLOWEST_PERCENT, ("slowest",))
        fast = many("faster", 9)
        assert (fast.speed_percent, said(fast)) == (FASTEST_PERCENT, ("fastest",))

    def test_the_volume_is_told_only_where_nothing_is_being_said(self) -> None:
        assert said(after(State(chapter=1, at_ms=8_000), "louder")) == ("tick",)
        assert said(after(State(chapter=1, at_ms=6_200), "louder")) == ()
        assert said(many("quieter", 12)) == ("quietest",)

    def test_another_pace_can_be_kept_at_the_end(self) -> None:
        end = replace(State(chapter=2, at_ms=12_000), speed_percent=90)
        offered = finish_segment(end, SCORE, RULES)
        assert (offered.mode, said(offered)) == ("offering", ("keep_offer",))
        assert said(after(offered, "toggle")) == ("kept",)
        assert run(offered, 20_000).mode == "ended"


class TestOffering:
    OFFER = enter_mode(HOLD, "offering", "resume_offer")

    def test_it_can_be_taken_up(self) -> None:
        went = after(self.OFFER, "toggle")
        assert (went.mode, went.chapter, went.at_ms, said(went)) == (
            "playing",
            1,
            6_700,
            ("resumed", "caution"),
        )

    def test_otherwise_the_session_begins_anew(self) -> None:
        again = run(self.OFFER, 700 + 8_000)
        assert (again.mode, said(again)) == ("offering", ("resume_offer",))  # once more
        assert run(self.OFFER, 2 * (700 + 8_000)) == State()

    def test_a_pause_or_a_question_leaves_it_as_it_is(self) -> None:
        for name in BESIDES:
            there = after(self.OFFER, name)
            assert (there.chapter, there.at_ms) == (1, 6_700), name
        assert said(after(self.OFFER, "pause", "resume")) == ("going_on", "resume_offer")

    def test_what_it_was_left_at_comes_back_with_it(self) -> None:
        offer = replace(self.OFFER, offered_percent=70)
        assert after(offer, "toggle").speed_percent == 70
        assert run(offer, 20_000).speed_percent == 100


class TestTroubles:
    def test_a_lost_device_comes_back_a_sentence_earlier(self) -> None:
        gone = lose_device(HOLD)
        assert gone.mode == "lost"
        back = return_device(gone, SCORE, 2_000)
        assert (back.mode, back.at_ms, said(back)) == ("playing", 4_000, ("device_back",))

    def test_what_was_paused_stays_paused(self) -> None:
        back = return_device(lose_device(after(HOLD, "pause")), SCORE, 2_000)
        assert (back.mode, said(back)) == ("paused", ("device_back_paused",))
        assert after(back, "resume").mode == "playing"

    def test_a_long_pause_is_as_long_with_a_loss_in_it(self) -> None:
        back = return_device(lose_device(run(after(HOLD, "pause"), 40_000)), SCORE, 30_000)
        assert after(back, "resume").at_ms == 4_000

    def test_what_a_pause_held_is_still_held_after_a_loss(self) -> None:
        asking = run(after(HOLD, "hurts"), 2_000)
        back = return_device(lose_device(after(asking, "pause")), SCORE, 2_000)
        assert said(after(back, "resume")) == ("going_on", "hurts_ask")

    def test_without_a_device_one_can_still_pause_and_say_that_it_hurts(self) -> None:
        assert return_device(after(lose_device(HOLD), "pause"), SCORE, 2_000).mode == "paused"
        hurting = return_device(after(lose_device(HOLD), "hurts"), SCORE, 2_000)
        assert (hurting.mode, said(hurting), hurting.hurt) == ("hurting", ("device_back", "way_out"), True)

    def test_a_sleep_in_a_pause_counts_as_pause(self) -> None:
        assert after(pause_after_suspend(after(HOLD, "pause"), SCORE, 80_000), "resume").at_ms == 4_000

    def test_after_a_sleep_a_question_is_asked_again(self) -> None:
        asking = pause_after_suspend(run(after(HOLD, "hurts"), 2_000), SCORE, 10**8)
        assert (asking.mode, said(asking)) == ("asking", ("going_on", "hurts_ask"))

    def test_after_a_sleep_it_steps_back(self) -> None:
        assert pause_after_suspend(HOLD, SCORE, 3_600_000).at_ms == 4_000


class TestAnsweredEarly:
    """Whoever says how to go on while they are led out of the position is led out of it first."""

    @pytest.mark.parametrize("answer", ["rest", "leave-out", "easier"])
    def test_the_way_out_is_heard_to_its_end(self, answer: CommandName) -> None:
        half = run(after(HOLD, "hurts"), 500)
        early = after(half, answer)
        assert (early.mode, said(early), early.announcement_ms) == ("hurting", ("way_out",), 500)
        left_ms = SCORE.announcement(half.announcements[0]).duration_ms - 500
        there = run(early, left_ms)
        assert there == after(run(half, left_ms), answer)
        assert there.answer == ""

    def test_the_last_answer_counts_and_another_hurt_forgets_it(self) -> None:
        half = run(after(HOLD, "hurts"), 500)
        assert after(half, "rest", "leave-out").answer == "leave-out"
        assert after(half, "rest", "hurts").answer == ""

    def test_whoever_wants_to_end_is_not_held_up(self) -> None:
        assert after(run(after(HOLD, "hurts"), 500), "end").mode == "ended"


class TestHowItWas:
    """At the end it is asked how much pain there is, once; nobody has to tell."""

    RULES = Rules(asks_pain=True)

    def asked(self) -> State:
        """The question has been asked."""
        state = run(State(chapter=2, at_ms=11_500), 500, self.RULES)
        assert (state.mode, said(state)) == ("scoring", ("score_ask",))
        return run(state, SCORE.announcement(state.announcements[0]).duration_ms, self.RULES)

    def after(self, state: State, *commands: CommandName) -> State:
        for command in commands:
            state = apply_command(state, command, SCORE, self.RULES)
        return state

    def test_a_number_is_thanked_for(self) -> None:
        told = self.after(self.asked(), "score-3")
        assert (told.mode, told.score) == ("scoring", 3)
        assert [(announcement.name, announcement.points) for announcement in told.announcements] == [
            ("score_thanks", 3)
        ]
        assert run(told, 60_000, self.RULES).mode == "ended"

    def test_another_number_takes_its_place_for_a_while(self) -> None:
        told = self.after(self.asked(), "score-1")
        thanks_ms = SCORE.announcement(told.announcements[0]).duration_ms
        soon = self.after(run(told, thanks_ms + SCORE_AGAIN_MS - 1, self.RULES), "score-10")
        assert (soon.mode, soon.score) == ("scoring", 10)
        late = self.after(run(told, thanks_ms + SCORE_AGAIN_MS, self.RULES), "score-10")
        assert (late.mode, late.score) == ("ended", 1)

    def test_it_is_asked_once(self) -> None:
        asked = self.asked()
        assert said(run(asked, SCORE_MS - 1, self.RULES)) == ()
        over = run(asked, SCORE_MS, self.RULES)
        assert (over.mode, over.score, said(over)) == ("ended", None, ())

    @pytest.mark.parametrize("command", ["toggle", "ready", "next", "skip", "back", "stop"])
    def test_whoever_asks_for_something_else_is_left_in_peace(self, command: CommandName) -> None:
        assert self.after(self.asked(), command) == replace(
            self.after(self.asked(), "stop"), announcements=(), announcement_ms=0
        )

    def test_it_is_heard_again_and_louder(self) -> None:
        assert said(self.after(self.asked(), "repeat")) == ("score_ask",)
        assert self.after(self.asked(), "louder").mode == "scoring"

    def test_a_changed_speed_is_offered_after_it(self) -> None:
        asked = replace(self.asked(), speed_percent=90)
        told = self.after(asked, "score-0")
        over = run(told, SCORE.announcement(told.announcements[0]).duration_ms + SCORE_AGAIN_MS, self.RULES)
        assert (over.mode, said(over), over.score) == ("offering", ("keep_offer",), 0)

    def test_a_number_means_nothing_before(self) -> None:
        assert self.after(HOLD, "score-5") == HOLD

    def test_after_a_pause_and_a_sleep_it_is_asked_again_unless_it_was_answered(self) -> None:
        paused = self.after(self.asked(), "pause")
        assert said(self.after(paused, "resume")) == ("going_on", "score_ask")
        assert said(pause_after_suspend(self.asked(), SCORE, 10**8)) == ("going_on", "score_ask")
        told = self.after(self.asked(), "score-7")
        assert said(pause_after_suspend(told, SCORE, 10**8)) == ("going_on",)
        assert said(self.after(told, "pause", "resume")) == ("going_on",)

    @pytest.mark.parametrize("command", ["previous", "back", "skip", "previous-rep", "leave-out"])
    def test_nothing_leads_back_from_a_pause_in_the_question(self, command: CommandName) -> None:
        paused = self.after(self.asked(), "pause")
        assert self.after(paused, command).mode == "ended"
        assert self.after(paused, "score-4").score == 4
        assert said(self.after(paused, "hurts")) == ("score_ask",)
        assert self.after(paused, "louder").mode == "paused"

    def test_whoever_switches_the_sound_off_has_ended_it(self) -> None:
        assert lose_device(self.asked()).mode == "ended"
        keeping = run(replace(self.asked(), speed_percent=90), SCORE_MS, self.RULES)
        assert (keeping.mode, keeping.offer) == ("offering", "keep")
        assert lose_device(keeping).mode == "ended"

    def test_what_hurts_at_the_end_leads_back_to_no_exercise(self) -> None:
        again = self.after(self.asked(), "hurts")
        assert (again.mode, said(again), again.hurt) == ("scoring", ("score_ask",), False)
        keeping = run(replace(self.asked(), speed_percent=90), SCORE_MS, self.RULES)
        over = self.after(keeping, "hurts")
        assert (over.mode, said(over), over.hurt) == ("ended", ("ended_after_pain",), False)


class TestSpokenCommands:
    """Whoever speaks hears that they were understood."""

    def spoken(self, state: State, command: CommandName) -> State:
        return apply_spoken_command(state, command, SCORE, RULES)

    def test_a_sound_comes_before_what_is_said_then(self) -> None:
        assert said(self.spoken(HOLD, "time-left")) == ("heard", "time_left")
        assert said(self.spoken(HOLD, "hurts")) == ("heard", "way_out")
        assert said(self.spoken(HOLD, "next-rep")) == ("heard",)

    def test_what_has_a_sound_needs_no_other(self) -> None:
        assert said(self.spoken(HOLD, "pause")) == ("paused",)
        assert said(self.spoken(self.spoken(HOLD, "pause"), "resume")) == ("going_on",)

    def test_what_means_nothing_is_told_by_another_sound(self) -> None:
        assert after(HOLD, "score-3") == HOLD
        assert said(self.spoken(HOLD, "score-3")) == ("not_now",)

    @pytest.mark.parametrize(
        "state",
        [HOLD, State(chapter=1, at_ms=20_700), replace(HOLD, mode="waiting"), enter_mode(HOLD, "resting")],
    )
    @pytest.mark.parametrize("name", NAMES)
    def test_nothing_is_confirmed_that_does_not_happen(self, name: CommandName, state: State) -> None:
        there = self.spoken(state, name)
        assert "heard" not in said(there) or after(state, name) != state or name in UNASKED

    def test_an_answer_that_was_not_asked_for_is_carried_out_as_it_is_meant(self) -> None:
        assert self.spoken(HOLD, "rest").mode == "paused"
        assert self.spoken(HOLD, "easier").mode == "hurting"
        assert self.spoken(HOLD, "end").mode == "ended"
        assert self.spoken(HOLD, "leave-out").chapter == HOLD.chapter + 1
        asking = run(after(HOLD, "hurts"), 60_000)
        assert asking.mode == "asking"
        assert self.spoken(asking, "rest").mode == "resting"

    @pytest.mark.parametrize("name", ["resume", "slower", "time-left", "louder", "skip"])
    def test_the_way_out_is_never_begun_anew(self, name: CommandName) -> None:
        half = run(after(HOLD, "hurts"), 500)
        there = self.spoken(half, name)
        assert there.mode == "hurting"
        assert (there.announcements[0], there.announcement_ms) == (
            half.announcements[0],
            half.announcement_ms,
        )

    def test_who_cannot_be_heard_any_more_is_told_when_there_is_sound_again(self) -> None:
        away = announce(lose_device(HOLD), SCORE, "deaf")
        assert said(return_device(away, SCORE, 5_000)) == ("deaf", "device_back")
        paused = announce(lose_device(after(HOLD, "pause")), SCORE, "deaf")
        assert said(return_device(paused, SCORE, 5_000)) == ("deaf", "device_back_paused")

    def test_words_that_become_louder_tell_it_themselves(self) -> None:
        speaking = State(chapter=1, at_ms=200)
        assert said(self.spoken(speaking, "louder")) == ()

    def test_nothing_is_sounded_where_nothing_can_be_heard(self) -> None:
        assert said(self.spoken(lose_device(HOLD), "pause")) == ()


class AnyOrder(RuleBasedStateMachine):
    """Commands, time, losses and sleeps in any order: it never gets stuck, and never leaves the session."""

    @initialize(
        waits=some.booleans(), asks=some.booleans(), chapter=some.integers(0, 2), share=some.floats(0, 1)
    )
    def begin(self, waits: bool, asks: bool, chapter: int, share: float) -> None:
        self.live_rules = Rules(waits=waits, asks_pain=asks)
        at_ms = round(share * SCORE.chapters[chapter].duration_ms)
        self.state = State(chapter=chapter, at_ms=at_ms)

    @rule(command=some.sampled_from(NAMES), spoken=some.booleans())
    def command(self, command: CommandName, spoken: bool) -> None:
        before = self.state
        self.state = apply_command(before, command, SCORE, self.live_rules)
        if spoken:
            done, self.state = self.state, acknowledge(before, self.state, SCORE)
            assert (self.state.mode, self.state.chapter) == (done.mode, done.chapter)
        if before.mode == "ended":
            assert self.state.mode == "ended"
        if before.mode != "hurting" == self.state.mode:
            assert WAYS_OUT & {*said(self.state)}
        if before.mode == "paused" and self.state.mode == "playing" and not self.state.easier:
            counted = [each.start_ms for each in BOW.events if each.kind == "countdown"]
            assert self.state.chapter != 1 or not counted[0] < self.state.at_ms < 14_500

    @rule(ms=some.one_of(some.integers(1, 3_000), some.integers(1, 700_000)))
    def time_goes_on(self, ms: int) -> None:
        before = self.state
        self.state = run(before, ms, self.live_rules)
        if before.mode in ("paused", "lost"):
            assert (self.state.mode, self.state.at_ms) == (before.mode, before.at_ms)

    @rule()
    def the_device_is_lost(self) -> None:
        self.state = lose_device(self.state)
        assert self.state.mode in ("lost", "ended")

    @rule(ms=some.integers(0, 10**8))
    def the_device_comes_back(self, ms: int) -> None:
        self.state = return_device(self.state, SCORE, ms)
        assert self.state.mode != "lost"

    @rule(ms=some.integers(0, 10**8))
    def the_machine_sleeps(self, ms: int) -> None:
        self.state = pause_after_suspend(self.state, SCORE, ms)

    @invariant()
    def is_in_the_session(self) -> None:
        if not hasattr(self, "state"):
            return
        state = self.state
        chapter = SCORE.chapter(state.chapter, easier=state.easier)
        assert chapter is not None
        assert 0 <= state.at_ms <= chapter.duration_ms
        assert SLOWEST_PERCENT <= state.speed_percent <= FASTEST_PERCENT
        assert QUIETEST_DB <= state.volume_db <= LOUDEST_DB
        if state.mode == "hurting":  # once the way out has been heard, what was asked for meanwhile
            assert WAYS_OUT & {*said(state)} or {*said(state)} <= {*CONFIRMATIONS}

    def teardown(self) -> None:
        """Whoever answers every question, and presses play, hears the session to its end."""
        if not hasattr(self, "state"):
            return
        state = return_device(self.state, SCORE, 0)
        for _ in range(200):
            if state.mode == "ended" and not state.announcements:
                return
            if state.mode not in ("playing", "hurting", "ended"):
                state = apply_command(state, "toggle", SCORE, self.live_rules)
            state = run(state, 60_000, self.live_rules)
        raise AssertionError(f"it does not end: {state}")


AnyOrder.TestCase.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
TestAnyOrder = AnyOrder.TestCase
