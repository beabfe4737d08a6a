"""The words of a session for its player page: to be read, printed, and shown in step by the page's script.

Every chapter is a section; every element with ``data-t`` has its start and end in milliseconds from the
start of its chapter. So the captions and the transcript are the same words, and whoever cannot run the
script lacks none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from voice_coach.model.export import ChapterLevel
from voice_coach.model.script import BREATH_PHASES
from voice_coach.model.timeline import Chapter, Event
from voice_coach.model.units import format_clock
from voice_coach.model.words import written
from voice_coach.outputs.captions import joined
from voice_coach.outputs.chapter_marks import chapter_marks
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import PlacedChapter, SpokenWord, placed_chapters, spoken_words

DOING = {
    "hold": "Hold",
    "rest": "Rest",
    "wait": "Get ready",
    "move": "Change position",
    "inhale": "Breathe in",
    "top": "Hold your breath",
    "exhale": "Breathe out",
    "bottom": "Stay empty",
    "part": "",
}
"""What the body does, for the eye, by the kind of the event; a part of a tempo has words of its own."""

_LONG = ("hold", "rest", "wait", "move")
"""These are told in the transcript with their length, and counted down while they last."""

_SHORT = ("countdown", "count", "breath")
"""Words that belong together on one line."""

_ALONG = (*BREATH_PHASES, "tick")
"""Sounds that only go along with what is told by a line already."""


def sections(programme: Programme, level: ChapterLevel = "exercises") -> Iterator[str]:
    """A section for each chapter, as HTML. What is spoken bears its language; the page itself is English.

    Args:
        programme: what is written.
        level: what may be jumped to: chapters, or each set in them too.
    """
    language = programme.about.language
    foreign = f' lang="{escape(language)}"' if language != "en" else ""
    for number, placed in enumerate(placed_chapters(programme), 1):
        chapter = placed.chapter
        rows = "".join(_rows(programme, placed, foreign))
        doing = "".join(_doing(event, foreign) for event in chapter.events if event.kind in DOING)
        yield (
            f'<section class="part" id="part{number}" data-ms="{placed.start_ms} {chapter.duration_ms}" '
            f'aria-labelledby="head{number}">\n<h3 id="head{number}"><span class="name"{foreign}>'
            f"{escape(written(chapter.title))}</span> "
            f'<span class="long">{format_clock(chapter.duration_ms)}</span></h3>\n'
            f'<ol role="list">\n{rows}</ol>\n{_hidden("doing", doing)}'
            f"{_hidden('marks', _marks(chapter, level))}</section>\n"
        )


def _marks(chapter: Chapter, level: ChapterLevel) -> str:
    """The parts of a chapter that may be jumped to, if it has any."""
    marks = chapter_marks([chapter], level)
    items = (f'<li data-t="{m.start_ms} {m.end_ms}">{escape(written(m.title))}</li>' for m in marks)
    return "".join(items) if len(marks) > 1 else ""


def _hidden(name: str, items: str) -> str:
    """A list for the page's script only."""
    return items and f'<ul class="{name}" hidden>{items}</ul>\n'


def _rows(programme: Programme, placed: PlacedChapter, foreign: str) -> Iterator[str]:
    told = ((event, _told(programme, event, foreign)) for event in placed.chapter.events)
    for (name, _), row in groupby((each for each in told if each[1]), key=lambda each: _line(each[0])):
        events, texts = zip(*row, strict=True)
        time = format_clock(placed.start_ms + events[0].start_ms)
        yield f'<li class="{name}"><span class="t">{time}</span> <p>{" · ".join(texts)}</p></li>\n'


def _line(event: Event) -> tuple[str, int]:
    """What two events must share to stand on one line: short words of a kind, or else nothing."""
    if event.lane != "speech":
        return "along", id(event)
    return ("short", _SHORT.index(event.kind)) if event.kind in _SHORT else ("said", id(event))


def _told(programme: Programme, event: Event, foreign: str) -> str:
    """An event in words, or "" if it goes without saying."""
    if event.lane == "sound":
        return "" if event.sound in _ALONG else f"♪ {escape(event.sound.replace('-', ' '))}"
    if event.lane == "action":
        length = format_clock(event.end_ms - event.start_ms)
        return f"{DOING[event.kind]}, {length}" if event.kind in _LONG else ""
    words = spoken_words(programme, event, -event.start_ms)
    if not words:
        return ""
    return (
        f'<span class="words {event.kind}"{foreign} {_time(event)} data-w="{_word_times(words)}">'
        f"{escape(joined(words))}</span>"
    )


def _word_times(words: Sequence[SpokenWord]) -> str:
    """First character, the one after the last, start and end of each word, from the start of the caption.

    Scripts in a browser count characters in UTF-16, in which some of them count as two.
    """
    numbers: list[str] = []
    first = 0
    for word in words:
        end = first + len(word.text.encode("utf-16-le", "surrogatepass")) // 2
        numbers.append(f"{first} {end} {word.start_ms} {word.end_ms}")
        first = end + 1
    return " ".join(numbers)


def _doing(event: Event, foreign: str) -> str:
    shown, language = (DOING[event.kind], "") if DOING[event.kind] else (written(event.text), foreign)
    left = " data-left" if event.kind in _LONG else ""
    return f'<li class="{event.kind}"{language} {_time(event)}{left}>{escape(shown)}</li>'


def _time(event: Event) -> str:
    return f'data-t="{event.start_ms} {event.end_ms}"'
