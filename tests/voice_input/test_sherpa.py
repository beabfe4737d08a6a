"""The sherpa recognizer, on the real library with a model made by hand, which understands tones."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.real_parts import require_real
from voice_coach.paths import find_home
from voice_coach.voice_input.models import MODELS
from voice_coach.voice_input.recognizer import RATE_HZ, HearingError, RecognizedPhrase, open_recognizer
from voice_coach.voice_input.sherpa import SherpaRecogniser

MODEL = Path(__file__).with_name("tone_model")
LOW_HZ, HIGH_HZ = 300, 2500


@pytest.fixture(autouse=True)
def _library() -> None:  # pyright: ignore[reportUnusedFunction]
    require_real("sherpa-onnx", find_spec("sherpa_onnx") is not None, "pip install 'voice-coach[sherpa]'")


@pytest.fixture
def recognizer() -> Generator[SherpaRecogniser]:
    made = SherpaRecogniser(MODEL)
    yield made
    made.close()


def said(sounds: str, loud: float = 0.3) -> NDArray[np.int16]:
    """Tones, L low and H high, after half a second of silence and before one."""
    times = np.arange(RATE_HZ * 4 // 25) / RATE_HZ
    edge = np.minimum(1, np.minimum(np.arange(len(times)), np.arange(len(times))[::-1]) / 800)
    tones = {
        name: loud * edge * np.sin(2 * np.pi * hz * times) for name, hz in (("L", LOW_HZ), ("H", HIGH_HZ))
    }
    parts = [np.zeros(RATE_HZ // 2), *(tones[sound] for sound in sounds), np.zeros(RATE_HZ)]
    return (np.concatenate(parts) * 32_767).astype(np.int16)


def heard(
    recognizer: SherpaRecogniser, sound: NDArray[np.int16], *, coach_speaks: bool = False
) -> list[RecognizedPhrase]:
    found: list[RecognizedPhrase] = []
    for at in range(0, len(sound), 320):
        found += recognizer.hear(sound[at : at + 320], coach_speaks)
    return found


def test_it_understands_what_is_expected_and_nothing_else(recognizer: SherpaRecogniser) -> None:
    recognizer.expect(["coach pause", "coach ready"])
    (pause,) = heard(recognizer, said("LHL"))
    assert pause.phrase == "coach pause"
    assert 500 + 3 * 160 <= pause.end_ms <= 500 + 3 * 160 + 700
    recognizer.expect(["coach ready"])
    assert not heard(recognizer, said("HL"))
    recognizer.expect(["coach ready"])
    assert [each.phrase for each in heard(recognizer, said("LH"))] == ["coach ready"]


def test_a_phrase_that_another_begins_with_waits_for_its_end(recognizer: SherpaRecogniser) -> None:
    recognizer.expect(["coach ready", "coach pause"])
    assert [each.phrase for each in heard(recognizer, said("LHL"))] == ["coach pause"]
    recognizer.expect(["coach ready", "coach pause"])
    assert [each.phrase for each in heard(recognizer, said("LH"))] == ["coach ready"]


def test_it_expects_something_else_from_one_piece_to_the_next(recognizer: SherpaRecogniser) -> None:
    recognizer.expect(["coach ready"])
    sound = said("LH")
    first, second = sound[: RATE_HZ * 7 // 10], sound[RATE_HZ * 7 // 10 :]
    assert not heard(recognizer, first)
    recognizer.expect(["coach slower"])  # what was said before counts no more
    assert not heard(recognizer, second)
    recognizer.expect([])
    assert not heard(recognizer, said("LH"))


def test_it_listens_while_the_coach_speaks(recognizer: SherpaRecogniser) -> None:
    recognizer.expect(["coach ready"])
    assert [each.phrase for each in heard(recognizer, said("LH"), coach_speaks=True)] == ["coach ready"]


def test_a_word_that_its_model_does_not_know_is_told(recognizer: SherpaRecogniser) -> None:
    with pytest.raises(HearingError, match="does not know how 'hurts' is said"):
        recognizer.expect(["coach pause", "coach hurts"])


def test_a_sound_that_its_tokens_do_not_have_is_told(tmp_path: Path) -> None:
    """It would end the whole process."""
    folder = shutil.copytree(MODEL, tmp_path / "model")
    (folder / "en.phone").write_text("COACH L X\n", "ascii")
    with pytest.raises(HearingError, match="does not know how 'coach' is said"):
        SherpaRecogniser(folder).expect(["coach"])


@pytest.mark.parametrize("part", ["encoder.onnx", "decoder.onnx", "joiner.onnx", "tokens.txt"])
def test_a_model_that_is_not_whole_is_told(tmp_path: Path, part: str) -> None:
    folder = shutil.copytree(MODEL, tmp_path / "model")
    (folder / part).unlink()
    with pytest.raises(HearingError, match="is not whole"):
        SherpaRecogniser(folder)


def test_words_have_to_be_made_up_somehow(tmp_path: Path) -> None:
    folder = shutil.copytree(MODEL, tmp_path / "model")
    (folder / "en.phone").unlink()
    with pytest.raises(HearingError, match="how words are made up"):
        SherpaRecogniser(folder)


def test_without_a_model_it_says_how_to_get_one() -> None:
    with pytest.raises(HearingError, match="voice-coach listen --download gigaspeech-3.3M"):
        open_recognizer("sherpa")


def test_it_finds_the_model_that_was_downloaded() -> None:
    shutil.copytree(MODEL, find_home().models / next(iter(MODELS)))
    recognizer = open_recognizer("sherpa")
    recognizer.expect(["coach pause"])
    recognizer.close()


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    with pytest.raises(HearingError, match=r"voice-coach\[sherpa\]"):
        open_recognizer("sherpa")
