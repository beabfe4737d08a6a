"""A session in parts: each chapter a file, and played one after the other they are the whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sounds import samples
from tests.support.streams import blocks, noise, silence
from voice_coach.audio.mixer import Block
from voice_coach.core.errors import OutputError
from voice_coach.core.options import About, FileOptions
from voice_coach.core.timeline import Chapter
from voice_coach.formats.split import split, write_split
from voice_coach.rendering.performance import Programme


class _Whole:
    """A programme of chapters of given lengths, its blocks cut anywhere; counts how often it was made."""

    def __init__(self, lengths_ms: list[int], cuts: list[int], titles: list[str] | None = None) -> None:
        titles = titles or [f"Exercise {number}" for number in range(1, len(lengths_ms) + 1)]
        self.chapters = [
            Chapter(title=title, exercise="", duration_ms=ms, events=())
            for title, ms in zip(titles, lengths_ms, strict=True)
        ]
        frames = sum(lengths_ms) * 48
        self.samples = noise(frames)
        self.samples[frames // 3 : frames // 2] = 0
        self.cuts = sorted({min(cut, frames) for cut in cuts})
        self.made = self.compiled = 0
        self.programme = Programme(
            about=About(session="whole-day", title="Whole day"),
            chapters=self._compiled,
            blocks=self._blocks,
            words=lambda _utterance: (),
            session=None,
            paces={},
        )

    def _compiled(self) -> Iterator[Chapter]:
        for chapter in self.chapters:
            self.compiled += 1
            yield chapter

    def _blocks(self) -> Iterator[Block]:
        self.made += 1
        return blocks(np.split(self.samples, self.cuts))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=6),
    st.lists(st.integers(0, 100_000), max_size=8),
    st.randoms(use_true_random=False),
)
def test_parts_are_the_whole_in_any_order_of_asking(
    lengths: list[int], cuts: list[int], order: random.Random
) -> None:
    whole = _Whole(lengths, cuts)
    parts = split(whole.programme)
    pieces = [np.concatenate([silence(0), *(b.samples for b in part.programme.blocks())]) for part in parts]
    assert np.array_equal(np.concatenate(pieces), whole.samples)
    assert whole.made <= 1 + lengths.count(0)
    again = list(range(len(parts)))
    order.shuffle(again)
    for index in again:
        found = [block.samples for block in parts[index].programme.blocks()]
        assert np.array_equal(np.concatenate([silence(0), *found]), pieces[index])
        assert [chapter.title for chapter in parts[index].programme.chapters()] == [
            whole.chapters[index].title
        ]


@pytest.mark.parametrize("ending", [".wav", ".flac"])
def test_a_file_each_and_a_playlist(tmp_path: Path, ending: str) -> None:
    whole = _Whole([700, 1300, 250], [], ["Willkommen!", "Knie: schließen / öffnen", "???"])
    files = write_split(whole.programme, tmp_path / "day", ending, FileOptions())
    names = [file.name for file in files]
    assert names == [
        f"01-willkommen{ending}",
        f"02-knie-schliessen-öffnen{ending}",
        f"03-chapter{ending}",
        "whole-day.m3u8",
    ]
    assert np.array_equal(np.concatenate([samples(file) for file in files[:-1]]), whole.samples)
    assert files[-1].read_text(encoding="utf-8") == (
        f"#EXTM3U\n#EXTINF:1,Willkommen!\n{names[0]}\n"
        f"#EXTINF:2,Knie: schließen / öffnen\n{names[1]}\n#EXTINF:1,???\n{names[2]}\n"
    )
    assert whole.made == 1


def test_nothing_is_written_where_one_file_is_there(tmp_path: Path) -> None:
    whole = _Whole([100, 100], [])
    (tmp_path / "02-exercise-2.wav").write_bytes(b"precious")
    with pytest.raises(OutputError, match=r"02-exercise-2\.wav is there already"):
        write_split(whole.programme, tmp_path, ".wav", FileOptions())
    assert [path.name for path in tmp_path.iterdir()] == ["02-exercise-2.wav"]
    write_split(whole.programme, tmp_path, ".wav", FileOptions(force=True))
    assert len(list(tmp_path.iterdir())) == 3


def test_an_unknown_ending_or_folder_is_refused_first(tmp_path: Path) -> None:
    whole = _Whole([100], [])
    with pytest.raises(OutputError, match="is not an ending"):
        write_split(whole.programme, tmp_path / "new", ".xyz", FileOptions())
    assert not (tmp_path / "new").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        write_split(whole.programme, tmp_path / "file", ".wav", FileOptions())


@pytest.mark.parametrize("ending", [".pdf", ".txt", ".html", ".vtt", ".ssml"])
def test_only_sound_is_split(tmp_path: Path, ending: str) -> None:
    whole = _Whole([100], [])
    with pytest.raises(OutputError, match=rf"files of sound, and \{ending} is none; use \.m4b, "):
        write_split(whole.programme, tmp_path / "new", ending, FileOptions())
    assert not (tmp_path / "new").exists()


def test_a_folder_is_not_called_like_a_file(tmp_path: Path) -> None:
    whole = _Whole([100], [])
    folder = tmp_path / "q.mp3"
    with pytest.raises(OutputError, match=r"q\.mp3 is what a file is called, .* Call it .*q\.$"):
        write_split(whole.programme, folder, ".wav", FileOptions())
    assert not folder.exists()
    folder.mkdir()
    assert len(write_split(whole.programme, folder, ".wav", FileOptions())) == 2


def _failing(whole: _Whole, error: BaseException) -> Programme:
    """The same, but that it fails within its second chapter."""

    def blocks() -> Iterator[Block]:
        made = 0
        for block in whole.programme.blocks():
            yield block
            made += len(block.samples)
            if made > 48 * 150:
                raise error

    return replace(whole.programme, blocks=blocks)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OutputError("The disk is full.")])
def test_what_failed_leaves_nothing_and_can_be_done_again(tmp_path: Path, error: BaseException) -> None:
    whole = _Whole([100, 100, 100], list(range(480, 14_400, 480)))
    folder = tmp_path / "deep" / "parts"
    with pytest.raises(type(error)):
        write_split(_failing(whole, error), folder, ".wav", FileOptions())
    assert list(tmp_path.iterdir()) == []
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("precious")
    with pytest.raises(type(error)):
        write_split(_failing(whole, error), folder, ".wav", FileOptions())
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    assert len(write_split(whole.programme, folder, ".wav", FileOptions())) == 4


def test_captions_are_there_with_all_the_rest_or_not_at_all(tmp_path: Path) -> None:
    whole = _Whole([100, 100, 100], list(range(480, 14_400, 480)))
    with pytest.raises(KeyboardInterrupt):
        write_split(_failing(whole, KeyboardInterrupt()), tmp_path, ".wav", FileOptions(), ["vtt", "srt"])
    assert list(tmp_path.iterdir()) == []
    assert len(write_split(whole.programme, tmp_path, ".wav", FileOptions(), ["vtt", "srt"])) == 4
    assert len(list(tmp_path.iterdir())) == 10


def test_what_was_replaced_stays_if_the_rest_fails(tmp_path: Path) -> None:
    whole = _Whole([100, 100, 100], list(range(480, 14_400, 480)))
    there = tmp_path / "01-exercise-1.wav"
    there.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_split(_failing(whole, KeyboardInterrupt()), tmp_path, ".wav", FileOptions(force=True))
    assert list(tmp_path.iterdir()) == [there]
    assert np.array_equal(samples(there), whole.samples[:4_800])


@pytest.mark.parametrize("ending", [".m4b", ".wav"])
def test_each_chapter_is_compiled_for_its_length_and_for_its_part(tmp_path: Path, ending: str) -> None:
    whole = _Whole([20] * 12, [])
    write_split(whole.programme, tmp_path, ending, FileOptions())
    assert whole.compiled <= 2 * 12
