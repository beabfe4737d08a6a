"""Captions, lyrics, labels, transcript and SSML as files, read back by programs that are not ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from tests.real_parts import require_program
from tests.support.paced_timelines import chapter, event
from tests.support.programmes import programme, shipped_programme, spoken
from voice_coach.core.errors import OutputError
from voice_coach.core.options import CAPTION_FORMATS, FileOptions
from voice_coach.formats.base import make_file_output
from voice_coach.formats.captions import captions, join_words, placed_chapters, prompts
from voice_coach.formats.text import LONGEST_BREAK_MS, NAMESPACE
from voice_coach.rendering.performance import Programme, sound_alone

ENDINGS = (".vtt", ".srt", ".lrc", ".txt", ".labels", ".ssml")
TRICKY = "Rest <b>5</b> & breathe --> now, {100} % of “you”; it's 3 < 4."
_LESS = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
TRICKY_IN_SRT = TRICKY.replace("<", _LESS).replace("-->", "→").replace("{100}", "(100)")
HOURS = 100 * 60_000


@pytest.fixture(scope="module")
def short() -> Programme:
    return shipped_programme()


def text_of(whole: Programme, ending: str, folder: Path) -> str:
    target = folder / f"session{ending}"
    make_file_output(target, FileOptions(force=True)).write(whole)
    return target.read_bytes().decode()


def said(whole: Programme) -> list[str]:
    """Every word of a programme, without what stands around its letters."""
    return plain(
        " ".join(
            join_words(words) for placed in placed_chapters(whole) for _, words in prompts(whole, placed)
        )
    )


def plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_programme_gives_the_same_bytes_and_an_empty_one_gives_a_file(
    ending: str, short: Programme, tmp_path: Path
) -> None:
    assert text_of(short, ending, tmp_path) == text_of(short, ending, tmp_path)
    text_of(sound_alone(()), ending, tmp_path)
    with pytest.raises(OutputError, match="there already"):
        make_file_output(tmp_path / f"session{ending}").write(short)
    assert len(list(tmp_path.iterdir())) == 1


def test_every_caption_format_is_a_format() -> None:
    assert {f".{each}" for each in CAPTION_FORMATS} <= set(ENDINGS)


def test_webvtt_is_read_word_for_word_by_another_library(short: Programme, tmp_path: Path) -> None:
    text_of(short, ".vtt", tmp_path)
    read = webvtt.read(str(tmp_path / "session.vtt"))
    wanted = list(captions(short))
    assert [tuple(each.text.splitlines()) for each in read] == [each.texts for each in wanted]
    assert [(each.start, each.end) for each in read] == [
        (clock(each.start_ms), clock(each.end_ms)) for each in wanted
    ]
    for each, caption in zip(read, wanted, strict=True):
        told = re.findall(r"<(\d\d:\d\d:\d\d\.\d{3})>(\S+)", each.raw_text)
        assert told == [(clock(word.start_ms), word.text) for word in caption.words[1:]]
    titles = [placed.chapter.title for placed in placed_chapters(short)]
    assert re.findall(r"^NOTE (.*)$", (tmp_path / "session.vtt").read_text("utf-8"), re.MULTILINE) == titles


def clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def read_by_ffmpeg(target: Path) -> list[tuple[float, str]]:
    """When each caption with words begins, and its text."""
    ffmpeg = require_program("ffmpeg")
    command = [ffmpeg, "-v", "warning", "-i", str(target), "-f", "srt", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    text = done.stdout.decode().replace("\r", "")
    found = re.findall(r"^(\d\d:\S+) --> \d\d:\S+\n(.*?)\n$", text, re.MULTILINE | re.DOTALL)
    return [(seconds(begins), said) for begins, said in found if said]


@pytest.mark.parametrize("ending", [".vtt", ".srt", ".lrc"])
def test_ffmpeg_reads_every_caption_at_its_time(ending: str, short: Programme, tmp_path: Path) -> None:
    text_of(short, ending, tmp_path)
    read = read_by_ffmpeg(tmp_path / f"session{ending}")
    assert plain(" ".join(re.sub("<[^>]*>", "", text) for _, text in read)) == said(short)
    wanted = [
        start_ms / 1000
        for caption in captions(short)
        for start_ms in (
            [line[0].start_ms for line in caption.lines] if ending == ".lrc" else [caption.start_ms]
        )
    ]
    assert [begins for begins, _ in read] == pytest.approx(wanted, abs=0.0101)


def test_what_looks_like_markup_is_read_as_it_is(tmp_path: Path) -> None:
    whole = programme(spoken((0, TRICKY), title="A --> B"), title="1 < 2\n\n3")
    text_of(whole, ".vtt", tmp_path)
    read = webvtt.read(str(tmp_path / "session.vtt"))
    shown = [re.sub(r"<\d[^>]*>", "", each.raw_text) for each in read]
    unescaped = " ".join(shown).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert unescaped.split() == TRICKY.split()
    for ending, shown in ((".vtt", TRICKY), (".srt", TRICKY_IN_SRT)):
        text_of(whole, ending, tmp_path)
        ((begins, text),) = read_by_ffmpeg(tmp_path / f"session{ending}")
        assert begins == 0
        assert text.replace("\\", "").split() == shown.split()
    root = ElementTree.fromstring(text_of(whole, ".ssml", tmp_path))
    assert " ".join("".join(root.itertext()).split()) == TRICKY


@given(st.lists(st.integers(0, HOURS), min_size=1, max_size=8), st.sampled_from([".vtt", ".srt", ".lrc"]))
def test_times_only_rise(tmp_path_factory: pytest.TempPathFactory, pauses: list[int], ending: str) -> None:
    whole = programme(spoken(*((pause, "Breathe in, and out") for pause in pauses)))
    text = text_of(whole, ending, tmp_path_factory.getbasetemp())
    if ending == ".lrc":
        found = [int(m) * 60 + float(s) for m, s in re.findall(r"[<\[](\d+):(\d\d\.\d\d)[>\]]", text)]
    else:
        found = [seconds(each) for each in re.findall(r"\d\d+:\d\d:\d\d[.,]\d{3}(?= -->)", text)]
    assert len(found) >= len(pauses)
    assert found == sorted(found)


def test_lyrics_tell_each_word_and_are_cleared_in_a_pause(tmp_path: Path) -> None:
    whole = programme(spoken((1_234, "Breathe in"), (500, "Out"), (5_000, "Rest"), title="One"))
    assert text_of(whole, ".lrc", tmp_path).splitlines() == [
        "[ti:Session]",
        "[ar:Somebody]",
        "[la:en]",
        "[re:voice_coach]",
        "[00:01.23]<00:01.23>Breathe <00:01.92>in <00:02.18>",
        "[00:02.68]<00:02.68>Out <00:03.20>",
        "[00:03.20]",
        "[00:08.20]<00:08.20>Rest <00:08.77>",
        "[00:08.77]",
    ]


def test_labels_are_seconds_and_a_text(short: Programme, tmp_path: Path) -> None:
    rows = [line.split("\t") for line in text_of(short, ".labels", tmp_path).splitlines()]
    placed = list(placed_chapters(short))
    for part in placed:
        assert [f"{part.start_ms / 1000:.6f}", f"{part.end_ms / 1000:.6f}", part.chapter.title] in rows
    assert len(rows) == len(placed) + sum(len(list(prompts(short, part))) for part in placed)
    assert all(float(start) < float(end) for start, end, _ in rows)


def test_the_transcript_is_prose_with_its_pauses(short: Programme, tmp_path: Path) -> None:
    text = text_of(short, ".txt", tmp_path)
    assert max(map(len, text.splitlines())) <= 78
    spoken_text = re.sub(r"^.*\n[-=]+$", "", re.sub(r"\[[^]]*\]", "", text), flags=re.MULTILINE)
    assert plain(spoken_text) == said(short)
    for placed in placed_chapters(short):
        assert re.search(rf"^{re.escape(placed.chapter.title)} \(\d+:\d\d\)\n-+$", text, re.MULTILINE)
    assert "Five, four, three, two, one." in " ".join(text.split())
    assert re.search(r"\[Hold for [^]]* seconds?\.\]", " ".join(text.split()))


def test_the_transcript_tells_what_is_done_without_words(tmp_path: Path) -> None:
    breaths = [
        event("action", kind, start, end)
        for turn in (0, 10_000)
        for kind, start, end in (("inhale", turn, turn + 4_000), ("exhale", turn + 4_000, turn + 10_000))
    ]
    rest = event("action", "rest", 20_000, 110_000)
    pause = event("action", "pause", 110_000, 112_000)
    text = text_of(programme(chapter("Part", 112_000, *breaths, rest, pause)), ".txt", tmp_path)
    assert text.endswith("\n\n[Breathe in 4 seconds, out 6 seconds.] [Rest for 1 minute 30 seconds.]\n")


HOLDS = {
    "speak": {"p", "break", "mark"},
    "p": {"s", "break", "mark"},
    "s": {"prosody", "mark"},
    "prosody": set[str](),
    "mark": set[str](),
    "break": set[str](),
}
"""What each element of ours may hold; by SSML 1.1, sections 3.1 and 3.2, each may hold at least this."""


def test_ssml_tells_its_title_and_speaks_it_not(tmp_path: Path) -> None:
    whole = programme(spoken((0, "Rest."), title="One"), title="Back -- the\x01 <short> way-- (Anna)")
    text = text_of(whole, ".ssml", tmp_path)
    assert "<!-- Back \u2011\u2011 the <short> way\u2011\u2011 (Anna) -->\n" in text
    assert "".join(ElementTree.fromstring(text).itertext()).split() == ["Rest."]


@pytest.mark.parametrize("rate_wpm", [150, 120])
def test_ssml_is_built_as_the_standard_says(rate_wpm: int, tmp_path: Path) -> None:
    long = spoken((0, "Lie down. Rest."), (64_321, "Get up."), title="Long", rate_wpm=rate_wpm)
    whole = programme(long, spoken((0, "Done."), rate_wpm=rate_wpm), language="en-GB")
    root = ElementTree.fromstring(text_of(whole, ".ssml", tmp_path))
    assert root.tag == f"{{{NAMESPACE}}}speak"
    assert root.attrib == {"version": "1.1", "{http://www.w3.org/XML/1998/namespace}lang": "en-GB"}
    names = [each.get("name", "") for each in root.iter(f"{{{NAMESPACE}}}mark")]
    assert len(set(names)) == len(names)
    assert {"chapter-1", "chapter-2", "prompt-1-1", "prompt-1-2", "prompt-2-1"} <= set(names)
    for parent in root.iter():
        for child in parent:
            assert (
                child.tag.removeprefix(f"{{{NAMESPACE}}}")
                in HOLDS[parent.tag.removeprefix(f"{{{NAMESPACE}}}")]
            )
    breaks = [int(each.get("time", "").removesuffix("ms")) for each in root.iter(f"{{{NAMESPACE}}}break")]
    assert max(breaks) <= LONGEST_BREAK_MS
    assert sum(breaks) == 64_321 + 1_000 + 1_000
    assert ["".join(each.itertext()) for each in root.iter(f"{{{NAMESPACE}}}s")] == [
        "Lie down.",
        "Rest.",
        "Get up.",
        "Done.",
    ]
    rates = {each.get("rate") for each in root.iter(f"{{{NAMESPACE}}}prosody")}
    assert rates == (set() if rate_wpm == 150 else {"80%"})


def test_words_that_look_like_times_are_no_tags_in_lyrics(tmp_path: Path) -> None:
    whole = programme(spoken((0, "[00:59.00]<01:00.00>hi"), title="One"), title="A ] B")
    lines = text_of(whole, ".lrc", tmp_path).splitlines()
    assert lines[0] == "[ti:A ) B]"
    assert re.sub(r"<00:0\d\.\d\d>", "|", lines[4]) == "[00:00.00]|(00:59.00)\u203901:00.00\u203ahi |"
