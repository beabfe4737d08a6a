"""What comes beside the session: the way out when something hurts, something easier, and the way back in.

All words are said then, whatever the guidance: nobody in pain is expected to remember them. And nothing is
hurried, however brisk the session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import Final

from voice_coach.compiler.expand import expander_of
from voice_coach.compiler.progress import Milestone, Progress
from voice_coach.compiler.unfolding import Unfolding
from voice_coach.compiler.wording import Known
from voice_coach.model.cue import Cue, InPosition
from voice_coach.model.language import Language
from voice_coach.model.pace import Pace, Stretch
from voice_coach.model.problems import Problem, ScriptError, Where
from voice_coach.model.script import (
    Breathe,
    Count,
    Entry,
    Exercise,
    Group,
    Guidance,
    Hold,
    MoveTo,
    Pause,
    Position,
    Repeat,
    Say,
    Session,
    Sets,
    Sides,
    Step,
    Use,
    Variants,
)

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
    entry: Entry | None,
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
    progress = Progress(Milestone(position), owner.where, lambda _step: 0)
    unfolding = Unfolding(language, _unhurried(pace, guidance), progress)
    yield from expander_of(session, unfolding, exercise).expand(steps, title=Known("text", owner.title))


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
