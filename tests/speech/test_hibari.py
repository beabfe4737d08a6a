"""The natural voice: the same sound every time, true to the rate, clear in short words, with word times.

Other processors and versions of onnxruntime give other samples, and now and then a phoneme 25 ms longer:
nothing here compares samples with those of another machine.
"""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soxr
from num2words import num2words
from numpy.typing import NDArray

from benchmarks._recognizer import Aligner, Transcriber
from tests.real_parts import require_program, require_real
from voice_coach.audio.conditioning import CONDITIONING_VERSION, condition, condition_prompt
from voice_coach.audio.loudness import SPEECH_LUFS, alone_lufs
from voice_coach.core.speech import Clip, Utterance
from voice_coach.core.text import word_spans
from voice_coach.speech import hibari_model
from voice_coach.speech.engine import EngineError
from voice_coach.speech.hibari import HibariEngine
from voice_coach.speech.hibari_text import close_sentence, is_count
from voice_coach.speech.synthesizer import Conditioning, Voices
from voice_coach.voice_input.recognizer import moonshine_folder

TOP = Path(__file__).resolve().parent.parent.parent
USUAL_WPM = 150
NUMBERS = [num2words(number).capitalize() for number in range(1, 21)]
ALONE = ("In", "Out", "Hold", "Rest", "Halfway", "Ready", "Relax", "Switch", "Stop", "Next")


def prompts() -> list[str]:
    """What the shipped sessions say, each once, as their golden timelines have it."""
    said: list[str] = []
    for golden in sorted((TOP / "tests" / "golden").glob("lower-back-*.txt")):
        said += re.findall(r"says   \w+ +(.+?)(?:  \(.*)?$", golden.read_text("utf-8"), re.MULTILINE)
    return list(dict.fromkeys(said))


@pytest.fixture(scope="module")
def engine() -> Iterator[HibariEngine]:
    made = HibariEngine()
    try:
        made.identity("")
    except EngineError as error:
        require_real("hibari", available=False, reason=error.reason)
    yield made
    made.close()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numpy knows these features on x86-64")
def test_a_processor_without_newer_instructions_has_an_identity(engine: HibariEngine) -> None:
    code = "from voice_coach.speech.hibari import HibariEngine; print(HibariEngine().identity(''))"
    _, *found = engine.identity("").split()[7].split("-")
    environ = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(found)}
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, env=environ, cwd=TOP, capture_output=True, text=True, check=True).stdout
    assert told.startswith("hibari-tts ")
    assert told.strip() != engine.identity("")


def clip(engine: HibariEngine, text: str, rate_wpm: int = USUAL_WPM) -> Clip:
    return engine.synthesise(Utterance(text, "hibari:", rate_wpm))


def prompt(engine: HibariEngine, text: str, rate_wpm: int = USUAL_WPM) -> Clip:
    return condition_prompt(clip(engine, text, rate_wpm), engine.gain_db("") or 0.0)


@pytest.mark.parametrize("wpm", [80, 115, 150, 175, 200])
def test_the_rate_is_what_is_spoken(engine: HibariEngine, wpm: int) -> None:
    texts = prompts()[::5]
    assert len(texts) > 30
    spoken_ms = sum(condition(clip(engine, text, wpm), 0.0).duration_ms for text in texts)
    words = sum(len(word_spans(text)) for text in texts)
    assert words * 60_000 / spoken_ms == pytest.approx(wpm, rel=0.05 if wpm >= 115 else 0.08)


@pytest.mark.parametrize("wpm", [115, 150, 175])
def test_words_alone_are_short_and_as_loud_as_sentences(engine: HibariEngine, wpm: int) -> None:
    for texts, longest_ms in ((NUMBERS[:5], 600), (NUMBERS[:10], 750), ((*NUMBERS, *ALONE), 900)):
        for text in texts:
            spoken = prompt(engine, f"{text}.", wpm)
            assert spoken.duration_ms <= longest_ms, text
            assert alone_lufs(spoken.samples) == pytest.approx(SPEECH_LUFS + 0.2, abs=1.0), text


def test_words_alone_begin_and_end_softly(engine: HibariEngine) -> None:
    for text in (*NUMBERS, *ALONE, "And out", "Change sides"):
        samples = np.abs(prompt(engine, text).samples)
        edge = 48 * 3
        assert max(samples[:edge].max(), samples[-edge:].max()) < 0.03 * samples.max(), text


