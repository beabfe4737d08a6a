"""Shows a prepared session, alone or beside the same with another pacing: drawn, in words, as a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.rendering.performance import Performance
from voice_coach.reports.comparison import PacedTimeline, as_spoken

if TYPE_CHECKING:
    from voice_coach.reports.timeline_view import StyledLine as StyledLine


def paced(performance: Performance, name: str) -> PacedTimeline:
    """The whole session with its times and paces; speaks everything once to measure it.

    Args:
        performance: from ``Coach.prepare``.
        name: the pacing as people know it.
    """
    timeline = performance.timeline()
    return PacedTimeline(
        name=name,
        timeline=timeline,
        paces=tuple(map(as_spoken, performance.paces(), timeline.chapters)),
        tunes={entry.exercise.id: entry.exercise.tune for entry in performance.session.entries},
    )


def lines(first: PacedTimeline, second: PacedTimeline | None = None) -> Iterator[str]:
    """In words, a line at a time: every event, or what differs between two pacings."""
    if second is None:
        from voice_coach.reports.timeline_view import text_lines

        return text_lines(first.timeline)
    from voice_coach.reports.timeline_view import comparison_lines

    return comparison_lines(first, second)


def drawing(
    first: PacedTimeline, second: PacedTimeline | None = None, *, width: int, most: int = 10
) -> Iterator[StyledLine]:
    """Drawn for a terminal; of two pacings first what differs.

    Args:
        first: what to draw.
        second: another pacing of the same session.
        width: columns of the terminal.
        most: prompts told of each pacing that has some of its own.
    """
    from voice_coach.reports import timeline_view as timeline_drawing

    if second is None:
        yield from timeline_drawing.drawing(first, width)
        return
    from voice_coach.reports.timeline_view import comparison_lines

    for line in comparison_lines(first, second, most):
        yield ((line, ""),)
    yield from timeline_drawing.comparison_drawing(first, second, width)


def drawing_signs() -> str:
    """Every sign that drawings are made of, to see whether a terminal has them."""
    from voice_coach.reports.timeline_view import SIGNS

    return SIGNS


def write_page(
    target: Path, first: PacedTimeline, second: PacedTimeline | None = None, *, force: bool = False
) -> None:
    """Write a page that needs no network, whole or not at all.

    Args:
        target: the file.
        first: what to show.
        second: another pacing of the same session, shown beside it.
        force: replace the file if there is one.

    Raises:
        OutputError: it cannot be written.
    """
    from voice_coach.reports import timeline_page

    timeline_page.write_page(target, first, second, force=force)
