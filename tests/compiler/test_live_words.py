"""The coach's words in a live session: the shipped ones, and those of a language file that has few."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tests.support import fake_clips as fakes
from voice_coach.compiler.wording import BRACES, TypedValue, Wording
from voice_coach.core.commands import COMMANDS
from voice_coach.core.language import LiveWords, PhraseTexts
from voice_coach.core.script import POSITIONS
from voice_coach.paths import shipped_scripts
from voice_coach.script.library import ScriptLibrary
from voice_coach.voice_input.recognizer import WAKE_WORD

LINES = [each.name for each in fields(LiveWords) if each.name != "positions"]
ANYTHING = {
    "time": TypedValue("duration", 300_000),
    "exercise": TypedValue("text", "Knee slide"),
    "position": TypedValue("text", "on your stomach"),
    "side": TypedValue("side", "left"),
    **{name: TypedValue("count", 2) for name in ("round", "rounds", "set", "sets", "rep", "reps", "points")},
}


def _lines(words: LiveWords, name: str) -> PhraseTexts:
    return getattr(words, name)


def _of(code: str, folder: Path, live: str) -> LiveWords:
    """The words of a language whose file is the English one with another ``live``."""
    english = (shipped_scripts() / "languages" / "en.yaml").read_text(encoding="utf-8")
    before, _, rest = english.partition("\nlive:\n")
    after = rest[rest.index("\n# How to get from") :]
    (folder / "languages").mkdir()
    text = f"{before.replace('language: en', f'language: {code}')}\n{live}{after}"
    (folder / "languages" / f"{code}.yaml").write_text(text, encoding="utf-8")
    return ScriptLibrary([folder], ()).language(code).live


def test_the_shipped_english_words_are_the_built_in_ones() -> None:
    assert fakes.english().live == LiveWords()


def test_a_language_file_needs_none_of_them(tmp_path: Path) -> None:
    assert _of("cs", tmp_path, "") == LiveWords()


def test_what_a_language_file_names_is_said(tmp_path: Path) -> None:
    words = _of("cs", tmp_path, "live: {slower: Pomaleji., ended: [Konec., Pomalu vstaň.]}\n")
    assert words == LiveWords(slower=("Pomaleji.",), ended=("Konec.", "Pomalu vstaň."))


@pytest.mark.parametrize("name", LINES)
def test_every_line_can_be_said(name: str) -> None:
    wording = Wording(fakes.english())
    lines = _lines(LiveWords(), name)
    assert lines
    for line in lines:
        assert "{" not in wording.fill(line, ANYTHING)


def test_where_says_each_thing_in_a_line_of_its_own() -> None:
    named = [{name for name, _style in BRACES.findall(line)} for line in LiveWords().where]
    assert named == [{"exercise"}, {"round", "rounds"}, {"side"}, {"set", "sets"}, {"rep", "reps"}]


def test_every_position_has_words() -> None:
    assert set(LiveWords().positions) == set(POSITIONS)


def test_whoever_can_speak_is_told_what_to_say() -> None:
    words = fakes.english().spoken_to
    phrases = {phrase: command for command in COMMANDS for phrase in command.phrases}
    told: dict[str, set[str]] = {}
    for name in ("help", "hurts_ask", "ready_ask", "rest_begins", "resume_offer", "keep_offer"):
        said = " ".join(_lines(words, name)).lower()
        told[name] = {phrases[each].name for each in phrases if re.search(rf"\b{each}\b", said)}
        assert "press" not in said
    assert told["hurts_ask"] >= {"rest", "easier", "leave-out", "end"}
    assert told["ready_ask"] == told["rest_begins"] == {"ready"}
    assert "resume" in told["resume_offer"] & told["keep_offer"]
    anywhere = {each.name for each in COMMANDS if each.phrases and not each.only_in}
    assert told["help"] >= anywhere - {"next-rep", "previous-rep", "help"}


@pytest.mark.parametrize("name", LINES)
def test_the_coach_says_its_name_last(name: str) -> None:
    """What comes after it, even later, may be taken for a command where the microphone misses a moment."""
    for words in (fakes.english().live, fakes.english().spoken_to):
        said = re.findall(r"[a-z']+", " ".join(_lines(words, name)).lower())
        assert WAKE_WORD not in said[:-1]


def test_the_ask_names_every_answer_and_how_to_give_it() -> None:
    words = LiveWords()
    asked = " ".join(words.hurts_ask)
    for answer in ("play, or one", "previous, or two", "next, or three", "stop, or four"):
        assert answer in asked
    assert words.hurts_ask_no_easier == tuple(line for line in words.hurts_ask if "easier" not in line)
