"""The speaker: each utterance once, in time, by the next engine if one fails, and no thread left."""

# ruff: noqa: ARG002 - engines that ignore what they are told

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from tests.support.fake_voice import ToneEngine
from voice_coach.audio.conditioning import CONDITIONING_VERSION, condition
from voice_coach.audio.loudness import SPEECH_LUFS, gain_to_speech_level, integrated_lufs
from voice_coach.core.errors import SpeechError
from voice_coach.core.speech import Clip, Utterance
from voice_coach.speech.clip_cache import ClipCache
from voice_coach.speech.engine import Engine, EngineError, PromptTooLongError, VoiceInfo
from voice_coach.speech.pyttsx3 import Pyttsx3Engine
from voice_coach.speech.synthesizer import CALIBRATION_TEXT, Conditioning, Speaker, Voices

CONDITIONING = Conditioning(condition=condition, gain_db=gain_to_speech_level, version=CONDITIONING_VERSION)


class Counting(ToneEngine):
    """Remembers what it spoke; ``gate`` holds it up before each text, where there is one."""

    def __init__(self) -> None:
        self.spoken: list[str] = []
        self.gate: threading.Event | None = None
        self.began = threading.Event()
        self.closed = 0

    def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
        self.began.set()
        if self.gate:
            assert self.gate.wait(20)
        self.spoken.append(text)
        return super()._speak(text, voice_name, rate_wpm)

    def gain_db(self, voice_name: str) -> float | None:
        return 0.0

    def close(self) -> None:
        self.closed += 1


class Broken(Engine):
    """Fails in one way or another."""

    name: ClassVar[str] = "broken"

    def __init__(self, failure: Callable[[], Clip]) -> None:
        self._failure = failure
        self.tries = 0

    def voices(self) -> list[VoiceInfo]:
        return []

    def identity(self, voice_name: str) -> str:
        return f"broken {voice_name}"

    def gain_db(self, voice_name: str) -> float | None:
        return 0.0

    def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
        self.tries += 1
        return self._failure()

    def close(self) -> None:
        """Nothing to let go of."""


def missing() -> Clip:
    raise EngineError("broken", "is not installed")


def silent() -> Clip:
    return Clip(np.zeros(16_000, np.float32), 16_000)


def not_a_number() -> Clip:
    return Clip(np.full(16_000, np.nan, np.float32), 16_000)


def say(text: str, voice: str = "tone:", rate_wpm: int = 150) -> Utterance:
    return Utterance(text, voice, rate_wpm)


@contextmanager
def speaking(
    *engines: Engine,
    cache: ClipCache | None = None,
    told: list[str] | None = None,
    memory_bytes: int = 10_000_000,
) -> Generator[Speaker]:
    """A speaker with these engines in this order; afterwards no thread of it is left."""
    by_name = {engine.name: engine for engine in engines}
    notify = (told if told is not None else []).append

    def make(name: str) -> Engine:
        if name not in by_name:
            raise EngineError(name, "there is no such engine")
        return by_name[name]

    voices = Voices(CONDITIONING, cache, engines=tuple(by_name), make=make, notify=notify)
    with Speaker(voices, memory_bytes) as speaker:
        yield speaker
    assert not [thread for thread in threading.enumerate() if thread.name == "speaker"]


def test_a_clip_is_conditioned_and_spoken_once() -> None:
    engine = Counting()
    with speaking(engine) as speaker:
        first, again = speaker.clip(say("Breathe in.")), speaker.clip(say("Breathe in."))
        assert first.rate_hz == 48_000
        assert np.array_equal(first.samples, again.samples)
        assert np.array_equal(first.samples, np.rint(first.samples * 32_768) / 32_768)
    assert engine.spoken == ["Breathe in."]
    assert speaker.synthesised == 1


def test_text_voice_and_rate_make_different_clips() -> None:
    engine = Counting()
    with speaking(engine) as speaker:
        for each in (say("One."), say("Two."), say("One.", rate_wpm=120), say("One.", "tone:sine")):
            speaker.clip(each)
    assert speaker.synthesised == 4


