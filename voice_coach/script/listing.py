"""Lists the sessions and exercises that there are, each as what it says it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_coach.model.problems import CoachError
from voice_coach.script.finding import FOLDERS, likely_scripts
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
    """The sessions, then the exercises, the first of each name; those with problems too."""
    seen: dict[tuple[str, str], Listed] = {}
    for root in roots:
        for path in likely_scripts(root):
            if each := _listed(path):
                seen.setdefault((each.kind, each.id), each)
    yield from sorted(seen.values(), key=lambda each: each.kind == "exercise")


def _listed(path: Path) -> Listed | None:
    """A file as it is listed: by what it says it is, or else by its folder; None if nobody can play it."""
    likely = "session" if path.parent.name == FOLDERS["session"] else "exercise"
    try:
        document, problems = read_document(path, display_name(path), (likely,))
    except CoachError as error:
        return Listed(likely, path.stem, str(error), path, readable=False)
    kind = document.kind if document else likely
    if kind not in ("session", "exercise"):
        return None
    title = str(document.values.get("title", "")) if document else ""
    good = document is not None and document.complete and not problems.problems
    return Listed(kind, path.stem, title or "has problems: run voice-coach check", path, good)
