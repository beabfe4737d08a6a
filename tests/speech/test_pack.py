"""The pack of clips: its file, and the voices that speak from it before any engine, and without one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from releasing.packing import encoded, make_pack
from tests.support.fake_voice import ToneEngine
from voice_coach import Coach
from voice_coach.audio.loudness import alone_lufs
from voice_coach.coach import SessionOptions
from voice_coach.core.speech import Clip, Utterance, Word
from voice_coach.rendering.performance import Performance
from voice_coach.rendering.voice import conditioning
from voice_coach.session.repertoire import repertoire
from voice_coach.speech.clip_cache import GridClip
from voice_coach.speech.clip_pack import ClipPack, PackError, write_pack
from voice_coach.speech.engine import ENGINES, Engine, EngineError, make_engine
from voice_coach.speech.synthesizer import Speaker, Voices

VOICE = "espeak:en-us"
TEXTS = ("One.", "In", "And out, softly.", "Stop at once if anything hurts, or hurts more than before.")
SAID = [Utterance(text, VOICE, 150) for text in TEXTS] + [Utterance("One.", VOICE, 170)]
EDGE_FRAMES = 24
SILENT = 1e-3


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small pack of a real voice."""
    path = tmp_path_factory.mktemp("packs") / "espeak-en-us.pack"
    make_pack(path, VOICE, SAID)
    return path


@pytest.fixture(scope="module")
def pack(path: Path) -> ClipPack:
    return ClipPack(path)


@pytest.fixture(scope="module")
def spoken() -> dict[Utterance, GridClip]:
    """The same clips, as the engine speaks them."""
    voices = Voices(conditioning(), engines=("espeak",))
    return {each: voices.clip(each) for each in SAID}


def test_a_pack_has_what_was_put_into_it(pack: ClipPack) -> None:
    assert pack.contents() == {(each.text, each.rate_wpm) for each in SAID}
    assert len(pack) == len(SAID)
    assert pack.header["voice"] == VOICE
    assert pack.find("Two.", 150) is None
    assert pack.find("In", 170) is None
    nearest = pack.find("One.", 200, any_rate=True)
    assert nearest is not None
    assert nearest.duration_ms == getattr(pack.find("One.", 170), "duration_ms", None)


@pytest.mark.parametrize("utterance", SAID, ids=lambda each: f"{each.text[:12]} {each.rate_wpm}")
def test_a_clip_comes_out_as_it_went_in(
    utterance: Utterance, pack: ClipPack, spoken: dict[Utterance, GridClip]
) -> None:
    found, before = pack.find(utterance.text, utterance.rate_wpm), spoken[utterance]
    assert found is not None
    after = found.grid_clip()
    assert (found.frames, found.duration_ms) == (len(before.samples), before.duration_ms)
    assert after.samples.shape == before.samples.shape
    assert after.samples.dtype == before.samples.dtype
    assert found.words() == after.words() == before.words()
    samples, reference = after.clip().samples, before.clip().samples
    assert alone_lufs(samples) == pytest.approx(alone_lufs(reference), abs=0.05)
    assert np.abs(samples[:EDGE_FRAMES]).max() < SILENT
    assert np.abs(samples[-EDGE_FRAMES:]).max() < SILENT
    # Not a frame late or early: the two are most alike where they lie upon each other.
    alike = [float(np.dot(np.roll(samples, shift), reference)) for shift in range(-48, 49)]
    assert abs(int(np.argmax(alike)) - 48) <= 1


