"""Where scripts are looked for, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from voice_coach.model.problems import CoachError
from voice_coach.script.collecting import nearest

FOLDERS = {"exercise": "exercises", "session": "sessions", "language": "languages"}


def find_script(name: str, roots: Sequence[Path], kinds: Sequence[str] = ("session", "exercise")) -> Path:
    """The file of a session or exercise: a path as it is, a name in the folders, then beside us.

    Raises:
        CoachError: nothing has this name.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return Path(name)
    folders = [root / FOLDERS[kind] for kind in kinds for root in roots]
    for folder in [*folders, Path()]:
        if is_file(path := folder / f"{name}.yaml"):
            return path
    hint = nearest(name, _names(folders)) or "run 'voice-coach list' to see all."
    raise CoachError(f'There is no {" or ".join(kinds)} "{name}": {hint}')


def exercise_folders(script: Path, roots: Sequence[Path]) -> list[Path]:
    """Where the exercises of a session are looked for, in this order."""
    here = script.parent
    return [here, here / "exercises", here.parent / "exercises", *(root / "exercises" for root in roots)]


def exercise_names(script: Path, roots: Sequence[Path]) -> list[str]:
    """The exercises that a session could name."""
    return [name for name in _names(exercise_folders(script, roots)) if name != script.stem]


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


def _names(folders: Iterable[Path]) -> list[str]:
    return list(dict.fromkeys(path.stem for folder in folders for path in sorted(folder.glob("*.yaml"))))
