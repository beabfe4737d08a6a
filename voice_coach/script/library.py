"""The library of scripts: finds them by name or path, reads, lists and creates them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice_coach.core.errors import CoachError, Problem, ScriptError, UsageError, Where
from voice_coach.core.language import Language
from voice_coach.core.parameters import GENERAL
from voice_coach.core.script import (
    Exercise,
    Fragment,
    Move,
    PlaySound,
    Rounds,
    Say,
    Session,
    SessionEntry,
    Setting,
    Tunable,
)
from voice_coach.schema.diagnostics import Collector, Enough, nearest, quoted
from voice_coach.schema.fields import LONGEST_NAME, NAME, as_name
from voice_coach.script.documents import EntryDraft, RoundsDraft
from voice_coach.script.reader import Document, display_name, read_document
from voice_coach.script.validation import NameCheck, check_ends, check_general, check_setting

FOLDERS = {"exercise": "exercises", "session": "sessions", "language": "languages"}
_LIKELY = (FOLDERS["session"], FOLDERS["exercise"], "")
"""Folders below a library folder where a script may lie; its kind is in the script itself."""


def find_script(name: str, roots: Sequence[Path], kinds: Sequence[str] = ("session", "exercise")) -> Path:
    """The file of a session or exercise: a path as it is, a name in the folders, then beside us.

    Raises:
        UsageError: nothing has this name.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return Path(name)
    folders = [root / folder for root in roots for folder in _LIKELY]
    paths = [folder / f"{name}.yaml" for folder in folders]
    if path := first_of_kinds(kinds, paths) or first_of_kinds((), [Path(f"{name}.yaml")]):
        return path
    known = (path for folder in folders for path in sorted(folder.glob("*.yaml")) if kind_of(path) in kinds)
    hint = nearest(name, dict.fromkeys(path.stem for path in known)) or "run 'voice-coach list' to see all."
    raise UsageError(f'There is no {" or ".join(kinds)} "{name}": {hint}')


def first_of_kinds(kinds: Sequence[str], paths: Iterable[Path]) -> Path | None:
    """Of those files that are there, the first of the first kind there is, or else the first."""
    there = [path for path in paths if is_file(path)]
    if len(there) > 1:
        found = [kind_of(path) for path in there]
        return next((there[found.index(kind)] for kind in kinds if kind in found), there[0])
    return there[0] if there else None


def kind_of(path: Path) -> str:
    """Return what a file says it is, or most likely is; "" if that cannot be read."""
    try:
        document, _ = read_document(path, path.name, ())
    except CoachError:
        return ""
    return document.kind if document else ""


def likely_scripts(root: Path) -> Iterator[Path]:
    """The files in a library folder that may be sessions or exercises, by name."""
    paths = (path for folder in _LIKELY for path in (root / folder).glob("*.yaml"))
    yield from sorted(paths, key=lambda path: path.name)


def scripts_in(folder: Path) -> list[Path]:
    """All scripts in a folder, and in the folders that a library has."""
    folders = [folder, *(folder / name for name in FOLDERS.values())]
    return [
        path
        for each in folders
        for path in sorted(each.glob("*"))
        if path.suffix in (".yaml", ".yml") and is_file(path)
    ]


def exercise_folders(script: Path, roots: Sequence[Path]) -> list[Path]:
    """Return where the exercises of a session are looked for, in this order."""
    here = script.parent
    near = [here, here / FOLDERS["exercise"], here.parent / FOLDERS["exercise"]]
    if here.name == FOLDERS["session"]:
        near.append(here.parent)
    far = [root / folder for root in roots for folder in (FOLDERS["exercise"], "", FOLDERS["session"])]
    return list(dict.fromkeys([*near, *far]))


def exercise_names(script: Path, roots: Sequence[Path]) -> list[str]:
    """The exercises that a session could name."""
    far = [root / FOLDERS["session"] for root in roots]
    folders = [each for each in exercise_folders(script, roots) if each == script.parent or each not in far]
    return [name for name in _names(folders) if name != script.stem]


def inside(folder: Path, name: str) -> Path | None:
    """The file of a relative name, unless it leads out of the folder, also through a link."""
    path = folder / name
    try:
        leads_out = not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links in a ring, or a name longer than the system takes
        return None
    return None if leads_out or Path(name).is_absolute() else path


def is_file(path: Path) -> bool:
    """Return whether there is a file to open; a name that the system does not take is none."""
    try:
        return path.exists() and not path.is_dir()
    except OSError:
        return False


def is_same(path: Path, other: Path) -> bool:
    """Return whether two names lead to one file."""
    try:
        return path.samefile(other)
    except OSError:
        return False


def _names(folders: Iterable[Path]) -> list[str]:
    return list(dict.fromkeys(path.stem for folder in folders for path in sorted(folder.glob("*.yaml"))))


