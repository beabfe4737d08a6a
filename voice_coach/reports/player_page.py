"""A session as one HTML page that plays it, with a transcript in step.

Every chapter is a section; every element with ``data-t`` has its start and end in milliseconds from the
start of its chapter. So the captions and the transcript are the same words, and whoever cannot run the
script lacks none of them.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from itertools import groupby
from string import Template
from typing import IO, cast

from voice_coach.core.errors import OutputError
from voice_coach.core.options import About, ChapterLevel, FileOptions
from voice_coach.core.script import BREATH_PHASES
from voice_coach.core.text import clean_text
from voice_coach.core.timeline import Chapter, Event
from voice_coach.core.units import format_clock
from voice_coach.encoding.codecs import MP3
from voice_coach.encoding.muxing import Label, mux
from voice_coach.encoding.packets import IN_MEMORY_BYTES
from voice_coach.formats.base import FileOutput
from voice_coach.formats.captions import PlacedChapter, SpokenWord, join_words, placed_chapters, spoken_words
from voice_coach.formats.compressed import cover, encode_session
from voice_coach.formats.tags import chapter_marks
from voice_coach.rendering.performance import Programme
from voice_coach.reports.timeline_page import piece, policy_hash
from voice_coach.storage.atomic import atomic_write

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
"""Words for the actions of the body, by the kind of the event; a part of a tempo has words of its own."""

_LONG = ("hold", "rest", "wait", "move")
"""Kinds that the transcript shows with their length, and counts down while they last."""

_SHORT = ("countdown", "count", "breath")
"""Words that belong together on one line."""

_ALONG = (*BREATH_PHASES, "tick")
"""Sounds that accompany what a line shows already."""


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
            f"{escape(clean_text(chapter.title))}</span> "
            f'<span class="long">{format_clock(chapter.duration_ms)}</span></h3>\n'
            f'<ol role="list">\n{rows}</ol>\n{_hidden("doing", doing)}'
            f"{_hidden('marks', _marks(chapter, level))}</section>\n"
        )


def _marks(chapter: Chapter, level: ChapterLevel) -> str:
    """The parts of a chapter that may be jumped to, if it has any."""
    marks = chapter_marks([chapter], level)
    items = (f'<li data-t="{m.start_ms} {m.end_ms}">{escape(clean_text(m.title))}</li>' for m in marks)
    return "".join(items) if len(marks) > 1 else ""


def _hidden(name: str, items: str) -> str:
    """A list for the page's script only."""
    return items and f'<ul class="{name}" hidden>{items}</ul>\n'


def _rows(programme: Programme, placed: PlacedChapter, foreign: str) -> Iterator[str]:
    told = ((event, _spoken_texts(programme, event, foreign)) for event in placed.chapter.events)
    for (name, _), row in groupby((each for each in told if each[1]), key=lambda each: _line(each[0])):
        events, texts = zip(*row, strict=True)
        time = format_clock(placed.start_ms + events[0].start_ms)
        yield f'<li class="{name}"><span class="t">{time}</span> <p>{" · ".join(texts)}</p></li>\n'


def _line(event: Event) -> tuple[str, int]:
    """Return what two events must share to stand on one line: short words of a kind, or else nothing."""
    if event.lane != "speech":
        return "along", id(event)
    return ("short", _SHORT.index(event.kind)) if event.kind in _SHORT else ("said", id(event))


def _spoken_texts(programme: Programme, event: Event, foreign: str) -> str:
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
        f"{escape(join_words(words))}</span>"
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
    shown, language = (DOING[event.kind], "") if DOING[event.kind] else (clean_text(event.text), foreign)
    left = " data-left" if event.kind in _LONG else ""
    return f'<li class="{event.kind}"{language} {_time(event)}{left}>{escape(shown)}</li>'


def _time(event: Event) -> str:
    return f'data-t="{event.start_ms} {event.end_ms}"'


_READ_BYTES = 3 << 18
"""Divisible by three, so that the base64 of the pieces is that of the whole."""

_NO_TAGS = {"id3v2_version": "0"}
"""The page tells them."""

ARTWORK_PX = 512
"""Lock screens show no more of it."""


class PlayerPage(FileOutput):
    """Writes a page that plays the session, with chapters, captions and large buttons."""

    def write(self, programme: Programme) -> None:
        with (
            atomic_write(self._target, force=self._options.force) as file,
            _sound(programme, self._options) as sound,
        ):
            for text in _page(programme, self._options.chapters, sound):
                # A script may spell half of a character that has two; no file can hold that.
                file.write(text.encode("utf-8", "replace"))


def _page(programme: Programme, level: ChapterLevel, sound: IO[bytes]) -> Iterator[str]:
    """The page, a piece at a time."""
    about = programme.about
    script, style = piece("player.js"), piece("base.css", "player.css")
    foreign = f' lang="{escape(about.language)}"' if about.language != "en" else ""
    values = {
        "title": escape(clean_text(about.full_title) or "Session"),
        "spoken": foreign,
        "about": "".join(
            f"<p{foreign}>{escape(clean_text(text))}</p>\n"
            for text in (about.description, about.source)
            if text
        ),
        "author": escape(clean_text(about.author)),
        "key": _fingerprint(sound),
        "style": style,
        "style_hash": policy_hash(style),
        "script": script,
        "script_hash": policy_hash(script),
        "cover": _cover(about),
    }
    before, rest = piece("player.html").split("$sound")
    between, after = rest.split("$sections")
    yield Template(before).substitute(values)
    while read := sound.read(_READ_BYTES):
        yield base64.b64encode(read).decode()
    yield Template(between).substitute(values)
    yield from sections(programme, level)
    yield Template(after).substitute(values)


def _fingerprint(sound: IO[bytes]) -> str:
    """Tell this sound from any other: by it the page knows the place where it was left."""
    digest = hashlib.sha256()
    while read := sound.read(_READ_BYTES):
        digest.update(read)
    sound.seek(0)
    return digest.hexdigest()[:24]


def _cover(about: About) -> str:
    """Return the attributes of the link to the session's picture, which lock screens show too."""
    picture = cover(about, ARTWORK_PX)
    if not picture:
        return 'href="data:,"'
    size, data = f"{ARTWORK_PX}x{ARTWORK_PX}", base64.b64encode(picture).decode()
    return f'type="image/jpeg" sizes="{size}" href="data:image/jpeg;base64,{data}"'


@contextmanager
def _sound(programme: Programme, options: FileOptions) -> Generator[IO[bytes]]:
    """The sound as MP3 of a constant bit rate, from its start; in memory, or in a file without a name."""
    with (
        encode_session(programme, MP3, options) as recording,
        tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as file,
    ):
        try:
            mux(cast("io.RawIOBase", file), "mp3", _NO_TAGS, recording, Label())
        except OSError as error:
            raise OutputError(
                f"The sound of the page cannot be kept in {tempfile.gettempdir()} "
                f"({error.strerror or error}). Make room there."
            ) from error
        file.seek(0)
        yield cast("IO[bytes]", file)
