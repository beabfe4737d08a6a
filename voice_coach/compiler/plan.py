"""A session as a list of chapters to be compiled: opening, exercises with the way into each, closing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from voice_coach.compiler.branches import Branches
from voice_coach.compiler.context import ChapterProgress, Milestone, Unfolding
from voice_coach.compiler.expand import expander_of
from voice_coach.compiler.wording import TypedValue
from voice_coach.core.errors import Problem, UsageError, Where
from voice_coach.core.language import Language
from voice_coach.core.parameters import Pace
from voice_coach.core.script import (
    Exercise,
    PlaySound,
    Position,
    Rounds,
    Say,
    Session,
    SessionEntry,
    Step,
)
from voice_coach.core.timeline import Cue, InPosition

Unfold = Callable[[ChapterProgress], Iterator[Cue]]
"""Expands a chapter, and moves the progress on."""


class Memory:
    """Expands the chapters of a session, each as if all before it had just been heard.

    Once all are added it may be used from several threads.
    """

    def __init__(self, position: Position) -> None:
        self._chapters: list[tuple[Unfold, Where]] = []
        self._milestones = [Milestone(position)]
        # For each step the chapters that reached it, and how often it had been reached at their end.
        self._reached: dict[int, tuple[list[int], list[int]]] = {}

    @property
    def position(self) -> Position:
        """The position after the last chapter."""
        return self._milestones[-1].position

    def add(self, unfold: Unfold, where: Where) -> int:
        """Add the next chapter, expanding it once; its index.

        Raises:
            ScriptError: it cannot be expanded, or the session becomes too much; ``where`` is its place there.
        """
        index = len(self._chapters)
        self._chapters.append((unfold, where))
        progress = self._progress(index)
        for _ in unfold(progress):
            pass
        for key, count in progress.reached.items():
            chapters, counts = self._reached.setdefault(key, ([], []))
            chapters.append(index)
            counts.append(count)
        self._milestones.append(progress.milestone())
        return index

    def cues(self, index: int) -> Iterator[Cue]:
        """The cues of a chapter, always the same."""
        unfold, _ = self._chapters[index]
        return unfold(self._progress(index))

    def _progress(self, index: int) -> ChapterProgress:
        def reached_before(key: int) -> int:
            chapters, counts = self._reached.get(key, ((), ()))
            place = bisect_left(chapters, index)
            return counts[place - 1] if place else 0

        return ChapterProgress(self._milestones[index], self._chapters[index][1], reached_before)


def way_out_problems(exercise: Exercise) -> tuple[Problem, ...]:
    """A warning if an exercise says nothing for when it hurts."""
    if exercise.hurts:
        return ()
    message = f'nothing says how to come out of "{exercise.id}" safely when something hurts'
    hint = (
        "add hurts: with steps that begin with a stop; without it the coach says its own general words, "
        f"hurts_way_out in languages/{exercise.language}.yaml"
    )
    return (Problem(exercise.where, message, hint, severity="warning"),)


PaceOf = Callable[[SessionEntry | None], Pace]
"""The effective pace of an entry, or (None) of the opening and closing."""


@dataclass(frozen=True, slots=True)
class ChapterPlan:
    """One chapter before it is expanded; ``cues()`` expands it again each time, always the same.

    Attributes:
        title: the chapter's title.
        exercise: the exercise's id, or "".
        pace: the effective pace.
        cues: expands the chapter.
        branches: cues beside it.
        position: the exercise's position; None without an exercise.
    """

    title: str
    exercise: str
    pace: Pace
    cues: Callable[[], Iterator[Cue]]
    branches: Branches
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class _Stop:
    """An exercise's turn in the session, in which round, and what comes before it there."""

    entry: SessionEntry
    lead_in: tuple[Step, ...] = ()
    round: int = 1
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class SessionPlanner:
    """A session with all that its plans share.

    Attributes:
        session: the session.
        language: the coach's own words.
        start_at: an exercise's id to begin with, see ``plan_session``.
        person: the user that the session is made for, or "".
    """

    session: Session
    language: Language
    start_at: str = ""
    person: str = ""

    def plan(self, pace_of: PaceOf) -> tuple[ChapterPlan, ...]:
        """Plan the session with a pace for each entry, as ``plan_session``."""
        return plan_session(self.session, self.language, pace_of, start_at=self.start_at, person=self.person)


