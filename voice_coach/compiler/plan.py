"""A session as a list of chapters to be compiled: opening, exercises with the way into each, closing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from voice_coach.compiler.expand import Expander
from voice_coach.compiler.memory import Memory
from voice_coach.compiler.moves import final_position, route
from voice_coach.compiler.wording import Known
from voice_coach.model.cue import Cue
from voice_coach.model.pace import Pace
from voice_coach.model.problems import CoachError, Where
from voice_coach.model.script import Entry, Exercise, Language, Move, Position, Rounds, Session, Step

PaceOf = Callable[[Entry | None], Pace]
"""The effective pace of an entry, or (None) of the opening and closing."""


@dataclass(frozen=True, slots=True)
class ChapterPlan:
    """One chapter before it is expanded; ``cues()`` expands it anew each time, always the same."""

    title: str
    exercise: str
    pace: Pace
    cues: Callable[[], Iterator[Cue]]


@dataclass(frozen=True, slots=True)
class _Stop:
    """An exercise's turn in the session, in which round, and what comes before it there."""

    entry: Entry
    lead_in: tuple[Step, ...] = ()
    round: int = 1
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class _Draft:
    title: str
    exercise: str
    pace: Pace
    unfold: Callable[[Counter[int]], Iterator[Cue]]


def plan_session(
    session: Session, language: Language, pace_of: PaceOf, *, start_at: str = ""
) -> tuple[ChapterPlan, ...]:
    """The chapters of a session in order.

    Args:
        session: the session.
        language: the coach's own words.
        pace_of: gives each entry its pace.
        start_at: an exercise's id to begin with; what comes before it, the opening too, is left out.

    Raises:
        CoachError: ``start_at`` is not in the session.
        ScriptError: no way leads from one position to the next.
    """
    drafts = tuple(_drafts(session, language, pace_of, start_at))
    memory = Memory([draft.unfold for draft in drafts])
    return tuple(
        ChapterPlan(draft.title, draft.exercise, draft.pace, partial(memory.cues, index))
        for index, draft in enumerate(drafts)
    )


def _drafts(session: Session, language: Language, pace_of: PaceOf, start_at: str) -> Iterator[_Draft]:
    stops = list(_stops(session.items))
    own_pace = pace_of(None)
    position = session.start
    if start_at:
        stops = _from(stops, start_at, session)
    elif session.opening:
        opening = partial(_opening, session, language, own_pace)
        yield _Draft(language.chapters["opening"], "", own_pace, opening)
        position = final_position(session.opening, session.fragments, position)
    for stop in stops:
        exercise = stop.entry.exercise
        pace = pace_of(stop.entry)
        yield _Draft(
            exercise.title,
            exercise.id,
            pace,
            partial(_exercise, session, language, stop, pace, position),
        )
        _check_way(session, language, stop, position)
        position = exercise.end_position or final_position(
            exercise.steps, exercise.fragments, exercise.position
        )
    if session.closing or position != session.end:
        closing = partial(_closing, session, language, own_pace, position)
        yield _Draft(language.chapters["closing"], "", own_pace, closing)


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
    raise CoachError(f'"{start_at}" is not in the session {session.id}. Its exercises are: {known}.')


def _check_way(session: Session, language: Language, stop: _Stop, position: Position) -> None:
    """Says now, not in the middle of the session, that nothing leads into an exercise."""
    exercise = stop.entry.exercise
    if stop.entry.arrive is None and exercise.arrive is None:
        before = final_position((*stop.lead_in, *session.between), session.fragments, position)
        route(before, exercise.position, session.moves, language.moves, stop.entry.where)


def _expander(
    session: Session,
    language: Language,
    pace: Pace,
    position: Position,
    reached: Counter[int],
    exercise: Exercise | None = None,
) -> Expander:
    def way(origin: Position, to: Position, where: Where) -> tuple[Move, ...]:
        return route(origin, to, session.moves, language.moves, where)

    return Expander(
        language,
        pace,
        position,
        way,
        fragments=exercise.fragments if exercise else session.fragments,
        tune=exercise.tune if exercise else {},
        reached=reached,
    )


def _opening(session: Session, language: Language, pace: Pace, reached: Counter[int]) -> Iterator[Cue]:
    expander = _expander(session, language, pace, session.start, reached)
    yield from expander.expand(session.opening, title=Known("text", session.title))


def _exercise(
    session: Session,
    language: Language,
    stop: _Stop,
    pace: Pace,
    position: Position,
    reached: Counter[int],
) -> Iterator[Cue]:
    entry, exercise = stop.entry, stop.entry.exercise
    title = Known("text", exercise.title)
    turn = {"round": Known("count", stop.round), "rounds": Known("count", stop.rounds)}
    around = _expander(session, language, pace, position, reached)
    yield from around.expand(stop.lead_in, title=title, **turn)
    yield from around.expand(session.between, title=title)
    inner = _expander(session, language, pace, around.position, reached, exercise)
    if entry.arrive is not None:
        yield from around.expand(entry.arrive, title=title)
        inner.position = exercise.position
    elif exercise.arrive is not None:
        yield from inner.expand(exercise.arrive, title=title)
        inner.position = exercise.position
    else:
        yield from inner.move_to(exercise.position, entry.where)
    yield from inner.expand(exercise.steps, title=title)


def _closing(
    session: Session, language: Language, pace: Pace, position: Position, reached: Counter[int]
) -> Iterator[Cue]:
    expander = _expander(session, language, pace, position, reached)
    yield from expander.expand(session.closing, title=Known("text", session.title))
    yield from expander.move_to(session.end, session.where)
