"""What is particular to Moonshine; the contract is in ``test_recognizer.py``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks._room import RATE_HZ, Sound, join, mixed, pcm, room_noise
from tests.real_parts import require_program
from tests.support.heard import hear, phrases, require_recognizer, write_no_model
from tests.support.people import said
from voice_coach.voice_input import recognizer as moonshine_files
from voice_coach.voice_input.moonshine import Found, PhraseSearch, count_repeated, share_of_meaning, spellings
from voice_coach.voice_input.moonshine_model import END, MoonshineModel, Vocabulary
from voice_coach.voice_input.recognizer import (
    COMMAND_PHRASES,
    SCORE_PHRASES,
    TOKENS,
    HearingError,
    Recognizer,
    moonshine_folder,
    open_recognizer,
    usual_recognizer,
)
from voice_coach.voice_input.sensitivity import MOONSHINE, SENSITIVITIES, MoonshineThresholds


@pytest.fixture
def tokens() -> Vocabulary:
    require_recognizer("moonshine")
    folder = moonshine_folder()
    assert folder
    return Vocabulary((folder / TOKENS).read_bytes())


@pytest.fixture
def recognizer() -> Iterator[Recognizer]:
    require_program("flite")
    require_recognizer("moonshine")
    listener = open_recognizer("moonshine")
    listener.expect(COMMAND_PHRASES)
    yield listener
    listener.close()


def heard(recognizer: Recognizer, *speech: Sound) -> list[str]:
    sound = join([np.zeros(RATE_HZ, np.float32), *speech], 1.5)
    return phrases(hear(recognizer, pcm(mixed(room_noise(len(sound) / RATE_HZ, 1), sound, 0))))


def test_every_phrase_is_written_and_read_again(tokens: Vocabulary) -> None:
    for phrase in (*COMMAND_PHRASES, *SCORE_PHRASES):
        for text in spellings(phrase):
            made = tokens.of(text)
            assert tokens.text(made) == text
            assert tokens.begins_word(made[0])
    assert tokens.of("Coach, pause.") == [3189, 496, 29892, 19957, 29889]
    assert tokens.begins_word(END)
    assert not tokens.begins_word(tokens.of("Coach")[1])


def test_a_phrase_is_written_as_a_person_would() -> None:
    assert {"Coach, where am I?", "Coach. Where am I."} <= set(spellings("coach where am i"))
    assert {"Three.", "3."} <= set(spellings("three"))


def test_what_was_said_before_a_phrase_does_not_matter(recognizer: Recognizer) -> None:
    words = said("flite:kal16", "The window was open all day long.")
    command = said("flite:kal16", "Coach, take a rest.")

    assert heard(recognizer, join([words, command], 0.2)) == ["coach take a rest"]


def test_the_name_alone_waits_for_what_to_do(recognizer: Recognizer) -> None:
    name, rest = said("flite:kal16", "Coach."), said("flite:kal16", "slower.")

    assert heard(recognizer, join([name, rest], 0.45)) == ["coach slower"]


def test_talk_about_a_coach_is_not_talk_to_one(recognizer: Recognizer) -> None:
    talk = ("What a cold! The coach helped.", "Everybody knows that the coach stops at the hotel.")

    assert not heard(recognizer, *(said("flite:kal16", text) for text in talk))


def test_a_number_after_other_words_is_no_answer(recognizer: Recognizer) -> None:
    recognizer.expect(SCORE_PHRASES)

    assert not heard(recognizer, said("flite:kal16", "I had a friend who had seven"))


def test_the_end_of_other_talk_is_no_answer(recognizer: Recognizer) -> None:
    recognizer.expect(SCORE_PHRASES)

    talk = [said("flite:rms", text) for text in ("We will be there tomorrow", "around seven.")]
    assert not heard(recognizer, join(talk, 0.12))


@pytest.mark.parametrize("voice", ["flite:kal16", "flite:slt", "flite:awb"])
def test_of_ten_is_not_ten(recognizer: Recognizer, voice: str) -> None:
    recognizer.expect(SCORE_PHRASES)

    assert "ten" not in heard(recognizer, said(voice, "Seven of ten."), said(voice, "Three of ten."))


@pytest.mark.parametrize("voice", ["flite:kal16", "flite:slt"])
def test_a_number_may_be_said_out_of_ten(recognizer: Recognizer, voice: str) -> None:
    recognizer.expect(SCORE_PHRASES)

    assert heard(recognizer, said(voice, "Seven out of ten.")) == ["seven"]


def test_what_cannot_be_likely_enough_is_left_out_and_changes_nothing() -> None:
    require_program("flite")
    require_recognizer("moonshine")
    folder = moonshine_folder()
    assert folder
    model, tokens = MoonshineModel(folder), Vocabulary((folder / TOKENS).read_bytes())
    search = PhraseSearch(model, tokens, COMMAND_PHRASES)
    asked = MOONSHINE[0]
    loose = replace(asked, likely=-60, likely_after_words=-60, surely=-90)
    for text in ("Coach, slower.", "Coach, that hurts.", "The approach hurts.", "Coach Lee."):
        sound = join([said("flite:slt", text)], 0.3)
        strictly, loosely = (
            [(each.phrase, each.before) for each in search.search(sound, how).found if _enough(each, asked)]
            for how in (asked, loose)
        )
        assert strictly == loosely


def _enough(found: Found, asked: MoonshineThresholds) -> bool:
    least = asked.likely_after_words if found.before else asked.likely
    return found.likely >= least and found.surely >= asked.surely and found.share >= asked.share


def test_what_is_repeated_without_end_is_noticed() -> None:
    assert count_repeated([5, 1, 2, 3, 1, 2, 3, 1, 2, 3]) == 3
    assert count_repeated([7, 4, 4, 4]) == 1
    assert count_repeated([1, 2, 3, 1, 2, 3]) is None
    assert count_repeated([]) is None


@pytest.mark.parametrize("voice", ["flite:kal16", "flite:slt"])
def test_a_groan_is_no_answer(recognizer: Recognizer, voice: str) -> None:
    recognizer.expect(SCORE_PHRASES)

    groans = [said(voice, text) for text in ("Um.", "Oh.", "Ow!", "Ah, well.", "Hm.")]
    assert not heard(recognizer, *groans)


@pytest.mark.parametrize("words", ["coach that hurts", "coach it hurts"])
def test_phrases_that_mean_the_same_stand_together(words: str) -> None:
    logs = {"coach that hurts": -1.0, "coach it hurts": -1.0, "coach next": -9.0}

    assert share_of_meaning(words, logs) == pytest.approx(1, abs=1e-3)
    assert share_of_meaning("coach next", logs) < 0.001


def test_one_that_cannot_be_loaded_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_recognizer("moonshine")
    write_no_model(tmp_path)
    monkeypatch.setattr("voice_coach.voice_input.moonshine.moonshine_folder", lambda: tmp_path)

    with pytest.raises(HearingError, match="it cannot be loaded"):
        open_recognizer("moonshine")


def test_what_is_easier_asks_for_less() -> None:
    assert tuple(MOONSHINE) == SENSITIVITIES
    for harder, easier in zip(MOONSHINE.values(), list(MOONSHINE.values())[1:], strict=False):
        assert harder.likely > easier.likely
        assert harder.likely_after_words > easier.likely_after_words
        assert harder.likely_alone == easier.likely_alone
        assert harder.surely > easier.surely
        assert harder.share > easier.share


@pytest.mark.parametrize("missing", ["_PACKAGE", "_RUNTIME", "_FOLDER"])
def test_without_it_pocketsphinx_is_the_usual_one(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moonshine_files, missing, "no_such_thing")

    assert usual_recognizer() == "pocketsphinx"
    with pytest.raises(HearingError, match=r"pip install 'voice-coach\[moonshine\]'"):
        open_recognizer("moonshine")


def test_its_package_is_never_imported() -> None:
    """It would bring a sound library, a way to the network, and half a second."""
    require_recognizer("moonshine")
    recognizer = open_recognizer("moonshine")
    recognizer.close()

    assert "moonshine_voice" not in sys.modules
