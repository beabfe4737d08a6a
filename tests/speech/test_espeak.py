"""libespeak-ng in this process: the same sound every time, at the rate and level asked for, clearly."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks._recognizer import SENTENCES, Transcriber
from benchmarks.voice_quality import join, word_errors, words_per_minute
from tests.real_parts import require_real
from tests.support.heard import require_recognizer
from voice_coach.audio.conditioning import condition
from voice_coach.audio.loudness import SPEECH_LUFS, integrated_lufs, true_peak
from voice_coach.core.speech import DEFAULT_RATE_WPM, Clip, Utterance
from voice_coach.speech import espeak_ffi as espeak_library
from voice_coach.speech.engine import EngineError
from voice_coach.speech.espeak import VOICES, EspeakEngine, EspeakVoice
from voice_coach.speech.espeak_ffi import _by_link, by_handle, short_data_path  # pyright: ignore[reportPrivateUsage]

NAMES = [voice.name for voice in VOICES]
MOST_WORD_ERRORS = 0.25  # measured 0.20; the recognizer expects no words at all


def spoken_clips(voice: EspeakVoice, wpm: int, gain_db: float) -> list[Clip]:
    """The coaching sentences, conditioned."""
    engine = EspeakEngine([voice])
    spoken = [Utterance(sentence, f"espeak:{voice.name}", wpm) for sentence in SENTENCES]
    clips = [condition(engine.synthesise(utterance), gain_db) for utterance in spoken]
    engine.close()
    return clips


@pytest.fixture
def engine() -> Generator[EspeakEngine]:
    made = EspeakEngine()
    yield made
    made.close()


def sound(engine: EspeakEngine, text: str, voice_name: str = "", rate_wpm: int = DEFAULT_RATE_WPM) -> bytes:
    return engine.synthesise(Utterance(text, f"espeak:{voice_name}", rate_wpm)).samples.tobytes()


def test_the_default_voice_is_the_first_of_the_table(engine: EspeakEngine) -> None:
    assert engine.voices()[0].name == VOICES[0].name == "en-us"


def test_any_order_any_voice_any_engine_gives_the_same_bits(engine: EspeakEngine) -> None:
    # en-us+f3 breathes: its noise comes from a generator that the library seeds with the time of day.
    wanted = [
        (text, name, rate)
        for text in ("Breathe in.", "Rest now, and let everything go.")
        for name in ("en-us", "en-us-f5", "en-us+f3", "de")
        for rate in (90, 150)
    ]
    first = {each: sound(engine, *each) for each in wanted}
    other = EspeakEngine()
    shuffled = wanted * 4
    random.Random(1).shuffle(shuffled)
    assert all(
        sound(random.Random(i).choice((engine, other)), *each) == first[each]
        for i, each in enumerate(shuffled)
    )
    other.close()


def test_threads_at_once_give_the_same_bits(engine: EspeakEngine) -> None:
    def speak_all() -> list[bytes]:
        return [sound(engine, text) for text in SENTENCES]

    first = speak_all()
    with ThreadPoolExecutor(4) as pool:
        for again in [pool.submit(speak_all) for _ in range(4)]:
            assert again.result() == first


@pytest.mark.parametrize("voice", VOICES, ids=NAMES)
@pytest.mark.parametrize("wpm", [80, 100, 120, 150, 180, 220])
def test_the_rate_is_what_is_spoken(voice: EspeakVoice, wpm: int) -> None:
    assert words_per_minute(spoken_clips(voice, wpm, 0.0)) == pytest.approx(wpm, rel=0.06)


@pytest.mark.parametrize("voice", VOICES, ids=NAMES)
def test_the_gain_in_the_table_brings_the_voice_to_the_house_level(voice: EspeakVoice) -> None:
    assert voice.gain_db is not None
    clips = spoken_clips(voice, DEFAULT_RATE_WPM, voice.gain_db)
    assert integrated_lufs(join(clips)) == pytest.approx(SPEECH_LUFS, abs=0.3)
    levels = [10 * np.log10(np.mean(np.square(clip.samples))) for clip in clips]
    assert max(levels) - min(levels) < 4
    assert max(true_peak(clip.samples) for clip in clips) <= 10 ** (-3 / 20)


def test_a_recogniser_understands_the_default_voice() -> None:
    require_recognizer("moonshine")
    clips = spoken_clips(VOICES[0], DEFAULT_RATE_WPM, 0.0)
    share, misheard = word_errors(Transcriber(), zip(SENTENCES, clips, strict=True))
    assert share <= MOST_WORD_ERRORS, misheard


def test_the_identity_tells_voices_and_versions_apart(engine: EspeakEngine) -> None:
    identities = {engine.identity(name) for name in (*NAMES, "de", "en-us+f3")}
    assert len(identities) == len(NAMES) + 2
    tuned = EspeakEngine([EspeakVoice(name="en-us", language="", description="", file="gmw/en-us", pitch=40)])
    assert tuned.identity("en-us") not in identities


def test_the_identity_changes_with_the_data(tmp_path: Path) -> None:
    files, data = files_of_the_wheel()
    shutil.copytree(data / espeak_library.DATA_FOLDER, tmp_path / espeak_library.DATA_FOLDER)
    copy = espeak_library.Files(files.library, tmp_path)
    versions = [espeak_library.version(files), espeak_library.version(copy)]
    for name in ("en_dict", "phondata"):
        with (tmp_path / espeak_library.DATA_FOLDER / name).open("ab") as file:
            file.write(b"\0")
        versions.append(espeak_library.version(copy))
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_voices_are_found_by_name_file_language_and_variant(engine: EspeakEngine) -> None:
    plain, varied = sound(engine, "Guten Tag.", "de"), sound(engine, "Guten Tag.", "de+f3")
    assert plain == sound(engine, "Guten Tag.", "gmw/de")
    assert plain != varied


@pytest.mark.parametrize(
    "name", ["xx", "en+zz", "../x", "en+../x", "en-us\0", "é", "+f3", "e" * 300, "en us"]
)
def test_a_name_that_is_no_voice_is_refused(engine: EspeakEngine, name: str) -> None:
    with pytest.raises(EngineError):
        sound(engine, "Hello.", name)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere data that lies deep needs a link")
def test_the_engine_needs_no_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    engine = EspeakEngine()
    assert sound(engine, "Hello.", "en-us-f5")
    assert sound(engine, "Bom dia.", "pt-br")


def files_of_the_wheel() -> tuple[espeak_library.Files, Path]:
    files = espeak_library.find_files()
    require_real("espeakng-loader", files.data is not None, "pip install espeakng-loader")
    assert files.data is not None
    return files, files.data


def spoken(files: espeak_library.Files, voice_file: str) -> bytes:
    with espeak_library.EspeakLibrary(files) as library:
        library.select(voice_file)
        return library.speak("Rest now, and let everything go.").samples.tobytes()


@pytest.mark.parametrize("voice", ["gmw/en-us", "gmw/en-US+f5", "roa/pt-br", "gmw/de"])
def test_a_file_opened_by_its_handle_is_the_same_voice(voice: str) -> None:
    files, data = files_of_the_wheel()
    path = by_handle(data, voice)
    assert (path == "") == (sys.platform in ("win32", "darwin") or voice == "gmw/de")
    with espeak_library.EspeakLibrary(files) as library:
        library.select("nothing of this name" if path else voice, path)
        by_path = library.speak("Rest now, and let everything go.").samples.tobytes()
    assert by_path == spoken(files, voice)


@pytest.mark.skipif(
    sys.platform == "win32", reason="paths this long need links, which Windows keeps for administrators"
)
def test_data_in_a_deep_folder_is_reached(tmp_path: Path) -> None:
    files, data = files_of_the_wheel()
    deep = tmp_path.joinpath(*["a-rather-long-name-of-a-folder"] * 5)
    deep.mkdir(parents=True)
    shutil.copytree(data / espeak_library.DATA_FOLDER, deep / espeak_library.DATA_FOLDER)
    with (
        pytest.raises(EngineError, match="too deep"),
        espeak_library.EspeakLibrary(espeak_library.Files(files.library, deep)),
    ):
        pass
    for name in filter(None, (short_data_path(deep), _by_link(deep))):
        assert spoken(espeak_library.Files(files.library, name), "gmw/en") == spoken(files, "gmw/en")


def test_missing_data_is_an_error_and_not_the_end_of_the_process(tmp_path: Path) -> None:
    files, _ = files_of_the_wheel()
    (tmp_path / espeak_library.DATA_FOLDER).mkdir()
    with (
        pytest.raises(EngineError),
        espeak_library.EspeakLibrary(espeak_library.Files(files.library, tmp_path)),
    ):
        pass
    with (
        pytest.raises(EngineError, match="cannot be loaded"),
        espeak_library.EspeakLibrary(espeak_library.Files(str(tmp_path / "none.so"), None)),
    ):
        pass
    assert spoken(files, "gmw/en")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_does_not_grow_with_what_is_spoken(engine: EspeakEngine) -> None:
    def resident_bytes() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def speak_all() -> None:
        for text in SENTENCES:
            sound(engine, text)

    for _ in range(3):
        speak_all()
    before = resident_bytes()
    for _ in range(10):
        speak_all()
    assert resident_bytes() - before < 8_000_000


def test_clips_are_what_the_mixer_expects_of_an_engine(engine: EspeakEngine) -> None:
    clip = engine.synthesise(Utterance("Breathe out.", "espeak:", 150))
    assert isinstance(clip, Clip)
    assert clip.rate_hz == 22_050


def test_another_library_has_another_version(tmp_path: Path) -> None:
    files = espeak_library.find_files()
    require_real("espeakng-loader", files.data is not None, "pip install espeakng-loader")
    copy = tmp_path / "library"
    copy.write_bytes(Path(files.library).read_bytes() + b"!")
    assert espeak_library.version(files) == espeak_library.version(files)
    assert espeak_library.version(replace(files, library=str(copy))) != espeak_library.version(files)
