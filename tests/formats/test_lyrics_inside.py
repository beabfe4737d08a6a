"""Captions as lyrics inside an MP3 file, read back by FFmpeg and by Mutagen."""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3  # pyright: ignore[reportMissingTypeStubs, reportPrivateImportUsage]

from tests.real_parts import require_program
from tests.support.programmes import programme, spoken
from tests.support.streams import blocks, noise, silence
from voice_coach.encoding.muxing import Subtitle
from voice_coach.formats.base import make_file_output
from voice_coach.formats.captions import captions
from voice_coach.formats.tags import lyrics_frames, put_frames
from voice_coach.rendering.performance import Programme

PLAIN = "Lie down, and let your knees fall to the left; breathe in, and out. Rest & be 5 < 6 calm."
WIDE = "“Fall” – щастие, ế and \N{SMILING FACE WITH SUNGLASSES}. Für dich."


def whole(text: str) -> Programme:
    parts = (spoken((1_500, text), (3_000, "Out")), spoken((40, "Five"), (20, "Vier")))
    ms = sum(part.duration_ms for part in parts)
    return replace(
        programme(*parts),
        blocks=lambda: blocks([noise(48 * 1_000), silence(48 * (ms - 2_000)), noise(48_000)]),
    )


def tags(target: Path) -> Any:
    return ID3(str(target), translate=False)


@pytest.mark.parametrize("text", [PLAIN, WIDE], ids=["plain", "wide"])
def test_each_line_is_there_at_its_time(text: str, tmp_path: Path) -> None:
    made, target = whole(text), tmp_path / "session.mp3"
    make_file_output(target).write(made)
    wanted = [(" ".join(each.texts), each.start_ms) for each in captions(made)]
    assert len(wanted) >= 4
    (timed,) = tags(target).getall("SYLT")
    assert (timed.lang, timed.format, timed.type, timed.desc) == ("eng", 2, 1, "")
    assert [(line.removeprefix("\n"), ms) for line, ms in timed.text] == wanted
    (words,) = tags(target).getall("USLT")
    assert (words.lang, words.desc, words.text) == ("eng", "", "\n".join(line for line, _ in wanted))
    probe = [require_program("ffprobe", "ffmpeg"), "-v", "error", "-show_format", "-show_chapters"]
    read = json.loads(subprocess.check_output([*probe, "-of", "json", str(target)]))
    assert read["format"]["tags"]["lyrics-eng"] == words.text
    assert len(read["chapters"]) == 2
    assert {"TIT2", "CTOC", "CHAP", "APIC"} <= {name[:4] for name in tags(target)}


def test_nothing_but_the_tag_is_other_than_without(tmp_path: Path) -> None:
    """The sound is the same to the byte."""
    made = whole(PLAIN)
    silent = replace(made, chapters=lambda: iter(()))
    sound: list[bytes] = []
    for name, each in (("with.mp3", made), ("without.mp3", silent)):
        make_file_output(tmp_path / name).write(each)
        sound.append((tmp_path / name).read_bytes()[tags(tmp_path / name).size :])
    assert sound[0] == sound[1]
    assert not tags(tmp_path / "without.mp3").getall("USLT")
    decode = [require_program("ffmpeg"), "-v", "error", "-i", str(tmp_path / "with.mp3"), "-f", "null", "-"]
    assert subprocess.run(decode, capture_output=True, check=True).stderr == b""


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.mp3", "two.mp3"):
        make_file_output(tmp_path / name).write(whole(WIDE))
    assert (tmp_path / "one.mp3").read_bytes() == (tmp_path / "two.mp3").read_bytes()


def test_no_words_take_no_room() -> None:
    assert lyrics_frames([], "eng") == b""


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip)
LINES = st.lists(st.tuples(WORDS, st.integers(0, 1 << 30)), min_size=1)


@given(LINES, st.sampled_from(["eng", "ces", ""]))
def test_any_words_are_read_back(lines: list[tuple[str, int]], language: str) -> None:
    frames = lyrics_frames([Subtitle(text, ms, ms + 1) for text, ms in lines], language)
    room = len(frames) + 10
    sizes = bytes(room >> shift & 0x7F for shift in (21, 14, 7, 0))
    file = io.BytesIO(b"ID3\3\0\0" + sizes + bytes(room))
    put_frames(file, frames)  # pyright: ignore[reportArgumentType]
    found: Any = ID3(fileobj=io.BytesIO(file.getvalue()), translate=False)
    (timed,) = found.getall("SYLT")
    shown = [(" ".join(text.split()), ms) for text, ms in lines]
    assert [(line.removeprefix("\n"), ms) for line, ms in timed.text] == shown
    assert timed.lang == (language or "XXX")
