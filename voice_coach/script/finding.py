"""Where scripts lie: in ``exercises/`` and ``sessions/`` of each library folder, or in the folder itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from voice_coach.model.problems import CoachError, WishError
from voice_coach.script.collecting import nearest
from voice_coach.script.reading import read_document

FOLDERS = {"exercise": "exercises", "session": "sessions", "language": "languages"}
_LIKELY = (FOLDERS["session"], FOLDERS["exercise"], "")
"""Where a script may lie below a library folder; what it is, it says itself."""


def find_script(name: str, roots: Sequence[Path], kinds: Sequence[str] = ("session", "exercise")) -> Path:
    """The file of a session or exercise: a path as it is, a name in the folders, then beside us.

    Raises:
        WishError: nothing has this name.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return Path(name)
    folders = [root / folder for root in roots for folder in _LIKELY]
    paths = [folder / f"{name}.yaml" for folder in folders]
    if path := first_of_kinds(kinds, paths) or first_of_kinds((), [Path(f"{name}.yaml")]):
        return path
    known = (path for folder in folders for path in sorted(folder.glob("*.yaml")) if kind_of(path) in kinds)
    hint = nearest(name, dict.fromkeys(path.stem for path in known)) or "run 'voice-coach list' to see all."
    raise WishError(f'There is no {" or ".join(kinds)} "{name}": {hint}')


def first_of_kinds(kinds: Sequence[str], paths: Iterable[Path]) -> Path | None:
    """Of those files that are there, the first of the first kind there is, or else the first."""
    there = [path for path in paths if is_file(path)]
    if len(there) > 1:
        found = [kind_of(path) for path in there]
        return next((there[found.index(kind)] for kind in kinds if kind in found), there[0])
    return there[0] if there else None


def kind_of(path: Path) -> str:
    """What a file says it is, or most likely is; "" if that cannot be read."""
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
    """Where the exercises of a session are looked for, in this order."""
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
    """Whether there is a file to open; a name that the system does not take is none."""
    try:
        return path.exists() and not path.is_dir()
    except OSError:
        return False


def is_same(path: Path, other: Path) -> bool:
    """Whether two names lead to one file."""
    try:
        return path.samefile(other)
    except OSError:
        return False


def _names(folders: Iterable[Path]) -> list[str]:
    return list(dict.fromkeys(path.stem for folder in folders for path in sorted(folder.glob("*.yaml"))))
