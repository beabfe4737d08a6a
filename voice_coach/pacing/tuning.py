"""The values of the user: shows those in force; sets, resets, exports and imports them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voice_coach.core.errors import CoachError, Problem, ScriptError, UsageError
from voice_coach.core.parameters import FASTEST, GENERAL, PARAMETERS, SLOWEST, TEMPO_FACTORS, Pace
from voice_coach.core.script import GUIDANCE_LEVELS, Session, SessionEntry, Tunable
from voice_coach.core.user_values import ALL, TuningChange, TuningRow, UserValues
from voice_coach.pacing.layers import BUILT_IN, Layer, effective_pace, saved_layers
from voice_coach.pacing.user_file import PacingFile, write_whole
from voice_coach.pacing.user_layers import exercise_layers, sentence
from voice_coach.schema.diagnostics import nearest
from voice_coach.script.library import ScriptLibrary, is_file, is_same, kind_of
from voice_coach.script.user_values import Checker, NotSo, read_own, tuned_value
from voice_coach.script.yaml_edit import START, with_value, without_value


def tuning_rows(tune: Mapping[str, Tunable], layers: Sequence[Layer]) -> tuple[TuningRow, ...]:
    """A row for each parameter of an exercise, then for what every exercise has.

    Raises:
        CoachError: a layer's value lies outside its bounds.
    """
    pace = effective_pace(tune, layers)
    values = {**pace.values, "gap": pace.gap_ms, "rate": pace.rate_wpm}
    rows = [
        TuningRow(
            name=name,
            type=limits.type,
            value=values[name],
            default=limits.default,
            minimum=limits.minimum,
            maximum=limits.maximum,
            origin=_origin(pace, name),
            doc=limits.what or (PARAMETERS[name].doc if name in PARAMETERS else ""),
        )
        for name, limits in tune.items()
    ]
    rows += [
        TuningRow(
            name=name,
            type=general.type,
            value=values[name],
            default=general.default,
            minimum=general.minimum,
            maximum=general.maximum,
            origin=_origin(pace, name),
            doc=general.doc,
        )
        for name, general in GENERAL.items()
    ]
    speeds = [layer.speed for layer in layers if layer.speed is not None]
    return (
        *rows,
        TuningRow(
            name="guidance",
            type="guidance",
            value=pace.guidance,
            default=GUIDANCE_LEVELS[0],
            origin=pace.origins["guidance"],
            doc="how much is said",
            choices=GUIDANCE_LEVELS,
        ),
        TuningRow(
            name="pace",
            type="pace",
            value=speeds[-1] if speeds else 1.0,
            default=1.0,
            minimum=SLOWEST,
            maximum=FASTEST,
            origin=pace.origins.get("speed", BUILT_IN),
            doc="the one knob: stretches pauses, rests and breath, not holds and doses",
            choices=tuple(TEMPO_FACTORS),
        ),
    )


def _origin(pace: Pace, name: str) -> str:
    """Return where a value comes from; where the tempo factor that turned it comes from has a row of its
    own."""
    return f"{pace.origins[name]}, then pace" if name in pace.turned else pace.origins[name]


@dataclass(frozen=True, slots=True)
class _TuningTarget:
    """Target of tuning: an exercise or all, for always or in one session."""

    exercise: str
    title: str
    tune: Mapping[str, Tunable]
    session: Session | None = None
    entries: tuple[SessionEntry, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """The keys of its values in the pacing file."""
        return _path(self.exercise, self.session.id if self.session else None)


_KIND = re.compile(rb"\bkind[\"']?\s*:\s*[\"']?(\w+)")


def _says_another_kind(path: Path) -> bool:
    """Return whether a file plainly is of another kind, without reading it as YAML: a script may be long."""
    try:
        with path.open("rb") as file:
            kinds = _KIND.findall(file.read(_LOOKED_AT_BYTES))
    except OSError:
        return False
    return bool(kinds) and b"pacing" not in kinds


_LOOKED_AT_BYTES = 64 * 1024


class Tuner:
    """Reads and changes a person's own values.

    Args:
        file: where they are kept.
        library: the scripts, looked up anew for each answer.
    """

    def __init__(self, file: PacingFile, library: Callable[[], ScriptLibrary]) -> None:
        self.file = file
        self._library = library

    def user_values(self) -> tuple[UserValues, list[Problem]]:
        """All that is tuned, and what is wrong with it."""
        own, problems = self.file.read()
        return own, self._with_values(own, problems)

    def title(self, exercise: str, session: str | None = None) -> tuple[str, str]:
        """The id and title of what a name means.

        Raises:
            CoachError: there is no such exercise or session.
        """
        place = self._place(exercise, session)
        return place.exercise, place.title

    def entry(self, exercise: str, session: str | None = None) -> tuple[Session, SessionEntry]:
        """An exercise with what its session sets for it; without a session it is one of its own.

        Raises:
            CoachError: there is no such exercise or session, or it is ``all``.
        """
        if exercise == ALL:
            raise UsageError("Only one exercise at a time can be heard. Which one?")
        place = self._place(exercise, session)
        if place.session is not None:
            return place.session, place.entries[0]
        alone = self._library().exercise(exercise)
        entry = SessionEntry(exercise=alone, where=alone.where)
        session_of_its_own = Session(
            id=alone.id, title=alone.title, items=(entry,), where=alone.where, language=alone.language
        )
        return session_of_its_own, entry

    def rows(self, exercise: str, session: str | None = None) -> tuple[TuningRow, ...]:
        """All that can be tuned in an exercise, with the values in force.

        Args:
            exercise: its name or file, or ``all`` for what every exercise has.
            session: a session, to have its own settings and the values for it alone count too.

        Raises:
            CoachError: there is no such exercise or session, or scripts have problems.
        """
        return self._rows(self._place(exercise, session))

    def tune(
        self, exercise: str, values: Mapping[str, str], session: str | None = None
    ) -> tuple[TuningChange, ...]:
        """Set values, as people write them: all of them or none.

        Raises:
            UsageError: a name is not known, or a value out of bounds; nothing was changed.
            CoachError: there is no such exercise or session, or the file cannot be changed.
        """
        place = self._place(exercise, session)
        wrong = [wrong for name, text in values.items() if (wrong := _wrong(name, text, place))]
        if wrong:
            raise UsageError("\n".join([*wrong, "Nothing was changed."]))

        def changed(text: str) -> str:
            for name, value in values.items():
                text = with_value(text, (*place.path, name), " ".join(value.split()))
            return text

        return self._changes(place, list(values), changed)

    def reset(
        self, exercise: str, name: str | None = None, session: str | None = None
    ) -> tuple[TuningChange, ...]:
        """Take back one own value of an exercise, or (no name) all of them; also where its script is gone.

        Raises:
            UsageError: there is no own value of this name.
            CoachError: as ``tune``.
        """
        own, problems = self.file.read(to_change=True)
        if problems and not own.text:
            raise ScriptError(problems)
        id_, within = _key(exercise, own.exercises), session and _key(session, own.sessions)
        if within:
            id_ = _key(exercise, own.sessions.get(within, {}))
        written = own.values_for(id_, within)
        if not written:
            self._place(exercise, session)  # which tells if there is no such exercise at all
        if name is not None and name not in written:
            known = f"Yours are: {', '.join(written)}." if written else "Nothing of it is tuned."
            raise UsageError(f'"{name}" is not tuned {_for(id_, within)}. {known}')
        if not written:
            return ()
        path = _path(id_, within) if name is None else (*_path(id_, within), name)
        before = self._rows_if_known(id_, within)
        self.file.change(lambda text: without_value(text, path))
        after = self._rows_if_known(id_, within)
        return tuple(
            _taken_back(id_, within, each, written[each].text, before.get(each), after.get(each))
            for each in ([name] if name else written)
        )

    def export(self, target: Path, *, force: bool = False) -> None:
        """Copy the pacing file, for sending it to another person.

        Raises:
            ScriptError: it has problems, so that nobody could take it over.
            CoachError: nothing is tuned, or the copy cannot be written.
        """
        own, problems = self.user_values()
        if problems:
            raise ScriptError(problems)
        if not own.text:
            raise CoachError("Nothing is tuned yet, so there is nothing to export.")
        write_whole(target, own.text, force=force)

    def import_file(self, source: Path) -> tuple[TuningChange, ...]:
        """Set all that another pacing file sets; where no own file was begun yet, it becomes that.

        Raises:
            ScriptError: something in it has no place here; all of it is told, and nothing was changed.
            CoachError: it cannot be read, or the own file cannot be changed.
        """
        given, problems = read_own(source)
        if given is not None:
            problems = self._with_values(given, problems)
        if problems or given is None:
            raise ScriptError(problems)
        places = [
            (self._place(exercise, session), list(found.values))
            for session, by_exercise in ((None, given.exercises), *given.sessions.items())
            for exercise, found in by_exercise.items()
        ]
        if not any(names for _, names in places):
            return ()
        before = [self._rows(place, to_change=True) for place, _ in places]

        def changed(text: str) -> str:
            if text == START:
                # What is remembered of a person is for that person to say.
                return without_value(given.text, ("history",))
            for place, names in places:
                session = place.session.id if place.session else None
                for name in names:
                    value = given.values_for(place.exercise, session)[name].text
                    text = with_value(text, (*place.path, name), value)
            return text

        self.file.change(changed)
        return tuple(
            change
            for (place, names), old in zip(places, before, strict=True)
            for change in _compared(place, old, self._rows(place), names)
        )

    def problems_in(self, source: str) -> list[Problem] | None:
        """Everything wrong with a pacing file; None if it is something else."""
        path = Path(source)
        if not is_file(path):
            return None
        if not is_same(path, self.file.path) and (_says_another_kind(path) or kind_of(path) != "pacing"):
            return None
        own, problems = read_own(path)
        return self._with_values(own, problems) if own else problems

    def _with_values(self, own: UserValues, problems: Sequence[Problem]) -> list[Problem]:
        """The problems of a file and of the values in it, in the order of their places."""
        by_place = {problem.where: problem for problem in (*self._problems(own), *problems)}
        return sorted(by_place.values(), key=lambda problem: (problem.where.line, problem.where.column))

    def _problems(self, own: UserValues) -> list[Problem]:
        """Return what the scripts do not let be set, with its place."""
        checker = Checker.of(own, "error")
        for session, by_exercise in ((None, own.exercises), *own.sessions.items()):
            for exercise, found in by_exercise.items():
                try:
                    tune = self._place(exercise, session).tune
                except ScriptError as error:
                    script = error.problems[0].where.file
                    message, hint = f"{script} has problems", f"run 'voice-coach check {script}'"
                    checker.problems.add_token(found.where, exercise, message, hint, key=True)
                    continue
                except CoachError as error:
                    checker.problems.add_token(found.where, exercise, str(error), key=True)
                    continue
                checker.settle(found.values, tune)
        return checker.found

    def _changes(
        self, place: _TuningTarget, names: Sequence[str], changed: Callable[[str], str]
    ) -> tuple[TuningChange, ...]:
        before = self._rows(place, to_change=True)
        self.file.change(changed)
        return _compared(place, before, self._rows(place), names)

    def _place(self, exercise: str, session: str | None) -> _TuningTarget:
        if session is None:
            if exercise == ALL:
                return _TuningTarget(ALL, "All exercises", {})
            alone = self._library().exercise(exercise)
            return _TuningTarget(alone.id, alone.title, alone.tune)
        loaded = self._library().session(session)
        entries = loaded.entries
        if any(entry.exercise.where == loaded.where for entry in entries):
            raise UsageError(f'"{session}" is an exercise: only a session can have values of its own.')
        if exercise == ALL:
            return _TuningTarget(ALL, f"All exercises of {loaded.title}", {}, loaded)
        id_ = _key(exercise, [entry.exercise.id for entry in entries])
        found = tuple(entry for entry in entries if entry.exercise.id == id_)
        if not found:
            hint = nearest(exercise, dict.fromkeys(entry.exercise.id for entry in entries))
            raise UsageError(f'The session {loaded.id} has no exercise "{exercise}": {hint}')
        one = found[0].exercise
        return _TuningTarget(one.id, f"{one.title}, in {loaded.title}", one.tune, loaded, found)

    def _rows(self, place: _TuningTarget, *, to_change: bool = False) -> tuple[TuningRow, ...]:
        own, _ = self.file.read(to_change=to_change)
        session = place.session.id if place.session else None
        yours = exercise_layers(own, Checker.of(own), place.exercise, place.tune, session)
        turns = (
            tuning_rows(place.tune, saved_layers(place.session, entry, yours))
            for entry in place.entries or (None,)
        )
        return tuple(_merged(rows) for rows in zip(*turns, strict=True))

    def _rows_if_known(self, exercise: str, session: str | None) -> dict[str, TuningRow]:
        """The rows by name; none where the scripts cannot tell."""
        try:
            return {row.name: row for row in self._rows(self._place(exercise, session), to_change=True)}
        except CoachError:
            return {}


def _path(exercise: str, session: str | None) -> tuple[str, ...]:
    if session is not None:
        return ("sessions", session, exercise)
    return (ALL,) if exercise == ALL else ("exercises", exercise)


def _key(name: str, known: Collection[str]) -> str:
    """The id that a name or a file's name means."""
    return name if name in known else Path(name).stem


