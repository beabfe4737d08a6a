"""Chapters begin on the grid, nothing that is heard or done is cut, and the session ends when it would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from voice_coach.compiler.schedule import GRID_MS, Scheduled, align_to_grid
from voice_coach.core.errors import Where
from voice_coach.core.timeline import Chapter, Event, Mark

MARK = Mark(where=Where("x.yaml", 1))


def chapter(done_ms: int, gap_ms: int) -> Scheduled:
    """A sound, a hold that lasts twice as long, and a gap."""
    sound = Event(lane="sound", kind="sound", start_ms=0, end_ms=done_ms // 2, mark=MARK, sound="tick")
    hold = Event(lane="action", kind="hold", start_ms=0, end_ms=done_ms, mark=MARK)
    return Scheduled(Chapter(title="x", exercise="x", duration_ms=done_ms + gap_ms, events=(hold, sound)), ())


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 3_000)), max_size=8))
def test_nothing_is_cut_and_nothing_is_later_than_half_a_step(lengths: list[tuple[int, int]]) -> None:
    before = [chapter(*each) for each in lengths]
    after = list(align_to_grid(before, len(before)))
    assert [new.chapter.events for new in after] == [old.chapter.events for old in before]
    placed_ms = true_ms = 0
    for old, new in zip(before, after, strict=True):
        assert all(event.end_ms <= new.chapter.duration_ms for event in new.chapter.events)
        placed_ms += new.chapter.duration_ms
        true_ms += old.chapter.duration_ms
        assert abs(placed_ms - true_ms) <= GRID_MS // 2
    assert placed_ms >= true_ms


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(GRID_MS, 3_000)), max_size=8))
def test_with_gaps_every_chapter_begins_on_the_grid_and_the_session_ends_when_it_would(
    lengths: list[tuple[int, int]],
) -> None:
    before = [chapter(*each) for each in lengths]
    durations = [each.chapter.duration_ms for each in align_to_grid(before, len(before))]
    assert all(sum(durations[:place]) % GRID_MS == 0 for place in range(len(durations)))
    assert sum(durations) == sum(map(sum, lengths))


@given(st.integers(0, 9_000), st.sampled_from([None, "rest"]), st.integers(0, 5_000))
def test_a_pause_at_the_end_gives_a_fifth_at_most_and_none_that_is_tuned(
    pause_ms: int, parameter: str | None, before_ms: int
) -> None:
    said = chapter(before_ms, 0).chapter
    pause = Event(
        lane="action",
        kind="pause",
        start_ms=before_ms,
        end_ms=before_ms + pause_ms,
        mark=replace(MARK, parameter=parameter),
    )
    whole = replace(said, events=(*said.events, pause), duration_ms=pause.end_ms)
    first, last = (each.chapter for each in align_to_grid([Scheduled(whole, ()), chapter(0, 3_000)], 2))
    assert first.events[:-1] == said.events
    given_ms = pause.end_ms - first.events[-1].end_ms
    assert 0 <= given_ms <= (0 if parameter else pause_ms / 5)
    assert first.duration_ms + last.duration_ms == pause.end_ms + 3_000
    if parameter is None and pause_ms >= 5 * GRID_MS // 2:
        assert first.duration_ms % GRID_MS == 0


def test_a_longer_prompt_moves_what_follows_by_whole_steps_or_not_at_all() -> None:
    plain = [chapter(1_700, 2_000), chapter(900, 2_500), chapter(3_000, 2_500)]
    longer = [replace(chapter(1_770, 2_000)), *plain[1:]]
    starts = [[each.chapter.duration_ms for each in align_to_grid(one, 3)][:2] for one in (plain, longer)]
    assert sum(starts[0]) % GRID_MS == sum(starts[1]) % GRID_MS == 0


def test_no_chapter_is_pulled_before_it_is_asked_for() -> None:
    pulled: list[int] = []

    def chapters() -> Iterator[Scheduled]:
        for number in range(3):
            pulled.append(number)
            yield chapter(1_000, 1_000)

    coming = align_to_grid(chapters(), 3)
    next(coming)
    assert pulled == [0]