def test_cold_and_warm_clips_are_the_same_samples(tmp_path: Path) -> None:
    with speaking(Counting(), cache=ClipCache(tmp_path)) as speaker:
        cold = [speaker.clip(say(f"Number {n}.")).samples for n in range(5)]
    engine = Counting()
    with speaking(engine, cache=ClipCache(tmp_path)) as speaker:
        warm = [speaker.clip(say(f"Number {n}.")).samples for n in range(5)]
        assert (speaker.synthesised, speaker.from_cache) == (0, 5)
    assert engine.spoken == []
    assert all(np.array_equal(one, other) for one, other in zip(cold, warm, strict=True))


def test_a_damaged_clip_is_spoken_again(tmp_path: Path) -> None:
    with speaking(Counting(), cache=ClipCache(tmp_path)) as speaker:
        good = speaker.clip(say("Rest.")).samples
    (path,) = tmp_path.glob("*.clip")
    path.write_bytes(path.read_bytes()[:-1])
    with speaking(Counting(), cache=ClipCache(tmp_path)) as speaker:
        assert np.array_equal(speaker.clip(say("Rest.")).samples, good)
        assert (speaker.synthesised, speaker.from_cache) == (1, 0)


def test_memory_is_bounded_and_the_disk_remembers(tmp_path: Path) -> None:
    with speaking(Counting(), cache=ClipCache(tmp_path), memory_bytes=100_000) as speaker:
        for _ in range(2):
            for number in range(10):
                speaker.clip(say(f"Number {number} of ten."))
        assert (speaker.synthesised, speaker.from_cache) == (10, 10)


def test_prepared_utterances_are_made_in_order_in_the_background() -> None:
    wanted = [say(f"Number {number}.") for number in range(8)]

    class Telling(Counting):
        """Tells when all have been spoken."""

        done = threading.Event()

        def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
            clip = super()._speak(text, voice_name, rate_wpm)
            if len(self.spoken) == len(wanted):
                self.done.set()
            return clip

    engine = Telling()
    with speaking(engine) as speaker:
        speaker.prepare(wanted)
        assert engine.done.wait(20)
        for each in wanted:
            speaker.clip(each)
    assert engine.spoken == [each.text for each in wanted]


def test_a_caller_that_has_to_wait_helps_with_the_queue() -> None:
    engine = Counting()
    wanted = [say(f"Number {number}.") for number in range(50)]
    with speaking(engine) as speaker:
        speaker.prepare(wanted)
        for each in wanted:
            speaker.clip(each)
    assert sorted(engine.spoken) == sorted(each.text for each in wanted)


def test_what_is_needed_now_jumps_the_queue() -> None:
    engine = Counting()
    engine.gate = threading.Event()
    with speaking(engine) as speaker:
        speaker.prepare([say("First."), say("Second."), say("Third.")])
        assert engine.began.wait(20)
        caller = threading.Thread(target=speaker.clip, args=(say("Third."),))
        caller.start()
        engine.gate.set()
        caller.join()
        speaker.clip(say("Second."))
    assert sorted(engine.spoken) == ["First.", "Second.", "Third."]


def test_many_threads_that_ask_for_the_same_wait_for_one(tmp_path: Path) -> None:
    engine = Counting()
    engine.gate = threading.Event()
    clips: list[bytes] = []
    with speaking(engine, cache=ClipCache(tmp_path)) as speaker:
        threads = [
            threading.Thread(target=lambda: clips.append(speaker.clip(say("Hold.")).samples.tobytes()))
            for _ in range(8)
        ]
        speaker.prepare([say("Hold.")])
        for thread in threads:
            thread.start()
        engine.gate.set()
        for thread in threads:
            thread.join()
    assert engine.spoken == ["Hold."]
    assert len(clips) == 8
    assert len(set(clips)) == 1


def test_closing_ends_the_background_work_and_the_engines() -> None:
    engine = Counting()
    engine.gate = threading.Event()
    with speaking(engine) as speaker:
        speaker.prepare(say(f"Number {number}.") for number in range(1000))
        assert engine.began.wait(20)
        engine.gate.set()
    assert len(engine.spoken) < 1000
    assert engine.closed
    speaker.close()
    with pytest.raises(RuntimeError, match="closed"):
        speaker.clip(say("Number 1."))
    with pytest.raises(RuntimeError, match="closed"):
        speaker.prepare([])


