"""What an exported file sounds like: as loud as its preset, even, over a bed that keeps its pauses.

Measured on the finished file by FFmpeg, which is not ours.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.command import voice_coach
from tests.support.ffmpeg_meter import encoded, heard, seconds, seconds_without_silence
from tests.support.sounds import samples
from voice_coach.audio.loudness import integrated_lufs
from voice_coach.coach import Coach
from voice_coach.core.options import (
    LEAD_IN_MS,
    LOUDNESS_LUFS,
    ExportOptions,
    FileOptions,
    Loudness,
    Mastering,
    Quality,
)
from voice_coach.core.speech import Clip, Utterance
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.formats.export import programme
from voice_coach.pacing.options import SessionOptions
from voice_coach.paths import find_home
from voice_coach.rendering.mastering import Master

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.rendering.performance import Performance

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SHORT = "lower-back-short"
TONES = str(EXAMPLES / "coherent-breathing.yaml")  # 24.5 LUFS as it is played: mostly breath tones
WORDS = str(EXAMPLES / "squats.yaml")

EXOPLAYER = "detection=peak:window=0:stop_threshold=0.03125:stop_duration=0.1"
"""ExoPlayer's SilenceSkippingAudioProcessor: 100 ms (once 150) without a sample of 1024 in 32 768."""

BY_POWER = "detection=rms:stop_threshold=-45dB:stop_duration=0.25"
"""Players that go by power call much less silence."""

SOFTER_LU = {"opus": 0.5}
"""At 20 and 32 kbit/s Opus comes out up to 0.4 LU softer; FFmpeg's own file was 0.2 softer."""

Export = Callable[..., Path]


@pytest.fixture(scope="module")
def coach() -> Generator[Coach]:
    """Its home is that of the whole test run: nearly all that is said was said before."""
    with Coach(home=find_home()) as made:
        yield made


