"""A session as a list of chapters to be compiled: opening, exercises with the way into each, closing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from voice_coach.compiler.expand import Expander
from voice_coach.compiler.moves import route
from voice_coach.compiler.wording import Known
from voice_coach.model.cue import Cue
from voice_coach.model.pace import Pace
from voice_coach.model.problems import CoachError
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
    """An exercise's turn in the session: how often it was there before, and how many others were."""

    entry: Entry
    earlier: int
    index: int
    lead_in: tuple[Step, ...] = ()
    round: int = 1
    rounds: int = 1


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
        CoachError: ``start_at`` is not in the session, or no way leads from one position to the next.
    """
    stops = list(_stops(session.items))
    own_pace = pace_of(None)
    plans: list[ChapterPlan] = []
    if start_at:
        stops = _from(stops, start_at, session)
    elif session.opening:
        opening = partial(_opening, session, language, own_pace)
        plans.append(ChapterPlan(language.chapters["opening"], "", own_pace, opening))
    position = session.start
    for stop in stops:
        exercise = stop.entry.exercise
        pace = pace_of(stop.entry)
        cues = partial(_exercise, session, language, stop, pace, position)
        plans.append(ChapterPlan(exercise.title, exercise.id, pace, cues))
        position = exercise.end_position or exercise.position
    if session.closing or position != session.end:
        closing = partial(_closing, session, language, own_pace, position)
        plans.append(ChapterPlan(language.chapters["closing"], "", own_pace, closing))
    return tuple(plans)


def _stops(items: Sequence[Entry | Rounds]) -> Iterator[_Stop]:
    done: Counter[str] = Counter()
    index = 0
    for item in items:
        rounds = item.times if isinstance(item, Rounds) else 1
        for number in range(1, rounds + 1):
            for index, entry in enumerate(item.entries if isinstance(item, Rounds) else (item,)):
                between = item.between if isinstance(item, Rounds) and number > 1 and not index else ()
                yield _Stop(entry, done[entry.exercise.id], index, between, number, rounds)
                index += 1
                done[entry.exercise.id] += 1


def _from(stops: list[_Stop], start_at: str, session: Session) -> list[_Stop]:
    for index, stop in enumerate(stops):
        if stop.entry.exercise.id == start_at:
            return stops[index:]
    known = ", ".join(dict.fromkeys(stop.entry.exercise.id for stop in stops))
    raise CoachError(f'"{start_at}" is not in the session {session.id}. Its exercises are: {known}.')


def _expander(
    session: Session,
    language: Language,
    pace: Pace,
    position: Position,
    exercise: Exercise | None = None,
    earlier: int = 0,
) -> Expander:
    def way(origin: Position, to: Position) -> tuple[Move, ...]:
        return route(origin, to, session.moves, language.moves)

    return Expander(
        language,
        pace,
        position,
        way,
        fragments=exercise.fragments if exercise else session.fragments,
        tune=exercise.tune if exercise else {},
        earlier=earlier,
    )


def _opening(session: Session, language: Language, pace: Pace) -> Iterator[Cue]:
    expander = _expander(session, language, pace, session.start)
    yield from expander.expand(session.opening, title=Known("text", session.title))


def _exercise(
    session: Session, language: Language, stop: _Stop, pace: Pace, position: Position
) -> Iterator[Cue]:
    entry, exercise = stop.entry, stop.entry.exercise
    title = Known("text", exercise.title)
    turn = {"round": Known("count", stop.round), "rounds": Known("count", stop.rounds)}
    around = _expander(session, language, pace, position, earlier=stop.index)
    yield from around.expand(stop.lead_in, title=title, **turn)
    yield from around.expand(session.between, title=title)
    inner = _expander(session, language, pace, around.position, exercise, stop.earlier)
    if entry.arrive is not None:
        yield from around.expand(entry.arrive, title=title)
        inner.position = exercise.position
    elif exercise.arrive is not None:
        yield from inner.expand(exercise.arrive, title=title)
        inner.position = exercise.position
    else:
        yield from inner.move_to(exercise.position, entry.where)
    yield from inner.expand(exercise.steps, title=title)


def _closing(session: Session, language: Language, pace: Pace, position: Position) -> Iterator[Cue]:
    expander = _expander(session, language, pace, position)
    yield from expander.expand(session.closing, title=Known("text", session.title))
    yield from expander.move_to(session.end, session.where)
