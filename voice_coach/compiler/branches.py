"""What comes beside the session when something hurts: the way out of a position, and something easier.

All words are said then, whatever the guidance: nobody in pain is expected to remember them. And nothing is
hurried, however brisk the session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from voice_coach.compiler.expand import expander_of
from voice_coach.compiler.progress import Milestone, Progress
from voice_coach.compiler.unfolding import Unfolding
from voice_coach.compiler.wording import Known
from voice_coach.model.cue import Cue
from voice_coach.model.language import Language
from voice_coach.model.pace import Pace, Stretch
from voice_coach.model.problems import Problem
from voice_coach.model.script import Exercise, Position, Say, Session, Step


def way_out_cues(
    session: Session, language: Language, exercise: Exercise | None, pace: Pace
) -> Iterator[Cue]:
    """The cues of the exercise's own way out, or else the coach's general words.

    Args:
        session: where the exercise belongs.
        language: the coach's own words.
        exercise: None in the opening and closing.
        pace: the effective pace of the exercise.

    Raises:
        ScriptError: as ``branch_cues``.
    """
    if exercise and exercise.hurts:
        yield from branch_cues(session, language, exercise, exercise.hurts, pace, exercise.position)
        return
    where = exercise.where if exercise else session.where
    words = Say(texts=language.live.hurts_way_out, guidance="names", where=where)
    yield from branch_cues(session, language, exercise, (words,), pace, session.start)


def easier_cues(session: Session, language: Language, exercise: Exercise, pace: Pace) -> Iterator[Cue]:
    """The cues of the exercise's easier variant, from where its way out ends; none if it has none.

    Raises:
        ScriptError: as ``branch_cues``.
    """
    position = exercise.end_position or exercise.position
    yield from branch_cues(session, language, exercise, exercise.easier or (), pace, position)


def branch_cues(
    session: Session,
    language: Language,
    exercise: Exercise | None,
    steps: tuple[Step, ...],
    pace: Pace,
    position: Position,
) -> Iterator[Cue]:
    """The cues of steps beside the session, as if nothing had been heard before; always the same.

    Args:
        session: where the exercise belongs.
        language: the coach's own words.
        exercise: the steps may use what it tunes, and its fragments; None in the opening and closing.
        steps: what to expand.
        pace: the effective pace of the exercise; its guidance does not matter.
        position: the position before the first step.

    Raises:
        ScriptError: no way leads from one position to the next, the steps unfold into more than can be
            played, or something in them cannot be said.
    """
    owner = exercise or session
    progress = Progress(Milestone(position), owner.where, lambda _step: 0)
    unfolding = Unfolding(language, _unhurried(pace), progress)
    yield from expander_of(session, unfolding, exercise).expand(steps, title=Known("text", owner.title))


def _unhurried(pace: Pace) -> Pace:
    """The pace, all words said and no silence shorter than it is written."""
    written = pace.stretch
    stretch = Stretch(
        pauses=max(1.0, written.pauses),
        rests=max(1.0, written.rests),
        moves=max(1.0, written.moves),
        breath=max(1.0, written.breath),
    )
    return replace(pace, guidance="full", stretch=stretch)


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