def test_the_same_words_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    make_pack(tmp_path / "again", VOICE, list(reversed(SAID)))
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_lengths_and_words_need_no_decoder(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from voice_coach.speech.clip_pack import ClipPack\n"
        f"clip = ClipPack(Path({str(path)!r})).find('And out, softly.', 150)\n"
        "print(clip.duration_ms > 0, len(clip.words()), 'miniaudio' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["True", "3", "False"]


@pytest.mark.parametrize("kept", [slice(None, -1), slice(400), slice(0), slice(4, None)])
def test_a_damaged_pack_is_refused(path: Path, tmp_path: Path, kept: slice) -> None:
    damaged = tmp_path / "damaged.pack"
    damaged.write_bytes(path.read_bytes()[kept])
    with pytest.raises(PackError):
        ClipPack(damaged)


class Missing(Engine):
    """An engine that is not installed."""

    name: ClassVar[str] = "espeak"

    def voices(self) -> list[Any]:
        raise EngineError(self.name, "is not installed")

    def identity(self, voice_name: str) -> str:
        raise EngineError(self.name, f"is not installed, nor is {voice_name}")

    def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:  # noqa: ARG002
        raise EngineError(self.name, "cannot be loaded")

    def close(self) -> None:
        """There is nothing to let go of."""


class Unloadable(Missing):
    """An engine that seems to be there until it is loaded."""

    def identity(self, voice_name: str) -> str:
        return f"unloadable {voice_name}"

    def gain_db(self, voice_name: str) -> float:
        return float(len(voice_name))


def _voices(pack: ClipPack, engine: Callable[[], Engine], told: list[str]) -> Voices:
    return Voices(
        conditioning(),
        packs=lambda voice: pack if voice == VOICE else None,
        engines=("espeak", "tone"),
        make=lambda name: engine() if name == "espeak" else ToneEngine(),
        notify=told.append,
    )


def _not_asked() -> Iterable[Utterance]:
    raise AssertionError("what there is to be said does not matter here")


def _is_tone(clip: GridClip) -> bool:
    """A tone has nearly all its power at one pitch."""
    power = np.abs(np.fft.rfft(clip.clip().samples)) ** 2
    return bool(power.max() > 0.2 * power.sum())


def test_what_is_in_the_pack_needs_no_engine(pack: ClipPack) -> None:
    voices = _voices(pack, lambda: pytest.fail("no engine is needed"), [])
    for utterance in SAID:
        assert voices.clip(utterance).duration_ms > 0
    assert (voices.from_pack, voices.synthesised) == (len(SAID), 0)


def test_a_pack_that_vanished_leaves_the_engine(path: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved.pack"
    moved.write_bytes(path.read_bytes())
    pack = ClipPack(moved)
    moved.unlink()
    voices = _voices(pack, lambda: make_engine("espeak"), [])
    assert voices.clip(SAID[0]).duration_ms > 0
    assert (voices.from_pack, voices.synthesised) == (0, 1)


def test_with_its_engine_a_voice_says_anything(pack: ClipPack) -> None:
    voices = _voices(pack, lambda: make_engine("espeak"), [])
    assert voices.choose(VOICE, _not_asked) == VOICE
    voices.clip(Utterance("Not in the pack.", VOICE, 150))
    voices.clip(SAID[0])
    assert (voices.from_pack, voices.synthesised) == (1, 1)


def test_without_its_engine_a_pack_that_is_enough_speaks(pack: ClipPack) -> None:
    told: list[str] = []
    voices = _voices(pack, Missing, told)
    assert voices.choose(VOICE, lambda: SAID) == VOICE
    assert [_is_tone(voices.clip(each)) for each in SAID] == [False] * len(SAID)
    assert told == []


@pytest.mark.parametrize("more", [Utterance("Two.", VOICE, 150), Utterance("In", VOICE, 170)])
def test_without_its_engine_a_pack_that_is_not_enough_says_nothing(pack: ClipPack, more: Utterance) -> None:
    told: list[str] = []
    voices = _voices(pack, Missing, told)
    assert [voices.choose(VOICE, lambda: [*SAID, more]) for _ in range(2)] == ["tone:", "tone:"]
    assert len(told) == 1
    assert "tone speaks instead" in told[0]
    # The next session may be another: each is decided by itself.
    assert voices.choose(VOICE, lambda: SAID) == VOICE


def test_an_engine_that_fails_in_the_middle_leaves_the_same_voice_at_another_rate(pack: ClipPack) -> None:
    told: list[str] = []
    voices = _voices(pack, Unloadable, told)
    assert voices.choose(VOICE, _not_asked) == VOICE
    before = voices.failures
    slower = voices.clip(Utterance("In", VOICE, 120))
    assert slower.duration_ms == voices.clip(SAID[1]).duration_ms
    assert voices.failures > before
    assert [sentence[:32] for sentence in told] == [
        f"The voice {VOICE} can say only what comes with voice_coach"[:32]
    ]


def test_after_words_that_only_the_failed_engine_had_one_voice_says_everything(pack: ClipPack) -> None:
    told: list[str] = []
    voices = _voices(pack, Unloadable, told)
    assert not _is_tone(voices.clip(SAID[0]))
    assert _is_tone(voices.clip(Utterance("Two.", VOICE, 150)))
    assert _is_tone(voices.clip(SAID[0]))
    assert len(told) == 1


def test_a_speaker_knows_times_without_decoding_and_decodes_ahead_only_the_first(pack: ClipPack) -> None:
    with Speaker(_voices(pack, lambda: make_engine("espeak"), [])) as speaker:
        assert [speaker.duration_ms(each) for each in SAID] == [
            getattr(pack.find(each.text, each.rate_wpm), "duration_ms", 0) for each in SAID
        ]
        assert [len(speaker.words(each)) for each in SAID] == [len(each.text.split()) for each in SAID]
        assert speaker.from_pack == 0
        spoken = Utterance("Not in the pack.", VOICE, 150)
        speaker.prepare([*SAID, spoken])
        speaker.clip(spoken)
        speaker.clip(SAID[0])
        assert (speaker.from_pack, speaker.synthesised) == (1, 1)


EXERCISE = """\
kind: exercise
id: nod
title: Nod
position: seated
tune: {reps: {default: 2, min: 1, max: 3}}
steps:
  - repeat: reps
    steps:
      - say: "{rep} of {reps}. Nod."
"""


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoken: dict[Utterance, GridClip]) -> Path:
    """A script, and the pack that is enough for it of a voice whose engine there is not."""
    script = tmp_path / "nod.yaml"
    script.write_text(EXERCISE, encoding="utf-8")
    with Coach(voice="espeak:") as coach:
        said = repertoire(coach.prepare(str(script)), "nowhere:ann")
    one = encoded(SAID[0], spoken[SAID[0]])
    folder = tmp_path / "voices"
    folder.mkdir()
    clips = [
        replace(
            one, text=each.text, rate_wpm=each.rate_wpm, words=[Word(0, 1, 0, 500)] * len(each.text.split())
        )
        for each in said
    ]
    write_pack(folder / "nowhere-ann.pack", {}, clips)
    monkeypatch.setattr("voice_coach.rendering.voice.shipped_voices", lambda: folder)
    return script


def _speakers(coach: Coach, performance: Performance) -> set[str]:
    events = [event for chapter in coach.timeline(performance).chapters for event in chapter.events]
    return {event.utterance.voice for event in events if event.utterance}


def test_a_session_is_said_by_one_voice_chosen_before_its_first_word(silent: Path) -> None:
    told: list[str] = []
    with Coach(voice="nowhere:ann", notify=told.append) as coach:
        performance = coach.prepare(str(silent))
        assert (
            _speakers(coach, performance)
            == _speakers(coach, performance.with_tempo_factor(0.8))
            == {"nowhere:ann"}
        )
        assert told == []
        performance = coach.prepare(str(silent), SessionOptions(rate_wpm=120))
        (other,) = _speakers(coach, performance)
        assert other in {f"{engine}:" for engine in ENGINES}
        assert _speakers(coach, performance.with_tempo_factor(0.8)) == {other}
    assert told == [
        "The voice nowhere:ann does not speak (there is no such engine; there are "
        f"{', '.join(ENGINES)}): {other[:-1]} speaks instead."
    ]
