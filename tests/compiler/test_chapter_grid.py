"""Chapters begin on the grid, nothing that is heard is cut, and the session ends when it would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from voice_coach.compiler.chapter_grid import GRID_MS, on_grid
from voice_coach.compiler.schedule import Scheduled
from voice_coach.model.cue import Mark
from voice_coach.model.problems import Where
from voice_coach.model.timeline import Chapter, Event

MARK = Mark(where=Where("x.yaml", 1))


def chapter(heard_ms: int, quiet_ms: int) -> Scheduled:
    """Something heard, and a hold that lasts to the end."""
    whole = heard_ms + quiet_ms
    sound = Event(lane="sound", kind="sound", start_ms=0, end_ms=heard_ms, mark=MARK, sound="tick")
    hold = Event(lane="action", kind="hold", start_ms=0, end_ms=whole, mark=MARK)
    return Scheduled(Chapter(title="x", exercise="x", duration_ms=whole, events=(hold, sound)), ())


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 3_000)), max_size=8))
def test_chapters_begin_on_the_grid_and_nothing_heard_is_cut(lengths: list[tuple[int, int]]) -> None:
    before = [chapter(*each) for each in lengths]
    after = list(on_grid(before, len(before)))
    assert len(after) == len(before)
    placed_ms = true_ms = 0
    for old, new in zip(before, after, strict=True):
        assert placed_ms % GRID_MS == 0
        if old.chapter.events[-1].end_ms:
            assert old.chapter.events[-1] in new.chapter.events
        assert all(event.end_ms <= new.chapter.duration_ms for event in new.chapter.events)
        placed_ms += new.chapter.duration_ms
        true_ms += old.chapter.duration_ms
    if all(quiet_ms >= 2 * GRID_MS for _, quiet_ms in lengths):
        assert placed_ms == true_ms


def test_a_longer_prompt_moves_what_follows_by_whole_steps_or_not_at_all() -> None:
    plain = [chapter(1_700, 2_000), chapter(900, 2_500), chapter(3_000, 2_500)]
    longer = [replace(chapter(1_770, 2_000)), *plain[1:]]
    starts = [[each.chapter.duration_ms for each in on_grid(one, 3)][:2] for one in (plain, longer)]
    assert sum(starts[0]) % GRID_MS == sum(starts[1]) % GRID_MS == 0


def test_no_chapter_is_pulled_before_it_is_asked_for() -> None:
    pulled: list[int] = []

    def chapters() -> Iterator[Scheduled]:
        for number in range(3):
            pulled.append(number)
            yield chapter(1_000, 1_000)

    coming = on_grid(chapters(), 3)
    next(coming)
    assert pulled == [0]
