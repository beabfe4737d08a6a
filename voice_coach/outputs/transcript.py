"""A transcript: what is said, as prose by exercise, with the times that are to be filled in brackets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import fill

from voice_coach.model.cue import Mark
from voice_coach.model.script import BREATH_PHASES
from voice_coach.model.timeline import Event
from voice_coach.model.units import format_clock
from voice_coach.model.words import written
from voice_coach.outputs.captions import joined
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import PlacedChapter, placed_chapters, spoken_words
from voice_coach.outputs.text_file import TextFile

LINE_CHARACTERS = 78

_TOLD = {"hold": "Hold for {}.", "rest": "Rest for {}.", "wait": "Get ready: {}.", "move": "Move: {}."}
_PAUSE = "Pause of {}."
_LONG_PAUSE_MS = 10_000
"""A pause between sentences explains itself; one of this length has to be told."""

_BREATH = {"inhale": "in {}", "top": "hold {}", "exhale": "out {}", "bottom": "wait {}"}
_SHORT = ("countdown", "count", "breath")
"""Single words, spoken one by one, that make one sentence."""


class Transcript(TextFile):
    """Writes plain text: title and purpose, then each chapter with a paragraph for each rep."""

    def pieces(self, programme: Programme) -> Iterator[str]:
        about = programme.about
        yield _heading(about.full_title, "=")
        for paragraph in (about.description, about.source and f"Source: {about.source}"):
            if paragraph:
                yield f"\n{_filled(written(paragraph))}\n"
        for placed in placed_chapters(programme):
            title = f"{written(placed.chapter.title)} ({format_clock(placed.start_ms)})"
            paragraphs = [_filled(each) for each in _paragraphs(programme, placed)]
            yield "\n".join(["", _heading(title, "-"), *(f"{each}\n" for each in paragraphs)])


def _paragraphs(programme: Programme, placed: PlacedChapter) -> Iterator[str]:
    told = (event for event in placed.chapter.events if event.lane != "sound")
    for _, events in groupby(told, key=lambda event: _turn(event.mark)):
        sentences = list(_sentences(programme, list(events), placed.start_ms))
        if sentences:
            yield " ".join(sentences)


def _turn(mark: Mark) -> tuple[object, ...]:
    return mark.set, mark.rep, mark.side


def _sentences(programme: Programme, events: Sequence[Event], offset_ms: int) -> Iterator[str]:
    for kind, run in groupby(events, key=_kind):
        if kind == "breathe":
            yield from _breaths(run)
        elif kind in _SHORT:
            said = [text for event in run if (text := _text(programme, event, offset_ms))]
            if said:
                words = ", ".join(said)
                yield f"{words[0].upper()}{words[1:]}."
        else:
            yield from (text for event in run if (text := _text(programme, event, offset_ms)))


def _kind(event: Event) -> str:
    """What two events must share to make one sentence, or ""."""
    if event.lane == "speech":
        return event.kind if event.kind in _SHORT else ""
    return "breathe" if event.kind in BREATH_PHASES else ""


def _text(programme: Programme, event: Event, offset_ms: int) -> str:
    if event.lane == "speech":
        said = joined(spoken_words(programme, event, offset_ms))
        return said.rstrip(".") if event.kind in _SHORT else said
    length_ms = event.end_ms - event.start_ms
    told = _TOLD.get(event.kind, _PAUSE if event.kind == "pause" and length_ms >= _LONG_PAUSE_MS else "")
    return f"[{told.format(_length(length_ms))}]" if told else ""


def _breaths(phases: Iterable[Event]) -> Iterator[str]:
    """Guided breaths that nothing interrupts, those of one pattern in one sentence."""
    each_s = ((phase.kind, phase.end_ms - phase.start_ms) for phase in phases)
    told = ", ".join(_BREATH[kind].format(_length(ms)) for kind, ms in dict.fromkeys(each_s))
    yield f"[Breathe {told}.]"


def _length(ms: int) -> str:
    """A length in words: ``1 minute 30 seconds``, ``4.5 seconds``."""
    minutes, rest = divmod(ms, 60_000)
    counts = ((minutes, "minute"), (round(rest / 1000, 1), "second"))
    return " ".join(f"{count:g} {unit}{'' if count == 1 else 's'}" for count, unit in counts if count)


def _heading(text: str, line: str) -> str:
    title = written(text)
    return f"{title}\n{line * len(title)}\n"


def _filled(paragraph: str) -> str:
    return fill(paragraph, LINE_CHARACTERS, break_long_words=False, break_on_hyphens=False)
