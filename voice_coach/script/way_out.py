"""Checks where the steps end that a person is led through when something hurts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from voice_coach.model.script import (
    Exercise,
    Fragment,
    MoveTo,
    Repeat,
    Sets,
    Sides,
    Step,
    Use,
    Variants,
    children,
)
from voice_coach.script.collecting import Collector

_NEXT = "after it the coach goes on from there"


def check_ends(exercise: Exercise, collectors: Mapping[str, Collector]) -> None:
    """A problem for each move in ``hurts`` and ``easier`` that may be the last and ends elsewhere.

    Args:
        exercise: all that is in it is known, and no fragment uses itself.
        collectors: the files' problems, by the files' names.
    """
    end = exercise.end_position or exercise.position
    for key, steps in (("hurts", exercise.hurts), ("easier", exercise.easier or ())):
        for move in _last_moves(steps, exercise.fragments):
            if move.position != end:
                message = f'"{key}" ends {move.position} here, but the exercise {end}: {_NEXT}'
                hint = f"add move: {end} as its last step"
                collectors[move.where.file].add_token(move.where, move.position, message, hint)


def _last_moves(steps: Sequence[Step], fragments: Mapping[str, Fragment]) -> Iterable[MoveTo]:
    """The moves that no other must follow. Of what may be left out, those before it as well."""
    for step in reversed(steps):
        match step:
            case MoveTo():
                found: list[MoveTo] = [step]
                surely = True
            case Use():
                found = list(_last_moves(fragments[step.fragment].steps, fragments))
                surely = bool(found)
            case Variants():
                each = [list(_last_moves(choice, fragments)) for choice in step.choices]
                found = [move for moves in each for move in moves]
                surely = all(each)
            case Repeat() | Sets() | Sides():
                change = step.change or () if isinstance(step, Sides) else ()
                found = list(_last_moves((*step.between, *change, *step.steps), fragments))
                surely = bool(found)
            case _:
                found = list(_last_moves(children(step), fragments))
                surely = bool(found)
        yield from found
        if surely and step.only == "always":
            return
