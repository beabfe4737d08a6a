"""The scripts that there are, by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_coach.model.problems import CoachError
from voice_coach.script.finding import FOLDERS
from voice_coach.script.reading import display_name, read_document


@dataclass(frozen=True, slots=True)
class Listed:
    """A script in the library: its kind, id, title (or what is wrong with it) and file."""

    kind: str
    id: str
    title: str
    path: Path
    readable: bool = True


def listed(roots: Sequence[Path]) -> Iterator[Listed]:
    """The sessions and exercises in some folders, the first of each name; those with problems too."""
    seen: set[tuple[str, str]] = set()
    for kind in ("session", "exercise"):
        for root in roots:
            for path in sorted((root / FOLDERS[kind]).glob("*.yaml")):
                if (kind, path.stem) in seen:
                    continue
                seen.add((kind, path.stem))
                yield _listed(kind, path)


def _listed(kind: str, path: Path) -> Listed:
    try:
        document, problems = read_document(path, display_name(path), (kind,))
    except CoachError as error:
        return Listed(kind, path.stem, str(error), path, readable=False)
    title = str(document.values.get("title", "")) if document else ""
    good = document is not None and document.complete and document.kind == kind
    shown = title or "has problems: run voice-coach check"
    return Listed(kind, path.stem, shown, path, good and not problems.problems)
