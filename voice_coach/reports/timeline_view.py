"""A timeline as text, JSON, or a drawing for the terminal, and two timelines compared.

Pure text in named styles, so that whoever prints it chooses the colours. Every kind has a sign of its own:
the drawing is as clear without colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap, zip_longest
from typing import Any

from voice_coach.core.timeline import Chapter, Event, Lane, Timeline
from voice_coach.core.units import MS_PER_SECOND, SAMPLE_RATE_HZ, format_clock, format_duration
from voice_coach.reports.comparison import (
    PacedTimeline,
    Pair,
    Tally,
    compare,
    effective_values,
    group_texts,
    talk,
    totals,
    values_by_origin,
)

_LANE_SIGNS = {"speech": "says", "sound": "sound", "action": "does"}


def text_lines(timeline: Timeline) -> Iterator[str]:
    """The timeline a line at a time: a head, then each chapter with its events."""
    yield f"{timeline.title}  {format_clock(timeline.duration_ms)}"
    for chapter, start_ms in zip(timeline.chapters, timeline.starts_ms(), strict=True):
        yield ""
        yield f"{clock_ms(start_ms)}  {chapter.title}  {format_clock(chapter.duration_ms)}"
        yield from chapter_lines(chapter, start_ms)


def chapter_lines(chapter: Chapter, start_ms: int = 0) -> Iterator[str]:
    """The events of a chapter, one a line: start, length, lane, what, and its set, rep and side."""
    for event in chapter.events:
        length = event.end_ms - event.start_ms
        place = place_of(event)
        line = (
            f"{clock_ms(start_ms + event.start_ms)}  {length / 1000:>7.3f}  {_LANE_SIGNS[event.lane]:<5}  "
            f"{event.kind:<9}  {event.text or event.sound or '-'}"
        )
        yield f"{line}  ({place})" if place else line


def place_of(event: Event) -> str:
    """``set 2, rep 3, left``, or nothing."""
    mark = event.mark
    parts = [f"set {mark.set}" if mark.set else "", f"rep {mark.rep}" if mark.rep else "", mark.side or ""]
    return ", ".join(part for part in parts if part)


def clock_ms(ms: int) -> str:
    """``03:07.250``; hours only where there are any."""
    seconds, millis = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02}:{seconds:02}.{millis:03}"
    return f"{hours}:{clock}" if hours else clock


VERSION = 1


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """A timeline as plain data; all times are milliseconds from the start of the session, ends exclusive."""
    chapters: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for chapter, start_ms in zip(timeline.chapters, timeline.starts_ms(), strict=True):
        chapters.append(
            {
                "title": chapter.title,
                "exercise": chapter.exercise or None,
                "start_ms": start_ms,
                "end_ms": start_ms + chapter.duration_ms,
            }
        )
        events += [_event(event, chapter.exercise, start_ms) for event in chapter.events]
    return {
        "version": VERSION,
        "session": timeline.session,
        "title": timeline.title,
        "language": timeline.language,
        "sample_rate": SAMPLE_RATE_HZ,
        "duration_ms": timeline.duration_ms,
        "chapters": chapters,
        "events": events,
    }


def _event(event: Event, exercise: str, start_ms: int) -> dict[str, Any]:
    return {
        "lane": event.lane,
        "kind": event.kind,
        "start_ms": start_ms + event.start_ms,
        "end_ms": start_ms + event.end_ms,
        "text": event.text or None,
        "sound": event.sound or None,
        "exercise": exercise or None,
        "set": event.mark.set,
        "rep": event.mark.rep,
        "side": event.mark.side,
        "source": str(event.mark.where),
    }


StyledLine = tuple[tuple[str, str], ...]
"""Pieces of text, each with the name of its style: a kind of event, ``head``, ``faint`` or nothing."""

ACTION_SIGNS = {
    "hold": "█",
    "rest": "░",
    "pause": "·",
    "wait": ":",
    "move": "»",
    "inhale": "╱",  # noqa: RUF001  (drawn, not a slash)
    "top": "▔",
    "exhale": "╲",
    "bottom": "▁",
    "part": "▪",
}
SPEECH_SIGNS = "▁▂▃▄▅▆▇█"
"""By the share of a column's time in which there is speech."""
SOUND_BEGINS, SOUND_RINGS = "•", "─"
SIGNS = "".join((*ACTION_SIGNS.values(), SPEECH_SIGNS, SOUND_BEGINS, SOUND_RINGS, "╷×−–"))

