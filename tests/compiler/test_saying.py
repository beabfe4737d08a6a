"""What docs/script-language.md promises of words, sentence by sentence."""

from __future__ import annotations

import pytest

from tests.support.fake_clips import HERE, english, play, said, tune
from tests.support.made_steps import hold, item, say, spoken
from voice_coach.core.script import Fragment, Group, Guidance, Param, Pause, Repeat, Step, Use


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


def test_the_words_are_the_languages() -> None:
    assert english().breath["inhale"] == ("Breathe in", "In")