def plan_session(
    session: Session, language: Language, pace_of: PaceOf, *, start_at: str = "", person: str = ""
) -> tuple[ChapterPlan, ...]:
    """The chapters of a session in order, each expanded once, so that nothing goes wrong while it is played.

    Args:
        session: the session.
        language: the coach's own words.
        pace_of: gives each entry its pace.
        start_at: an exercise's id to begin with; what comes before it is left out, and the opening is the
            coach's own caution.
        person: whom the session is made for: then they are greeted by name.

    Raises:
        UsageError: ``start_at`` is not in the session.
        ScriptError: no way leads from one position to the next, the session unfolds into more than can be
            played, or something in it cannot be said.
    """
    stops = list(_stops(session.items))
    if start_at:
        stops = _from(stops, start_at, session)
    memory = Memory(session.start)
    chapters: list[ChapterPlan] = []
    expanded: set[int] = set()  # the exercises whose branches have been

    def add(title: str, entry: SessionEntry | None, pace: Pace, where: Where, unfold: Unfold) -> None:
        branches = Branches(session, language, entry, pace, memory.position)
        index = memory.add(unfold, where)
        exercise = entry.exercise if entry else None
        if id(exercise) not in expanded:
            expanded.add(id(exercise))
            for _ in chain(branches.way_out(True), branches.easier()):
                pass
        name, position = (exercise.id, exercise.position) if exercise else ("", None)
        cues = partial(memory.cues, index)
        chapters.append(ChapterPlan(title, name, pace, cues, branches, position))

    own_pace = pace_of(None)
    steps = _caution(session, language) if start_at and session.opening else session.opening
    if person:
        steps = _greeted(steps, session, language, person)
    if steps:
        opening = partial(_opening, session, language, own_pace, steps)
        add(language.chapters["opening"], None, own_pace, session.where, opening)
    for stop in stops:
        exercise, pace = stop.entry.exercise, pace_of(stop.entry)
        unfold = partial(_exercise, session, language, stop, pace)
        add(exercise.title, stop.entry, pace, stop.entry.where, unfold)
    if session.closing or memory.position != session.end:
        closing = partial(_closing, session, language, own_pace)
        add(language.chapters["closing"], None, own_pace, session.where, closing)
    return tuple(chapters)


def _stops(items: Sequence[SessionEntry | Rounds]) -> Iterator[_Stop]:
    for item in items:
        if isinstance(item, SessionEntry):
            yield _Stop(item)
            continue
        for number in range(1, item.times + 1):
            for index, entry in enumerate(item.entries):
                between = item.between if number > 1 and not index else ()
                yield _Stop(entry, between, number, item.times)


def _from(stops: list[_Stop], start_at: str, session: Session) -> list[_Stop]:
    for index, stop in enumerate(stops):
        if stop.entry.exercise.id == start_at:
            return stops[index:]
    known = ", ".join(dict.fromkeys(stop.entry.exercise.id for stop in stops))
    raise UsageError(f'"{start_at}" is not in the session {session.id}. Its exercises are: {known}.')


def _greeted(steps: tuple[Step, ...], session: Session, language: Language, person: str) -> tuple[Step, ...]:
    """The opening with a greeting: after the sound that it begins with, if it does."""
    texts = tuple(text.replace("{name}", person) for text in language.greeting)
    greeting = Say(texts=texts, guidance="names", where=session.where)
    first = 1 if steps and isinstance(steps[0], PlaySound) else 0
    return (*steps[:first], greeting, *steps[first:])


def _caution(session: Session, language: Language) -> tuple[Step, ...]:
    """Return the caution before an exercise in the middle: no session begins without it."""
    start = PlaySound(sound="start", where=session.where)
    return (start, Say(texts=language.opening, guidance="names", where=session.where))


def _opening(
    session: Session, language: Language, pace: Pace, steps: tuple[Step, ...], progress: ChapterProgress
) -> Iterator[Cue]:
    expander = expander_of(session, Unfolding(language, pace, progress))
    yield InPosition(position=progress.position)
    yield from expander.expand(steps, title=TypedValue("text", session.title))


def _exercise(
    session: Session, language: Language, stop: _Stop, pace: Pace, progress: ChapterProgress
) -> Iterator[Cue]:
    entry, exercise = stop.entry, stop.entry.exercise
    title = TypedValue("text", exercise.title)
    turn = {"round": TypedValue("count", stop.round), "rounds": TypedValue("count", stop.rounds)}
    unfolding = Unfolding(language, pace, progress)
    around = expander_of(session, unfolding)
    inner = expander_of(session, unfolding, exercise)
    progress.take_steps(1, entry.where)
    yield InPosition(position=progress.position, anywhere=True)
    yield from around.expand(stop.lead_in, title=title, **turn)
    yield from around.expand(session.between, title=title)
    if entry.arrive is None and exercise.arrive is None and progress.position != exercise.position:
        yield from inner.move_to(exercise.position, entry.where)
    else:
        yield InPosition(position=progress.position, to=exercise.position)
        if entry.arrive is not None:
            yield from around.expand(entry.arrive, title=title)
        elif exercise.arrive is not None:
            yield from inner.expand(exercise.arrive, title=title)
        progress.position = exercise.position
        yield InPosition(position=progress.position)
    yield from inner.expand(exercise.steps, title=title)
    if exercise.end_position:
        progress.position = exercise.end_position
        yield InPosition(position=progress.position)


def _closing(session: Session, language: Language, pace: Pace, progress: ChapterProgress) -> Iterator[Cue]:
    expander = expander_of(session, Unfolding(language, pace, progress))
    yield InPosition(position=progress.position)
    yield from expander.expand(session.closing, title=TypedValue("text", session.title))
    yield from expander.move_to(session.end, session.where)
