"""All that the scripts that come with voice_coach can say: what the pack of clips has to hold.

A session is gone through with every number that its words name and its loops count, within the bounds that it
may be tuned in; with few words and with many; begun at each of its exercises; and each exercise by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

from voice_coach.coach import Coach, SessionOptions
from voice_coach.compiler.single_rep import counts_of_turns
from voice_coach.compiler.wording import BRACES
from voice_coach.core.errors import Where
from voice_coach.core.parameters import format_setting
from voice_coach.core.script import (
    BREATH_PHASES,
    GUIDANCE_LEVELS,
    Breathe,
    Count,
    Exercise,
    Hold,
    MoveTo,
    Say,
    Session,
    SessionEntry,
    Setting,
    Sides,
    Tunable,
)
from voice_coach.core.speech import Utterance
from voice_coach.paths import home_in, shipped_scripts
from voice_coach.script.library import list_scripts
from voice_coach.session.repertoire import repertoire

HIGHEST_COUNT: Final = 30
"""Reps are counted so far, whether a session that comes with voice_coach does or not."""

Values = dict[str, str]
"""Values as people write them, by exercise and parameter."""


def shipped_words(voice: str, language: str = "en") -> tuple[Utterance, ...]:
    """Return every utterance that the shipped sessions and exercises, and the coach itself, can ask for.

    Args:
        voice: who is to speak, as ``ENGINE:NAME``; it need not be there.
        language: of the scripts.
    """
    found: dict[Utterance, None] = {}
    with TemporaryDirectory() as folder, _silent_coach(Path(folder)) as coach:
        for name in dict.fromkeys(each.id for each in list_scripts([shipped_scripts()])):
            session = coach.load(name)
            if session.language == language:
                found.update(dict.fromkeys(_of_session(coach, session, voice)))
        words = coach.prepare(_coaching(coach, language))
        found.update(dict.fromkeys(repertoire(words, voice, live=False)))
    return tuple(found)


def _silent_coach(folder: Path) -> Coach:
    """Return a coach without a user, whose voice has no pack."""
    return Coach(home=home_in(folder), voice="espeak:")


def _of_session(coach: Coach, session: Session, voice: str) -> Iterator[Utterance]:
    for values, live in _tuned(session):
        options = SessionOptions(said=values, guidance="full")
        yield from repertoire(coach.prepare(session, options, yours=False), voice, live=live)
    for values in ({}, _at_bounds(session, "maximum")):
        for guidance in (None, *GUIDANCE_LEVELS):
            options = SessionOptions(said=values, guidance=guidance)
            starts = ("", *dict.fromkeys(entry.exercise.id for entry in session.entries))
            for start_at in starts:
                performance = coach.prepare(session, options, start_at=start_at, yours=False)
                yield from repertoire(performance, voice, live=False)


def _tuned(session: Session) -> Iterator[tuple[Values, bool]]:
    """Everything that can be told by words tuned everywhere, what else there is at its default and bounds.

    And whether the coach may say something else besides then: that goes by counts, and by how long all lasts.
    """
    rows = [list(_utterances(entry)) for entry in session.entries]
    for around in ({}, _at_bounds(session, "minimum"), _at_bounds(session, "maximum")):
        for number in range(max(map(len, rows))):
            values = dict(around)
            for row in rows:
                values |= row[number % len(row)]
            yield values, not around or not number
    yield _at_bounds(session, "maximum"), True


def _utterances(entry: SessionEntry) -> Iterator[Values]:
    """Every choice of what an exercise tells in words or counts in loops, and beside it every other count."""
    exercise = entry.exercise
    named = {name for text in _texts(exercise) for name, _style in BRACES.findall(text)}
    named |= counts_of_turns(exercise)
    choices = {name: list(_choices(limits, entry.settings)) for name, limits in exercise.tune.items()}
    told = [name for name in choices if name in named]
    others = [name for name, limits in exercise.tune.items() if name not in named and limits.type == "count"]
    together = list(product(*(choices[name] for name in told)))
    for number in range(max(len(together), *(len(choices[name]) for name in others), 1)):
        chosen = dict(zip(told, together[number % len(together)], strict=True))
        chosen |= {name: choices[name][number % len(choices[name])] for name in others}
        yield {
            f"{exercise.id}.{name}": format_setting(value, exercise.tune[name].type)
            for name, value in chosen.items()
        }


def _choices(tunable: Tunable, set_: Mapping[str, Setting]) -> Iterator[Setting]:
    """Every count; of other values those that scripts name."""
    low, high = tunable.minimum, tunable.maximum
    if tunable.type == "count" and isinstance(low, int) and isinstance(high, int):
        yield from range(low, high + 1)
    else:
        yield from dict.fromkeys((tunable.default, set_.get(tunable.name, low), low, high))


def _at_bounds(session: Session, bound: str) -> Values:
    return {
        f"{entry.exercise.id}.{name}": format_setting(getattr(tunable, bound), tunable.type)
        for entry in session.entries
        for name, tunable in entry.exercise.tune.items()
    }


def _texts(part: object) -> Iterator[str]:
    """Every text in a part of a script."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        yield from _texts(tuple(cast("Mapping[object, object]", part).values()))
    elif isinstance(part, tuple):
        for each in cast("tuple[object, ...]", part):
            yield from _texts(each)
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from _texts(getattr(part, field.name))


def _coaching(coach: Coach, language: str) -> Session:
    """A session of the coach's own words only: counting, breathing, changing sides, every move."""
    own = coach.library().language(language)
    where = Where("coach", 1)
    moves = [MoveTo(position=to, where=where) for move in own.moves for to in (move.origin, move.to)]
    steps = (
        Count(reps=HIGHEST_COUNT, tempo=(3_000,), where=where),
        Hold(duration=60_000, countdown=HIGHEST_COUNT, where=where),
        Breathe(pattern=(4_000,) * len(BREATH_PHASES), cycles=1, where=where),
        Sides(sides=("left", "right"), reps=1, steps=(Say(texts=own.opening, where=where),), where=where),
        Sides(sides=("right", "left"), reps=1, steps=(Say(texts=own.opening, where=where),), where=where),
        *moves,
    )
    exercise = Exercise(
        id="coach", title="", position="standing", steps=steps, where=where, language=language
    )
    return Session(
        id="coach",
        title="",
        items=(SessionEntry(exercise=exercise, where=where),),
        where=where,
        language=language,
    )
