"""What docs/script-language.md promises of steps, sentence by sentence."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from tests.compiler.fakes import (
    FAKE,
    HERE,
    FakeLengths,
    done,
    english,
    exercise,
    plans,
    play,
    said,
    session,
    tune,
)
from voice_coach.audio.sound_description import LONGEST_MS
from voice_coach.compiler.spans import LONGEST_TONE_MS
from voice_coach.model.problems import ScriptError
from voice_coach.model.script import (
    Breathe,
    Count,
    During,
    Fragment,
    Group,
    Guidance,
    Hold,
    Param,
    Pause,
    PlaySound,
    Repeat,
    Say,
    Sets,
    Sides,
    Step,
    Use,
    Wait,
)
from voice_coach.model.timeline import Chapter, Event
from voice_coach.model.units import MS_PER_HOUR


def say(*texts: str, **more: Any) -> Say:
    return Say(where=HERE, texts=texts, **more)


def hold(duration: Any = 60_000, *during: During, countdown: int = 0, role: Any = "hold") -> Hold:
    return Hold(where=HERE, duration=duration, during=during, countdown=countdown, role=role)


def item(*texts: str, **more: Any) -> During:
    return During(where=HERE, say=texts, **more)


def spoken(chapter: Chapter) -> list[tuple[int, str]]:
    """Start and text of everything said."""
    return [(event.start_ms, event.text) for event in chapter.events if event.lane == "speech"]


def sounds(chapter: Chapter) -> list[tuple[int, int, str]]:
    return [(event.start_ms, event.end_ms, event.sound) for event in chapter.events if event.lane == "sound"]


class TestSaying:
    def test_each_piece_is_followed_by_the_gap_and_the_last_by_then(self) -> None:
        # "Aa." takes 330 + 3 × 62 = 516 ms; the gap is 900 ms if nothing else is said.
        chapter = play(say("Aa.", "Bb.", then=3_000), say("Cc.")).chapter
        assert spoken(chapter) == [(0, "Aa."), (1_416, "Bb."), (4_932, "Cc.")]
        assert chapter.duration_ms == 4_932 + 516 + 900

    def test_the_gap_is_tuned(self) -> None:
        assert play(say("Aa."), values={"gap": 0}).chapter.duration_ms == 516

    def test_the_rate_is_that_of_the_utterance(self) -> None:
        chapter = play(say("Aa."), values={"rate": 100, "gap": 0}).chapter
        assert chapter.events[0].utterance
        assert chapter.events[0].utterance.rate_wpm == 100
        assert chapter.duration_ms == 774

    @pytest.mark.parametrize(
        ("guidance", "heard"),
        [("full", ["Full.", "Key.", "Name."]), ("key", ["Key.", "Name."]), ("names", ["Name."])],
    )
    def test_guidance(self, guidance: Guidance, heard: list[str]) -> None:
        steps = (say("Full."), say("Key.", guidance="key"), say("Name.", guidance="names"))
        done = play(*steps, guidance=guidance)
        assert said(done) == heard
        assert done.chapter.duration_ms == sum(330 + 62 * len(text) + 900 for text in heard)

    def test_only_in_loops(self) -> None:
        steps = (say("F.", only="first"), say("A.", only="later"), say("Z.", only="last"))
        loop = Repeat(where=HERE, times=3, steps=steps, between=(say("-"),))
        assert said(play(loop)) == ["F.", "-", "A.", "-", "A.", "Z."]

    def test_a_group_shares_its_only(self) -> None:
        group = Group(where=HERE, only="first", steps=(say("One."), say("Two.")))
        assert said(play(Repeat(where=HERE, times=2, steps=(group, say("Go."))))) == [
            "One.",
            "Two.",
            "Go.",
            "Go.",
        ]


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


class TestHold:
    def test_a_hold_is_exactly_as_long_as_said_and_words_do_not_lengthen_it(self) -> None:
        chapter = play(hold(10_000, item("x" * 300, at=0)), lengths=FAKE).chapter
        assert chapter.duration_ms == 10_000
        assert spoken(chapter) == []

    def test_moments(self) -> None:
        chapter = play(
            hold(
                60_000,
                item("Ten.", at=10_000),
                item("Half.", at=0.5),
                item("{remaining} to go.", last=15_000),
                During(where=HERE, sound="tick", every=20_000),
            )
        ).chapter
        assert spoken(chapter) == [(10_000, "Ten."), (30_000, "Half."), (45_000, "Fifteen seconds to go.")]
        assert [start for start, *_ in sounds(chapter)] == [20_000, 40_000]

    def test_every_takes_turns_and_is_not_at_the_start_or_the_end(self) -> None:
        chapter = play(hold(40_000, item("Aa.", "Bb.", every=10_000))).chapter
        assert spoken(chapter) == [(10_000, "Aa."), (20_000, "Bb."), (30_000, "Aa.")]

    def test_the_countdown_wins_then_the_lower_level_and_the_other_moves_later(self) -> None:
        done = play(
            hold(
                30_000,
                item("Full.", at=10_000),
                item("Key.", at=10_000, guidance="key"),
                item("Name.", at=10_000, guidance="names"),
                item("Too late.", at=26_500, guidance="names"),
                countdown=5,
            )
        )
        texts = [text for _, text in spoken(done.chapter)]
        assert texts == ["Name.", "Key.", "Full.", "five", "four", "three", "two", "one"]
        assert spoken(done.chapter)[0][0] == 10_000
        late, left_out = sorted(warning.message for warning in done.warnings)
        assert late == '"Full." runs into other words here and comes 1.5 s late'
        assert left_out.startswith('"Too late." takes')

    def test_a_hold_knows_its_own_length_and_its_parameter(self) -> None:
        done = play(
            hold(Param("hold"), item("{hold} in all, {remaining} left.", at=0.5)),
            tune={"hold": tune("hold", "duration", 90_000, 0, 90_000)},
        )
        assert said(done) == ["One and a half minutes in all, forty five seconds left."]
        assert done.chapter.events[0].mark.parameter == "hold"


class TestBreathe:
    def test_tones_and_words_at_each_phase(self) -> None:
        chapter = play(Breathe(where=HERE, pattern=(2_500, 0, 4_500, 0), cycles=2)).chapter
        assert sounds(chapter) == [
            (0, 2_500, "inhale"),
            (2_500, 7_000, "exhale"),
            (7_000, 9_500, "inhale"),
            (9_500, 14_000, "exhale"),
        ]
        assert said(chapter) == ["Breathe in", "Breathe out"] * 2
        assert chapter.duration_ms == 14_000

    @pytest.mark.parametrize(
        ("wanted", "cycles"), [(0, 1), (14_999, 1), (15_000, 2), (24_000, 2), (60_000, 6)]
    )
    def test_a_time_becomes_the_nearest_number_of_whole_cycles(self, wanted: int, cycles: int) -> None:
        step = Breathe(where=HERE, pattern=(4_000, 0, 6_000, 0), duration=wanted)
        assert play(step).chapter.duration_ms == cycles * 10_000

    @pytest.mark.parametrize(
        ("guide", "guidance", "words", "tones"),
        [
            ("both", "full", 2, 2),
            ("both", "names", 0, 2),
            ("tones", "full", 0, 2),
            ("words", "full", 2, 0),
            ("words", "names", 2, 0),
        ],
    )
    def test_guide(self, guide: Any, guidance: Guidance, words: int, tones: int) -> None:
        step = Breathe(where=HERE, pattern=(4_000, 0, 6_000, 0), cycles=1, guide=guide)
        chapter = play(step, guidance=guidance).chapter
        assert (len(said(chapter)), len(sounds(chapter))) == (words, tones)

    def test_words_in_the_first_cycles_and_phrases_that_take_turns(self) -> None:
        phrases = MappingProxyType({"inhale": ("Deep and wide", "And in"), "exhale": ("x" * 100,)})
        step = Breathe(
            where=HERE,
            pattern=(4_000, 0, 6_000, 0),
            cycles=4,
            word_cycles=3,
            phrases=phrases,  # pyright: ignore[reportArgumentType]
        )
        # What does not fit its phase gives way to the coach's own word.
        assert said(play(step)) == [
            "Deep and wide",
            "Breathe out",
            "And in",
            "Breathe out",
            "Deep and wide",
            "Breathe out",
        ]

    def test_words_that_fit_in_no_way_are_told_once(self) -> None:
        step = Breathe(where=HERE, pattern=(500, 0, 300, 0), cycles=3)
        done = play(step)
        assert said(done) == ["In"] * 3
        assert [warning.message for warning in done.warnings] == [
            '"Out" takes 0.5 s, but its phase lasts 0.3 s: it is left out'
        ]

    def test_during_by_phase_and_turn(self) -> None:
        step = Breathe(
            where=HERE,
            pattern=(4_000, 0, 6_000, 0),
            cycles=6,
            word_cycles=0,
            during=(item("Sink.", on="exhale", turn=2), item("Wide.", "Low.", on="inhale", every_turns=3)),
        )
        assert spoken(play(step).chapter) == [(14_000, "Sink."), (20_000, "Wide."), (50_000, "Low.")]

    def test_a_prompt_takes_the_place_of_the_breath_word(self) -> None:
        step = Breathe(
            where=HERE, pattern=(4_000, 0, 6_000, 0), cycles=1, during=(item("Wide.", on="inhale"),)
        )
        assert said(play(step)) == ["Wide.", "Breathe out"]

    def test_a_sound_that_rings_never_silences_a_later_tone(self) -> None:
        bell = During(where=HERE, sound="bell", on="inhale", turn=1)
        step = Breathe(where=HERE, pattern=(2_000, 0, 2_000, 0), cycles=1, guide="tones", during=(bell,))
        chapter = play(step, lengths=FakeLengths(sounds=lambda _name: (5_000, 0))).chapter
        assert sounds(chapter) == [(0, 2_000, "bell"), (2_000, 4_000, "exhale")]

    def test_a_tone_is_never_stretched_further_than_audio_can(self) -> None:
        assert LONGEST_TONE_MS == LONGEST_MS
        step = Breathe(where=HERE, pattern=(LONGEST_MS, 0, LONGEST_MS + 1, 0), cycles=1)
        tones = [event.sound_ms for event in play(step).chapter.events if event.lane == "sound"]
        assert tones == [LONGEST_MS, None]


class TestCount:
    def count(self, reps: int = 2, **more: Any) -> Count:
        given: dict[str, Any] = {"tempo": (3_000, 1_000, 1_000), "phases": ("Down", "-", "Up"), **more}
        return Count(where=HERE, reps=reps, **given)

    def test_numbers_and_words_for_each_part(self) -> None:
        chapter = play(self.count()).chapter
        assert spoken(chapter) == [(0, "One. Down"), (4_000, "Up"), (5_000, "Two. Down"), (9_000, "Up")]
        actions = [(e.text, e.end_ms - e.start_ms, e.mark.rep) for e in done(chapter, "part")]
        assert actions[:3] == [("Down", 3_000, 1), ("2", 1_000, 1), ("Up", 1_000, 1)]
        assert chapter.duration_ms == 10_000

    @pytest.mark.parametrize(
        ("speak", "heard"),
        [("numbers", ["One"]), ("phases", ["Down", "Up"]), ("nothing", []), ("both", ["One. Down", "Up"])],
    )
    def test_speak(self, speak: Any, heard: list[str]) -> None:
        assert said(play(self.count(1, speak=speak))) == heard

    def test_little_guidance_leaves_the_numbers(self) -> None:
        assert said(play(self.count(), guidance="names")) == ["One", "Two"]

    def test_a_part_too_short_for_both_has_the_number(self) -> None:
        assert said(play(self.count(1, tempo=(600, 1_000, 400)))) == ["One"]

    def test_the_number_comes_with_the_first_part_that_lasts(self) -> None:
        assert spoken(play(self.count(1, tempo=(0, 1_000, 1_000))).chapter) == [(0, "One"), (1_000, "Up")]

    def test_ticks_every_second(self) -> None:
        ticks = sounds(play(self.count(1, ticks=True)).chapter)
        assert [start for start, *_ in ticks] == [0, 1_000, 2_000, 3_000, 4_000]

    @pytest.mark.parametrize("on", ["1", "Down"])
    def test_during_names_a_part_or_its_word(self, on: str) -> None:
        done = play(self.count(4, during=(item("Slowly.", on=on, turn=4),)))
        heard = spoken(done.chapter)
        # The number keeps its moment, the prompt takes the place of the word and follows at once.
        assert heard[-3:] == [(15_000, "Four"), (15_000 + 578 + 150, "Slowly."), (19_000, "Up")]
        assert done.warnings == ()


class TestFragments:
    def fragment(self, *steps: Step, **parameters: str | None) -> dict[str, Fragment]:
        return {"settle": Fragment("settle", parameters, steps, HERE)}

    def use(self, **arguments: str) -> Use:
        return Use(where=HERE, fragment="settle", arguments=arguments)

    def test_arguments_and_defaults(self) -> None:
        fragments = self.fragment(
            say("Let {where} carry you."),
            Pause(where=HERE, duration=Param("long")),
            where="the floor",
            long="5s",
        )
        done = play(self.use(), self.use(where="the chair", long="8s"), fragments=fragments)
        assert said(done) == ["Let the floor carry you.", "Let the chair carry you."]
        assert [e.end_ms - e.start_ms for e in done.chapter.events if e.kind == "pause"] == [5_000, 8_000]

    def test_arguments_are_said_as_what_they_are(self) -> None:
        fragments = self.fragment(say("{n:times} for {long}, {what}."), n="2", long="90s", what="it")
        tuned = {"hold": tune("hold", "duration", 20_000, 0, 60_000)}
        uses = (
            self.use(),
            self.use(n="3", long="hold", what="in {hold}"),
            self.use(long="1m30s", what="2 by 2"),
        )
        assert said(play(*uses, fragments=fragments, tune=tuned)) == [
            "Twice for one and a half minutes, it.",
            "Three times for twenty seconds, in twenty seconds.",
            "Twice for one and a half minutes, 2 by 2.",
        ]

    def test_what_is_left_empty_is_not_said(self) -> None:
        fragments = self.fragment(say("{tip}"), hold(5_000, item("{tip}", at=0)), tip="Well done.")
        done = play(self.use(tip=""), fragments=fragments)
        assert said(done) == []
        assert done.chapter.duration_ms == 5_000


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


def test_the_words_are_the_languages() -> None:
    assert english().breath["inhale"] == ("Breathe in", "In")


def test_events_know_their_place() -> None:
    inner = Repeat(where=HERE, times=2, steps=(hold(1_000),))
    sides = Sides(where=HERE, sides=("left",), steps=(inner,))
    chapter = play(Sets(where=HERE, times=1, steps=(sides,))).chapter

    def place(event: Event) -> tuple[int | None, int | None, str | None]:
        return event.mark.set, event.mark.rep, event.mark.side

    assert [place(event) for event in chapter.events] == [(1, 1, "left"), (1, 2, "left")]