def test_a_count_goes_on_until_it_ends(engine: HibariEngine) -> None:
    # A full stop lets the voice fall; the model tells its pitch, a clip does not.
    loaded = engine._loaded()  # pyright: ignore[reportPrivateUsage]

    def last_hz(text: str) -> float:
        (part,) = loaded.reader.phonemes(text)
        ids = [0, *(loaded.reader.numbers[each] for each in part.text), 0]
        feed = {"ids": np.array([ids], np.int64), "speed": np.ones(len(ids), np.float32)}
        f0 = loaded.model._session.run(None, feed)[5][0]  # pyright: ignore[reportPrivateUsage]
        return float(np.median(f0[f0 > 120][-8:]))

    higher = [12 * np.log2(last_hz(f"{word},") / last_hz(f"{word}.")) for word in NUMBERS[:5]]
    assert np.mean(higher) > 0.7  # semitones


def test_a_recogniser_understands_words_alone(engine: HibariEngine) -> None:
    require_real("moonshine", available=moonshine_folder() is not None, reason="make moonshine")
    transcriber = Transcriber()

    def written(spoken: Clip) -> str:
        sound = soxr.resample(spoken.samples, spoken.rate_hz, 16_000)
        sound = np.pad(sound * (0.5 / np.abs(sound).max()), 8_000)
        sound += np.random.default_rng(0).normal(0, 60 / 32_768, len(sound))
        return re.sub(r"[^a-z0-9 ]", "", transcriber.text(sound.astype(np.float32)).lower())

    wrong = {
        text: heard
        for number, text in enumerate(NUMBERS, 1)
        if (heard := written(prompt(engine, f"{text}."))) not in (text.lower(), str(number))
    }
    wrong |= {text: heard for text in ALONE if (heard := written(prompt(engine, text))) != text.lower()}
    assert wrong == {}


def test_words_begin_where_a_recogniser_hears_them(engine: HibariEngine) -> None:
    aligner = Aligner()
    errors: list[int] = []
    after_pauses: list[int] = []
    for text in [each for each in prompts() if "," in each or ". " in each][::3]:
        spoken = condition(clip(engine, text), 0.0)
        for number, (word, (begins, _)) in enumerate(
            zip(spoken.words, aligner.begins_ms(text, spoken), strict=True)
        ):
            errors.append(word.start_ms - begins)
            if number and text[word.first - 2] in ",.":
                after_pauses.append(word.start_ms - begins)
    # Measured: half of them within 15 ms, 95 % within 50; after pauses 20.
    assert len(after_pauses) >= 20
    assert np.median(np.abs(errors)) <= 40
    assert np.median(np.abs(after_pauses)) <= 25


def test_a_number_of_several_words_is_one_word(engine: HibariEngine) -> None:
    text = "Hold it for 125 seconds, at 90°, then 3.5 kg."
    words = condition(clip(engine, text), 0.0).words
    assert [text[word.first : word.end] for word in words] == text.split()
    lengths = {text[word.first : word.end]: word.end_ms - word.start_ms for word in words}
    assert lengths["125"] > 3 * lengths["it"]
    assert lengths["3.5"] > 2 * lengths["it"]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("two", "two."),
        ("Rest,", "Rest."),
        ("Ready?", "Ready?"),
        ("Go!", "Go!"),
        ("“Rest.”", "“Rest."),
        ("Slowly …", "Slowly."),
    ],
)
def test_the_model_is_given_an_end(text: str, given: str) -> None:
    assert close_sentence(text) == given


def test_counts_are_told_from_other_words() -> None:
    assert all(map(is_count, (*NUMBERS, "12", "12.", "twenty-one", "Fifty.")))
    assert not any(map(is_count, ("One of two.", "Once", "three, two", "ten seconds", "tentative", "")))


SOME = ("Breathe in", "Five.", "Bend your knees, and roll onto your side.", "Rest. Let the belly be soft.")

CHILD = """
import hashlib, sys
from voice_coach.core.speech import Utterance
from voice_coach.speech.hibari import HibariEngine
engine = HibariEngine()
for text in sys.stdin.read().splitlines():
    for rate in (90, 150):
        clip = engine.synthesise(Utterance(text, "hibari:", rate))
        print(hashlib.sha256(clip.samples.tobytes()).hexdigest())
"""


