"""``voice-coach export --captions``: in step with the sound, whole or not at all."""

from __future__ import annotations

import re
import subprocess
import wave
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import webvtt

from tests.real_parts import require_program
from tests.support.command import Ended, voice_coach
from tests.support.sounds import samples
from voice_coach.coach import Coach
from voice_coach.core.options import FileOptions, Mastering
from voice_coach.formats.captions import placed_chapters, prompts
from voice_coach.formats.export import programme
from voice_coach.formats.text import SsmlFile
from voice_coach.rendering.performance import Programme

FRAMES_PER_MS = 48


def test_captions_lie_beside_the_file_in_step_with_it(tiny: Path, tmp_path: Path) -> None:
    target = tmp_path / "tiny.v2.wav"
    made = voice_coach("export", tiny, "-o", target, "--captions", "vtt,srt,vtt")
    assert made == Ended(0, "", f"Wrote {target} (0:06), and its captions as vtt and srt.\n")
    read = webvtt.read(str(tmp_path / "tiny.v2.vtt"))
    srt = (tmp_path / "tiny.v2.srt").read_text("utf-8")
    assert len(read) == srt.count("-->") == 3
    sound = np.abs(samples(target).astype(np.int32))
    for caption in read:
        begins = _ms(caption.start) * FRAMES_PER_MS
        # The word is heard within 60 ms of its caption.
        assert sound[begins : begins + 60 * FRAMES_PER_MS].max() > 1_000, caption.text


def test_nothing_is_written_if_captions_cannot_be(tiny: Path, tmp_path: Path) -> None:
    target, there = tmp_path / "tiny.flac", tmp_path / "tiny.srt"
    there.write_bytes(b"precious")
    refused = voice_coach("export", tiny, "-o", target, "--captions", "vtt,srt")
    says = f"{there} is there already. Use --force to replace it, or choose another name.\n"
    assert refused == Ended(1, "", says)
    assert not target.exists()
    assert there.read_bytes() == b"precious"
    assert voice_coach("export", tiny, "-o", target, "--captions", "srt", "--force").code == 0
    assert there.read_bytes() != b"precious"


def test_each_part_has_captions_of_its_own(tiny: Path, tmp_path: Path) -> None:
    """Their times are those of the part, and all of them together those of the whole."""
    session = _greeted(tiny)
    whole, folder = tmp_path / "greeted.wav", tmp_path / "parts"
    assert voice_coach("export", session, "-o", whole, "--captions", "vtt").code == 0
    made = voice_coach("export", session, "-o", folder, "--split", "--format", "wav", "--captions", "vtt,txt")
    assert (made.code, made.out) == (0, "")
    assert made.err.startswith(f"Wrote 2 files and {folder / 'greeted.m3u8'} (")
    assert made.err.endswith("), and captions of each as vtt and txt.\n")
    parts = sorted(folder.glob("*.wav"))
    assert len(parts) == 2
    assert {path.name for path in folder.iterdir()} == {
        *(path.with_suffix(ending).name for path in parts for ending in (".wav", ".vtt", ".txt")),
        "greeted.m3u8",
    }
    before_ms = 0
    found: list[tuple[int, str]] = []
    for part in parts:
        captions = webvtt.read(str(part.with_suffix(".vtt")))
        found += [(_ms(each.start) + before_ms, each.text) for each in captions]
        sound = np.abs(samples(part).astype(np.int32))
        before_ms += len(sound) // FRAMES_PER_MS
        for each in captions:
            begins = _ms(each.start) * FRAMES_PER_MS
            assert sound[begins : begins + 60 * FRAMES_PER_MS].max() > 1_000, each.text
    assert found == [(_ms(each.start), each.text) for each in webvtt.read(str(whole.with_suffix(".vtt")))]