class ScriptLibrary:
    """The scripts in some folders, each with ``exercises/``, ``sessions/`` and ``languages/``.

    A session or exercise is found in the folder itself too, or in the other's; what it is, it says itself.

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
            UsageError: there is no such script.
        """
        made = self.check(name)
        if made is None:
            raise UsageError(f'"{name}" can be used by scripts, but not be played by itself.')
        return made

    def exercise(self, name: str) -> Exercise:
        """The exercise of a name or file, also where a session has the same name.

        Raises:
            ScriptError, CoachError: as ``session``; it is no exercise.
        """
        alone = self.session(str(find_script(name, self._roots, ("exercise",))))
        first = alone.items[0]
        if not isinstance(first, SessionEntry) or first.exercise.where != alone.where:
            raise UsageError(f'"{name}" is a session: name an exercise of it.')
        return first.exercise

    def check(self, name: str) -> Session | None:
        """Read any kind of script as ``session`` does; the session if it is one that can be played.

        Raises:
            ScriptError: the script or one that it uses has problems; all of them at once.
            UsageError: there is no such script.
        """
        path = find_script(name, self._roots)
        made: Session | None = None
        with suppress(Enough):
            made = self._read(path)
        self._raise_problems()
        return made

    def _read(self, path: Path) -> Session | None:
        document = self._document(path, ("exercise", "session"))
        if document and document.kind == "session":
            return self._session(document)
        if document and document.kind == "exercise":
            exercise = self._exercise(document)
            return self._alone(exercise) if exercise and not document.problems.problems else None
        if document and document.kind == "fragments":
            fragments: dict[str, Fragment] = document.values.get("fragments", {})
            checker = NameCheck(self._collectors, fragments, {}, self._sounds)
            checker.check_fragments(document.problems.file)
        return None

    def language(self, code: str) -> Language:
        """The coach's own words in a language.

        Raises:
            ScriptError: the language file has problems.
            CoachError: there is no file for this language.
        """
        path = self._language_file(code)
        document = self._document(path, ("language",)) if path else None
        self._raise_problems()
        if document is None or document.kind != "language":
            raise CoachError(
                f'There are no words for the language "{code}": write languages/{code}.yaml, '
                "as docs/script-language.md tells."
            )
        return Language(**document.values)

    def _language_file(self, code: str) -> Path | None:
        if not re.fullmatch(r"[a-z0-9-]{1,20}", code):
            return None
        paths = (root / FOLDERS["language"] / f"{code}.yaml" for root in self._roots)
        return next((path for path in paths if is_file(path)), None)

    def _check_language(self, document: Document) -> None:
        code = document.values.get("language", "en")
        if "language" in document.root.pairs and self._language_file(code) is None:
            node = document.root.pairs["language"][1]
            folders = [root / FOLDERS["language"] for root in self._roots]
            known = dict.fromkeys(path.stem for folder in folders for path in sorted(folder.glob("*.yaml")))
            message = f'the coach has no words of its own for the language "{code}"'
            hint = f"known here: {', '.join(known)}; a file languages/{code}.yaml would teach it"
            document.problems.add(node, message, hint)

    def _document(self, path: Path, kinds: tuple[str, ...]) -> Document | None:
        """The document in a file; it may be of another kind."""
        name = display_name(path)
        document, problems = read_document(path, name, kinds)
        self._collectors[name] = problems
        written = document.values.get("id", path.stem) if document else path.stem
        if document and written != path.stem:
            message = f'the id is "{written}", but the file is called {path.name}'
            hint = f"rename the file to {written}.yaml"
            if as_name(path.stem) == path.stem:
                hint = f"write id: {path.stem}, or rename the file"
            problems.add(document.root.pairs["id"][1], message, hint)
        return document

    @property
    def warnings(self) -> list[Problem]:
        """Advice about the words in what has been read so far."""
        return [problem for collector in self._collectors.values() for problem in collector.warnings]

    def _raise_problems(self) -> None:
        found = [problem for collector in self._collectors.values() for problem in collector.problems]
        if found:
            raise ScriptError(found)

    def _exercise(self, document: Document) -> Exercise | None:
        """The exercise in a document, all of it checked; None if something that it must say is missing."""
        values = dict(document.values)
        fragments, all_fragments = self._fragments(document, values)
        self._check_language(document)
        tune: dict[str, Tunable] = values.get("tune", {})
        checker = self._checker(fragments, tune, all_fragments, values.get("language", "en"))
        self._check_title(document, checker)
        checker.check(values.get("steps", ()))
        for name in ("arrive", "hurts", "easier"):
            checker.check(values.get(name, ()))
        checker.check_fragments(document.problems.file)
        if not document.complete:
            return None
        exercise = Exercise(where=_start(document), fragments=fragments, **values)
        if not any(collector.problems for collector in self._collectors.values()):
            check_ends(exercise, self._collectors)
        return exercise

    def _check_title(self, document: Document, checker: NameCheck) -> None:
        if "title" in document.values:
            where = document.problems.where(document.root.pairs["title"][1])
            checker.check_aloud([document.values["title"]], where)

    def _checker(
        self, fragments: dict[str, Fragment], tune: dict[str, Tunable], all_fragments: bool, language: str
    ) -> NameCheck:
        return NameCheck(
            self._collectors,
            fragments,
            tune,
            self._sounds,
            all_fragments=all_fragments,
            language=language,
        )

    def _alone(self, exercise: Exercise) -> Session:
        """An exercise as a session of its own, with the coach's caution before it."""
        where = exercise.where
        caution = Say(texts=self.language(exercise.language).opening, guidance="names", where=where)
        return Session(
            id=exercise.id,
            title=exercise.title,
            opening=(PlaySound(sound="start", where=where), caution),
            items=(SessionEntry(exercise=exercise, where=where),),
            where=where,
            language=exercise.language,
            source=exercise.source,
            goal=exercise.goal,
        )

    def _session(self, document: Document) -> Session | None:
        """The session in a document, all of it checked; None if something that it must say is missing."""
        values = dict(document.values)
        fragments, all_fragments = self._fragments(document, values)
        self._check_language(document)
        drafts: tuple[EntryDraft | RoundsDraft, ...] = values.pop("items", ())
        items = [self._item(draft, document) for draft in drafts]
        settings = self._general_settings(values.pop("settings", {}), document)
        checker = self._checker(fragments, {}, all_fragments, values.get("language", "en"))
        self._check_title(document, checker)
        moves: tuple[Move, ...] = values.get("moves", ())
        for move in moves:
            checker.check_aloud(move.say, move.where)
        for name in ("opening", "closing", "between"):
            checker.check(values.get(name, ()))
        for draft in drafts:
            if isinstance(draft, RoundsDraft):
                checker.check(draft.between, round="count", rounds="count")
            for entry in draft.entries if isinstance(draft, RoundsDraft) else (draft,):
                checker.check(entry.arrive or ())
        checker.check_fragments(document.problems.file)
        if not document.complete:
            return None
        return Session(
            where=_start(document),
            fragments=fragments,
            items=tuple(item for item in items if item is not None),
            settings=settings,
            **values,
        )

    def _item(self, draft: EntryDraft | RoundsDraft, document: Document) -> SessionEntry | Rounds | None:
        if isinstance(draft, EntryDraft):
            return self._entry(draft, document)
        entries = [self._entry(each, document) for each in draft.entries]
        good = tuple(entry for entry in entries if entry is not None)
        return Rounds(times=draft.times, entries=good, where=draft.where, between=draft.between)

    def _entry(self, draft: EntryDraft, document: Document) -> SessionEntry | None:
        exercise = self._exercise_for(draft, document)
        if exercise is None:
            return None
        problems = document.problems
        language = document.values.get("language", "en")
        if exercise.language != language:
            message = (
                f'"{exercise.id}" is in the language "{exercise.language}", this session in "{language}"'
            )
            problems.add_token(draft.where, draft.exercise, message, "one voice speaks them all")
        settings: dict[str, Setting] = {}
        for name, text in draft.settings.items():
            value = (
                check_general(name, text, draft.where, problems)
                if name in GENERAL
                else check_setting(name, text, exercise.tune, draft.where, problems)
            )
            if value is not None:
                settings[name] = value
        return SessionEntry(
            exercise=exercise,
            where=draft.where,
            settings=settings,
            guidance=draft.guidance,
            arrive=draft.arrive,
        )

    def _exercise_for(self, draft: EntryDraft, document: Document) -> Exercise | None:
        """The exercise that a session names, read once; None and a problem if there is none."""
        file = f"{draft.exercise}.yaml"
        paths = [folder / file for folder in exercise_folders(document.path, self._roots)]
        path = first_of_kinds(("exercise",), (path for path in paths if not is_same(path, document.path)))
        if path is None:
            message = f'there is no exercise "{draft.exercise}"'
            hint = nearest(draft.exercise, exercise_names(document.path, self._roots))
            if draft.exercise == document.path.stem:
                message, hint = "this is the session itself", "a session lists exercises"
            document.problems.add_token(draft.where, draft.exercise, message, hint)
            return None
        if path not in self._exercises:
            inner = self._document(path, ("exercise",))
            if inner and inner.kind != "exercise":
                message = f'"{draft.exercise}" is of kind {inner.kind}, but an exercise is expected here'
                document.problems.add_token(draft.where, draft.exercise, message)
                inner = None
            self._exercises[path] = self._exercise(inner) if inner else None
        return self._exercises[path]

    def _general_settings(self, raw: dict[str, str], document: Document) -> dict[str, Setting]:
        node = document.root.get("set")
        where = document.problems.where(node) if node else _start(document)
        values = {name: check_general(name, text, where, document.problems) for name, text in raw.items()}
        return {name: value for name, value in values.items() if value is not None}

    def _fragments(self, document: Document, values: dict[str, Any]) -> tuple[dict[str, Fragment], bool]:
        """The fragments that a script may use, its own and included ones, and whether these are all."""
        fragments: dict[str, Fragment] = {}
        complete = True
        for name in values.pop("include", ()):
            included = self._included(name, document)
            if included is None or not included.complete:
                complete = False
            for fragment in included.values.get("fragments", {}).values() if included else ():
                self._add_fragment(fragment, fragments)
        own: dict[str, Fragment] = values.pop("fragments", {})
        for fragment in own.values():
            self._add_fragment(fragment, fragments)
        return fragments, complete

    def _add_fragment(self, fragment: Fragment, fragments: dict[str, Fragment]) -> None:
        if fragment.name in fragments:
            message = f'the fragment "{fragment.name}" is there already, in {fragments[fragment.name].where}'
            collector = self._collectors[fragment.where.file]
            collector.add_token(fragment.where, fragment.name, message, "give one another name", key=True)
        fragments[fragment.name] = fragment

    def _included(self, name: str, document: Document) -> Document | None:
        where = document.problems.where(document.root.pairs["include"][0])
        path = inside(document.path.parent, name)
        problem: tuple[str, str] | None = None
        if path is None:
            problem = f"{quoted(name)} does not lie in the folder of this script", "copy it beside the script"
        elif not is_file(path):
            beside = [file.name for file in sorted(path.parent.glob("*.yaml")) if file != document.path]
            problem = f"there is no file {quoted(name)} beside this script", nearest(name, beside)
        else:
            included = self._document(path, ("fragments",))
            if included is None or included.kind == "fragments":
                return included
            problem = f"{quoted(name)} is of kind {included.kind}, but kind: fragments is expected here", ""
        document.problems.add_token(where, name, *problem)
        return None


