"""A session made ready to be heard: one stream, always the same, its words spoken one chapter ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

import numpy as np
import pytest

from tests.support.fake_clips import HERE, VOICE, catalogue, english, exercise, library, plans, session
from voice_coach.audio.sound_cues import SoundCues
from voice_coach.compiler.plan import SessionPlanner
from voice_coach.core.script import During, Hold, Say, Step, Variants
from voice_coach.core.speech import Clip, SoundSource, Utterance, Word
from voice_coach.core.text import share_out
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ
from voice_coach.rendering.performance import Performance, SoundSources
from voice_coach.reports.comparison import PacedTimeline, effective_values, length_reason
from voice_coach.reports.show import paced


class ToneVoice:
    """A tone for each utterance, 330 ms and 62 ms a letter at rate 150; remembers what it was to prepare."""

    def __init__(self) -> None:
        self.prepared: list[list[str]] = []
        self.rates: set[int] = set()

    def clip(self, utterance: Utterance) -> Clip:
        length = (330 + 62 * len(utterance.text)) * 150 // utterance.rate_wpm * FRAMES_PER_MS
        pitch_hz = 200 + sum(utterance.text.encode()) % 400
        wave = 0.25 * np.sin(np.arange(length) * (2 * np.pi * pitch_hz / SAMPLE_RATE_HZ))
        return Clip(wave.astype(np.float32), SAMPLE_RATE_HZ)

    def duration_ms(self, utterance: Utterance) -> int:
        return self.clip(utterance).duration_ms

    def words(self, utterance: Utterance) -> tuple[Word, ...]:
        return share_out(utterance.text, self.duration_ms(utterance))

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        expected = list(utterances)
        self.prepared.append([utterance.text for utterance in expected])
        self.rates |= {utterance.rate_wpm for utterance in expected}


class Sounds:
    """The sound cues that come with voice_coach."""

    def __init__(self) -> None:
        self._source = SoundCues(catalogue())

    def lengths_ms(self, name: str) -> tuple[int, int]:
        info = catalogue().info(name)
        return info.duration_ms, info.lead_ms

    def source(self) -> SoundSource:
        return self._source


@pytest.fixture(scope="module")
def sounds() -> Sounds:
    return Sounds()


def _performance(voice: ToneVoice, sounds: Sounds) -> Performance:
    short = library().session("lower-back-short")
    return Performance(SessionPlanner(short, english()), plans(short), SoundSources(voice, VOICE, sounds))


def _digest(performance: Performance, chapters: Iterable[Chapter] | None = None) -> tuple[str, int]:
    digest, frames = sha256(), 0
    for block in performance.blocks(chapters):
        digest.update(block.samples.tobytes())
        frames += len(block.samples)
    return digest.hexdigest(), frames


def test_the_stream_is_the_same_every_time_and_as_long_as_the_timeline(sounds: Sounds) -> None:
    performance = _performance(ToneVoice(), sounds)
    first = _digest(performance)
    assert first == _digest(performance)
    # Chapter by chapter that were compiled before, as a player has them.
    assert first == _digest(performance, list(performance.chapters()))
    assert first[1] == performance.timeline().duration_ms * FRAMES_PER_MS


def test_words_are_prepared_one_chapter_ahead_and_once(sounds: Sounds) -> None:
    voice = ToneVoice()
    performance = _performance(voice, sounds)
    chapters = performance.chapters()
    count = performance.chapter_count
    for done in range(1, count + 1):
        next(chapters)
        assert len(voice.prepared) == min(done + 1, count)
    assert next(chapters, None) is None
    assert len(voice.prepared) == count
    for words, chapter in zip(voice.prepared, performance.chapters(), strict=False):
        spoken = {event.text for event in chapter.events if event.lane == "speech"}
        assert spoken <= set(words)


def test_a_shipped_session_gives_no_advice(sounds: Sounds) -> None:
    assert _performance(ToneVoice(), sounds).warnings() == ()


class Counting(tuple[Step, ...]):
    """Steps that count how often they are looked through."""

    looked = 0

    def __iter__(self) -> Iterator[Step]:
        Counting.looked += 1
        return super().__iter__()


def test_an_exercise_done_often_is_searched_for_what_is_not_used_once(sounds: Sounds) -> None:
    turns = Variants(where=HERE, choices=tuple(Counting() for _ in range(100)))
    stop = Say(where=HERE, texts=("Stop.",))
    made = session(*[exercise(turns, hurts=(stop,))] * 50)
    performance = Performance(
        SessionPlanner(made, english()), plans(made), SoundSources(ToneVoice(), VOICE, sounds)
    )
    Counting.looked = 0
    assert performance.warnings() == ()
    assert Counting.looked == 50 + 100  # once for each time that it is done, and once through all


def test_what_is_told_of_a_voice_that_could_not_be_slowed_is_what_is_spoken(sounds: Sounds) -> None:
    def half_as_fast(duration_ms: int) -> tuple[PacedTimeline, ToneVoice]:
        said = tuple(
            During(where=HERE, say=(f"{word} on breathing, slowly.",), at=0) for word in ("Go", "Keep")
        )
        voice, made = ToneVoice(), session(exercise(Hold(where=HERE, duration=duration_ms, during=said)))
        return paced(
            Performance(
                SessionPlanner(made, english()), plans(made, speed=0.5), SoundSources(voice, VOICE, sounds)
            ),
            "half",
        ), voice

    for duration_ms, rate_wpm, prepared, origin in (
        (4_000, 150, {122, 150}, "built-in, since slower words would not fit"),
        (9_400, 122, {122}, "built-in, then pace from command line"),
    ):
        found, voice = half_as_fast(duration_ms)
        (chapter,), (pace,) = found.timeline.chapters, found.paces
        speech = [event for event in chapter.events if event.lane == "speech"]
        assert [event.utterance.rate_wpm for event in speech if event.utterance] == [rate_wpm] * 2
        assert length_reason(speech[0], pace) == f"its words at {rate_wpm} a minute ({origin})"
        assert ("rate", f"{rate_wpm} words a minute", origin) in list(effective_values(pace, {}))
        assert voice.rates == prepared


def test_compiling_is_done_only_as_far_as_it_is_pulled(sounds: Sounds) -> None:
    voice = ToneVoice()
    chapters = _performance(voice, sounds).chapters()
    assert voice.prepared == []
    assert next(chapters).title == "Welcome"
    assert len(voice.prepared) == 2


def test_advice_is_given_about_what_comes_when_something_hurts(sounds: Sounds) -> None:
    stop = Say(where=HERE, texts=("Stop.",))
    late = During(where=HERE, say=("This is said far too late to be heard.",), last=500)
    hold = Hold(where=HERE, duration=2_000, during=(late,))

    def advice(**branches: tuple[Step, ...]) -> list[str]:
        made = session(exercise(stop, **branches))
        return [
            problem.message
            for problem in Performance(
                SessionPlanner(made, english()), plans(made), SoundSources(ToneVoice(), VOICE, sounds)
            ).warnings()
        ]

    assert advice(hurts=(stop,)) == []
    (bare,) = advice()
    assert "nothing says how to come out of" in bare
    for key in ("hurts", "easier"):
        (found,) = advice(**{"hurts": (stop,), key: (stop, hold)})
        assert "there is room for" in found
