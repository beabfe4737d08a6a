"""What docs/script-language.md promises of holds, breaths and counts, sentence by sentence."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from tests.support.fake_clips import FAKE, HERE, FakeLengths, done, play, said, tune
from tests.support.made_steps import hold, item, sounds, spoken
from voice_coach.audio.cue_description import LONGEST_MS
from voice_coach.compiler.spans import LONGEST_TONE_MS
from voice_coach.core.script import Breathe, Count, During, Guidance, Param


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
