"""Parameters that a person may tune and that change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from voice_coach.compiler.wording import BRACES
from voice_coach.model.problems import Problem
from voice_coach.model.script import (
    Amount,
    Breathe,
    Count,
    During,
    Exercise,
    Fragment,
    Hold,
    Param,
    Pattern,
    Pause,
    Repeat,
    Say,
    Sets,
    Sides,
    Step,
    Use,
    Wait,
    children,
)


def tune_problems(exercise: Exercise) -> tuple[Problem, ...]:
    """A warning for each parameter of ``tune`` that no step uses."""
    steps = (*exercise.steps, *(exercise.arrive or ()), *exercise.hurts, *(exercise.easier or ()))
    used = set(_names(steps, exercise.fragments))
    return tuple(
        Problem(
            tunable.where,
            f'"{name}" can be tuned, but no step uses it',
            "use it in a step, or take it out of tune",
            severity="warning",
        )
        for name, tunable in exercise.tune.items()
        if name not in used
    )


def _names(steps: Iterable[Step], fragments: Mapping[str, Fragment]) -> Iterator[str]:
    """The names in steps, in texts and arguments too; inside fragments those of their own as well."""
    for step in steps:
        match step:
            case Say():
                yield from _in_texts(step.texts)
                yield from _params(step.then)
            case Pause() | Wait():
                yield from _params(step.duration)
            case Hold():
                yield from _params(step.duration)
                yield from _in_during(step.during)
            case Breathe():
                yield from _params(step.pattern, step.cycles, step.duration)
                for phrases in step.phrases.values():
                    yield from _in_texts(phrases)
                yield from _in_during(step.during)
            case Count():
                yield from _params(step.reps, step.tempo)
                yield from _in_texts(step.phases)
                yield from _in_during(step.during)
            case Repeat() | Sets():
                yield from _params(step.times)
            case Sides():
                yield from _params(step.reps)
                if step.change is None:
                    yield "change"
            case Use():
                fragment = fragments[step.fragment]
                for name, default in fragment.parameters.items():
                    given = step.arguments.get(name, default) or ""
                    yield given
                    yield from _in_texts((given,))
                yield from (
                    name for name in _names(fragment.steps, fragments) if name not in fragment.parameters
                )
            case _:
                pass
        yield from _names(children(step), fragments)


def _in_during(during: Iterable[During]) -> Iterator[str]:
    for item in during:
        yield from _in_texts(item.say)
        for moment in (item.at, item.last, item.every):
            if isinstance(moment, Param):
                yield moment.name


def _in_texts(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (match[1] for match in BRACES.finditer(text))


def _params(*values: Amount | Pattern | None) -> Iterator[str]:
    yield from (value.name for value in values if isinstance(value, Param))
