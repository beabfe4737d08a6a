"""What a person tunes: shows the values in force, and sets, resets, exports and imports their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_coach.model.own import ALL, OwnPacing, TuningChange, TuningRow
from voice_coach.model.problems import CoachError, Problem, ScriptError, WishError
from voice_coach.model.script import Entry, Session, Tunable
from voice_coach.pacing.layers import Layer
from voice_coach.pacing.tuning_rows import tuning_rows
from voice_coach.pacing_file import PacingFile, write_whole
from voice_coach.pacing_layers import entries_of, own_layers, sentence
from voice_coach.script.collecting import nearest
from voice_coach.script.library import Library
from voice_coach.script.own_pacing import Checker, NotSo, read_own, read_own_text, tuned_value
from voice_coach.script.own_writing import with_value, without_value


@dataclass(frozen=True, slots=True)
class _Place:
    """What is tuned: an exercise, or all of them, for always or in one session."""

    exercise: str
    title: str
    tune: Mapping[str, Tunable]
    session: Session | None = None
    entry: Entry | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The keys of its values in the pacing file."""
        if self.session is not None:
            return ("sessions", self.session.id, self.exercise)
        return (ALL,) if self.exercise == ALL else ("exercises", self.exercise)


class Tuner:
    """Reads and changes a person's own values.

    Args:
        file: where they are kept.
        library: the scripts, looked up anew for each answer.
    """

    def __init__(self, file: PacingFile, library: Callable[[], Library]) -> None:
        self.file = file
        self._library = library

    def own(self) -> tuple[OwnPacing, list[Problem]]:
        """All that is tuned, and what is wrong with it."""
        own, problems = self.file.read()
        return own, [*problems, *self._problems(own)]

    def title(self, exercise: str, session: str | None = None) -> tuple[str, str]:
        """The id and title of what a name means.

        Raises:
            CoachError: there is no such exercise or session.
        """
        place = self._place(exercise, session)
        return place.exercise, place.title

    def entry(self, exercise: str, session: str | None = None) -> tuple[Session, Entry]:
        """An exercise with what its session sets for it; without a session it is one of its own.

        Raises:
            CoachError: there is no such exercise or session, or it is ``all``.
        """
        if exercise == ALL:
            raise WishError("Only one exercise at a time can be heard. Which one?")
        place = self._place(exercise, session)
        if place.session is not None and place.entry is not None:
            return place.session, place.entry
        alone = self._library().exercise(exercise)
        entry = Entry(exercise=alone, where=alone.where)
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
        """Sets values, as people write them: all of them or none.

        Raises:
            WishError: a name is not known, or a value out of bounds; nothing was changed.
            CoachError: there is no such exercise or session, or the file cannot be changed.
        """
        place = self._place(exercise, session)
        wrong = [wrong for name, text in values.items() if (wrong := _wrong(name, text, place))]
        if wrong:
            raise WishError("\n".join([*wrong, "Nothing was changed."]))

        def changed(text: str) -> str:
            for name, value in values.items():
                text = with_value(text, (*place.path, name), " ".join(value.split()))
            return text

        return self._changes(place, list(values), changed)

    def reset(
        self, exercise: str, name: str | None = None, session: str | None = None
    ) -> tuple[TuningChange, ...]:
        """Takes back one own value of an exercise, or (no name) all of them.

        Raises:
            WishError: there is no own value of this name.
            CoachError: as ``tune``.
        """
        place = self._place(exercise, session)
        own, _ = self.file.read()
        written = own.of(place.exercise, place.session.id if place.session else None)
        if name is not None and name not in written:
            known = f"Yours are: {', '.join(written)}." if written else "Nothing of it is tuned."
            raise WishError(f'"{name}" is not tuned {_for(place)}. {known}')
        keys = place.path if name is None else (*place.path, name)
        if not written:
            return ()
        names = list(written) if name is None else [name]
        return self._changes(place, names, lambda text: without_value(text, keys))

    def export(self, target: Path, *, force: bool = False) -> None:
        """Copies the pacing file, to be sent to somebody.

        Raises:
            CoachError: nothing is tuned, or the copy cannot be written.
        """
        own, _ = self.file.read()
        if not own.text:
            raise CoachError("Nothing is tuned yet, so there is nothing to export.")
        write_whole(target, own.text, force=force)

    def take_over(self, source: Path) -> tuple[TuningChange, ...]:
        """Sets all that another pacing file sets; where nothing is tuned yet, it becomes the person's own.

        Raises:
            ScriptError: something in it has no place here; all of it is told, and nothing was changed.
            CoachError: it cannot be read, or the own file cannot be changed.
        """
        given, problems = read_own(source)
        problems = [*problems, *(self._problems(given) if given else ())]
        if problems or given is None:
            raise ScriptError(problems)
        places = [
            (self._place(exercise, session), list(found.values))
            for session, by_exercise in ((None, given.exercises), *given.sessions.items())
            for exercise, found in by_exercise.items()
        ]
        before = [self._rows(place, to_change=True) for place, _ in places]

        def changed(text: str) -> str:
            if not _says_anything(text):
                return given.text
            for place, names in places:
                session = place.session.id if place.session else None
                for name in names:
                    value = given.of(place.exercise, session)[name].text
                    text = with_value(text, (*place.path, name), value)
            return text

        self.file.change(changed)
        return tuple(
            change
            for (place, names), old in zip(places, before, strict=True)
            for change in _compared(place, old, self._rows(place), names)
        )

    def problems_in(self, source: str) -> list[Problem]:
        """Everything wrong with a script that was read already, if it is a pacing file."""
        path = Path(source)
        own = read_own(path)[0] if path.is_file() else None
        return self._problems(own) if own else []

    def _problems(self, own: OwnPacing) -> list[Problem]:
        """What the scripts do not let be set, with its place."""
        checker = Checker.of(own, "error")
        for session, by_exercise in ((None, own.exercises), *own.sessions.items()):
            for exercise, found in by_exercise.items():
                try:
                    tune = self._place(exercise, session).tune
                except ScriptError:
                    raise
                except CoachError as error:
                    checker.problems.add_token(found.where, exercise, str(error), key=True)
                    continue
                checker.settle(found.values, tune)
        return checker.found

    def _changes(
        self, place: _Place, names: Sequence[str], changed: Callable[[str], str]
    ) -> tuple[TuningChange, ...]:
        before = self._rows(place, to_change=True)
        self.file.change(changed)
        return _compared(place, before, self._rows(place), names)

    def _place(self, exercise: str, session: str | None) -> _Place:
        if session is None:
            if exercise == ALL:
                return _Place(ALL, "All exercises", {})
            alone = self._library().exercise(exercise)
            return _Place(alone.id, alone.title, alone.tune)
        loaded = self._library().session(session)
        if exercise == ALL:
            return _Place(ALL, f"All exercises of {loaded.title}", {}, loaded)
        entries = {entry.exercise.id: entry for entry in entries_of(loaded)}
        entry = entries.get(exercise) or entries.get(Path(exercise).stem)
        if entry is None:
            hint = nearest(exercise, entries)
            raise WishError(f'The session {loaded.id} has no exercise "{exercise}": {hint}')
        found = entry.exercise
        return _Place(found.id, f"{found.title}, in {loaded.title}", found.tune, loaded, entry)

    def _rows(self, place: _Place, *, to_change: bool = False) -> tuple[TuningRow, ...]:
        own, _ = self.file.read(to_change=to_change)
        layers: list[Layer] = []
        session = place.session
        if session is not None:
            layers.append(Layer(f"session {session.id}", session.settings))
            if place.entry is not None:
                layers.append(Layer(f"session {session.id}", place.entry.settings, place.entry.guidance))
        layers += own_layers(
            own, Checker.of(own), place.exercise, place.tune, session.id if session else None
        )
        return tuning_rows(place.tune, layers)


def _compared(
    place: _Place, before: Sequence[TuningRow], after: Sequence[TuningRow], names: Sequence[str]
) -> tuple[TuningChange, ...]:
    session = place.session.id if place.session else None
    pairs = {old.name: (old, new) for old, new in zip(before, after, strict=True)}
    return tuple(TuningChange(place.exercise, *pairs[name], session) for name in names if name in pairs)


def _wrong(name: str, text: str, place: _Place) -> str:
    try:
        tuned_value(name, text, place.tune)
    except NotSo as error:
        return sentence(error, place.exercise)
    return ""


def _for(place: _Place) -> str:
    whose = "for all exercises" if place.exercise == ALL else f"in {place.exercise}"
    return f"{whose} for {place.session.id}" if place.session else whose


def _says_anything(text: str) -> bool:
    own, _ = read_own_text(text, "")
    return own is not None and bool(own.exercises or own.sessions)
