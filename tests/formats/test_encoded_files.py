"""M4B, MP3 and Opus as another program reads them: chapters, tags, picture, length, sound in its place."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.encoding.test_stream import talk
from tests.real_parts import require_program
from tests.support.streams import blocks
from voice_coach.core.errors import Where
from voice_coach.core.options import About, FileOptions
from voice_coach.core.timeline import Chapter, Event, Mark
from voice_coach.formats.base import make_file_output
from voice_coach.formats.tags import chapter_marks, three_letters
from voice_coach.rendering.performance import Programme, sound_alone

ENDINGS = pytest.mark.parametrize("ending", [".m4b", ".m4a", ".mp3", ".opus", ".flac"])
SMALL = pytest.mark.parametrize("ending", [".m4b", ".mp3", ".opus"])
ABOUT = About(
    session="lower-back",
    title="Záda: “lower back” & 腰",
    language="en",
    author="A. Physio",
    description="Eases pain.",
    source="A book, page 7",
    date="2026-11-21",
)
HERE = Where("x.yaml", 1)
TITLES = ("Welcome", "Knie – Slide", "Closing")
LENGTHS_MS = (1_503, 2_750, 1_001)


def hold(start_ms: int, end_ms: int, number: int | None = None, side: Any = None) -> Event:
    mark = Mark(where=HERE, set=number, side=side)
    return Event(lane="action", kind="hold", start_ms=start_ms, end_ms=end_ms, mark=mark)


def chapters() -> Iterator[Chapter]:
    for title, length_ms in zip(TITLES, LENGTHS_MS, strict=True):
        yield Chapter(title=title, exercise="", duration_ms=length_ms, events=())


def sound() -> NDArray[np.int16]:
    samples = talk([4_800, 60_000, 70_000])
    whole = np.zeros(sum(LENGTHS_MS) * 48, np.int16)
    whole[: len(samples)] = samples[: len(whole)]
    return whole


def programme(make: Callable[[], NDArray[np.int16]] = sound) -> Programme:
    return replace(
        sound_alone([]), about=ABOUT, chapters=chapters, blocks=lambda: blocks(np.array_split(make(), 7))
    )


def probed(path: Path) -> Any:
    ffprobe = require_program("ffprobe", "ffmpeg")
    asked = ["-show_format", "-show_streams", "-show_chapters", "-of", "json"]
    found = subprocess.run([ffprobe, "-v", "error", *asked, path], check=True, capture_output=True)
    return json.loads(found.stdout)


def heard(path: Path) -> NDArray[np.int16]:
    ffmpeg = require_program("ffmpeg")
    command = [ffmpeg, "-v", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", "48000", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.int16)


@ENDINGS
def test_chapters_come_back_to_the_millisecond(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"session{ending}"
    make_file_output(target).write(programme())
    found = probed(target)["chapters"]
    assert [each["tags"]["title"] for each in found] == list(TITLES)
    starts = [sum(LENGTHS_MS[:index]) for index in range(3)]
    assert [round(float(each["start_time"]) * 1000) for each in found] == starts
    ends = [round(float(each["end_time"]) * 1000) for each in found]
    assert ends[:2] == starts[1:]
    assert abs(ends[2] - sum(LENGTHS_MS)) <= 7  # Opus counts what comes before the first sample


@ENDINGS
def test_tags_come_back(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"session{ending}"
    make_file_output(target).write(programme())
    found = probed(target)
    streams = found["streams"]
    tags = {
        name.lower(): text
        for each in (streams[0], found["format"])
        for name, text in each.get("tags", {}).items()
    }
    assert tags["title"] == ABOUT.title
    assert tags["artist"] == ABOUT.author
    assert tags["date"] == ABOUT.date
    assert tags["language"] == "eng"
    told = {tags.get(name) for name in ("comment", "description", "source")}
    assert {ABOUT.description, ABOUT.source} <= told
    assert "encoder" not in tags
    pictures = [each for each in streams if each["disposition"]["attached_pic"]]
    assert [each["codec_name"] for each in pictures] == ["mjpeg"]


@ENDINGS
def test_its_length_is_that_of_the_sound(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"session{ending}"
    make_file_output(target).write(programme())
    samples = heard(target)
    extra = len(samples) - len(sound())
    assert 0 <= extra < (1024 if ending in (".m4b", ".m4a") else 1)  # ffmpeg plays the last AAC packet out
    assert not samples[len(sound()) :].any()
    assert float(probed(target)["format"]["duration"]) == pytest.approx(sum(LENGTHS_MS) / 1000, abs=0.05)


@ENDINGS
def test_sound_is_where_it_was(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"session{ending}"
    make_file_output(target, FileOptions(quality="high")).write(programme())
    found, samples = heard(target).astype(np.float64), sound().astype(np.float64)
    scores = [
        float(np.dot(samples[4_000:200_000], found[4_000 + at : 200_000 + at])) for at in range(-30, 31)
    ]
    assert int(np.argmax(scores)) == 30


@SMALL
def test_the_same_bytes_with_and_without_a_cache(tmp_path: Path, ending: str) -> None:
    for name, cache in (("none", None), ("cold", tmp_path / "cache"), ("warm", tmp_path / "cache")):
        make_file_output(tmp_path / f"{name}{ending}", FileOptions(cache=cache)).write(programme())
    assert len({(tmp_path / f"{name}{ending}").read_bytes() for name in ("none", "cold", "warm")}) == 1


@SMALL
def test_quality_is_room(tmp_path: Path, ending: str) -> None:
    sizes: list[int] = []
    for quality in ("small", "normal", "high"):
        target = tmp_path / f"{quality}{ending}"
        make_file_output(target, FileOptions(quality=quality)).write(
            replace(programme(), about=About(session="", title=""))
        )
        sizes.append(target.stat().st_size)
    assert sizes == sorted(sizes)
    assert sizes[2] > 1.2 * sizes[0]


def test_mp3_has_a_table_of_contents_and_what_is_not_heard_in_its_header(tmp_path: Path) -> None:
    target = tmp_path / "session.mp3"
    make_file_output(target).write(programme())
    written = target.read_bytes()
    assert written.startswith(b"ID3\x03")
    assert written.count(b"CTOC") == 1
    assert written.count(b"CHAP") == 3
    at = written.index(b"Info")
    packets = int.from_bytes(written[at + 8 : at + 12], "big")
    delay, padding = divmod(int.from_bytes(written[at + 141 : at + 144], "big"), 1 << 12)
    assert delay == 576
    assert packets * 1152 - delay - padding == len(sound())


@ENDINGS
def test_sound_of_nothing_is_no_error(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"nothing{ending}"
    make_file_output(target).write(sound_alone([]))
    assert target.stat().st_size > 0


def test_sets_and_sides_begin_marks() -> None:
    events = (
        hold(0, 15_000),
        hold(15_000, 40_000, 1, "left"),
        hold(40_000, 70_000, 1, "right"),
        hold(70_000, 71_000),
        hold(71_000, 99_000, 2, "left"),
    )
    only = Chapter(title="Slide", exercise="slide", duration_ms=100_000, events=events)
    found = [(mark.title, mark.start_ms, mark.end_ms) for mark in chapter_marks([only, only], "sets")]
    assert found[:4] == [
        ("Slide", 0, 15_000),
        ("Slide: set 1, left", 15_000, 40_000),
        ("Slide: set 1, right", 40_000, 71_000),
        ("Slide: set 2, left", 71_000, 100_000),
    ]
    assert found[4] == ("Slide", 100_000, 115_000)
    assert [mark.title for mark in chapter_marks([only, only], "exercises")] == ["Slide", "Slide"]


def _set_marks(duration_ms: int, *events: Event) -> list[tuple[str, int, int]]:
    only = Chapter(title="Tap", exercise="tap", duration_ms=duration_ms, events=events)
    return [(mark.title, mark.start_ms, mark.end_ms) for mark in chapter_marks([only], "sets")]


def _alternating(first_ms: int, count: int, number: int | None = None) -> Iterator[Event]:
    for at in range(count):
        start_ms = first_ms + 3_000 * at
        yield hold(start_ms, start_ms + 3_000, number, ("left", "right")[at % 2])


def test_sides_that_alternate_fast_stay_together_without_a_side() -> None:
    assert _set_marks(50_000, *_alternating(12_000, 12)) == [("Tap", 0, 50_000)]
    found = _set_marks(56_000, *_alternating(12_000, 7, 1), *_alternating(33_000, 7, 2))
    assert found == [("Tap", 0, 12_000), ("Tap: set 1", 12_000, 33_000), ("Tap: set 2", 33_000, 56_000)]


def test_sets_that_are_too_short_stay_together_without_a_number() -> None:
    found = _set_marks(
        40_000, *_alternating(12_000, 2, 1), *_alternating(18_000, 2, 2), hold(24_000, 40_000, 3)
    )
    assert found == [("Tap", 0, 24_000), ("Tap: set 3", 24_000, 40_000)]


def test_a_last_mark_that_is_too_short_joins_the_one_before() -> None:
    left, right = hold(0, 15_000, 1, "left"), hold(15_000, 30_000, 1, "right")
    found = _set_marks(33_000, left, right, hold(30_000, 33_000, 1, "left"))
    assert found == [("Tap: set 1, left", 0, 15_000), ("Tap: set 1", 15_000, 33_000)]
    assert _set_marks(33_000, left, right, hold(30_000, 33_000, 2, "left")) == [
        ("Tap: set 1, left", 0, 15_000),
        ("Tap", 15_000, 33_000),
    ]
    assert _set_marks(20_000, hold(0, 15_000), hold(15_000, 20_000, 1, "left")) == [("Tap", 0, 20_000)]


def test_a_short_word_before_the_first_set_belongs_to_it() -> None:
    assert _set_marks(30_000, hold(0, 4_000), hold(4_000, 30_000, 1)) == [("Tap: set 1", 0, 30_000)]


@given(
    st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 3), st.sampled_from(["left", "right"]))),
    st.integers(0, 20_000),
)
def test_marks_have_no_gaps_and_only_a_short_chapter_has_a_short_one(
    places: list[tuple[int, int, str]], before_ms: int
) -> None:
    events: list[Event] = []
    at_ms = before_ms
    for length_ms, number, side in places:
        events.append(hold(at_ms, at_ms + length_ms, number, side))
        at_ms += length_ms
    found = _set_marks(at_ms, *events)
    edges = [0, *(end for _, _, end in found)]
    assert edges[-1] == at_ms
    assert [start for _, start, _ in found] == edges[:-1]
    assert at_ms < 10_000 or all(end - start >= 10_000 for _, start, end in found)
    for title, start, end in found:
        there = {
            (mark.set, mark.side)
            for mark in (event.mark for event in events if start <= event.start_ms < end)
        }
        if len(there) > 1:
            assert not title.endswith(("left", "right")) or len({side for _, side in there}) == 1


@pytest.mark.parametrize(
    ("language", "letters"),
    [("en", "eng"), ("en-GB", "eng"), ("DE", "deu"), ("gsw", "gsw"), ("xx", ""), ("", "")],
)
def test_languages_have_three_letters(language: str, letters: str) -> None:
    assert three_letters(language) == letters


MEMORY = """
import resource, sys
from pathlib import Path
import numpy as np
from tests.encoding.test_stream import tone
from voice_coach.audio.mixer import Block
from voice_coach.formats.base import make_file_output
from voice_coach.rendering.performance import sound_alone
sound = tone(48_000)
def session(minutes):
    for turn in range(minutes * 30):
        yield Block(np.roll(sound, turn), silent=False)
        yield Block(np.zeros(48_000, np.int16), silent=True)
peaks = []
for minutes in (2, 30):
    make_file_output(Path(sys.argv[1]) / f"{minutes}{sys.argv[2]}").write(sound_alone(session(minutes)))
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] - peaks[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="memory is counted otherwise there")
@pytest.mark.parametrize("ending", [".opus"])
def test_a_long_session_takes_hardly_more_memory_than_a_short_one(tmp_path: Path, ending: str) -> None:
    command = [sys.executable, "-c", MEMORY, tmp_path, ending]
    root = Path(__file__).parents[2]
    grown = int(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)
    written = (tmp_path / f"30{ending}").stat().st_size // 1024
    assert grown < 16_000 + written  # KiB; what is encoded waits in memory up to 64 MB


@SMALL
def test_what_is_written_never_changes_without_being_told(tmp_path: Path, ending: str) -> None:
    digests = set[str]()
    for name in "ab":
        target = tmp_path / f"{name}{ending}"
        make_file_output(target).write(programme())
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
    assert len(digests) == 1
