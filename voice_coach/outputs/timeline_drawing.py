"""A timeline as a drawing for the terminal: a lane a row, time along the top, folded to a width.

Pure text in named styles, so that whoever prints it chooses the colours. Every kind has a sign of its own:
the drawing is as clear without colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from voice_coach.model.timeline import Chapter, Event, Lane
from voice_coach.model.units import format_clock, format_duration
from voice_coach.outputs.comparison import Pair, compare
from voice_coach.outputs.paced import PacedTimeline, by_origin, in_force
from voice_coach.outputs.talk import talk

Line = tuple[tuple[str, str], ...]
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


def drawing(paced: PacedTimeline, width: int) -> Iterator[Line]:
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
            yield (("; ".join(by_origin(in_force(pace, tune))), "faint"),)
        for row in _rows(chapter, start_ms, scale_ms, columns):
            yield from row
    yield ()
    yield from _legend(timeline.chapters, scale_ms)


def comparison_drawing(first: PacedTimeline, second: PacedTimeline, width: int) -> Iterator[Line]:
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
    """What is in one column of one lane: the kind that fills most of it, the time filled, what begins."""

    kind: str
    filled_ms: int
    begins: bool


def _folds(chapter: Chapter, scale_ms: int, columns: int) -> int:
    return max(1, -(-chapter.duration_ms // (scale_ms * columns)))


def _rows(
    chapter: Chapter, start_ms: int, scale_ms: int, columns: int, letter: str = ""
) -> Iterator[list[Line]]:
    """The chapter folded: each row is its times and its lanes."""
    lanes: dict[Lane, dict[int, _Cell]] = {
        lane: _cells([e for e in chapter.events if e.lane == lane], scale_ms) for lane in LANES
    }
    for fold in range(_folds(chapter, scale_ms, columns)):
        first = fold * columns
        last = min(first + columns, -(-chapter.duration_ms // scale_ms))
        row: list[Line] = [_axis(start_ms, first, max(last, first + 1), scale_ms, letter)]
        for lane, cells in lanes.items():
            signs = [_sign(lane, cells.get(column), scale_ms) for column in range(first, last)]
            if lane == "sound" and not any(style for _, style in signs):
                continue  # most rows are without
            row.append(((f"{lane:<{GUTTER}}", "faint"), *_joined(signs)))
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


def _joined(signs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Neighbours of one style as one piece."""
    text, style = "", ""
    for sign, its_style in signs:
        if its_style != style and text:
            yield text, style
            text = ""
        text, style = text + sign, its_style
    if text:
        yield text, style


def _axis(start_ms: int, first: int, last: int, scale_ms: int, letter: str) -> Line:
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


def _legend(chapters: Sequence[Chapter], scale_ms: int) -> Iterator[Line]:
    kinds = {event.kind for chapter in chapters for event in chapter.events if event.lane == "action"}
    pieces = [(f"{sign} {kind}   ", kind) for kind, sign in ACTION_SIGNS.items() if kind in kinds]
    yield (
        ("speech ", "faint"),
        (f"{SPEECH_SIGNS[0]} little {SPEECH_SIGNS[-1]} much   ", "prompt"),
        (f"{SOUND_BEGINS} sound   ", "sound"),
        *pieces,
    )
    yield ((f"one column is {format_duration(scale_ms)}; every event in words: --text", "faint"),)
