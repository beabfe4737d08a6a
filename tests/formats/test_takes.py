"""A session is written as it is played while it is measured, and once more only if it has to be changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from voice_coach.audio.mixer import Block
from voice_coach.coach import Coach
from voice_coach.core.options import ExportOptions, FileOptions, Loudness, Mastering
from voice_coach.core.timeline import Chapter
from voice_coach.formats.base import make_file_output
from voice_coach.formats.export import export, programme
from voice_coach.rendering.mastering import Master
from voice_coach.rendering.performance import Performance, RestartExport

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
WORDS = str(EXAMPLES / "squats.yaml")
TONES = str(EXAMPLES / "box-breathing.yaml")  # soft from its second chapter on


class Heard:
    """Tells what is compiled and rendered of a performance."""

    def __init__(self, performance: Performance, monkeypatch: pytest.MonkeyPatch) -> None:
        self.compiled = self.rendered = 0
        chapters, blocks = performance.chapters, performance.blocks

        def told_chapters() -> Iterator[Chapter]:
            self.compiled += 1
            return chapters()

        def told_blocks(some: Iterable[Chapter] | None = None) -> Iterator[Block]:
            self.rendered += 1
            return blocks(some)

        monkeypatch.setattr(performance, "chapters", told_chapters)
        monkeypatch.setattr(performance, "blocks", told_blocks)


def test_what_is_loud_enough_is_compiled_and_rendered_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Coach() as coach:
        performance = coach.prepare(WORDS)
        plain = Heard(performance, monkeypatch)
        export(performance, tmp_path / "words.wav", ExportOptions(), lambda _ms, _share: None)
        assert (plain.compiled, plain.rendered) == (1, performance.chapter_count)
        make_file_output(tmp_path / "measured.wav").write(programme(performance, Mastering()))
    assert (tmp_path / "words.wav").read_bytes() == (tmp_path / "measured.wav").read_bytes()


@pytest.mark.parametrize("ending", [".wav", ".flac", ".mp3", ".m4b", ".html"])
def test_what_needs_a_gain_is_the_same_as_if_it_was_measured_first(tmp_path: Path, ending: str) -> None:
    tried, measured = tmp_path / f"tried{ending}", tmp_path / f"measured{ending}"
    shares: list[float] = []
    with Coach() as coach:
        performance = coach.prepare(TONES)
        options = ExportOptions(file=FileOptions(cache=tmp_path / "cache"))
        export(performance, tried, options, lambda _ms, share: shares.append(share))
        make_file_output(measured).write(programme(performance, Mastering()))
    assert tried.read_bytes() == measured.read_bytes()
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0, abs=0.01)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == sorted(
        (tried.name, measured.name)
    )


def test_a_file_that_is_replaced_stays_until_the_second_take_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.wav"
    target.write_text("mine")
    with Coach() as coach:
        whole = programme(coach.prepare(TONES), Mastering(), trying=True)
        with pytest.raises(RestartExport):
            make_file_output(target, FileOptions(force=True)).write(whole)
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.wav"]
        assert target.read_text() == "mine"
        make_file_output(target, FileOptions(force=True)).write(whole)
    assert target.read_bytes()[:4] == b"RIFF"


def test_a_take_is_given_up_at_the_end_of_the_chapter_that_spoils_it() -> None:
    with Coach() as coach:
        performance = coach.prepare(TONES)
        master = Master(performance, Mastering(), performance.chapters, trying=True)
        heard_frames = 0
        with pytest.raises(RestartExport):
            for block in master.blocks():
                heard_frames += len(block.samples)
        whole_ms = sum(chapter.duration_ms for chapter in performance.chapters())
    assert heard_frames / 48 < whole_ms / 2


@pytest.mark.parametrize(("loudness", "bed"), [("aes", "none"), ("broadcast", "none"), ("phone", "noise")])
def test_where_something_is_changed_for_certain_nothing_is_tried(loudness: Loudness, bed: str) -> None:
    with Coach() as coach:
        performance = coach.prepare(WORDS)
        mastering = Mastering(loudness=loudness, bed=bed)
        master = Master(performance, mastering, performance.chapters, trying=True)
        assert sum(len(block.samples) for block in master.blocks())  # and no Retake