@pytest.fixture(scope="module")
def export(coach: Coach, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Writes a session, as a WAV file if nothing else is said, once."""
    folder = tmp_path_factory.mktemp("exports")
    made: dict[tuple[str, Loudness, str, int | None, str, Quality], Path] = {}

    def exported(
        session: str,
        loudness: Loudness = "phone",
        bed: str = "none",
        rate_wpm: int | None = None,
        ending: str = "wav",
        quality: Quality = "normal",
    ) -> Path:
        key = (session, loudness, bed, rate_wpm, ending, quality)
        if key not in made:
            made[key] = folder / f"{len(made)}.{ending}"
            performance = coach.prepare(session, SessionOptions(rate_wpm=rate_wpm))
            mastering = Mastering(loudness=loudness, bed=bed)
            asked = ExportOptions(mastering=mastering, file=FileOptions(quality=quality))
            coach.export(performance, made[key], asked)
        return made[key]

    return exported


def played(performance: Performance) -> NDArray[np.int16]:
    return np.concatenate([block.samples for block in performance.blocks()])


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.parametrize(
    ("session", "loudness", "bed", "rate_wpm"),
    [
        (SHORT, "phone", "none", None),
        (WORDS, "phone", "none", 190),
        (WORDS, "aes", "none", None),
        (SHORT, "phone", "noise", None),
        (TONES, "phone", "none", None),
        (TONES, "aes", "noise", None),
        (WORDS, "broadcast", "none", 120),
        (WORDS, "broadcast", "tone", None),
    ],
)
def test_it_is_as_loud_as_its_preset(
    export: Export, session: str, loudness: Loudness, bed: str, rate_wpm: int | None
) -> None:
    found = heard(export(session, loudness, bed, rate_wpm))
    assert found.lufs == pytest.approx(LOUDNESS_LUFS[loudness], abs=0.5)
    assert found.peak_dbtp <= -1.0


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.parametrize(("ending", "loudness"), [(".m4b", "aes"), (".mp3", "phone"), (".opus", "aes")])
def test_small_files_are_as_loud_and_their_peaks_no_higher_than_1_db(
    coach: Coach, tmp_path: Path, ending: str, loudness: Loudness
) -> None:
    target = tmp_path / f"small{ending}"
    asked = ExportOptions(file=FileOptions(quality="small"), mastering=Mastering(loudness=loudness))
    coach.export(coach.prepare(WORDS), target, asked)
    found = heard(target)
    assert found.lufs == pytest.approx(LOUDNESS_LUFS[loudness], abs=0.5)
    assert found.peak_dbtp <= -1.0


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.parametrize("ending", ["mp3", "m4b", "opus"])
@pytest.mark.parametrize(
    ("session", "loudness", "quality"),
    [(SHORT, "phone", "normal"), (SHORT, "broadcast", "normal"), (WORDS, "phone", "small")],
)
def test_every_format_is_as_loud_as_its_preset_and_as_the_wav(
    export: Export, session: str, loudness: Loudness, quality: Quality, ending: str
) -> None:
    rate_wpm = 190 if session == WORDS else None
    plain = export(session, loudness, rate_wpm=rate_wpm)
    found = heard(export(session, loudness, rate_wpm=rate_wpm, ending=ending, quality=quality)).lufs
    assert found == pytest.approx(LOUDNESS_LUFS[loudness], abs=0.5)
    assert found == pytest.approx(heard(plain).lufs, abs=SOFTER_LU.get(ending, 0.2))


@pytest.mark.parametrize("voice", ["espeak:en-us", "espeak:en-gb"])
def test_prompts_are_within_1_lu_of_each_other(coach: Coach, voice: str) -> None:
    """Each alone between silences, where the gates leave out all that is none of it; single words too."""
    with Coach(voice=voice, home=coach.home) as speaking:
        performance = speaking.prepare(SHORT)
        said: dict[Utterance, float] = {}
        for chapter in performance.chapters():
            for event in chapter.events:
                if event.utterance is not None and event.utterance not in said:
                    clip = performance.speech_clip(event.utterance)
                    between = np.pad(clip.samples, 24_000)
                    said[event.utterance] = integrated_lufs(Clip(between, clip.rate_hz))
    assert len(said) > 40
    assert min(len(utterance.text) for utterance in said) < 6
    assert max(said.values()) - min(said.values()) <= 1.0


def test_a_session_of_words_is_exported_as_it_is_played(coach: Coach, export: Export) -> None:
    written = samples(export(SHORT))
    lead_in = LEAD_IN_MS * FRAMES_PER_MS
    assert not written[:lead_in].any()
    assert np.array_equal(written[lead_in:], played(coach.prepare(SHORT)))


def test_another_preset_is_the_same_but_for_one_gain(coach: Coach, export: Export) -> None:
    written = samples(export(WORDS, "broadcast", "none", 120))[LEAD_IN_MS * FRAMES_PER_MS :].astype(
        np.float64
    )
    as_played = played(coach.prepare(WORDS, SessionOptions(rate_wpm=120))).astype(np.float64)
    gain = np.dot(written, as_played) / np.dot(as_played, as_played)
    assert gain == pytest.approx(10 ** (-4 / 20), abs=0.05)
    assert np.abs(written - gain * as_played).max() <= 1.0


@pytest.mark.parametrize("bed", ["none", "noise"])
def test_blocks_are_silent_where_every_sample_is_zero(coach: Coach, bed: str) -> None:
    made = programme(coach.prepare(WORDS), Mastering(loudness="aes", bed=bed))
    blocks = list(made.blocks())
    silent = [block for block in blocks if block.silent]
    assert not any(block.samples.any() for block in silent)
    assert bool(silent) == (bed == "none")
    whole_ms = sum(chapter.duration_ms for chapter in made.chapters())
    assert sum(len(block.samples) for block in blocks) == whole_ms * FRAMES_PER_MS


@pytest.mark.parametrize("how", [EXOPLAYER, BY_POWER])
def test_without_a_bed_a_player_that_cuts_silence_cuts_the_pauses(export: Export, how: str) -> None:
    whole = export(SHORT)
    assert seconds_without_silence(whole, how) < 0.6 * seconds(whole)


@pytest.mark.parametrize("how", [EXOPLAYER, BY_POWER])
@pytest.mark.parametrize(
    ("session", "bed", "options"),
    [
        (SHORT, "noise", ()),
        (WORDS, "tone", ()),
        (WORDS, "noise", ("-b:a", "48k", "small.mp3")),
        (WORDS, "tone", ("-b:a", "24k", "small.opus")),
        (WORDS, "noise", ("-b:a", "24k", "small.opus")),
    ],
)
def test_with_a_bed_it_keeps_its_length(
    export: Export, session: str, bed: str, options: tuple[str, ...], how: str
) -> None:
    whole = export(session, "phone", bed)
    file = encoded(whole, *options) if options else whole
    # What goes is the soft part of the fades, and half a second of FFmpeg's own window at the end.
    assert seconds_without_silence(file, how) > seconds(whole) - 3


def test_a_bed_of_one_s_own_lies_under_the_words(coach: Coach, export: Export, tmp_path: Path) -> None:
    rain = encoded(export(WORDS, "broadcast", "tone"), "-t", "30", "rain.mp3").rename(
        tmp_path / "the rain.mp3"
    )
    performance = coach.prepare(WORDS)
    coach.export(performance, tmp_path / "wet.wav", ExportOptions(mastering=Mastering(bed=str(rain))))
    found = heard(tmp_path / "wet.wav")
    assert found.lufs == pytest.approx(-19, abs=0.5)
    assert np.count_nonzero(samples(tmp_path / "wet.wav")) > 0.98 * len(samples(tmp_path / "wet.wav"))


def test_where_words_are_rare_the_bed_does_not_make_them_much_louder(coach: Coach, long: Path) -> None:
    performance = coach.prepare(str(long))
    chapters = performance.chapters
    bare = Master(performance, Mastering(), chapters).gain_db
    assert Master(performance, Mastering(bed="noise"), chapters).gain_db <= bare + 3.0


def test_a_bed_that_is_not_there_is_told_and_nothing_is_written(tiny: Path, tmp_path: Path) -> None:
    ended = voice_coach("export", tiny, "-o", "tiny.wav", "--bed", "rain.mp3", cwd=tmp_path)
    says = "The bed rain.mp3 cannot be used: No such file or directory."
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(says)
    assert not list(tmp_path.glob("*.wav"))
    assert not list(tmp_path.glob(".voice-coach-*"))


@pytest.mark.usefixtures("ffmpeg")
def test_a_file_is_as_long_as_it_was_asked_to_be(tmp_path: Path) -> None:
    target = tmp_path / "fitted.flac"
    ended = voice_coach("export", SHORT, "-o", target, "--fit", "11m")
    assert ended.code == 0, ended.err
    assert seconds(target) == pytest.approx(660, abs=1.0)
    assert "Fitted to 1" in ended.err
