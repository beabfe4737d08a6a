"""The lists of a timeline's page: every event of every part in words, which the page's script also draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePath

from voice_coach.model.timeline import Event, Lane
from voice_coach.model.units import MS_PER_SECOND, format_clock
from voice_coach.outputs.comparison import Pair, Tally
from voice_coach.outputs.paced import PacedTimeline, by_origin, in_force, length_reason
from voice_coach.outputs.page_tables import row_id
from voice_coach.outputs.timeline_text import place_of

LANE_LETTERS: dict[Lane, str] = {"speech": "s", "sound": "o", "action": "a"}
"""How the page's script knows the lanes."""


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
    values = escape("; ".join(by_origin(in_force(pace, tune))))
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
