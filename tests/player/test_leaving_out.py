"""Who leaves an exercise out before having come into its position is led to where the next one begins."""

from __future__ import annotations

from tests.player.made_score import BOW, BREATH, LIE, OPENING, MadeScore, chapter, said, says
from voice_coach.player.commanding import commanded
from voice_coach.player.machine import over
from voice_coach.player.places import way_in_ms
from voice_coach.player.state import Rules, State

CLOSING = chapter("Closing", 5_000, says(0, "That was all."))
SCORE = MadeScore((OPENING, LIE, BREATH, BOW, CLOSING), ready=5)
RULES = Rules()
ON_THE_WAY = State(chapter=1, at_ms=2_000)


def test_a_way_in_ends_where_its_last_move_does() -> None:
    assert way_in_ms(LIE) == 7_000
    assert way_in_ms(BOW) == way_in_ms(OPENING) == 0


def test_on_the_way_it_waits_until_one_has_come_into_the_position() -> None:
    left = commanded(ON_THE_WAY, "skip", SCORE, RULES)
    assert (left.mode, left.chapter, said(left)) == ("waiting", 2, ("come_into", "ready_ask"))
    there = commanded(left, "ready", SCORE, RULES)
    assert (there.mode, there.chapter, there.at_ms, said(there)) == ("playing", 2, 0, ())


def test_so_it_does_however_many_are_left_out() -> None:
    twice = commanded(commanded(ON_THE_WAY, "skip", SCORE, RULES), "skip", SCORE, RULES)
    assert (twice.mode, twice.chapter, said(twice)) == ("waiting", 3, ("come_into", "ready_ask"))
    closing = commanded(twice, "skip", SCORE, RULES)
    assert (closing.mode, closing.chapter, said(closing)) == ("playing", 4, ())


def test_who_is_in_the_position_is_led_on_at_once() -> None:
    for at_ms in (7_000, 9_000, 13_000):
        left = commanded(State(chapter=1, at_ms=at_ms), "skip", SCORE, RULES)
        assert (left.mode, left.chapter, said(left)) == ("playing", 2, ())
    heard = over(State(chapter=1, at_ms=LIE.duration_ms), SCORE, RULES)
    assert (heard.mode, heard.chapter, heard.is_away) == ("playing", 2, False)


def test_who_has_come_into_it_has_come() -> None:
    there = commanded(commanded(ON_THE_WAY, "skip", SCORE, RULES), "ready", SCORE, RULES)
    later = over(State(chapter=2, at_ms=BREATH.duration_ms, is_away=there.is_away), SCORE, RULES)
    assert (later.mode, later.chapter, later.is_away) == ("playing", 3, False)


def test_in_a_pause_it_is_told_once_that_is_over() -> None:
    paused = commanded(ON_THE_WAY, "pause", SCORE, RULES)
    left = commanded(paused, "skip", SCORE, RULES)
    assert (left.mode, left.chapter, said(left)) == ("paused", 2, ("where",))
    on = commanded(left, "resume", SCORE, RULES)
    assert (on.mode, said(on)) == ("waiting", ("going_on", "come_into", "ready_ask"))


def test_asked_again_it_says_the_position_again() -> None:
    left = commanded(ON_THE_WAY, "skip", SCORE, RULES)
    silent = State(mode="waiting", chapter=left.chapter, is_away=left.is_away)
    assert said(commanded(silent, "repeat", SCORE, RULES)) == ("come_into", "ready_ask")


def test_what_hurts_on_the_way_and_is_left_out_is_no_way_around() -> None:
    hurt = commanded(ON_THE_WAY, "hurts", SCORE, RULES)
    asking = over(
        State(mode="hurting", chapter=1, at_ms=hurt.at_ms, hurt=True, asides=hurt.asides), SCORE, RULES
    )
    left = commanded(asking, "leave-out", SCORE, RULES)
    assert (left.mode, left.chapter, said(left)) == ("waiting", 2, ("skipped", "come_into", "ready_ask"))


def test_where_nobody_can_say_that_they_are_ready_it_is_told_all_the_same() -> None:
    left = commanded(ON_THE_WAY, "skip", SCORE, Rules(waits=False))
    assert (left.mode, said(left)) == ("playing", ("come_into",))
