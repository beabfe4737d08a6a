"""What differs between two pacings, in words: a table of the chapters, then the prompts of only one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import starmap

from voice_coach.model.units import MS_PER_SECOND, format_clock
from voice_coach.outputs.comparison import Pair, Tally, compare, grouped, totals
from voice_coach.outputs.paced import PacedTimeline
from voice_coach.outputs.timeline_drawing import plain

_LONGEST_TITLE = 30


def comparison_lines(first: PacedTimeline, second: PacedTimeline, most: int | None = None) -> Iterator[str]:
    """The differences a line at a time.

    Args:
        first: shown as A.
        second: shown as B.
        most: prompts shown of each that has some of its own; all if None.
    """
    pairs = compare(first.timeline, second.timeline)
    yield plain(first.timeline.title)
    for letter, paced in (("A", first), ("B", second)):
        yield f"  {letter}  {plain(paced.name)}  {format_clock(paced.timeline.duration_ms)}"
    yield ""
    yield from _table(pairs)
    for letter, side in (("A", [pair.first for pair in pairs]), ("B", [pair.second for pair in pairs])):
        yield from _only(letter, [tally for tally in side if tally], most)


def difference_clock(first_ms: int, second_ms: int) -> str:
    """By how much the second is longer, as their clocks show it: ``+1:05``, ``−0:30``, or nothing."""
    first_s, second_s = ((ms + MS_PER_SECOND // 2) // MS_PER_SECOND for ms in (first_ms, second_ms))
    if first_s == second_s:
        return ""
    return f"{'+' if second_s > first_s else '−'}{format_clock(abs(second_s - first_s) * MS_PER_SECOND)}"


def _table(pairs: Sequence[Pair]) -> Iterator[str]:
    rows = [(_short(pair.title), *_numbers([pair.first], [pair.second])) for pair in pairs]
    rows.append(("Together", *_numbers([pair.first for pair in pairs], [pair.second for pair in pairs])))
    width = max(len(row[0]) for row in rows)
    head = ("", "A", "B", "A to B", "words A", "B", "prompts A", "B")
    sizes = (7, 7, 8, 10, 6, 11, 6)
    for title, *cells in (head, *rows):
        numbers = "".join(f"{cell:>{size}}" for cell, size in zip(cells, sizes, strict=True))
        yield f"{title:<{width}}{numbers}".rstrip()


def _numbers(first: Sequence[Tally | None], second: Sequence[Tally | None]) -> tuple[str, ...]:
    a, b = totals(first), totals(second)
    counts = (a.words, b.words, a.prompts, b.prompts)
    return (a.clock, b.clock, difference_clock(a.duration_ms, b.duration_ms), *map(str, counts))


def _only(letter: str, side: Sequence[Tally], most: int | None) -> Iterator[str]:
    lines = [
        (f"  {format_clock(tally.start_ms + event.start_ms):>7}  {plain(event.text)}", often)
        for tally in side
        for event, often in grouped(tally.only)
    ]
    if not lines:
        return
    yield ""
    yield f"Said in {letter} only ({sum(len(tally.only) for tally in side)}):"
    yield from starmap(_times, lines[:most])
    if most is not None and len(lines) > most:
        yield f"  … and {len(lines) - most} more; --text shows all"


def _times(line: str, often: int) -> str:
    return f"{line}  ×{often}" if often > 1 else line


def _short(title: str) -> str:
    text = plain(title)
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1] + "…"
