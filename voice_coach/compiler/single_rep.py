"""Steps that are looped while an exercise is tuned by ear: one rep, with all that can be tuned.

Of every loop that is the first turn, up to the beginning of the second, so that rests and changes of side are
in it (the :class:`Expander` leaves out the others: ``first_turns``). What stands outside of loops is left
out, unless its own length can be tuned. An exercise without a loop is heard whole, with fewer words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from voice_coach.core.script import (
    Exercise,
    Fragment,
    Group,
    Param,
    Repeat,
    Say,
    Sets,
    Sides,
    Step,
    Use,
    Variants,
)


def rep_steps(exercise: Exercise) -> tuple[Step, ...]:
    """The steps to expand, with ``first_turns``, for one rep of an exercise; never none."""
    fragments = exercise.fragments
    if _loops(exercise.steps, fragments):
        return tuple(_in_loops(exercise.steps, fragments))
    talked_less = tuple(step for step in exercise.steps if not _is_talk(step))
    return talked_less or exercise.steps


def counts_of_turns(exercise: Exercise) -> frozenset[str]:
    """The parameters that say how often loops turn; of them one rep tells nothing, but for what is said."""
    return frozenset(_counts_of_turns(exercise.steps))


def _counts_of_turns(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        match step:
            case Repeat(times=Param() as times) | Sets(times=Param() as times) | Sides(reps=Param() as times):
                yield times.name
            case _:
                pass
        yield from _counts_of_turns(step.children())


def _loops(steps: Iterable[Step], fragments: Mapping[str, Fragment]) -> bool:
    return any(
        isinstance(step, (Repeat, Sets, Sides)) or _loops(_inside(step, fragments), fragments)
        for step in steps
    )


def _in_loops(steps: Iterable[Step], fragments: Mapping[str, Fragment]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Group):
            inner = tuple(_in_loops(step.steps, fragments))
            if inner:
                yield replace(step, steps=inner)
        elif _loops((step,), fragments) or _is_tuned(step, fragments):
            yield step


def _inside(step: Step, fragments: Mapping[str, Fragment]) -> tuple[Step, ...]:
    """The steps in a step that is no loop."""
    match step:
        case Group():
            return step.steps
        case Variants():
            return tuple(inner for choice in step.choices for inner in choice)
        case Use():
            return fragments[step.fragment].steps
        case _:
            return ()


def _is_tuned(step: Step, fragments: Mapping[str, Fragment]) -> bool:
    """Return whether a parameter, or a fragment's argument, sets how long a step that is no loop takes."""
    is_own = any(isinstance(amount, Param) for amount, _ in step.amounts())
    return is_own or any(_is_tuned(inner, fragments) for inner in _inside(step, fragments))


def _is_talk(step: Step) -> bool:
    """Words that those who know the exercise can do without."""
    return isinstance(step, Say) and step.guidance == "full" and not isinstance(step.then, Param)
