"""A timeline as one HTML page: events, tables and pieces."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path, PurePath
from string import Template

from voice_coach.core.timeline import Event, Lane
from voice_coach.core.units import MS_PER_SECOND, format_clock, format_duration
from voice_coach.reports.comparison import (
    MINUTE_MS,
    PacedTimeline,
    Pair,
    Tally,
    compare,
    effective_values,
    group_texts,
    length_reason,
    talk,
    totals,
    values_by_origin,
)
from voice_coach.reports.timeline_view import difference_clock, place_of
from voice_coach.storage.atomic import atomic_write

_FEW = 12
"""Number of prompts of only one pacing that are always shown."""


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
        for event, often in group_texts(tally.only)
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


LANE_LETTERS: dict[Lane, str] = {"speech": "s", "sound": "o", "action": "a"}
"""Letters of the lanes in the page's script."""


def chapter_lists(named: Sequence[tuple[str, PacedTimeline]], pairs: Sequence[Pair]) -> Iterator[str]:
    """A section for each part, with a heading and a list for each pacing that has it.

    Args:
        named: the pacings, each with its name.
        pairs: their parts side by side.
    """
    files = _short_names([side for _, side in named])
    two = len(named) > 1
    single, both = ("double", "both") if two else ("single", "one")
    yield f'<div class="{single}">'
    for number, pair in enumerate(pairs, 1):
        yield (
            f'<section class="chapter" id="part{number}" aria-labelledby="head{number}">'
            f'<h3 id="head{number}">{escape(pair.title)}</h3><div class="{both}">'
        )
        for view, (name, side) in enumerate(named):
            tally = pair.second if view else pair.first
            if tally is not None:
                yield from _list(view, name if two else "", side, tally, files)
        yield "</div></section>"
    yield "</div>"


def _list(view: int, name: str, side: PacedTimeline, tally: Tally, files: Mapping[str, str]) -> Iterator[str]:
    chapter, pace = tally.chapter, side.paces[tally.index]
    tune = side.tune(chapter)
    values = escape("; ".join(values_by_origin(effective_values(pace, tune))))
    head = f"<h4>{escape(name)}</h4>" if name else ""
    label = escape(f"{chapter.title}, {name}" if name else chapter.title)
    yield (
        f"<div>{head}<p class='lead'>From {format_clock(tally.start_ms)}, "
        f"{format_clock(chapter.duration_ms)} long. In force: {values}.</p>\n"
        f'<ol role="list" aria-label="{label}" data-view="{view}" '
        f'data-ms="{tally.start_ms} {chapter.duration_ms}">'
    )
    only = {id(event) for event in tally.only} if name else set[int]()
    language = side.timeline.language
    for index, event in enumerate(chapter.events):
        more = place_of(event) and f" <small>{place_of(event)}</small>"
        kinds = event.kind
        if id(event) in only:
            more += f" <em>only in {escape(name)}</em>"
            kinds += " only"
        source = f"{files[event.mark.where.file]}:{event.mark.where.line}"
        yield (
            f'<li id="{row_id(view, tally, index)}" class="{kinds}" data-l={LANE_LETTERS[event.lane]} '
            f'data-k={event.kind} data-t="{event.start_ms} {event.end_ms}">'
            f"<span class=t>{_tenths(tally.start_ms + event.start_ms)}</span> "
            f"<span class=d>{(event.end_ms - event.start_ms) / MS_PER_SECOND:.1f} s</span> "
            f"<span class=k>{event.kind}</span>{_words(event, language)}{more} "
            f"<span class=w>{escape(length_reason(event, pace))}</span> "
            f"<code>{escape(source)}</code></li>"
        )
    yield "</ol></div>"


def _words(event: Event, language: str) -> str:
    if event.lane == "speech":
        spoken_in = "" if language == "en" else f' lang="{escape(language)}"'
        return f" <q class=said{spoken_in}>{escape(event.text)}</q>"
    shown = event.sound or event.text
    return f" <span class=said>{escape(shown)}</span>" if shown else ""


def _tenths(ms: int) -> str:
    """``3:07.2``; ``1:02:03.4``, rounded to the nearest."""
    seconds, tenth = divmod((ms + 50) // 100, 10)
    return f"{format_clock(seconds * MS_PER_SECOND)}.{tenth}"


def _short_names(sides: Sequence[PacedTimeline]) -> dict[str, str]:
    """Each script's file by its name alone, with its folder where two have the same name.

    The page may be sent to somebody, whom the folders of this machine do not concern.
    """
    files = {
        event.mark.where.file
        for side in sides
        for chapter in side.timeline.chapters
        for event in chapter.events
    }
    same = Counter(PurePath(file).name for file in files)
    return {
        file: "/".join(PurePath(file).parts[-2:]) if same[PurePath(file).name] > 1 else PurePath(file).name
        for file in files
    }


_FOLDER = Path(__file__).parent / "page"


@cache
def piece(*names: str) -> str:
    """The text of these files in ``page/``, one after the other."""
    return "".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def policy_hash(text: str) -> str:
    """Return how a content security policy names a script or a style that may be in the page (CSP level
    3)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def write_page(target: Path, first: PacedTimeline, second: PacedTimeline | None, *, force: bool) -> None:
    """Write the page, whole or not at all.

    Args:
        target: the file.
        first: what to show.
        second: another pacing to show beside it.
        force: replace the file if there is one.

    Raises:
        OutputError: it cannot be written.
    """
    with atomic_write(target, force=force) as file:
        # A script may spell half of a character that has two; no file can hold that.
        file.write(timeline_page(first, second).encode("utf-8", "replace"))


def timeline_page(first: PacedTimeline, second: PacedTimeline | None = None) -> str:
    """The page of a session, in one pacing or two side by side, as HTML."""
    named = (
        ((first.name, first),)
        if second is None
        else ((f"A: {first.name}", first), (f"B: {second.name}", second))
    )
    pairs = compare(first.timeline, (second or first).timeline)
    script, style = piece("page.js"), piece("base.css", "page.css")
    return Template(piece("page.html")).substitute(
        title=escape(first.timeline.title),
        style=style,
        style_hash=policy_hash(style),
        script=script,
        script_hash=policy_hash(script),
        pacings="\n".join(_pacing(name, side) for name, side in named),
        differences=differences(first.name, second.name, pairs) if second else "",
        parts=parts([name for name, _ in named], pairs),
        events="\n".join(chapter_lists(named, pairs)),
    )


def _pacing(name: str, side: PacedTimeline) -> str:
    chapters, duration_ms = side.timeline.chapters, side.timeline.duration_ms
    speech_ms = sum(talk(chapter).speech_ms for chapter in chapters)
    shown, count = escape(name), f"{len(chapters)} part{'s' if len(chapters) != 1 else ''}"
    return (
        f'<p class="pacing lead" data-name="{shown}"><b>{shown}</b> · {format_clock(duration_ms)} · '
        f"{count} · {percent(speech_ms, duration_ms)} speech</p>"
    )
