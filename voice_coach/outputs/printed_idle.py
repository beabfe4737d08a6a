"""Which parameters of an exercise have nothing to do: those of what comes between, if there is one turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields

from voice_coach.model.script import (
    Amount,
    Exercise,
    Fragment,
    Param,
    Repeat,
    Sets,
    Sides,
    Step,
    Use,
    children,
)

_DEEPEST = 20
"""So far fragments may use each other."""


def idle(exercise: Exercise, turns: Callable[[Amount], int]) -> frozenset[str]:
    """The parameters of an exercise that stand only in steps that nobody comes to.

    One that stands nowhere is not among them: it may do something that is not seen from here, such as the
    time for the coach's own words at a change of side.

    Args:
        exercise: the exercise.
        turns: how often an amount says that a loop goes round.
    """
    done: set[str] = set()
    passed: set[str] = set()
    for step, is_done in _walk(exercise.steps, exercise.fragments, turns):
        (done if is_done else passed).update(_names(step, exercise.fragments))
    return frozenset(passed - done)


def _walk(
    steps: Iterable[Step],
    fragments: Mapping[str, Fragment],
    turns: Callable[[Amount], int],
    *,
    is_done: bool = True,
    depth: int = 0,
) -> Iterator[tuple[Step, bool]]:
    """All steps, those of fragments too, and whether they are come to."""
    for step in steps:
        yield step, is_done
        never = set(map(id, _never(step, turns)))
        for child in children(step):
            there = is_done and id(child) not in never
            yield from _walk([child], fragments, turns, is_done=there, depth=depth)
        if isinstance(step, Use) and depth < _DEEPEST:
            within = fragments[step.fragment].steps
            yield from _walk(within, fragments, turns, is_done=is_done, depth=depth + 1)


def _never(step: Step, turns: Callable[[Amount], int]) -> tuple[Step, ...]:
    """The steps right inside that stand between turns of which there are not two."""
    match step:
        case Repeat() | Sets():
            return step.between if turns(step.times) < 2 else ()
        case Sides():
            between = step.between if turns(step.reps) < 2 else ()
            return (*between, *((step.change or ()) if len(step.sides) < 2 else ()))
        case _:
            return ()


def _names(step: Step, fragments: Mapping[str, Fragment]) -> Iterator[str]:
    """The parameters in what a step says of itself; not those in its words."""
    for item in (step, *getattr(step, "during", ())):
        for each in fields(item):
            value = getattr(item, each.name)
            if isinstance(value, Param):
                yield value.name
    if isinstance(step, Use):
        for name, default in fragments[step.fragment].parameters.items():
            yield step.arguments.get(name, default) or ""
