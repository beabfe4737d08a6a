"""All that may be said: what is noted of a session, and what the shipped scripts can say."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from releasing.shipped_words import shipped_words
from voice_coach import Coach
from voice_coach.coach import SessionOptions
from voice_coach.compiler.single_rep import counts_of_turns
from voice_coach.core.parameters import GENERAL, format_setting
from voice_coach.core.script import GUIDANCE_LEVELS
from voice_coach.core.speech import Utterance
from voice_coach.session.repertoire import repertoire

VOICE = "nowhere:ann"

EXERCISE = """\
kind: exercise
id: nod
title: Nod
position: seated
tune: {reps: {default: 2, min: 1, max: 3}}
steps:
  - repeat: reps
    steps:
      - say: "{rep} of {reps}. Nod."
      - hold: 3s
        during: [{say: [Let it sink., Breathe.], at: 0s}]
      - breathe: 2-0-2-0
        cycles: 1
        phrases: {inhale: A long breath in}
hurts:
  - say: Leave it.
easier:
  - say: Only think of it.
"""


@pytest.fixture(scope="module")
def shipped() -> frozenset[Utterance]:
    return frozenset(shipped_words(VOICE))


def test_all_of_a_session_is_noted_and_nothing_is_spoken(tmp_path: Path) -> None:
    script = tmp_path / "nod.yaml"
    script.write_text(EXERCISE, encoding="utf-8")
    with Coach(voice="espeak:") as coach:
        said = repertoire(coach.prepare(str(script)), VOICE)
        assert coach.speaker().synthesised == 0
    assert {each.voice for each in said} == {VOICE}
    assert {each.rate_wpm for each in said} == {GENERAL["rate"].default}
    texts = {each.text for each in said}
    expected = (
        "One of two. Nod.",
        "Let it sink.",
        "Breathe.",
        "A long breath in",
        "Breathe in",  # if the phrase is too long
        "In",
        "Leave it.",
        "Only think of it.",
        "Repetition two of two.",
        "About one minute left.",
        "Less than a minute left.",
        "Ten. Thank you.",
        "Ten.",
        "When you are ready, say my name, and: ready.",
        "When you are ready, take the position again: sitting.",
        "Last time you stopped in Nod.",
        "Slower.",
    )
    assert texts.issuperset(expected), set(expected) - texts


def test_the_coach_counts_in_whatever_session(shipped: frozenset[Utterance]) -> None:
    texts = {each.text for each in shipped if each.rate_wpm == GENERAL["rate"].default}
    counts = ("One", "Twelve", "Thirty", "one", "thirty", "In", "Out", "Hold", "Wait", "Now the left side.")
    assert texts.issuperset((*counts, "Roll softly onto your stomach."))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_tuned_all_words_are_among_those_of_the_shipped_scripts(
    seed: int, shipped: frozenset[Utterance]
) -> None:
    chance = random.Random(seed)
    with Coach(voice="espeak:") as coach:
        session = coach.load(chance.choice(("lower-back-relief", "lower-back-short", "knee-slide")))
        said: dict[str, str] = {}
        for entry in session.entries:
            exercise = entry.exercise
            for name, tunable in exercise.tune.items():
                low, high = tunable.minimum, tunable.maximum
                if isinstance(low, int) and isinstance(high, int):
                    # How long a hold is is told in words, and only round times are in the pack.
                    value = chance.choice((low, high)) if name == "hold" else chance.randint(low, high)
                    said[f"{exercise.id}.{name}"] = format_setting(value, tunable.type)
            assert counts_of_turns(exercise)
        options = SessionOptions(said=said, guidance=chance.choice((None, *GUIDANCE_LEVELS)))
        start_at = chance.choice(("", session.entries[-1].exercise.id))
        words = repertoire(coach.prepare(session, options, start_at=start_at, yours=False), VOICE)
    assert sorted(each.text for each in set(words) - shipped) == []
