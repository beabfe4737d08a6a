"""One chapter over and over, exchanged, paused and stopped while it is pulled, sample by sample."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.rendering.test_performance import Sounds, ToneVoice
from tests.support.reps import rep
from voice_coach.audio.mixer import Block, render
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.rendering.rep import RepCompiler
from voice_coach.session.preview import BLOCK_MS, RepLoop
from voice_coach.session.retiming import join_timelines, keyed_timeline

if TYPE_CHECKING:
    from numpy.typing import NDArray

VOICE, SOUNDS = ToneVoice(), Sounds()


def _render(chapter: Chapter, block_frames: int, start_ms: int) -> Iterator[Block]:
    return render(chapter, VOICE, SOUNDS.source(), block_frames=block_frames, start_ms=start_ms)


def _samples(chapter: Chapter, start_ms: int = 0) -> NDArray[np.int16]:
    blocks = render(chapter, VOICE, SOUNDS.source(), start_ms=start_ms)
    return np.concatenate([block.samples for block in blocks])


def _pull(stream: Iterator[Block], ms: int) -> NDArray[np.int16]:
    return np.concatenate([block.samples for block in islice(stream, ms // BLOCK_MS)])


@pytest.fixture
def bow(tmp_path: Path) -> RepCompiler:
    return rep("bow", tmp_path)


def test_it_is_the_chapter_over_and_over(bow: RepCompiler) -> None:
    chapter = bow.chapter({})
    pulled = _pull(RepLoop(chapter, _render).blocks(), 2 * chapter.duration_ms)
    assert np.array_equal(pulled, np.tile(_samples(chapter), 3)[: len(pulled)])


@pytest.mark.parametrize("at_ms", [0, 1_000, 8_000, 21_000])
def test_an_exchange_is_the_joined_chapter_sample_for_sample_and_then_the_new_one(
    bow: RepCompiler, at_ms: int
) -> None:
    old, new = bow.chapter({}), bow.chapter({"hold": 30_000})
    looping = RepLoop(old, _render)
    stream = looping.blocks()
    pulled = [_pull(stream, at_ms)] if at_ms else []
    looping.exchange(new)
    whole = join_timelines(keyed_timeline(old), at_ms, keyed_timeline(new)).chapter
    pulled.append(_pull(stream, whole.duration_ms + new.duration_ms - at_ms))
    expected = np.concatenate([_samples(whole), _samples(new)])
    heard = np.concatenate(pulled)
    assert np.array_equal(heard, expected[: len(heard)])
    assert len(heard) > len(expected) - 3 * BLOCK_MS * FRAMES_PER_MS


def test_many_exchanges_go_on_from_each_other(bow: RepCompiler) -> None:
    looping = RepLoop(bow.chapter({}), _render)
    stream = looping.blocks()
    _pull(stream, 5_000)
    for hold in (25_000, 30_000, 35_000, 30_000):
        looping.exchange(bow.chapter({"hold": hold}))
        _pull(stream, 100)
    heard = looping.position_at(10**9).chapter
    (hold,) = [event for event in heard.events if event.kind == "hold"]
    assert hold.end_ms - hold.start_ms == 30_000


def test_a_pause_fades_and_takes_nothing_away(bow: RepCompiler) -> None:
    chapter = bow.chapter({})
    looping = RepLoop(chapter, _render)
    stream = looping.blocks()
    before = _pull(stream, 500)  # in the middle of the first words
    looping.paused = True
    falling, silent = _pull(stream, BLOCK_MS), _pull(stream, 10 * BLOCK_MS)
    looping.paused = False
    rising, after = _pull(stream, BLOCK_MS), _pull(stream, 1_000)
    plain = _samples(chapter)
    block = plain[len(before) : len(before) + BLOCK_MS * FRAMES_PER_MS]
    assert np.array_equal(before, plain[: len(before)])
    assert np.array_equal(after, plain[len(before) + len(block) :][: len(after)])
    assert not silent.any()
    for faded in (falling, rising[::-1]):
        assert faded.any()
        assert abs(int(faded[-1])) <= 1
        assert abs(int(faded[0]) - int(block[0] if faded is falling else block[-1])) <= 1


def test_a_change_in_a_pause_is_heard_after_it(bow: RepCompiler) -> None:
    looping = RepLoop(bow.chapter({}), _render)
    stream = looping.blocks()
    _pull(stream, 5_000)
    looping.paused = True
    _pull(stream, 100)
    looping.exchange(bow.chapter({"hold": 30_000}))
    _pull(stream, 100)
    looping.paused = False
    _pull(stream, 100)
    heard = looping.position_at(10**9)
    (hold,) = [event for event in heard.chapter.events if event.kind == "hold"]
    assert hold.end_ms - hold.start_ms == 30_000
    assert heard.position_ms == 5_000 + 100 - BLOCK_MS


@pytest.mark.parametrize("paused", [False, True])
def test_stopping_fades_and_ends(bow: RepCompiler, paused: bool) -> None:
    looping = RepLoop(bow.chapter({}), _render)
    stream = looping.blocks()
    _pull(stream, 500)
    looping.paused = paused
    _pull(stream, 100)
    looping.stop()
    (last,) = stream
    assert last.samples[-1] == 0
    assert last.samples.any() != paused


def test_what_is_heard_is_what_the_device_has_come_to(bow: RepCompiler) -> None:
    chapter = bow.chapter({})
    looping = RepLoop(chapter, _render)
    assert looping.position_at(0).position_ms == 0
    _pull(looping.blocks(), 3_000)
    for ms in (0, 1_000, 2_980):
        assert looping.position_at(ms * FRAMES_PER_MS).position_ms == ms
