"""Content of a live session: chapters as they become ready, and announcements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from threading import Condition, Thread
from typing import Final, Generic, TypeVar

from voice_coach.compiler.schedule import Lengths, schedule, utterances
from voice_coach.compiler.wording import BRACES, TypedValue, Wording
from voice_coach.core.errors import Where
from voice_coach.core.language import Language, LiveWords, PhraseTexts
from voice_coach.core.parameters import Pace
from voice_coach.core.script import Position, Session
from voice_coach.core.timeline import Chapter, Cue, Mark, Silence, Sound, Speech
from voice_coach.core.units import MS_PER_SECOND
from voice_coach.rendering.performance import Performance
from voice_coach.session.body import needed_position
from voice_coach.session.navigation import mark_at
from voice_coach.session.retiming import KeyedTimeline, join_timelines, keyed_timeline
from voice_coach.session.state import SOUNDS, Announcement, AnnouncementName, State

_MINUTE_MS: Final = 60 * MS_PER_SECOND
_LONG_MS: Final = 30 * _MINUTE_MS


class AnnouncementCompiler:
    """Puts the coach's words for a live session together, and compiles them.

    Args:
        session: the session.
        language: the coach's own words.
        voice: who speaks, as ``ENGINE:NAME``.
        pace: how fast.
        lengths: the measured lengths of clips.
    """

    def __init__(
        self, session: Session, language: Language, voice: str, pace: Pace, lengths: Lengths
    ) -> None:
        self._title = session.title
        self._wording = Wording(language)
        self._voice = voice
        self._pace = pace
        self._lengths = lengths
        self._mark = Mark(where=Where(session.where.file, session.where.line))

    def sound(self, name: AnnouncementName) -> Chapter:
        """A sound cue alone, by its name in ``SOUNDS``."""
        return self._compiled([Sound(name=SOUNDS[name], mark=self._mark)])

    def compile_lines(self, lines: PhraseTexts, known: Mapping[str, TypedValue]) -> Chapter:
        """Lines with what stands in braces filled in; those that name what is not known are left out.

        Raises:
            CannotSay: a number cannot be put into words.
            SpeechError: no speech engine works.
        """
        return self._compiled(self._cues(lines, known))

    def expect(self, lines: Iterable[PhraseTexts]) -> None:
        """Have lines spoken ahead that have nothing to be filled in."""
        plain = [line for each in lines for line in each if "{" not in line]
        cues = list(self._cues(plain, {}))
        self._lengths.expect(utterances(cues, self._voice, self._pace.rate_wpm))

    def _cues(self, lines: Sequence[str], known: Mapping[str, TypedValue]) -> Iterator[Cue]:
        for line in lines:
            if all(name in known for name, _style in BRACES.findall(line)):
                text = self._wording.fill(line, known)
                yield Speech(texts=(text,), kind="prompt", guidance="names", mark=self._mark)
                yield Silence(duration_ms=self._pace.gap_ms, kind="gap", mark=self._mark)

    def _compiled(self, cues: Iterable[Cue]) -> Chapter:
        done = schedule(
            list(cues), self._lengths, title=self._title, exercise="", voice=self._voice, pace=self._pace
        )
        return done.chapter


def time_left(ms: int) -> Mapping[str, TypedValue]:
    """Return the time left as told: in minutes, in fives over half an hour; nothing for less than one."""
    step_ms = 5 * _MINUTE_MS if ms > _LONG_MS else _MINUTE_MS
    minutes = (ms + step_ms // 2) // step_ms * step_ms // _MINUTE_MS
    return {"time": TypedValue("duration", minutes * _MINUTE_MS)} if ms >= _MINUTE_MS else {}


def place(chapter: Chapter, at_ms: int, round_: tuple[int, int]) -> Mapping[str, TypedValue]:
    """Return what is known of a place in an exercise: which round, set, rep and side, of how many."""
    known = {"exercise": TypedValue("text", chapter.title)}
    number, rounds = round_
    if rounds > 1:
        known |= {"round": TypedValue("count", number), "rounds": TypedValue("count", rounds)}
    mark = mark_at(chapter, at_ms)
    if mark is None:
        return known
    marks = [event.mark for event in chapter.events]
    if mark.side is not None:
        known["side"] = TypedValue("side", mark.side)
    if mark.set is not None:
        sets = max(each.set for each in marks if each.set is not None)
        known |= {"set": TypedValue("count", mark.set), "sets": TypedValue("count", sets)}
    if mark.rep is not None:
        alike = (each for each in marks if (each.set, each.side) == (mark.set, mark.side))
        reps = max(each.rep for each in alike if each.rep is not None)
        known |= {"rep": TypedValue("count", mark.rep), "reps": TypedValue("count", reps)}
    return known


_ASIDES_KEPT = 64

AT_ONCE = (
    "hurts_ask",
    "hurts_ask_no_easier",
    "ready_ask",
    "ready_reminder",
    "slower",
    "faster",
    "rest_begins",
    "ended",
    "score_ask",
)
"""Announcements that must come at once, and so are spoken ahead."""


class SessionContent:
    """The chapters of one performance as they become ready, and what is said besides.

    Args:
        performance: the session at one pace.
        first: the index of the chapter that is needed first.
        listens: whether the coach can be spoken to.
        asked: the session at the pace that was asked for, if that is another one.
    """

    def __init__(
        self,
        performance: Performance,
        first: int = 0,
        *,
        listens: bool = False,
        asked: Performance | None = None,
    ) -> None:
        self._performance = performance
        self._asked = asked or performance
        self._listens = self._hears = listens
        self._first = first
        self._chapters = Prefetcher(chain(self._in_order(), self._rehearsed()))
        self._joined: dict[int, KeyedTimeline] = {}
        self._easier: dict[int, Chapter] = {}
        self._said: dict[Announcement, Chapter] = {}
        self._announcements = AnnouncementCompiler(
            performance.session,
            performance.language,
            performance.voice_name,
            performance.paces()[first],
            performance.lengths,
        )

    @property
    def _words(self) -> LiveWords:
        language = self._performance.language
        return language.spoken_to if self._hears else language.live

    def hear(self, hears: bool) -> None:
        """Set whether the coach can be spoken to from now on; announcements say accordingly how to answer."""
        if hears != self._hears:
            self._hears = hears
            self._said.clear()

    def retimed(self, percent: int, first: int) -> SessionContent:
        """Return the content at another tempo factor, in percent, from a chapter on.

        Raises:
            CoachError: the session cannot be as fast or slow as that.
        """
        performance = self._asked.with_tempo_factor(percent / 100)
        return SessionContent(performance, first, listens=self._listens, asked=self._asked)

    def start(self) -> None:
        """Begin to compile in the background."""
        self._chapters.start()

    def close(self, patience_s: float) -> None:
        """Compile no more."""
        self._chapters.stop(patience_s)

    @property
    def performance(self) -> Performance:
        """The session at this pace."""
        return self._performance

    @property
    def count(self) -> int:
        return self._performance.chapter_count

    def chapter(self, index: int, *, easier: bool = False) -> Chapter | None:
        if easier:
            return self._easier_chapter(index)
        if index in self._joined:
            return self._joined[index].chapter
        return self._chapters.peek(self._turn(index))

    def expect(self, index: int, timeout_s: float) -> None:
        self._chapters.wait_for(self._turn(index), timeout_s)

    def has_easier(self, index: int) -> bool:
        return self._performance.has_easier(index)

    def position(self, index: int) -> Position | None:
        return self._performance.position(index)

    def left_ms(self, index: int, at_ms: int, *, easier: bool = False) -> int | None:
        here = self.chapter(index, easier=easier)
        after = [self.chapter(each) for each in range(index + 1, self.count)]
        known = [chapter.duration_ms for chapter in (here, *after) if chapter is not None]
        return max(0, sum(known) - at_ms) if len(known) == 1 + len(after) else None

    def announcement(self, what: Announcement) -> Chapter:
        if what not in self._said:
            if len(self._said) >= _ASIDES_KEPT:
                self._said.pop(next(iter(self._said)))
            self._said[what] = self._compiled(what)
        return self._said[what]

    def compiled_announcement(self, announcement: Announcement) -> Chapter | None:
        """Return what is said besides, if it has been compiled; other threads than the one that plays may
        ask."""
        return self._said.get(announcement)

    def continue_from(self, before: SessionContent, state: State) -> SessionContent:
        """This content, going on where another one has come to, from the next cue on.

        Args:
            before: the same session at another pace.
            state: what is being heard of it.
        """
        self.hear(before._hears)
        index = state.chapter
        old, new = before.chapter(index), self.chapter(index)
        # What is being said, or done instead, is heard to its end as it began.
        self._said |= {
            announcement: before.announcement(announcement) for announcement in state.announcements
        }
        if state.easier and (easier := before.chapter(index, easier=True)) is not None:
            self._easier[index] = easier
        if old is None or state.easier:
            return self
        was = before.course(index) or keyed_timeline(old)
        # Where the new chapter is not there yet the old one is heard to its end.
        self._joined[index] = (
            join_timelines(was, state.at_ms, keyed_timeline(new)) if new is not None else was
        )
        return self

    def course(self, index: int) -> KeyedTimeline | None:
        """The chapter in which one pace goes over into another, if it is one."""
        return self._joined.get(index)

    def _in_order(self) -> Iterator[Chapter]:
        """The chapter that is needed first, then those before it, then the rest."""
        coming = self._performance.chapters(self._first)
        yield next(coming)
        if self._first:
            yield from islice(self._performance.chapters(), self._first)
        yield from coming

    def _turn(self, index: int) -> int:
        """Return when a chapter is compiled: the how manieth it is."""
        if index == self._first:
            return 0
        return index + 1 if index < self._first else index

    def _rehearsed(self) -> Iterator[Chapter]:
        """No chapter; when all are there, what must come at once when it is asked for is spoken ahead."""
        for index in range(self.count):
            self._performance.way_out(index)
            self._performance.way_out(index, own=False)
            self._easier_chapter(index)
        lines: list[PhraseTexts] = [getattr(self._words, name) for name in AT_ONCE]
        self._announcements.expect(lines)
        yield from ()

    def _easier_chapter(self, index: int) -> Chapter | None:
        if index not in self._easier:
            easier = self._performance.easier(index)
            if easier is None:
                return None
            self._easier[index] = easier
        return self._easier[index]

    def _compiled(self, announcement: Announcement) -> Chapter:
        if announcement.name in SOUNDS:
            return self._announcements.sound(announcement.name)
        if announcement.name in ("way_out", "way_out_anywhere"):
            return self._performance.way_out(announcement.chapter, own=announcement.name == "way_out")
        if announcement.detour is not None:
            way = announcement.detour
            return self._performance.lead_in(
                announcement.chapter, way.origin, way.to, is_there=way.is_there, set_up=way.waits
            )
        return self._announcements.compile_lines(*self._lines(announcement))

    def _lines(self, announcement: Announcement) -> tuple[PhraseTexts, Mapping[str, TypedValue]]:
        words = self._words
        exercise = self._performance.exercises[announcement.chapter]
        if announcement.name == "time_left" and announcement.left_ms is not None:
            known = time_left(announcement.left_ms)
            return (words.time_left if known else words.time_left_short), known
        if announcement.name == "time_left":
            return words.time_left_unknown, {}
        if announcement.name == "where":
            if not exercise:
                return (words.where_closing if announcement.chapter else words.where_opening), {}
            return words.where, self._place(announcement)
        if announcement.name == "hurts_ask" and (
            announcement.easier or not self.has_easier(announcement.chapter)
        ):
            return words.hurts_ask_no_easier, {}
        if announcement.name == "caution":
            return self._performance.language.opening, {}
        lines: PhraseTexts = getattr(words, announcement.name)
        if announcement.points is not None:
            return lines, {"points": TypedValue("count", announcement.points)}
        return lines, {
            "exercise": TypedValue("text", self._performance.titles[announcement.chapter]),
            "position": TypedValue("text", words.positions[self._position(announcement)]),
        }

    def _place(self, announcement: Announcement) -> Mapping[str, TypedValue]:
        chapter = self.chapter(announcement.chapter, easier=announcement.easier)
        if chapter is None:
            return {"exercise": TypedValue("text", self._performance.titles[announcement.chapter])}
        exercises = self._performance.exercises
        same = [
            index for index, exercise in enumerate(exercises) if exercise == exercises[announcement.chapter]
        ]
        return place(chapter, announcement.at_ms, (same.index(announcement.chapter) + 1, len(same)))

    def _position(self, announcement: Announcement) -> Position:
        """Return the position that the place is for; else the exercise's, or that of the beginning."""
        chapter = self.chapter(announcement.chapter, easier=announcement.easier)
        asked = needed_position(chapter, announcement.at_ms) if chapter else None
        return asked or self.position(announcement.chapter) or self._performance.session.start


