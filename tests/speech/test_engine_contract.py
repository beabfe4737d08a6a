"""What every engine keeps to, run on the fake voice and on the real ones."""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from tests.real_parts import require_real
from tests.support.fake_voice import ToneEngine
from voice_coach.audio.conditioning import condition
from voice_coach.core.speech import Clip, Utterance
from voice_coach.core.text import word_spans
from voice_coach.speech.engine import LONGEST_TEXT, Engine, EngineError, PromptTooLongError
from voice_coach.speech.espeak import EspeakEngine
from voice_coach.speech.hibari import HibariEngine
from voice_coach.speech.pyttsx3 import Pyttsx3Engine

TEXTS = ("Breathe in.", "Five.", "Lie down on your stomach and rest your forehead on the mat.", "Halfway.")
LOW, USUAL, HIGH = 100, 150, 220


@dataclass
class Subject:
    """An engine, and a voice that it has."""

    engine: Engine

    def say(self, text: str, rate_wpm: int = USUAL, voice_name: str = "") -> Clip:
        return self.engine.synthesise(Utterance(text, f"{self.engine.name}:{voice_name}", rate_wpm))


@pytest.fixture(
    params=[ToneEngine, EspeakEngine, HibariEngine, Pyttsx3Engine], ids=lambda engine: engine.name
)
def subject(request: pytest.FixtureRequest) -> Generator[Subject]:
    engine: Engine = request.param()
    try:
        engine.voices()
    except EngineError as error:
        require_real(engine.name, available=False, reason=error.reason)
    yield Subject(engine)
    engine.close()


def test_speaks_mono_float_within_full_scale(subject: Subject) -> None:
    clip = subject.say(TEXTS[0])
    assert clip.samples.ndim == 1
    assert clip.samples.dtype == np.float32
    assert 8_000 <= clip.rate_hz <= 96_000
    assert 0.05 < np.abs(clip.samples).max() <= 1.0


def test_more_words_take_longer_and_a_higher_rate_takes_less(subject: Subject) -> None:
    assert subject.say(TEXTS[2]).duration_ms > 2 * subject.say(TEXTS[1]).duration_ms
    lengths = [subject.say(TEXTS[2], rate).duration_ms for rate in (LOW, USUAL, HIGH)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 1.3 * lengths[2]


def test_a_clip_depends_on_its_utterance_alone(subject: Subject) -> None:
    wanted = [(text, rate) for text in TEXTS for rate in (LOW, USUAL)]
    first = {each: subject.say(*each).samples.tobytes() for each in wanted}
    shuffled = wanted * 2
    random.Random(7).shuffle(shuffled)
    for each in shuffled:
        assert subject.say(*each).samples.tobytes() == first[each]


@pytest.mark.parametrize("text", ["", " ", ".", "…!?", "\n\t", "\0", "\u0301", "“—”"])
def test_nothing_to_say_is_an_empty_clip(subject: Subject, text: str) -> None:
    assert len(subject.say(text).samples) == 0


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("Breathe\0 in.\n", "Breathe in."),
        ("  Breathe \ud800in.", "Breathe in."),
        ("Rest\x0199S.", "Rest 99S."),
    ],
)
def test_what_cannot_be_seen_is_not_spoken(subject: Subject, text: str, same_as: str) -> None:
    assert subject.say(text).samples.tobytes() == subject.say(same_as).samples.tobytes()


@pytest.mark.parametrize("text", ["\N{GRINNING FACE}", "50 %", "→", "é", "呼吸", "Дыши", "[[h@l'oU]] you"])
def test_odd_text_is_spoken_without_trouble(subject: Subject, text: str) -> None:
    assert subject.say(text).duration_ms > 30


def test_markup_is_only_text(subject: Subject) -> None:
    plain = subject.say("Hello").duration_ms
    assert subject.say('Hello <break time="20s"/>').duration_ms < plain + 15_000
    assert subject.say("<mark/> Hello").duration_ms > plain


def test_too_long_a_text_is_refused(subject: Subject) -> None:
    with pytest.raises(PromptTooLongError, match="100000 characters"):
        subject.say("breathe " * 12_499 + "breathe.")
    assert LONGEST_TEXT < 100_000


SAID_AS_ONE = "In a moment, out of the 125 reps at 3.5 kg – side-lying, don’t “rush” – go."


@pytest.mark.parametrize(
    "text", [*TEXTS, SAID_AS_ONE, "Breathe\0 in –\n  and   out.", "… (rest) now", "1 2 3"]
)
@pytest.mark.parametrize("rate_wpm", [LOW, HIGH])
def test_words_cover_the_text_in_order_inside_the_clip(subject: Subject, text: str, rate_wpm: int) -> None:
    clip = subject.say(text, rate_wpm)
    assert [(word.first, word.end) for word in clip.words] == word_spans(text)
    assert clip.words[0].start_ms >= 0
    for word, following in pairwise(clip.words):
        assert word.start_ms < word.end_ms <= following.start_ms
    assert clip.words[-1].start_ms < clip.words[-1].end_ms <= clip.duration_ms


def test_words_are_where_the_sound_is(subject: Subject) -> None:
    heard = condition(subject.say(TEXTS[2]), 0.0)
    assert heard.words[0].start_ms <= 10
    assert heard.duration_ms - 10 <= heard.words[-1].end_ms <= heard.duration_ms
    assert max(word.end_ms - word.start_ms for word in heard.words) < heard.duration_ms / 3


def test_an_unknown_voice_is_an_error_that_says_so(subject: Subject) -> None:
    with pytest.raises(EngineError, match="no-such-voice") as caught:
        subject.say(TEXTS[0], voice_name="no-such-voice")
    assert caught.value.engine == subject.engine.name


def test_a_listed_voice_speaks_by_its_name(subject: Subject) -> None:
    voice = subject.engine.voices()[0]
    assert subject.say(TEXTS[0], voice_name=voice.name).duration_ms > 100
    assert voice.language


def test_identity_is_stable(subject: Subject) -> None:
    assert subject.engine.identity("") == type(subject.engine)().identity("")


def test_closing_twice_is_fine(subject: Subject) -> None:
    subject.engine.close()
    subject.engine.close()
