"""All that may be said while a session is led, found by leading it with a voice that only takes notes.

The chapters, the ways out, what is easier and every one of the coach's own words are compiled by the code
that compiles them for ears. What that asks the voice for is what may be said: other words in a script change
it without anything here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, get_args

from voice_coach.core.script import Position
from voice_coach.core.speech import Clip, Utterance, Word
from voice_coach.core.units import MS_PER_MINUTE
from voice_coach.rendering.performance import Performance
from voice_coach.session.content import SessionContent
from voice_coach.session.state import SOUNDS, Announcement, AnnouncementName

if TYPE_CHECKING:
    from voice_coach.core.timeline import Chapter

WORST_PAIN: Final = 10

_PATIENCE_S: Final = 60.0

_DOUBT: Final = 1.15
"""By so much a session may be longer than its words are taken for here."""


class _NoteTaker:
    """A voice that notes what it is asked for, and takes its length for what its rate says."""

    def __init__(self) -> None:
        self.notes: dict[Utterance, None] = {}

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        self.notes.update(dict.fromkeys(utterances))

    def duration_ms(self, utterance: Utterance) -> int:
        self.notes[utterance] = None
        return len(utterance.text.split()) * MS_PER_MINUTE // utterance.rate_wpm

    def clip(self, utterance: Utterance) -> Clip:
        raise RuntimeError(f"“{utterance.text}” is not to be heard here")

    def words(self, utterance: Utterance) -> Sequence[Word]:
        raise RuntimeError(f"“{utterance.text}” is not to be heard here")


def repertoire(performance: Performance, voice: str, *, live: bool = True) -> tuple[Utterance, ...]:
    """Return every utterance that may be asked for while a session is led at its pace.

    Args:
        performance: the session; its own voice is not used.
        voice: who is to speak, as ``ENGINE:NAME``.
        live: with all that the coach says besides the session.

    Raises:
        CoachError: something in it cannot be said.
    """
    notes = _NoteTaker()
    rehearsed = performance.with_voice(notes, voice)
    for _ in rehearsed.chapters():
        pass
    for index in range(rehearsed.chapter_count):
        rehearsed.way_out(index)
        rehearsed.way_out(index, own=False)
        rehearsed.easier(index)
        _lead_in(rehearsed, index)
    if live:
        rates = {pace.rate_wpm: index for index, pace in enumerate(rehearsed.paces())}
        for first in rates.values():
            _say_besides(SessionContent(rehearsed, first))
    return tuple(notes.notes)


def _lead_in(performance: Performance, index: int) -> None:
    """Have it said how to come into the position of an exercise from wherever the body may be."""
    origins: tuple[Position, ...] = get_args(Position)
    if (to := performance.position(index)) is not None:
        for origin in origins:
            performance.lead_in(index, origin, to, is_there=True)
            performance.lead_in(index, origin, to, is_there=False)


def _say_besides(content: SessionContent) -> None:
    """Have the coach say everything that it can say besides a session, to those it hears and to others."""
    content.start()
    content.expect(content.count, _PATIENCE_S)
    for hears in (False, True):
        content.hear(hears)
        for announcement in _asides(content):
            content.announcement(announcement)
    content.close(_PATIENCE_S)


def _asides(content: SessionContent) -> Iterator[Announcement]:
    names: tuple[AnnouncementName, ...] = get_args(AnnouncementName)
    for name in names:
        if name == "time_left":
            whole_ms = round((content.left_ms(0, 0) or 0) * _DOUBT)
            left = (None, 0, *range(MS_PER_MINUTE, whole_ms + MS_PER_MINUTE, MS_PER_MINUTE))
            yield from (Announcement(name, left_ms=each) for each in left)
        elif name == "score_thanks":
            yield from (Announcement(name, points=each) for each in range(WORST_PAIN + 1))
        elif name not in SOUNDS and name != "lead_in":
            for index in range(content.count):
                for easier in (False, True):
                    chapter = content.chapter(index, easier=easier)
                    if chapter is not None:
                        places = _places(chapter) if name == "where" else (0,)
                        yield from (Announcement(name, index, at_ms, easier) for at_ms in places)


def _places(chapter: Chapter) -> Iterable[int]:
    """A moment in each set, rep and side."""
    marks = {(event.mark.set, event.mark.rep, event.mark.side): event.start_ms for event in chapter.events}
    return (0, *marks.values())
