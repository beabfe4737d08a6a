"""A session as a list of chapters to be compiled: opening, exercises with the way into each, closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from voice_coach.compiler.branches import easier_cues, lead_in_cues, way_out_cues
from voice_coach.compiler.expand import expander_of
from voice_coach.compiler.memory import Memory, Unfold
from voice_coach.compiler.progress import Progress
from voice_coach.compiler.unfolding import Unfolding
from voice_coach.compiler.wording import Known
from voice_coach.model.cue import Cue, InPosition
from voice_coach.model.language import Language
from voice_coach.model.pace import Pace
from voice_coach.model.problems import Where, WishError
from voice_coach.model.script import (
    Entry,
    PlaySound,
    Position,
    Rounds,
    Say,
    Session,
    Step,
)

PaceOf = Callable[[Entry | None], Pace]
"""The effective pace of an entry, or (None) of the opening and closing."""


@dataclass(frozen=True, slots=True)
class ChapterPlan:
    """One chapter before it is expanded; ``cues()`` expands it anew each time, always the same.

    Likewise ``way_out(own)``, for when something hurts in it, in the exercise's own words or general ones;
    ``lead_in(origin, to, is_there, set_up)``, for when the body is elsewhere; and ``easier()``, for what
    may be done after pain; None if there is nothing easier. ``position`` is the exercise's, None without.
    """

    title: str
    exercise: str
    pace: Pace
    cues: Callable[[], Iterator[Cue]]
    way_out: Callable[[bool], Iterator[Cue]]
    lead_in: Callable[[Position, Position, bool, bool], Iterator[Cue]]
    easier: Callable[[], Iterator[Cue]] | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class _Stop:
    """An exercise's turn in the session, in which round, and what comes before it there."""

    entry: Entry
    lead_in: tuple[Step, ...] = ()
    round: int = 1
    rounds: int = 1


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
        WishError: ``start_at`` is not in the session.
        ScriptError: no way leads from one position to the next, the session unfolds into more than can be
            played, or something in it cannot be said.
    """
    stops = list(_stops(session.items))
    if start_at:
        stops = _from(stops, start_at, session)
    memory = Memory(session.start)
    chapters: list[ChapterPlan] = []

    sound: set[int] = set()  # the exercises whose branches have been expanded

    def add(title: str, entry: Entry | None, pace: Pace, where: Where, unfold: Unfold) -> None:
        before = memory.position
        index = memory.add(unfold, where)
        exercise = entry.exercise if entry else None

        def way_out(own: bool) -> Iterator[Cue]:
            return way_out_cues(session, language, exercise if own else None, pace)

        def lead_in(origin: Position, to: Position, is_there: bool, set_up: bool) -> Iterator[Cue]:
            return lead_in_cues(
                session, language, entry, before, pace, origin, to, is_there=is_there, set_up=set_up
            )

        easier = (
            partial(easier_cues, session, language, exercise, pace)
            if exercise and exercise.easier is not None
            else None
        )
        if id(exercise) not in sound:
            sound.add(id(exercise))
            for _ in chain(way_out(True), easier() if easier else ()):
                pass
        name, position = (exercise.id, exercise.position) if exercise else ("", None)
        cues = partial(memory.cues, index)
        chapters.append(ChapterPlan(title, name, pace, cues, way_out, lead_in, easier, position))

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


def _stops(items: Sequence[Entry | Rounds]) -> Iterator[_Stop]:
    for item in items:
        if isinstance(item, Entry):
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
    raise WishError(f'"{start_at}" is not in the session {session.id}. Its exercises are: {known}.')


def _greeted(steps: tuple[Step, ...], session: Session, language: Language, person: str) -> tuple[Step, ...]:
    """The opening with a greeting: after the sound that it begins with, if it does."""
    texts = tuple(text.replace("{name}", person) for text in language.greeting)
    greeting = Say(texts=texts, guidance="names", where=session.where)
    first = 1 if steps and isinstance(steps[0], PlaySound) else 0
    return (*steps[:first], greeting, *steps[first:])


def _caution(session: Session, language: Language) -> tuple[Step, ...]:
    """What is said before an exercise in the middle: nobody begins without the caution."""
    start = PlaySound(sound="start", where=session.where)
    return (start, Say(texts=language.opening, guidance="names", where=session.where))


def _opening(
    session: Session, language: Language, pace: Pace, steps: tuple[Step, ...], progress: Progress
) -> Iterator[Cue]:
    expander = expander_of(session, Unfolding(language, pace, progress))
    yield InPosition(position=progress.position)
    yield from expander.expand(steps, title=Known("text", session.title))


def _exercise(
    session: Session, language: Language, stop: _Stop, pace: Pace, progress: Progress
) -> Iterator[Cue]:
    entry, exercise = stop.entry, stop.entry.exercise
    title = Known("text", exercise.title)
    turn = {"round": Known("count", stop.round), "rounds": Known("count", stop.rounds)}
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


def _closing(session: Session, language: Language, pace: Pace, progress: Progress) -> Iterator[Cue]:
    expander = expander_of(session, Unfolding(language, pace, progress))
    yield InPosition(position=progress.position)
    yield from expander.expand(session.closing, title=Known("text", session.title))
    yield from expander.move_to(session.end, session.where)
