"""What docs/script-language.md promises of silence, sounds and what is done again, sentence by sentence."""

from __future__ import annotations

import pytest

from tests.support.fake_clips import HERE, FakeLengths, exercise, plans, play, said, session, tune
from tests.support.made_steps import hold, item, say, sounds, spoken
from voice_coach.core.errors import ScriptError
from voice_coach.core.script import Breathe, Count, Param, Pause, PlaySound, Repeat, Sets, Sides, Step, Wait
from voice_coach.core.timeline import Event
from voice_coach.core.units import MS_PER_HOUR


class TestSilenceAndSound:
    def test_pause_and_wait_last_their_time(self) -> None:
        chapter = play(Pause(where=HERE, duration=5_000), Wait(where=HERE, duration=20_000)).chapter
        assert chapter.duration_ms == 25_000
        assert [event.kind for event in chapter.events] == ["pause", "wait"]

    def test_words_follow_a_sounds_lead_while_it_rings_on(self) -> None:
        lengths = FakeLengths(sounds=lambda _name: (5_000, 1_200))
        chapter = play(PlaySound(where=HERE, sound="bell"), say("Aa."), lengths=lengths).chapter
        assert sounds(chapter) == [(0, 5_000, "bell")]
        assert spoken(chapter) == [(1_200, "Aa.")]
        assert chapter.duration_ms == 5_000

    def test_a_new_sound_cuts_one_that_rings(self) -> None:
        lengths = FakeLengths(sounds=lambda _name: (5_000, 1_200))
        bells = (PlaySound(where=HERE, sound="bell"), PlaySound(where=HERE, sound="end"))
        assert sounds(play(*bells, lengths=lengths).chapter) == [(0, 1_200, "bell"), (1_200, 6_200, "end")]


class TestLoops:
    def test_between_does_not_come_after_the_last(self) -> None:
        loop = Repeat(
            where=HERE, times=3, counter="round", steps=(say("{round} of {rounds}."),), between=(say("-"),)
        )
        assert said(play(loop)) == ["One of three.", "-", "Two of three.", "-", "Three of three."]

    def test_sets_that_differ(self) -> None:
        sets = Sets(
            where=HERE,
            times=2,
            each=({"reps": "6", "hold": "10s"}, {"reps": "4"}),
            steps=(say("Set {set} of {sets}, {reps:times}, {hold}."),),
        )
        done = play(
            sets,
            tune={"reps": tune("reps", "count", 3, 1, 9), "hold": tune("hold", "duration", 5_000, 0, 60_000)},
        )
        assert said(done) == [
            "Set one of two, six times, ten seconds.",
            "Set two of two, four times, five seconds.",
        ]

    def test_sides_in_turn_with_the_coachs_own_change(self) -> None:
        sides = Sides(where=HERE, sides=("right", "left"), reps=2, steps=(say("{side} {rep} of {reps}."),))
        done = play(sides, values={"gap": 0})
        assert said(done) == [
            "Right one of two.",
            "Right two of two.",
            "Now the left side.",
            "Left one of two.",
            "Left two of two.",
        ]
        assert [sound for *_, sound in sounds(done.chapter)] == ["change-side"]
        now, left = (
            event for event in done.chapter.events if event.text in ("Now the left side.", "Left one of two.")
        )
        assert left.start_ms - now.end_ms == 4_000

    def test_the_time_to_change_sides_is_tuned(self) -> None:
        sides = Sides(where=HERE, sides=("right", "left"), steps=(Pause(where=HERE, duration=1_000),))
        tuned = {"change": tune("change", "duration", 9_000, 1_000, 60_000)}
        words = 330 + 62 * len("Now the left side.")
        assert play(sides, tune=tuned).chapter.duration_ms == 2_000 + words + 9_000

    def test_sides_alternating_with_between_and_own_change(self) -> None:
        sides = Sides(
            where=HERE,
            sides=("left", "right"),
            reps=2,
            order="alternating",
            steps=(say("{side} {rep}."),),
            between=(say("-"),),
            change=(say("Now {side}."),),
        )
        assert said(play(sides)) == [
            "Left one.", "-", "Now right.", "Right one.", "-", "Now left.",
            "Left two.", "-", "Now right.", "Right two.",
        ]  # fmt: skip


class TestLimits:
    @pytest.mark.parametrize(
        "step",
        [
            Breathe(where=HERE, pattern=(1, 0, 0, 0), duration=24 * MS_PER_HOUR),
            hold(24 * MS_PER_HOUR, item("Go on.", every=Param("tiny"))),
            Repeat(where=HERE, times=1_000, steps=(Repeat(where=HERE, times=1_000, steps=(say("Hm."),)),)),
            Repeat(where=HERE, times=1_000, steps=(Repeat(where=HERE, times=1_000, steps=()),)),
            Sides(where=HERE, sides=("left", "right") * 1_000, reps=1_000, steps=()),
            Repeat(where=HERE, times=1_000, steps=(hold(24 * MS_PER_HOUR),)),
            Repeat(where=HERE, times=1_000, steps=(say("Hm.", then=24 * MS_PER_HOUR),)),
            Count(where=HERE, reps=1_000, tempo=(MS_PER_HOUR,)),
        ],
        ids=["breaths", "every", "repeats", "empty repeats", "sides", "holds", "gaps", "counts"],
    )
    def test_what_goes_on_for_ever_is_refused(self, step: Step) -> None:
        endless = session(exercise(step, tune={"tiny": tune("tiny", "duration", 1, 1, 9)}))
        with pytest.raises(ScriptError) as caught:
            plans(endless)
        assert caught.value.problems[0].where == HERE

    def test_the_longest_allowed_is_allowed(self) -> None:
        step = Breathe(where=HERE, pattern=(5_000, 0, 5_000, 0), duration=24 * MS_PER_HOUR, guide="tones")
        assert play(step).chapter.duration_ms == 24 * MS_PER_HOUR


def test_events_know_their_place() -> None:
    inner = Repeat(where=HERE, times=2, steps=(hold(1_000),))
    sides = Sides(where=HERE, sides=("left",), steps=(inner,))
    chapter = play(Sets(where=HERE, times=1, steps=(sides,))).chapter

    def place(event: Event) -> tuple[int | None, int | None, str | None]:
        return event.mark.set, event.mark.rep, event.mark.side

    assert [place(event) for event in chapter.events] == [(1, 1, "left"), (1, 2, "left")]