def test_parts_are_not_written_where_captions_cannot_be(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    again = ("export", _greeted(tiny), "-o", folder, "--split", "--captions", "srt")
    assert voice_coach(*again).code == 0
    first, last = sorted(folder.glob("*.srt"))
    assert first.name[:2] == "01"
    for path in folder.iterdir():
        if path != last:
            path.unlink()
    refused = voice_coach(*again)
    says = f"{last} is there already. Use --force to replace it, or choose another name.\n"
    assert refused == Ended(1, "", says)
    assert list(folder.iterdir()) == [last]


def _greeted(tiny: Path) -> Path:
    """The tiny session with another chapter before it."""
    path = tiny.with_name("greeted.yaml")
    text = tiny.read_text("utf-8").replace("id: tiny-session", "id: greeted")
    path.write_text(text.replace("opening: []", "opening: [Welcome to this., Here we go.]"), "utf-8")
    return path


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (("-o", "x.wav", "--captions", "vt"), 2, "'vt' is not known; did you mean 'vtt'?"),
        (("-o", "x.srt", "--captions", "srt"), 2, "x.srt cannot lie beside itself."),
        (
            ("-o", "x.pdf", "--captions", "vtt"),
            2,
            "x.pdf is no file of sound, so captions cannot go with it.",
        ),
        (("-o", "x.html", "--captions", "srt"), 2, "x.html is no file of sound"),
        (("-o", "x.txt", "--captions", "srt"), 2, "x.txt is no file of sound"),
        (("-o", "x", "--format", "pdf", "--captions", "srt"), 2, "x is no file of sound"),
        (
            ("-o", "x", "--split", "--format", "vtt", "--captions", "srt"),
            2,
            "A session is split into files of sound, and .vtt is none; use .m4b",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(
    given: tuple[str, ...], code: int, says: str, tiny: Path, tmp_path: Path
) -> None:
    ended = voice_coach("export", tiny, *given, cwd=tmp_path)
    assert (ended.code, says in ended.err) == (code, True), ended
    assert not (tmp_path / "x.wav").exists()
    assert not list(tmp_path.glob("x*"))


def test_captions_alone_tell_no_length(tiny: Path, tmp_path: Path) -> None:
    target = tmp_path / "tiny.vtt"
    assert voice_coach("export", tiny, "-o", target) == Ended(0, "", f"Wrote {target}.\n")


@contextmanager
def _short() -> Generator[Programme]:
    with Coach() as coach:
        yield programme(coach.prepare("lower-back-short"), Mastering())


def test_every_word_of_a_real_session_has_sound_in_it() -> None:
    with _short() as whole:
        sound = np.concatenate([block.samples for block in whole.blocks()]).astype(np.int32)
        words = [
            word for placed in placed_chapters(whole) for _, said in prompts(whole, placed) for word in said
        ]
    assert len(words) > 500
    for word in words:
        heard = np.abs(sound[word.start_ms * FRAMES_PER_MS : word.end_ms * FRAMES_PER_MS])
        assert heard.max() > 500, word
        assert word.end_ms - word.start_ms < 1_500, word


def test_espeak_speaks_the_ssml_in_about_the_time_of_the_session(tmp_path: Path) -> None:
    espeak = require_program("espeak-ng")
    with _short() as whole:
        SsmlFile(tmp_path / "short.ssml", FileOptions()).write(whole)
        whole_ms = sum(each.duration_ms for each in whole.chapters())
    # At 120 it speaks the 150 words a minute that our voice is tuned to.
    command = [espeak, "-v", "en-us", "-s", "120", "-m", "-f", "short.ssml", "-w", "short.wav"]
    subprocess.run(command, cwd=tmp_path, check=True)
    with wave.open(str(tmp_path / "short.wav")) as file:
        lasts_ms = 1000 * file.getnframes() / file.getframerate()
    assert lasts_ms == pytest.approx(whole_ms, rel=0.06)


def _ms(clock: str) -> int:
    hours, minutes, seconds, ms = map(int, re.split(r"[:.]", clock))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
