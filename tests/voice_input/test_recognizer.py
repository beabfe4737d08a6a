"""The contract of every recognizer, with real synthetic speech."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks._room import RATE_HZ, Sound, hum, join, mixed, music, pcm, room_noise, water
from benchmarks.hearing import coach_heard
from tests.real_parts import require_program
from tests.support.heard import hear, phrases, require_recognizer
from tests.support.people import said
from voice_coach.core.commands import COMMANDS
from voice_coach.voice_input.recognizer import (
    COMMAND_PHRASES,
    SCORE_PHRASES,
    HearingError,
    Recognizer,
    open_recognizer,
)

UNKNOWN = {"pocketsphinx": "frobnicate", "moonshine": "\N{SNOWMAN}"}
"""A word that each does not know."""


@pytest.fixture(params=list(UNKNOWN))
def recognizer(request: pytest.FixtureRequest) -> Iterator[Recognizer]:
    require_program("flite")
    require_recognizer(request.param)
    listener = open_recognizer(request.param)
    listener.expect(COMMAND_PHRASES)
    yield listener
    listener.close()


def in_room(*speech: Sound, gap_s: float = 1.5) -> NDArray[np.int16]:
    """Speech in a quiet room, with so much of its quiet after each."""
    quiet = np.zeros(round(1.2 * RATE_HZ), np.float32)
    sound = join([quiet[:1], *speech], gap_s)
    return pcm(mixed(room_noise(len(sound) / RATE_HZ, 1), sound, 0))


@pytest.mark.parametrize("words", ["ready", "slower", "that hurts"])
def test_a_command_is_understood_once_and_where_it_was_said(recognizer: Recognizer, words: str) -> None:
    speech = said("flite:kal16", f"coach, {words}")

    heard = hear(recognizer, in_room(speech))

    assert phrases(heard) == [f"coach {words}"]
    ended_ms = 1_500 + len(speech) * 1_000 / RATE_HZ
    assert heard[0].end_ms == pytest.approx(ended_ms, abs=250)


def test_several_commands_are_understood_in_their_order(recognizer: Recognizer) -> None:
    said_words = ("pause", "continue", "next exercise")
    sound = in_room(*(said("flite:kal16", f"coach, {words}") for words in said_words))

    assert phrases(hear(recognizer, sound)) == [f"coach {words}" for words in said_words]


def test_it_does_not_matter_how_sound_is_cut_into_blocks(recognizer: Recognizer) -> None:
    sound = in_room(said("flite:kal16", "coach, ready"))
    once = recognizer.hear(sound, False)
    recognizer.expect(COMMAND_PHRASES)

    odd = hear(recognizer, sound, 77)
    recognizer.expect(COMMAND_PHRASES)

    assert phrases(odd) == phrases(list(once)) == ["coach ready"]
    assert phrases(hear(recognizer, sound, 4_801)) == ["coach ready"]


def test_words_without_the_wake_word_do_nothing(recognizer: Recognizer) -> None:
    words = ("ready", "repeat", "that hurts", "how long", "the next one", "please go on", "stop")

    assert not hear(recognizer, in_room(*(said("flite:kal16", text) for text in words)))


def test_the_wake_word_alone_and_talk_about_a_coach_do_nothing(recognizer: Recognizer) -> None:
    words = ("coach", "Our coach repeats himself whenever he is nervous.", "The coach paused the game again.")

    assert not hear(recognizer, in_room(*(said("flite:kal16", text) for text in words)))


@pytest.mark.parametrize("coach", [False, True])
def test_the_coach_does_not_command_itself(recognizer: Recognizer, coach: bool) -> None:
    minutes = coach_heard()[: 3 * 60 * RATE_HZ]

    assert not hear(recognizer, pcm(minutes), RATE_HZ, coach=coach)


def test_silence_and_noise_are_nothing(recognizer: Recognizer) -> None:
    loud = np.full(RATE_HZ, 32_767, np.int16)
    for sound in (np.zeros(RATE_HZ, np.int16), loud, -loud, *map(pcm, (hum(4, 1), music(4, 1), water(4, 1)))):
        assert not hear(recognizer, sound)


def test_no_sound_at_all_is_a_block_too(recognizer: Recognizer) -> None:
    assert not recognizer.hear(np.zeros(0, np.int16), False)
    assert not recognizer.hear(np.zeros(1, np.int16), True)


def test_a_number_needs_no_wake_word_when_it_is_asked_for(recognizer: Recognizer) -> None:
    recognizer.expect(SCORE_PHRASES)

    sound = in_room(said("flite:kal16", "seven"), said("flite:kal16", "coach, ten"))

    assert [SCORE_PHRASES[one.phrase] for one in hear(recognizer, sound)] == ["score-7", "score-10"]


def test_what_is_not_expected_is_not_told(recognizer: Recognizer) -> None:
    sound = in_room(said("flite:kal16", "coach, slower"))
    recognizer.expect(())
    assert not hear(recognizer, sound)
    recognizer.expect(COMMAND_PHRASES)
    assert phrases(hear(recognizer, sound)) == ["coach slower"]
    recognizer.close()
    recognizer.close()
    assert not hear(recognizer, sound)


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_word_that_it_does_not_know_is_named(name: str) -> None:
    require_recognizer(name)
    recognizer = open_recognizer(name)
    with pytest.raises(HearingError, match=UNKNOWN[name]):
        recognizer.expect([f"coach {UNKNOWN[name]}"])
    recognizer.close()


def test_an_unknown_recogniser_is_answered_with_those_there_are() -> None:
    with pytest.raises(HearingError, match="there are moonshine, pocketsphinx"):
        open_recognizer("ears")


def test_every_command_but_the_one_of_one_button_can_be_said() -> None:
    assert {command.name for command in COMMANDS} - {"toggle"} == {
        *COMMAND_PHRASES.values(),
        *SCORE_PHRASES.values(),
    }
