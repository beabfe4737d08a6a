"""The tables of a timeline's page: how long each part is, where it is quiet, where full, and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from voice_coach.model.units import MS_PER_SECOND, format_clock, format_duration
from voice_coach.outputs.comparison import Pair, Tally, grouped, totals
from voice_coach.outputs.comparison_text import difference_clock
from voice_coach.outputs.talk import MINUTE_MS, talk

_FEW = 12
"""So many prompts of only one pacing are shown without being asked for."""


def differences(first: str, second: str, pairs: Sequence[Pair]) -> str:
    """The section that tells what differs between two pacings of these names."""
    sides = [pair.first for pair in pairs], [pair.second for pair in pairs]
    rows = "".join(_difference_row(pair.title, [pair.first], [pair.second]) for pair in pairs)
    return (
        '<section aria-labelledby="differences-head"><h2 id="differences-head">What differs</h2>\n'
        f"<table><caption>A is {escape(first)}, B is {escape(second)}</caption>\n<thead><tr>"
        '<th scope="col">Part</th><th scope="col">Length A</th><th scope="col">B</th>'
        '<th scope="col">A to B</th><th scope="col">Words A</th><th scope="col">B</th>'
        '<th scope="col" class="wide">Prompts A</th><th scope="col" class="wide">B</th></tr></thead>\n'
        f"<tbody>{rows}</tbody>\n<tfoot>{_difference_row('Together', *sides)}</tfoot></table>\n"
        f"{_said_only(0, sides[0])}{_said_only(1, sides[1])}</section>"
    )


def parts(names: Sequence[str], pairs: Sequence[Pair]) -> str:
    """The section with a table of the parts for each pacing; of one alone the name goes without saying."""
    tables = [_parts_table(view, name if len(names) > 1 else "", pairs) for view, name in enumerate(names)]
    kind = "both" if len(names) > 1 else "one"
    return (
        '<section aria-labelledby="parts-head">'
        '<h2 id="parts-head">Parts: where it is quiet, where it is full</h2>\n'
        f'<div class="{kind}">{"".join(tables)}</div></section>'
    )


def percent(part: int, whole: int) -> str:
    """A share for the eye."""
    return f"{round(100 * part / max(1, whole))} %"


def row_id(view: int, tally: Tally, index: int) -> str:
    """The anchor of an event in the lists."""
    return f"{'ab'[view]}{tally.index}-{index}"


def _difference_row(title: str, first: Sequence[Tally | None], second: Sequence[Tally | None]) -> str:
    a, b = totals(first), totals(second)
    difference = difference_clock(a.duration_ms, b.duration_ms) or "same"
    shown = [f"<td>{cell}</td>" for cell in (a.clock, b.clock, difference, a.words, b.words)]
    shown += [f'<td class="wide">{cell}</td>' for cell in (a.prompts, b.prompts)]
    return f'<tr><th scope="row">{escape(title)}</th>{"".join(shown)}</tr>\n'


def _said_only(view: int, side: Sequence[Tally | None]) -> str:
    letter = "AB"[view]
    items = [
        f"<li><q>{escape(event.text)}</q>{f' ×{often}' if often > 1 else ''} "
        f"<small>{escape(tally.chapter.title)}, "
        f"{_link(view, slot, tally, event.start_ms, event.end_ms)}</small></li>"
        for slot, tally in enumerate(side)
        if tally
        for event, often in grouped(tally.only)
    ]
    if not items:
        return f"<p>Nothing is said in {letter} only.</p>\n"
    count = sum(len(tally.only) for tally in side if tally)
    return (
        f"<details{' open' if len(items) <= _FEW else ''}><summary>Said in {letter} only: {count}</summary>"
        f'<ul class="only-here">{"".join(items)}</ul></details>\n'
    )


def _parts_table(view: int, caption: str, pairs: Sequence[Pair]) -> str:
    tallies = [(slot, pair.second if view else pair.first) for slot, pair in enumerate(pairs)]
    longest_ms = max((tally.chapter.duration_ms for _, tally in tallies if tally), default=1)
    rows = [_part_row(view, slot, tally, longest_ms) for slot, tally in tallies if tally]
    head = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f"<div><table>{head}\n"
        '<thead><tr><th scope="col">Part</th><th scope="col" class="wide">Starts</th>'
        '<th scope="col">Length</th><th scope="col">Speech</th><th scope="col">Longest quiet</th>'
        f'<th scope="col">Fullest minute</th></tr></thead>\n<tbody>{"".join(rows)}</tbody></table></div>\n'
    )


def _part_row(view: int, slot: int, tally: Tally, longest_ms: int) -> str:
    chapter, found = tally.chapter, talk(tally.chapter)
    quiet = format_duration(
        (found.quiet[1] - found.quiet[0] + MS_PER_SECOND // 2) // MS_PER_SECOND * MS_PER_SECOND
    )
    full, words = found.fullest
    minute = _link(view, slot, tally, full, full + MINUTE_MS, "from ")
    bar = 100 * chapter.duration_ms / max(1, longest_ms)
    return (
        f'<tr><th scope="row"><a href="#part{slot + 1}">{escape(chapter.title)}</a></th>'
        f'<td class="wide">{format_clock(tally.start_ms)}</td>'
        f'<td>{format_clock(chapter.duration_ms)}<svg class="bar" width="100%" height="8" aria-hidden="true">'
        f'<rect width="{bar:.1f}%" height="8"/></svg></td>'
        f"<td>{percent(found.speech_ms, chapter.duration_ms)}</td>"
        f"<td class=quiet>{quiet} {_link(view, slot, tally, *found.quiet, 'from ')}</td>"
        f"<td class=quiet>{words} words {minute}</td></tr>\n"
    )


def _link(view: int, slot: int, tally: Tally, start_ms: int, end_ms: int, word: str = "") -> str:
    """A link to a stretch of a part: to its first event in the list, and in the drawing to its place."""
    events = enumerate(tally.chapter.events)
    row = next((row_id(view, tally, index) for index, event in events if event.start_ms >= start_ms), "")
    end_ms = min(end_ms, tally.chapter.duration_ms)
    target = row or f"part{slot + 1}"
    return (
        f'<a href="#{target}" data-from="{view} {slot} {start_ms} {end_ms}">'
        f"{word}{format_clock(tally.start_ms + start_ms)}</a>"
    )
