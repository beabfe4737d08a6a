"""The words of a session for its player page: to be read, printed, and shown in step by the page's script.

Every chapter is a section; every element with ``data-t`` has its start and end in milliseconds from the
start of its chapter. So the captions and the transcript are the same words, and whoever cannot run the
script lacks none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from voice_coach.model.script import BREATH_PHASES
from voice_coach.model.speech import Utterance, Word
from voice_coach.model.timeline import Chapter, Event
from voice_coach.model.units import format_clock

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

WordsOf = Callable[[Utterance], Sequence[Word]]


def sections(chapters: Iterable[Chapter], words: WordsOf, language: str) -> Iterator[str]:
    """A section for each chapter, as HTML.

    Args:
        chapters: in order.
        words: when each word of an utterance is spoken.
        language: what is spoken, as a BCP 47 tag; the page itself is English.
    """
    foreign = f' lang="{escape(language)}"' if language != "en" else ""
    start_ms = 0
    for number, chapter in enumerate(chapters, 1):
        rows = "".join(_rows(chapter, start_ms, words, foreign))
        doing = "".join(_doing(event, foreign) for event in chapter.events if event.kind in DOING)
        yield (
            f'<section class="part" id="part{number}" data-ms="{start_ms} {chapter.duration_ms}" '
            f'aria-labelledby="head{number}">\n<h3 id="head{number}"><span class="name"{foreign}>'
            f"{escape(chapter.title)}</span> "
            f'<span class="long">{format_clock(chapter.duration_ms)}</span></h3>\n'
            f'<ol role="list">\n{rows}</ol>\n{doing and f"<ul hidden>{doing}</ul>"}</section>\n'
        )
        start_ms += chapter.duration_ms


def _rows(chapter: Chapter, start_ms: int, words: WordsOf, foreign: str) -> Iterator[str]:
    for (name, _), events in groupby(_told(chapter.events), key=_line):
        row = list(events)
        told = " ".join(_told_event(event, words, foreign) for event in row)
        time = format_clock(start_ms + row[0].start_ms)
        yield f'<li class="{name}"><span class="t">{time}</span> <p>{told}</p></li>\n'


def _told(events: Iterable[Event]) -> Iterator[Event]:
    for event in events:
        if (
            event.lane == "speech"
            or (event.lane == "sound" and event.sound not in _ALONG)
            or (event.lane == "action" and event.kind in _LONG)
        ):
            yield event


def _line(event: Event) -> tuple[str, int]:
    """What two events must share to stand on one line: short words of a kind, or else nothing."""
    if event.lane != "speech":
        return "along", id(event)
    return ("short", _SHORT.index(event.kind)) if event.kind in _SHORT else ("said", id(event))


def _told_event(event: Event, words: WordsOf, foreign: str) -> str:
    if event.lane == "sound":
        return f"♪ {escape(event.sound.replace('-', ' '))}"
    if event.lane == "action":
        return f"{DOING[event.kind]}, {format_clock(event.end_ms - event.start_ms)}"
    spoken = words(event.utterance) if event.utterance else ()
    times = f' data-w="{_word_times(event.text, spoken)}"' if spoken else ""
    return f'<span class="words {event.kind}"{foreign} {_time(event)}{times}>{escape(event.text)}</span>'


def _word_times(text: str, words: Sequence[Word]) -> str:
    """First and last character and times of each word, four numbers a word.

    Scripts in a browser count characters in UTF-16, in which some of them count as two.
    """

    def units(end: int) -> int:
        return len(text[:end].encode("utf-16-le", "surrogatepass")) // 2

    return " ".join(f"{units(word.first)} {units(word.end)} {word.start_ms} {word.end_ms}" for word in words)


def _doing(event: Event, foreign: str) -> str:
    shown, language = (DOING[event.kind], "") if DOING[event.kind] else (event.text, foreign)
    left = " data-left" if event.kind in _LONG else ""
    return f'<li class="{event.kind}"{language} {_time(event)}{left}>{escape(shown)}</li>'


def _time(event: Event) -> str:
    return f'data-t="{event.start_ms} {event.end_ms}"'
