"""Captions as a track inside an M4B file, read back by FFmpeg."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.real_parts import require_program
from tests.support.programmes import programme, spoken
from tests.support.streams import blocks, noise, silence
from voice_coach.encoding.muxing import Subtitle, samples
from voice_coach.formats.base import make_file_output
from voice_coach.formats.captions import captions
from voice_coach.rendering.performance import Programme

TEXT = "Lie down, and let your knees “fall” to the left; breathe in – and out. Rest & be 5 < 6 calm."


@pytest.fixture
def whole() -> Programme:
    parts = (spoken((1_500, TEXT), (3_000, "Out")), spoken((40, "Five"), (20, "Vier für dich")))
    ms = sum(part.duration_ms for part in parts)
    return replace(
        programme(*parts),
        blocks=lambda: blocks([noise(48 * 1_000), silence(48 * (ms - 2_000)), noise(48_000)]),
    )


def clock(ms: int) -> str:
    return f"00:00:{ms // 1000:02},{ms % 1000:03}"


@pytest.mark.parametrize("ending", [".m4b", ".m4a"])
def test_ffmpeg_reads_each_caption_at_its_time(ending: str, whole: Programme, tmp_path: Path) -> None:
    ffmpeg = require_program("ffmpeg")
    target = tmp_path / f"session{ending}"
    make_file_output(target).write(whole)
    command = [ffmpeg, "-v", "error", "-i", str(target), "-map", "0:s:0", "-f", "srt", "-"]
    read = subprocess.run(command, capture_output=True, check=True).stdout.decode().replace("\r", "")
    found = re.findall(r"^(\S+) --> (\S+)\n(.*?)\n$", read, re.MULTILINE | re.DOTALL)
    assert found == [
        (clock(each.start_ms), clock(each.end_ms), "\n".join(each.texts)) for each in captions(whole)
    ]
    assert len(found) == 5
    probe = [
        require_program("ffprobe", "ffmpeg"), "-v", "error", "-select_streams", "s",
        "-show_entries", "stream=codec_name:stream_tags=language", "-of", "csv=p=0", str(target),
    ]  # fmt: skip
    assert subprocess.run(probe, capture_output=True, check=True).stdout.decode().split() == ["mov_text,eng"]


def test_the_same_captions_give_the_same_bytes(whole: Programme, tmp_path: Path) -> None:
    for name in ("one.m4b", "two.m4b"):
        make_file_output(tmp_path / name).write(whole)
    assert (tmp_path / "one.m4b").read_bytes() == (tmp_path / "two.m4b").read_bytes()


@given(st.lists(st.tuples(st.text(max_size=20), st.integers(0, 5_000), st.integers(1, 5_000)), max_size=9))
def test_samples_lie_one_behind_the_other(given_: list[tuple[str, int, int]]) -> None:
    at_ms = 0
    shown: list[Subtitle] = []
    for text, pause_ms, length_ms in given_:
        shown.append(Subtitle(text, at_ms + pause_ms, at_ms + pause_ms + length_ms))
        at_ms = shown[-1].end_ms
    made = list(samples(shown))
    ends = [0, *(each.start_ms + each.duration_ms for each in made)]
    assert [each.start_ms for each in made] == ends[:-1]
    assert all(int.from_bytes(each.data[:2], "big") == len(each.data) - 2 for each in made)
    texts = {(each.start_ms, each.duration_ms): each.data[2:] for each in made}
    assert all(
        texts[each.start_ms, each.end_ms - each.start_ms] == each.text.encode("utf-8", "replace")
        for each in shown
    )