LANES: tuple[Lane, ...] = ("speech", "sound", "action")
GUTTER = 8
NARROWEST = 40
SCALES_MS = (
    *(100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 30_000),
    *(60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000),
)
MOST_FOLDS = 6
"""The scale is the finest with which folding adds no more rows than this, or than one more than chapters."""
TICK_COLUMNS = 12
"""Times along the top are at least so many columns apart."""


def drawing(paced: PacedTimeline, width: int) -> Iterator[StyledLine]:
    """A timeline, chapter by chapter.

    Args:
        paced: what to draw.
        width: columns of the terminal; it is drawn for at least 40.
    """
    timeline = paced.timeline
    columns = max(width, NARROWEST) - GUTTER
    scale_ms = scale(timeline.chapters, columns)
    yield (
        (plain(timeline.title), "head"),
        (f"  {format_clock(timeline.duration_ms)}  {plain(paced.name)}", ""),
    )
    for chapter, start_ms, pace in zip(timeline.chapters, timeline.starts_ms(), paced.paces, strict=True):
        yield ()
        yield ((plain(chapter.title), "head"), (f"  {format_clock(chapter.duration_ms)}", ""))
        yield ((_talk(chapter, start_ms), "faint"),)
        if tune := paced.tune(chapter):
            yield (("; ".join(values_by_origin(effective_values(pace, tune))), "faint"),)
        for row in _rows(chapter, start_ms, scale_ms, columns):
            yield from row
    yield ()
    yield from _legend(timeline.chapters, scale_ms)


def comparison_drawing(first: PacedTimeline, second: PacedTimeline, width: int) -> Iterator[StyledLine]:
    """Two pacings of a session one above the other, chapter by chapter, in the same scale."""
    columns = max(width, NARROWEST) - GUTTER
    chapters = (*first.timeline.chapters, *second.timeline.chapters)
    scale_ms = max(scale(paced.timeline.chapters, columns) for paced in (first, second))
    for pair in compare(first.timeline, second.timeline):
        yield ()
        yield ((plain(pair.title), "head"), (f"  {_lengths(pair)}", ""))
        above, below = (
            list(_rows(tally.chapter, tally.start_ms, scale_ms, columns, letter)) if tally else []
            for tally, letter in ((pair.first, "A"), (pair.second, "B"))
        )
        for rows in zip_longest(above, below, fillvalue=()):
            for row in rows:
                yield from row
    yield ()
    yield from _legend(chapters, scale_ms)


def scale(chapters: Sequence[Chapter], columns: int) -> int:
    """Milliseconds of a column: the finest scale in which chapters are folded little."""
    for scale_ms in SCALES_MS:
        folds = sum(_folds(chapter, scale_ms, columns) - 1 for chapter in chapters)
        if folds <= min(MOST_FOLDS, len(chapters) + 1):
            return scale_ms
    return SCALES_MS[-1]


def plain(text: str) -> str:
    """Text without what would steer a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Content of one column of one lane: the kind that fills most of it, the time filled, what begins."""

    kind: str
    filled_ms: int
    begins: bool