T = TypeVar("T")


class Prefetcher(Generic[T]):
    """The items of an iterator, pulled by one background thread and kept.

    May be iterated many times, also before all is there: an iteration waits for the next item. What the
    iterator raises comes out of every iteration at its place; after ``stop`` each ends with what is there.
    """

    def __init__(self, source: Iterator[T]) -> None:
        self._source = source
        self._items: list[T] = []
        self._error: BaseException | None = None
        self._ended = False
        self._stopping = False
        self._changed = Condition()
        self._thread = Thread(target=self._pull, name="ahead", daemon=True)

    def start(self) -> None:
        """Begin to pull."""
        self._thread.start()

    def stop(self, patience_s: float | None = None) -> None:
        """Pull no more after the item that is being made, and wait for that one, so long at most."""
        with self._changed:
            self._stopping = True
        if self._thread.is_alive():
            self._thread.join(patience_s)

    def peek(self, index: int) -> T | None:
        """One item, or None if it is not there; never waits."""
        with self._changed:
            return self._items[index] if index < len(self._items) else None

    def wait_for(self, index: int, timeout_s: float) -> None:
        """Wait for one item, so long at most; raises what the iterator raised before it."""
        with self._changed:
            self._changed.wait_for(lambda: index < len(self._items) or self._ended, timeout_s)
            if index >= len(self._items) and self._error is not None:
                raise self._error

    def __iter__(self) -> Iterator[T]:
        index = 0
        while True:
            with self._changed:
                while len(self._items) <= index and not self._ended:
                    self._changed.wait()
                if index >= len(self._items):
                    if self._error is not None:
                        raise self._error
                    return
                item = self._items[index]
            yield item
            index += 1

    def _pull(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._source:
                with self._changed:
                    self._items.append(item)
                    self._changed.notify_all()
                    if self._stopping:
                        break
        except BaseException as raised:  # noqa: BLE001  (it is raised again where the item would have come out)
            error = raised
        with self._changed:
            self._error = error
            self._ended = True
            self._changed.notify_all()
