"""A timeline as one page that needs nothing else: every event in words, and as lanes to zoom and scroll.

The words are the page; the drawing is made from them by the page's own script, so that both are always the
same, and whoever cannot see the drawing lacks nothing. Texts from scripts are escaped, and the page's policy
runs no script but its own and loads nothing.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from voice_coach.model.units import format_clock
from voice_coach.outputs.comparison import compare
from voice_coach.outputs.paced import PacedTimeline
from voice_coach.outputs.page_events import chapter_lists
from voice_coach.outputs.page_pieces import piece, policy_hash
from voice_coach.outputs.page_tables import differences, parts, percent
from voice_coach.outputs.talk import talk
from voice_coach.outputs.whole_file import whole_file


def write_page(target: Path, first: PacedTimeline, second: PacedTimeline | None, *, force: bool) -> None:
    """Writes the page, whole or not at all.

    Args:
        target: the file.
        first: what to show.
        second: another pacing to show beside it.
        force: replace the file if there is one.

    Raises:
        OutputError: it cannot be written.
    """
    with whole_file(target, force=force) as file:
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