def _folds(chapter: Chapter, scale_ms: int, columns: int) -> int:
    return max(1, -(-chapter.duration_ms // (scale_ms * columns)))


def _rows(
    chapter: Chapter, start_ms: int, scale_ms: int, columns: int, letter: str = ""
) -> Iterator[list[StyledLine]]:
    """The chapter folded: each row is its times and its lanes."""
    lanes: dict[Lane, dict[int, _Cell]] = {
        lane: _cells([e for e in chapter.events if e.lane == lane], scale_ms) for lane in LANES
    }
    for fold in range(_folds(chapter, scale_ms, columns)):
        first = fold * columns
        last = min(first + columns, -(-chapter.duration_ms // scale_ms))
        row: list[StyledLine] = [_axis(start_ms, first, max(last, first + 1), scale_ms, letter)]
        for lane, cells in lanes.items():
            signs = [_sign(lane, cells.get(column), scale_ms) for column in range(first, last)]
            if lane == "sound" and not any(style for _, style in signs):
                continue  # most rows are without
            row.append(((f"{lane:<{GUTTER}}", "faint"), *_join(signs)))
        yield row


def _cells(events: Sequence[Event], scale_ms: int) -> dict[int, _Cell]:
    shares: dict[int, dict[str, int]] = {}
    begins: set[int] = set()
    for event in events:
        begins.add(event.start_ms // scale_ms)
        for column in range(event.start_ms // scale_ms, -(-event.end_ms // scale_ms)):
            inside = min(event.end_ms, (column + 1) * scale_ms) - max(event.start_ms, column * scale_ms)
            kinds = shares.setdefault(column, {})
            kinds[event.kind] = kinds.get(event.kind, 0) + inside
    return {
        column: _Cell(max(kinds, key=lambda kind: kinds[kind]), sum(kinds.values()), column in begins)
        for column, kinds in shares.items()
    }


def _sign(lane: Lane, cell: _Cell | None, scale_ms: int) -> tuple[str, str]:
    if cell is None:
        return " ", ""
    if lane == "speech":
        step = cell.filled_ms * len(SPEECH_SIGNS) // (scale_ms + 1)
        return SPEECH_SIGNS[min(step, len(SPEECH_SIGNS) - 1)], cell.kind
    if lane == "sound":
        return SOUND_BEGINS if cell.begins else SOUND_RINGS, cell.kind
    return ACTION_SIGNS.get(cell.kind, "?"), cell.kind


def _join(signs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Join neighbours of one style as one piece."""
    text, style = "", ""
    for sign, its_style in signs:
        if its_style != style and text:
            yield text, style
            text = ""
        text, style = text + sign, its_style
    if text:
        yield text, style


def _axis(start_ms: int, first: int, last: int, scale_ms: int, letter: str) -> StyledLine:
    """The times along the top, of the whole session, each at its column."""
    step_ms = next((s for s in SCALES_MS if s >= 1_000 and s >= TICK_COLUMNS * scale_ms), 24 * SCALES_MS[-1])
    begin_ms, end_ms = start_ms + first * scale_ms, start_ms + last * scale_ms
    line = ""
    for tick_ms in range(-(-begin_ms // step_ms) * step_ms, end_ms, step_ms):
        longer = line.ljust((tick_ms - begin_ms) // scale_ms) + f"╷{format_clock(tick_ms)}"
        if len(longer) <= last - first:
            line = longer
    return ((f"{letter:<{GUTTER}}", "head"), (line, "faint"))


def _talk(chapter: Chapter, start_ms: int) -> str:
    found = talk(chapter)
    counted = f"{found.fullest[1]} word{'' if found.fullest[1] == 1 else 's'}"
    share = round(100 * found.speech_ms / max(1, chapter.duration_ms))
    quiet = f"longest quiet {format_duration(round((found.quiet[1] - found.quiet[0]) / 1000) * 1000)}"
    return (
        f"speech {share} %, {quiet} from {format_clock(start_ms + found.quiet[0])}, "
        f"fullest minute from {format_clock(start_ms + found.fullest[0])} ({counted})"
    )


def _lengths(pair: Pair) -> str:
    return "  ".join(
        f"{letter} {format_clock(tally.chapter.duration_ms) if tally else '–'}"
        for letter, tally in (("A", pair.first), ("B", pair.second))
    )


def _legend(chapters: Sequence[Chapter], scale_ms: int) -> Iterator[StyledLine]:
    kinds = {event.kind for chapter in chapters for event in chapter.events if event.lane == "action"}
    pieces = [(f"{sign} {kind}   ", kind) for kind, sign in ACTION_SIGNS.items() if kind in kinds]
    yield (
        ("speech ", "faint"),
        (f"{SPEECH_SIGNS[0]} little {SPEECH_SIGNS[-1]} much   ", "prompt"),
        (f"{SOUND_BEGINS} sound   ", "sound"),
        *pieces,
    )
    yield ((f"one column is {format_duration(scale_ms)}; every event in words: --text", "faint"),)


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
        for event, often in group_texts(tally.only)
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