@pytest.mark.parametrize("failure", [missing, silent, not_a_number])
def test_when_an_engine_fails_the_next_one_speaks_and_it_is_told_once(failure: Callable[[], Clip]) -> None:
    told: list[str] = []
    broken, tone = Broken(failure), Counting()
    with speaking(broken, tone, told=told) as speaker:
        for text in ("One.", "Two.", "Three."):
            expected = condition(tone.synthesise(say(text)), 0.0)
            assert np.array_equal(speaker.clip(say(text, "broken:")).samples, expected.samples)
    assert len(told) == 1
    assert told[0].startswith("The voice broken does not speak (")
    assert told[0].endswith("tone speaks instead.")


def test_an_engine_that_is_missing_is_asked_once() -> None:
    broken = Broken(missing)
    with speaking(broken, Counting()) as speaker:
        for text in ("One.", "Two.", "Three."):
            speaker.clip(say(text, "broken:"))
    assert broken.tries == 1


def test_an_engine_that_failed_one_text_goes_on_with_others() -> None:
    answers = iter([silent(), ToneEngine().synthesise(say("Two."))])
    broken, tone = Broken(lambda: next(answers)), Counting()
    with speaking(broken, tone) as speaker:
        speaker.clip(say("One.", "broken:"))
        speaker.clip(say("Two.", "broken:"))
    assert tone.spoken == ["One."]


def test_an_unknown_voice_of_an_engine_becomes_its_default_voice() -> None:
    told: list[str] = []
    with speaking(Counting(), Broken(missing), told=told) as speaker:
        assert speaker.clip(say("One.", "tone:square")).duration_ms > 100
    assert told == [
        "The voice tone:square does not speak (has no voice 'square'; there is sine): tone speaks instead."
    ]


def test_an_engine_that_hangs_is_stopped_and_the_next_one_speaks(tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text("import time\nwhile True: time.sleep(1)\n", "utf-8")
    told: list[str] = []
    with speaking(Pyttsx3Engine(0.3, child), Counting(), told=told) as speaker:
        assert speaker.clip(say("One.", "pyttsx3:")).duration_ms > 100
        assert speaker.clip(say("Two.", "pyttsx3:")).duration_ms > 100
    assert len(told) == 1
    assert "within 0.3 s" in told[0]


def test_when_nothing_works_all_reasons_are_told() -> None:
    with speaking(Broken(missing)) as speaker, pytest.raises(SpeechError) as caught:
        speaker.clip(say("One.", "nobody:at-all"))
    assert caught.value.attempts == [
        ("nobody:at-all", "there is no such engine"),
        ("broken", "is not installed"),
    ]
    assert "broken: is not installed" in str(caught.value)


def test_what_fails_in_the_background_is_told_to_who_asks() -> None:
    with speaking(Broken(missing)) as speaker:
        speaker.prepare([say("One.", "broken:")])
        with pytest.raises(SpeechError):
            speaker.clip(say("One.", "broken:"))


def test_a_text_too_long_for_any_engine_is_no_fault_of_the_engine() -> None:
    told: list[str] = []
    with speaking(Counting(), Broken(missing), told=told) as speaker:
        with pytest.raises(PromptTooLongError):
            speaker.clip(say("long " * 2_000))
        assert speaker.clip(say("Short.")).duration_ms > 100
    assert told == []


def test_an_unknown_voice_is_measured_once_and_brought_to_the_house_level(tmp_path: Path) -> None:
    class Quiet(Counting):
        """Much too quiet, and nobody has measured it."""

        def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
            clip = super()._speak(text, voice_name, rate_wpm)
            return Clip(clip.samples * np.float32(0.1), clip.rate_hz)

        def gain_db(self, voice_name: str) -> float | None:
            return None

    for turn in range(2):
        engine = Quiet()
        with speaking(engine, cache=ClipCache(tmp_path)) as speaker:
            speaker.clip(say("Go on."))
            clip = speaker.clip(say(CALIBRATION_TEXT))
        assert engine.spoken == ([CALIBRATION_TEXT, "Go on.", CALIBRATION_TEXT] if turn == 0 else [])
        assert integrated_lufs(clip) == pytest.approx(SPEECH_LUFS, abs=0.2)


def test_the_gain_of_a_voice_is_part_of_what_a_clip_is_kept_under(tmp_path: Path) -> None:
    class Louder(Counting):
        def gain_db(self, voice_name: str) -> float | None:
            return 3.0

    for engine in (Counting(), Louder()):
        with speaking(engine, cache=ClipCache(tmp_path)) as speaker:
            speaker.clip(say("Rest."))
            assert speaker.synthesised == 1