def _merged(rows: Sequence[TuningRow]) -> TuningRow:
    """One row for an exercise that a session has several times."""
    values = [row.value for row in rows]
    return replace(rows[0], later=tuple(values[1:]) if len(set(values)) > 1 else ())


def _taken_back(
    exercise: str,
    session: str | None,
    name: str,
    text: str,
    before: TuningRow | None,
    after: TuningRow | None,
) -> TuningChange:
    """The change by taking back a value, which may have been one that was passed over."""
    now = after or TuningRow(
        name=name, type="guidance", value="-", default="-", origin="nothing of this name", doc=""
    )
    if before is None or before.origin == now.origin:
        before = replace(now, value=text, later=(), origin="passed over")
    return TuningChange(exercise, before, now, session)


def _compared(
    place: _TuningTarget, before: Sequence[TuningRow], after: Sequence[TuningRow], names: Sequence[str]
) -> tuple[TuningChange, ...]:
    session = place.session.id if place.session else None
    pairs = {old.name: (old, new) for old, new in zip(before, after, strict=True)}
    return tuple(TuningChange(place.exercise, *pairs[name], session) for name in names if name in pairs)


def _wrong(name: str, text: str, place: _TuningTarget) -> str:
    try:
        tuned_value(name, text, place.tune)
    except NotSo as error:
        return sentence(error, place.exercise)
    return ""


def _for(exercise: str, session: str | None) -> str:
    whose = "for all exercises" if exercise == ALL else f"in {exercise}"
    return f"{whose} for {session}" if session else whose
