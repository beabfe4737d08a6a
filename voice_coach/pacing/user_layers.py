"""The layers of a session that are a person's own: their pacing file, and what they say this time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice_coach.core.errors import CoachError, UsageError
from voice_coach.core.script import Session, Tunable
from voice_coach.core.user_values import ALL, Settled, Tuned, UserValue, UserValues
from voice_coach.pacing.layers import COMMAND_LINE, YOURS, Layer, LayersOf, no_layers
from voice_coach.pacing.user_file import PacingFile
from voice_coach.schema.diagnostics import meant, nearest
from voice_coach.script.documents import EVERYWHERE
from voice_coach.script.user_values import Checker, NotSo, settled, tuned_value

YOURS_FOR_ALL = f"{YOURS} for all"


def layers_of_file(file: PacingFile, session: Session, notify: Callable[[str], None]) -> LayersOf:
    """The layers of the person's own values in a session.

    What cannot be read or set is told, each with its place, and passed over.

    Raises:
        CoachError: the person named the file, and it is not there or none of it can be read.
    """
    try:
        own, problems = file.read()
    except CoachError as error:
        if file.named:
            raise
        notify(f"{error} Going on without your own values.")
        return no_layers
    if not own.text and not problems:
        return no_layers
    checker = Checker.of(own)
    tunes = {entry.exercise.id: entry.exercise.tune for entry in session.entries}
    for_all = exercise_layers(own, checker, ALL, {}, session.id)
    layers = {name: exercise_layers(own, checker, name, tune, session.id) for name, tune in tunes.items()}
    _find_misspelt(own, session, tunes, checker)
    for problem in dict.fromkeys([*problems, *checker.found]):
        notify(f"{problem}\nGoing on without it.")
    return lambda entry: for_all if entry is None else layers[entry.exercise.id]


def _find_misspelt(own: UserValues, session: Session, tunes: Mapping[str, object], checker: Checker) -> None:
    """Find values that were most likely meant for an exercise of this session, or that can only be for one.

    Values for exercises of other sessions are none of ours.
    """
    unheard = [name for name in tunes if name not in own.exercises]
    for name, found in own.exercises.items():
        if name not in (*tunes, ALL) and meant(hint := nearest(name, unheard)):
            message = f'"{name}" is not in this session'
            checker.problems.add_token(found.where, name, message, hint, "warning", key=True)
    for name, found in own.sessions.get(session.id, {}).items():
        if name not in (*tunes, ALL):
            message = f'there is no exercise "{name}" in {session.id}'
            hint = nearest(name, tunes)
            checker.problems.add_token(found.where, name, message, hint, "warning", key=True)


def option_layers(said: Mapping[str, str], session: Session) -> LayersOf:
    """The command line's values: ``hold`` for every exercise that has it, ``pelvic-tuck.hold`` for one.

    Raises:
        UsageError: an exercise or name is not known in the session, or a value does not fit.
    """
    tunes: dict[str | None, Mapping[str, Tunable]] = {None: {}}
    tunes.update({entry.exercise.id: entry.exercise.tune for entry in session.entries})
    values: dict[str | None, dict[str, Tuned]] = {exercise: {} for exercise in tunes}
    wrong: list[str] = []
    for key, text in said.items():
        named, _, name = key.rpartition(".")
        if named and named not in tunes:
            known = [exercise for exercise in tunes if exercise]
            wrong.append(f'The session {session.id} has no exercise "{named}": {nearest(named, known)}')
            continue
        having = [named] if named else [each for each, tune in tunes.items() if _has(name, tune)]
        if not having:
            every = dict.fromkeys(name for tune in tunes.values() for name in (*tune, *EVERYWHERE))
            wrong.append(f'No exercise here has "{name}" to tune: {nearest(name, every)}')
        for exercise in having:
            try:
                values[exercise][name] = tuned_value(name, text, tunes[exercise])
            except NotSo as error:
                wrong.append(sentence(error, exercise or ALL))
                if (
                    not named
                    and sum(_has(name, tune) for tune in tunes.values()) > 1
                    and name not in EVERYWHERE
                ):
                    wrong[-1] += f" To set it in one exercise only, name that: EXERCISE.{name}={text}"
    if wrong:
        raise UsageError("\n".join(dict.fromkeys(wrong)))
    layers = {each: (_layer(COMMAND_LINE, settled(of)),) for each, of in values.items()}
    return lambda entry: layers[entry.exercise.id if entry else None]


def _has(name: str, tune: Mapping[str, Tunable]) -> bool:
    return name in tune or name in EVERYWHERE


def exercise_layers(
    own: UserValues, checker: Checker, exercise: str, tune: Mapping[str, Tunable], session: str | None
) -> list[Layer]:
    """A person's layers for an exercise: for all, for it, and the same for a session."""
    made: list[Layer] = []
    for within in (None,) if session is None else (None, session):
        for name in dict.fromkeys((ALL, exercise)):
            values: Mapping[str, UserValue] = own.values_for(name, within)
            if not values:
                continue
            called = f"{YOURS} for {within}" if within else YOURS_FOR_ALL if name == ALL else YOURS
            made.append(_layer(called, checker.settle(values, {} if name == ALL else tune)))
    return made


def sentence(error: NotSo, exercise: str) -> str:
    """Return the sentence about values that cannot be set in an exercise, right after they were typed."""
    message = f"{exercise}: {error.message}"
    if error.about == "name":
        return f"{message}: {error.hint}" if error.hint else f"{message}."
    return f"{message} ({error.hint})." if error.hint else f"{message}."


def _layer(name: str, of: Settled) -> Layer:
    return Layer(name, of.values, of.guidance, of.speed)
