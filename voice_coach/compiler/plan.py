"""A session as a list of chapters to be compiled: opening, exercises with the way into each, closing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, takewhile
from typing import Final

from voice_coach.compiler.context import ChapterProgress, Milestone, Unfolding
from voice_coach.compiler.expand import expander_of
from voice_coach.compiler.wording import TypedValue
from voice_coach.core.errors import Problem, ScriptError, UsageError, Where
from voice_coach.core.language import Language
from voice_coach.core.parameters import Pace, Stretch
from voice_coach.core.script import (
    Breathe,
    Count,
    Exercise,
    Group,
    Guidance,
    Hold,
    MoveTo,
    Pause,
    PlaySound,
    Position,
    Repeat,
    Rounds,
    Say,
    Session,
    SessionEntry,
    Sets,
    Sides,
    Step,
    Use,
    Variants,
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


COME_MS: Final = 15_000
"""Time to come into a position that is only named: about that of the longest sentence of a move."""


def way_out_cues(
    session: Session, language: Language, exercise: Exercise | None, pace: Pace
) -> Iterator[Cue]:
    """Return the cues of the exercise's own way out, or else the coach's general words.

    The own words are for somebody in the exercise's position; the general ones are safe in every position.

    Args:
        session: where the exercise belongs.
        language: the coach's own words.
        exercise: None in the opening and closing, and where its position has not been reached.
        pace: the effective pace of the exercise.

    Raises:
        ScriptError: as ``branch_cues``.
    """
    if exercise and exercise.hurts:
        yield InPosition(position=exercise.position)
        yield from branch_cues(session, language, exercise, exercise.hurts, pace, exercise.position)
        yield InPosition(position=exercise.end_position or exercise.position)
        return
    where = exercise.where if exercise else session.where
    words = Say(texts=language.live.hurts_way_out, guidance="names", where=where)
    yield from branch_cues(session, language, None, (words,), pace, session.start)


def lead_in_cues(
    session: Session,
    language: Language,
    entry: SessionEntry | None,
    before: Position,
    pace: Pace,
    origin: Position,
    to: Position,
    *,
    is_there: bool,
    set_up: bool,
) -> Iterator[Cue]:
    """Return the cues that lead from where the body is into the position that comes next; never none.

    An exercise's own way in is taken where it fits: one of the session only from where it was written for.
    Where nothing says how to get there, the position is named. Where the exercise goes on in its middle, what
    it says of the position before its first rep comes too, in its fewest words: the legs on the chair.

    Args:
        session: what is played.
        language: the coach's own words.
        entry: the exercise that is led into; None for the opening and closing.
        before: the position that the session takes the body to be in before it.
        pace: the effective pace there.
        origin: where the body is, or where it is asked to come first.
        to: the position that comes next.
        is_there: whether the body is in ``origin``; otherwise it is asked to come there first.
        set_up: whether what comes before the first rep is said as well.

    Raises:
        ScriptError: as ``branch_cues``.
    """
    exercise = entry.exercise if entry else None
    where = entry.where if entry else session.where
    title = exercise.title if exercise else session.title
    come_into = partial(_come_into, session, language, pace, title, where)
    yield InPosition(position=origin)
    if not is_there or origin == to:
        yield from come_into(origin)
    if origin != to:
        own = entry.arrive if entry and origin == before else None
        own = own if own is not None else exercise.arrive if exercise else None
        steps = own if own and exercise and to == exercise.position else (MoveTo(position=to, where=where),)
        owner = exercise if exercise and steps is exercise.arrive else None
        try:
            cues = tuple(branch_cues(session, language, owner, steps, pace, origin))
        except ScriptError:
            cues = tuple(come_into(to))
        yield InPosition(position=origin, to=to)
        yield from cues
        yield InPosition(position=to)
    if exercise and set_up and to == exercise.position:
        steps = tuple(takewhile(lambda step: not isinstance(step, _REPS), exercise.steps))
        yield from branch_cues(session, language, exercise, steps, pace, to, guidance="names")


_REPS: Final = (Breathe, Count, Group, Hold, MoveTo, Repeat, Sets, Sides, Use, Variants)
"""The first of these begins what an exercise does."""


def _come_into(
    session: Session, language: Language, pace: Pace, title: str, where: Where, position: Position
) -> Iterator[Cue]:
    """Return the cues that name a position, and the time to come into it."""
    name = language.live.positions[position]
    words = tuple(
        text.replace("{position}", name).replace("{exercise}", title) for text in language.live.come_into
    )
    steps = (
        Say(texts=words, guidance="names", where=where, then=0),
        Pause(duration=COME_MS, where=where),
    )
    yield from branch_cues(session, language, None, steps, pace, position)


def easier_cues(session: Session, language: Language, exercise: Exercise, pace: Pace) -> Iterator[Cue]:
    """The cues of the exercise's easier variant, from where its way out ends; none if it has none.

    Raises:
        ScriptError: as ``branch_cues``.
    """
    position = exercise.end_position or exercise.position
    yield InPosition(position=position)
    yield from branch_cues(session, language, exercise, exercise.easier or (), pace, position)


def branch_cues(
    session: Session,
    language: Language,
    exercise: Exercise | None,
    steps: tuple[Step, ...],
    pace: Pace,
    position: Position,
    guidance: Guidance = "full",
) -> Iterator[Cue]:
    """The cues of steps beside the session, as if nothing had been heard before; always the same.

    Args:
        session: where the exercise belongs.
        language: the coach's own words.
        exercise: the steps may use what it tunes, and its fragments; None in the opening and closing.
        steps: what to expand.
        pace: the effective pace of the exercise; its guidance does not matter.
        position: the position before the first step.
        guidance: how much is said.

    Raises:
        ScriptError: no way leads from one position to the next, the steps unfold into more than can be
            played, or something in them cannot be said.
    """
    owner = exercise or session
    progress = ChapterProgress(Milestone(position), owner.where, lambda _step: 0)
    unfolding = Unfolding(language, _unhurried(pace, guidance), progress)
    yield from expander_of(session, unfolding, exercise).expand(steps, title=TypedValue("text", owner.title))


def _unhurried(pace: Pace, guidance: Guidance) -> Pace:
    """The pace with so many words, and no silence shorter than it is written."""
    written = pace.stretch
    stretch = Stretch(
        pauses=max(1.0, written.pauses),
        rests=max(1.0, written.rests),
        moves=max(1.0, written.moves),
        breath=max(1.0, written.breath),
    )
    return replace(pace, guidance=guidance, stretch=stretch)


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

    entry: SessionEntry
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
        UsageError: ``start_at`` is not in the session.
        ScriptError: no way leads from one position to the next, the session unfolds into more than can be
            played, or something in it cannot be said.
    """
    stops = list(_stops(session.items))
    if start_at:
        stops = _from(stops, start_at, session)
    memory = Memory(session.start)
    chapters: list[ChapterPlan] = []

    sound: set[int] = set()  # the exercises whose branches have been expanded

    def add(title: str, entry: SessionEntry | None, pace: Pace, where: Where, unfold: Unfold) -> None:
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