def test_processes_orders_and_threads_give_the_same_bytes(engine: HibariEngine) -> None:
    def sound(wanted: tuple[str, int]) -> str:
        return hashlib.sha256(clip(engine, *wanted).samples.tobytes()).hexdigest()

    wanted = [(text, rate) for text in SOME for rate in (90, 150)]
    first = {each: sound(each) for each in wanted}
    shuffled = wanted * 3
    random.Random(5).shuffle(shuffled)
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(sound, shuffled)) == [first[each] for each in shuffled]
    for texts in (SOME, SOME[::-1]):
        told = subprocess.run(
            [sys.executable, "-c", CHILD], input="\n".join(texts), text=True, capture_output=True, check=True
        )
        assert told.stdout.split() == [first[text, rate] for text in texts for rate in (90, 150)]


def test_what_is_installed_beside_it_changes_nothing(engine: HibariEngine) -> None:
    from hibari import dsp

    clip(engine, "Rest.")
    assert dsp.FFT_BACKEND == "numpy"
    assert dsp.rfft.__module__.startswith("voice_coach")


def test_a_model_of_which_nothing_is_known_leaves_words_to_the_sound(
    engine: HibariEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Bend your knees, and roll onto your side."
    told = clip(engine, text)
    monkeypatch.setattr(hibari_model, "MODEL_SHA256", "of another")
    other = HibariEngine()
    guessed = clip(other, text)
    other.close()
    assert [(word.first, word.end) for word in guessed.words] == word_spans(text)
    errors = [a.start_ms - b.start_ms for a, b in zip(guessed.words, told.words, strict=True)]
    assert np.median(np.abs(errors)) < 250


def test_the_identity_names_all_that_shapes_the_samples(engine: HibariEngine) -> None:
    identity = engine.identity("")
    assert identity == engine.identity("heart")
    for part in ("hibari-tts 0.2.1", "onnxruntime ", "numpy ", hibari_model.MODEL_SHA256):
        assert part in identity


def test_the_identity_loads_no_model() -> None:
    code = (
        "import sys; from voice_coach.speech.hibari import HibariEngine; HibariEngine().identity('');"
        "print(*{'hibari', 'onnxruntime'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == []


def test_where_it_is_not_installed_espeak_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hibari", None)
    told: list[str] = []
    house = Conditioning(condition=condition_prompt, gain_db=lambda _: 0.0, version=CONDITIONING_VERSION)
    voices = Voices(house, notify=told.append)
    assert voices.clip(Utterance("Breathe in.", "hibari:heart", USUAL_WPM)).duration_ms > 300
    voices.close()
    assert "hibari:heart does not speak (is not installed" in told[0]
    assert "espeak speaks instead" in told[0]


ELSEWHERE = """
import sys
import numpy as np
from voice_coach.audio.conditioning import condition_prompt
from voice_coach.core.speech import Utterance
from voice_coach.speech.hibari import HibariEngine
engine = HibariEngine()
texts = sys.stdin.read().splitlines()
spoken = [engine.synthesise(Utterance(text, "hibari:", 150)) for text in texts]
clips = [condition_prompt(clip, engine.gain_db("")) for clip in spoken]
words = [[(word.first, word.end, word.start_ms, word.end_ms) for word in clip.words] for clip in clips]
np.savez(sys.argv[1], *(clip.samples for clip in clips))
print([engine.identity(""), words])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="qemu-user runs programs of Linux")
def test_an_older_processor_speaks_alike(engine: HibariEngine, tmp_path: Path) -> None:
    qemu = require_program("qemu-x86_64", "qemu-user")
    saved = tmp_path / "clips.npz"
    child = [qemu, "-cpu", "Haswell", sys.executable, "-c", ELSEWHERE, str(saved)]
    told = subprocess.run(child, input="\n".join(SOME), text=True, capture_output=True, check=True)
    identity, words = ast.literal_eval(told.stdout)
    assert identity != engine.identity("")
    with np.load(saved) as there:
        for text, samples, spans in zip(SOME, (there[name] for name in there.files), words, strict=True):
            here = prompt(engine, text)
            assert len(samples) / 48 == pytest.approx(len(here.samples) / 48, abs=25), text
            assert alone_lufs(samples) == pytest.approx(alone_lufs(here.samples), abs=0.5)
            for (*span, start_ms, _), word in zip(spans, here.words, strict=True):
                assert tuple(span) == (word.first, word.end)
                assert start_ms == pytest.approx(word.start_ms, abs=60)
            assert np.abs(bands_db(samples) - bands_db(here.samples)).max() < 2.0


def bands_db(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """The power of a clip in octaves from 125 Hz to 8 kHz."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / 48_000)
    edges = 125 * 2.0 ** np.arange(7)
    return np.array([10 * np.log10(power[(hz >= low) & (hz < 2 * low)].sum()) for low in edges])
