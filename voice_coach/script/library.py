"""Finds scripts by name or path, reads them with all they refer to, and gives the finished models."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice_coach.model.problems import CoachError, ScriptError, Where
from voice_coach.model.script import (
    Entry,
    Exercise,
    Fragment,
    Language,
    PlaySound,
    Rounds,
    Say,
    Session,
    Setting,
)
from voice_coach.model.settings import GENERAL, parse_setting
from voice_coach.script.collecting import Collector, nearest
from voice_coach.script.documents import KINDS, EntryDraft, RoundsDraft
from voice_coach.script.names import NameCheck
from voice_coach.script.reading import Document, display_name, read_document
from voice_coach.script.setting_check import check_setting

FOLDERS = {"exercise": "exercises", "session": "sessions", "language": "languages"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A script in the library: its kind, id, title (or what is wrong with it) and file."""

    kind: str
    id: str
    title: str
    path: Path
    readable: bool = True


class Library:
    """The scripts in some folders, each with ``exercises/``, ``sessions/`` and ``languages/``.

    Args:
        roots: where to look, in this order; folders that do not exist are passed over.
        sounds: the names of the sound cues that steps may use.
    """

    def __init__(self, roots: Sequence[Path], sounds: Collection[str]) -> None:
        self._roots = roots
        self._sounds = sounds
        self._collectors: dict[str, Collector] = {}
        self._exercises: dict[Path, Exercise | None] = {}

    def session(self, name: str) -> Session:
        """The session of a name or file; an exercise becomes a session of its own.

        Raises:
            ScriptError: the script or one that it uses has problems; all of them at once.
            CoachError: there is no such script.
        """
        path = self._find_any(name)
        document = self._document(path, ("session", "exercise"))
        made: Session | None = None
        if document and document.kind == "session":
            made = self._session(document)
        elif document:
            exercise = self._exercise(document)
            made = self._alone(exercise) if exercise else None
        self._raise_problems()
        if made is None:
            raise CoachError(f"{path} could not be read.")
        return made

    def check(self, name: str) -> Session | None:
        """Reads any kind of script as ``session`` does; the session if it is one that can be played.

        Raises:
            ScriptError: the script or one that it uses has problems; all of them at once.
            CoachError: there is no such script.
        """
        path = self._find_any(name)
        document, _ = read_document(path, display_name(path), tuple(KINDS))
        if document is None or document.kind in ("session", "exercise"):
            return self.session(name)
        document = self._document(path, (document.kind,))
        if document and document.kind == "fragments":
            fragments: dict[str, Fragment] = document.values["fragments"]
            NameCheck(self._collectors, fragments, {}, self._sounds).check_fragments()
        self._raise_problems()
        return None

    def language(self, code: str) -> Language:
        """The coach's own words in a language.

        Raises:
            ScriptError: the language file has problems.
            CoachError: there is no file for this language.
        """
        for root in self._roots:
            path = root / "languages" / f"{code}.yaml"
            if re.fullmatch(r"[a-z0-9-]+", code) and path.is_file():
                document = self._document(path, ("language",))
                self._raise_problems()
                if document:
                    return Language(**document.values)
        raise CoachError(
            f'There are no words for the language "{code}": write scripts/languages/{code}.yaml.'
        )

    def listed(self) -> Iterator[Listed]:
        """The sessions and exercises there are, the first of each name; those with problems too."""
        seen: set[tuple[str, str]] = set()
        for kind in ("session", "exercise"):
            for root in self._roots:
                for path in sorted((root / FOLDERS[kind]).glob("*.yaml")):
                    if (kind, path.stem) in seen:
                        continue
                    seen.add((kind, path.stem))
                    document, problems = read_document(path, display_name(path), (kind,))
                    good = document is not None and not problems.problems
                    title = (
                        str(document.values["title"]) if document else "has problems: run voice-coach check"
                    )
                    yield Listed(kind, path.stem, title, path, good)

    def _find_any(self, name: str) -> Path:
        if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
            return Path(name)
        candidates = [
            root / FOLDERS[kind] / f"{name}.yaml" for kind in ("session", "exercise") for root in self._roots
        ]
        for path in candidates:
            if path.is_file():
                return path
        if Path(f"{name}.yaml").is_file():
            return Path(f"{name}.yaml")
        known = dict.fromkeys(
            path.stem
            for folder in ("sessions", "exercises")
            for root in self._roots
            for path in sorted((root / folder).glob("*.yaml"))
        )
        hint = nearest(name, known)
        raise CoachError(
            f'There is no session or exercise "{name}": {hint or "run voice-coach list to see all."}'
        )

    def _document(self, path: Path, kinds: tuple[str, ...]) -> Document | None:
        name = display_name(path)
        document, problems = read_document(path, name, kinds)
        self._collectors[name] = problems
        if (
            document
            and kinds != ("language",)
            and kinds != ("fragments",)
            and document.values["id"] != path.stem
        ):
            node = document.root.pairs["id"][1]
            message = f'the id is "{document.values["id"]}", but the file is called {path.name}'
            problems.add(node, message, f"write id: {path.stem}, or rename the file")
        return document

    def _raise_problems(self) -> None:
        found = [problem for collector in self._collectors.values() for problem in collector.problems]
        if found:
            raise ScriptError(found)

    def _exercise(self, document: Document) -> Exercise | None:
        values = dict(document.values)
        fragments = self._fragments(document, values)
        exercise = Exercise(where=_start(document), fragments=fragments, **values)
        checker = NameCheck(self._collectors, fragments, exercise.tune, self._sounds)
        checker.check_fragments()
        checker.check(exercise.steps)
        checker.check(exercise.arrive or ())
        return exercise

    def _alone(self, exercise: Exercise) -> Session:
        """An exercise as a session of its own, with the coach's caution before it."""
        where = exercise.where
        caution = Say(texts=self.language(exercise.language).opening, guidance="names", where=where)
        return Session(
            id=exercise.id,
            title=exercise.title,
            opening=(PlaySound(sound="start", where=where), caution),
            items=(Entry(exercise=exercise, where=where),),
            where=where,
            language=exercise.language,
            source=exercise.source,
            goal=exercise.goal,
        )

    def _session(self, document: Document) -> Session:
        values = dict(document.values)
        fragments = self._fragments(document, values)
        drafts: tuple[EntryDraft | RoundsDraft, ...] = values.pop("items")
        items = [self._item(draft, document) for draft in drafts]
        settings = self._general_settings(values.pop("settings", {}), document)
        session = Session(
            where=_start(document),
            fragments=fragments,
            items=tuple(item for item in items if item is not None),
            settings=settings,
            **values,
        )
        checker = NameCheck(self._collectors, fragments, {}, self._sounds)
        checker.check_fragments()
        for steps in (session.opening, session.closing, session.between):
            checker.check(steps)
        for item in session.items:
            if isinstance(item, Rounds):
                checker.check(item.between, round="count", rounds="count")
            for entry in item.entries if isinstance(item, Rounds) else (item,):
                checker.check(entry.arrive or ())
        return session

    def _item(self, draft: EntryDraft | RoundsDraft, document: Document) -> Entry | Rounds | None:
        if isinstance(draft, EntryDraft):
            return self._entry(draft, document)
        entries = [self._entry(each, document) for each in draft.entries]
        good = tuple(entry for entry in entries if entry is not None)
        return Rounds(times=draft.times, entries=good, where=draft.where, between=draft.between)

    def _entry(self, draft: EntryDraft, document: Document) -> Entry | None:
        path = self._find_exercise(draft, document)
        if path is None:
            return None
        if path not in self._exercises:
            inner = self._document(path, ("exercise",))
            self._exercises[path] = self._exercise(inner) if inner else None
        exercise = self._exercises[path]
        if exercise is None:
            return None
        settings: dict[str, Setting] = {}
        for name, text in draft.settings.items():
            value = (
                _general(name, text, draft.where, document.problems)
                if name in GENERAL
                else check_setting(name, text, exercise.tune, draft.where, document.problems)
            )
            if value is not None:
                settings[name] = value
        return Entry(
            exercise=exercise,
            where=draft.where,
            settings=settings,
            guidance=draft.guidance,
            arrive=draft.arrive,
        )

    def _find_exercise(self, draft: EntryDraft, document: Document) -> Path | None:
        here = document.path.parent
        file = f"{draft.exercise}.yaml"
        near = [here / file, here / "exercises" / file, here.parent / "exercises" / file]
        folders = [path.parent for path in near] + [root / "exercises" for root in self._roots]
        for folder in folders:
            path = folder / file
            if path != document.path and path.is_file():
                return path
        known = dict.fromkeys(path.stem for folder in folders for path in sorted(folder.glob("*.yaml")))
        message = f'there is no exercise "{draft.exercise}"'
        document.problems.add_token(draft.where, draft.exercise, message, nearest(draft.exercise, known))
        return None

    def _general_settings(self, raw: dict[str, str], document: Document) -> dict[str, Setting]:
        node = document.root.get("set")
        where = document.problems.where(node) if node else _start(document)
        values = {name: _general(name, text, where, document.problems) for name, text in raw.items()}
        return {name: value for name, value in values.items() if value is not None}

    def _fragments(self, document: Document, values: dict[str, Any]) -> dict[str, Fragment]:
        own: dict[str, Fragment] = values.pop("fragments", {})
        fragments: dict[str, Fragment] = {}
        for name in values.pop("include", ()):
            path = _inside(document.path.parent, name)
            if path is None:
                message = f'"{name}" does not lie in the folder of this script'
                document.problems.add_token(
                    _start(document), name, message, "copy the file beside the script"
                )
                continue
            if not path.is_file():
                message = f'there is no file "{name}" beside this script'
                document.problems.add_token(_start(document), name, message)
                continue
            included = self._document(path, ("fragments",))
            if included:
                fragments.update(included.values["fragments"])
        return {**fragments, **own}


def _inside(folder: Path, name: str) -> Path | None:
    """The file of a relative name, unless it leads out of the folder, also through a link."""
    path = folder / name
    if Path(name).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        return None
    return path


def _start(document: Document) -> Where:
    return Where(document.problems.file, document.root.line, document.root.column)


def _general(name: str, text: str, where: Where, problems: Collector) -> int | None:
    """A setting that every exercise has, or None and a problem."""
    general = GENERAL.get(name)
    if general is None:
        problems.add_token(where, name, f'"{name}" cannot be set for a whole session', nearest(name, GENERAL))
        return None
    try:
        value = parse_setting(text, general.type)
    except ValueError as error:
        problems.add_token(where, text, str(error))
        return None
    if isinstance(value, int) and general.minimum <= value <= general.maximum:
        return value
    problems.add_token(
        where, text, f"{name} {text} is outside its bounds, {general.minimum} to {general.maximum}"
    )
    return None
