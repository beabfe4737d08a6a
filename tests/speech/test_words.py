"""When each word is spoken: as the engine tells it, as the sound shows it, as a recognizer hears it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks._recognizer import SENTENCES
from benchmarks.voice_quality import word_time_errors_ms
from voice_coach.audio.conditioning import CONDITIONING_VERSION, condition
from voice_coach.core.speech import DEFAULT_RATE_WPM, Clip, Utterance, Word
from voice_coach.core.text import share_out, word_spans
from voice_coach.speech.clip_cache import ClipCache, GridClip
from voice_coach.speech.engine import align_words, time_words
from voice_coach.speech.espeak import EspeakEngine
from voice_coach.speech.synthesizer import Conditioning, Speaker, Voices

RATE_HZ = 16_000
SAMPLE = SENTENCES[::3]
VOICE = "espeak:en-us"


@pytest.fixture(scope="module")
def spoken() -> Iterator[list[tuple[str, Clip]]]:
    engine = EspeakEngine()
    yield [(text, engine.synthesise(Utterance(text, VOICE, DEFAULT_RATE_WPM))) for text in SAMPLE]
    engine.close()


def starts(text: str, words: tuple[Word, ...]) -> list[tuple[str, int]]:
    return [(text[word.first : word.end], word.start_ms) for word in words]


def test_a_word_that_is_said_with_another_shares_its_time() -> None:
    text = "out of the way"
    assert starts(text, time_words(text, [(0, 0), (4, 300), (11, 700)], 1000)) == [
        ("out", 0),
        ("of", 300),
        ("the", 471),  # “of” has two letters and its end, “the” has three and its end
        ("way", 700),
    ]


def test_a_number_said_as_several_words_begins_with_the_first() -> None:
    text = "do 125 reps"
    assert starts(text, time_words(text, [(0, 0), (3, 200), (4, 600), (4, 900), (7, 1100)], 1500)) == [
        ("do", 0),
        ("125", 200),
        ("reps", 1100),
    ]


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-2, 70), st.integers(-5, 3000)), max_size=20),
    st.integers(0, 2000),
)
def test_whatever_an_engine_tells_words_are_in_order(
    text: str, begins: list[tuple[int, int]], duration_ms: int
) -> None:
    words = time_words(text, begins, duration_ms)
    assert [(word.first, word.end) for word in words] == word_spans(text)
    times = [time for word in words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert all(0 <= time <= duration_ms for time in times)


@given(st.text(min_size=1, max_size=60), st.lists(st.booleans(), min_size=1, max_size=60))
def test_whatever_the_sound_words_are_in_order(text: str, loud: list[bool]) -> None:
    samples = np.repeat(np.array(loud, np.float32), RATE_HZ // 20)
    clip = Clip(samples, RATE_HZ)
    words = align_words(text, clip)
    heard = condition(replace(clip, words=words), 0.0)
    for timing, whole_ms in ((words, clip.duration_ms), (heard.words, heard.duration_ms)):
        times = [time for word in timing for time in (word.start_ms, word.end_ms)]
        assert times == sorted(times)
        assert all(0 <= time <= whole_ms for time in times)
    assert len(heard.words) == (len(words) if any(loud) else 0)


@given(st.text(max_size=80))
def test_words_hold_all_that_is_not_space(text: str) -> None:
    spans = word_spans(text)
    assert all(first < end for first, end in spans)
    assert all(end <= following for (_, end), (following, _) in pairwise(spans))
    if spans:
        held = "".join(text[first:end] for first, end in spans)
        assert re.sub(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]", "", held) == re.sub(
            r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]", "", text
        )


def test_leading_silence_is_taken_off_the_times() -> None:
    tone = np.sin(np.arange(RATE_HZ // 2) * 0.3).astype(np.float32)
    quiet = np.zeros(RATE_HZ // 4, np.float32)
    clip = Clip(
        np.concatenate([quiet, tone, quiet, tone, quiet]),
        RATE_HZ,
        (Word(0, 2, 0, 900), Word(3, 5, 900, 1750)),
    )
    # 5 ms of silence stay before the first sound; a word begins with its sound and ends with it.
    assert condition(clip, 0.0).words == (Word(0, 2, 5, 505), Word(3, 5, 755, 1255))


def test_words_come_back_from_the_disk(tmp_path: Path) -> None:
    text = "Lie down, and rest."
    utterance = Utterance(text, VOICE, DEFAULT_RATE_WPM)
    told: list[tuple[Word, ...]] = []
    made: list[tuple[int, int]] = []
    for _ in range(2):
        conditioning = Conditioning(condition=condition, gain_db=lambda _: 0.0, version=CONDITIONING_VERSION)
        with Speaker(Voices(conditioning, ClipCache(tmp_path))) as speaker:
            told.append(speaker.words(utterance))
            assert speaker.clip(utterance).words == ()  # whoever mixes it does not unpack them
            assert told[-1][-1].end_ms <= speaker.duration_ms(utterance)
            made.append((speaker.synthesised, speaker.from_cache))
    assert told[0] == told[1]
    assert len(told[0]) == 4
    assert made == [(1, 0), (0, 1)]


def test_a_clip_kept_by_an_older_version_is_made_again(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    cache.put("key", GridClip(np.zeros(10, "<i2"), 48_000))
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"VCLP\x01\x00" + path.read_bytes()[6:])
    assert cache.get("key") is None
    assert not path.exists()


def test_a_recogniser_hears_each_word_where_it_is_told(spoken: list[tuple[str, Clip]]) -> None:
    errors, after_pauses = word_time_errors_ms([(text, condition(clip, 0.0)) for text, clip in spoken])
    assert len(errors) > 90
    # Measured: half of them within 14 ms, 95 % within 60; the recognizer's own grid is 10 ms.
    assert np.median(np.abs(errors)) <= 25
    assert np.quantile(np.abs(errors), 0.95) <= 100
    assert np.median(np.abs(after_pauses)) <= 25


def test_words_that_no_engine_tells_are_near_to_where_they_are(spoken: list[tuple[str, Clip]]) -> None:
    errors = [
        guess.start_ms - word.start_ms
        for text, clip in spoken
        for guess, word in zip(align_words(text, clip), clip.words, strict=True)
    ]
    even = [
        guess.start_ms - word.start_ms
        for text, clip in spoken
        for guess, word in zip(share_out(text, clip.duration_ms), clip.words, strict=True)
    ]
    # Measured: half of them within 50 ms, 90 % within 150.
    assert np.median(np.abs(errors)) <= 80
    assert np.quantile(np.abs(errors), 0.9) <= 220
    assert np.abs(errors).mean() < np.abs(even).mean()