def _start(document: Document) -> Where:
    return Where(document.problems.file, document.root.line, document.root.column)


@dataclass(frozen=True, slots=True)
class ScriptEntry:
    """A script in the library: its kind, id, title (or what is wrong with it) and file."""

    kind: str
    id: str
    title: str
    path: Path
    readable: bool = True


def list_scripts(roots: Sequence[Path]) -> Iterator[ScriptEntry]:
    """The sessions, then the exercises, the first of each name; those with problems too."""
    seen: dict[tuple[str, str], ScriptEntry] = {}
    for root in roots:
        for path in likely_scripts(root):
            if each := _listed(path):
                seen.setdefault((each.kind, each.id), each)
    yield from sorted(seen.values(), key=lambda each: each.kind == "exercise")


def _listed(path: Path) -> ScriptEntry | None:
    """Return a file as it is listed: by its own kind, or else by its folder; None if it cannot be played."""
    likely = "session" if path.parent.name == FOLDERS["session"] else "exercise"
    try:
        document, problems = read_document(path, display_name(path), (likely,))
    except CoachError as error:
        return ScriptEntry(likely, path.stem, str(error), path, readable=False)
    kind = document.kind if document else likely
    if kind not in ("session", "exercise"):
        return None
    title = str(document.values.get("title", "")) if document else ""
    good = document is not None and document.complete and not problems.problems
    return ScriptEntry(kind, path.stem, title or "has problems: run voice-coach check", path, good)


_TEMPLATES = Path(__file__).resolve().parent / "templates"


def write_template(kind: str, name: str, folder: Path, schema: Path) -> Path:
    """Write ``NAME.yaml`` of a kind into a folder, never over an existing file; the path.

    Raises:
        UsageError: the name is no id.
        CoachError: the file exists or cannot be written.
    """
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        example = as_name(name) or "knee-slide"
        raise UsageError(
            f'"{name}" cannot be an id: use small letters, digits and dashes, such as {example}.'
        )
    template = (_TEMPLATES / f"{kind}.yaml").read_text(encoding="utf-8")
    title = name.replace("-", " ").replace("_", " ").capitalize()
    path = folder / f"{name}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template.format(schema=schema.as_uri(), id=name, title=title))
    except FileExistsError:
        raise CoachError(f"{path} exists already, and was left as it is. Choose another name.") from None
    except FileNotFoundError:
        reason = "there is no such folder. Make it first, or choose another"
        raise CoachError(f"{path} cannot be written: {reason}.") from None
    except OSError as error:
        raise CoachError(
            f"{path} cannot be written: {error.strerror or error}. Choose another folder."
        ) from None
    return path
