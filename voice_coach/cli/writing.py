"""Writes a session to a file, with a bar while it takes long and a sentence at the end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from voice_coach.cli.main import DONE
from voice_coach.cli.progress import Progress
from voice_coach.cli.telling import tell
from voice_coach.coach import Coach
from voice_coach.exporting import check_export, check_export_split
from voice_coach.model.export import ExportWishes
from voice_coach.model.problems import CoachError, shown
from voice_coach.performance import Performance
from voice_coach.stopping import held_up


class StoppedError(CoachError):
    """The person ended it; the text says what became of it."""


def write(coach: Coach, prepare: Callable[[], Performance], target: Path, wishes: ExportWishes) -> int:
    """Exports and tells so; the exit code.

    Args:
        coach: exports.
        prepare: makes the session ready; not called where the file could not be written anyway.
        target: the file.
        wishes: what is asked of it.

    Raises:
        CoachError: it could not be written.
    """
    with stoppable(target, "its captions" if wishes.captions else ""):
        check_export(target, wishes)
        performance = prepare()
        with Progress(f"Exporting {performance.session.title}") as progress:
            coach.export(performance, target, wishes, on_progress=progress.at)
    length = f" ({progress.clock})" if progress.clock else ""
    beside = f", and its captions as {' and '.join(wishes.captions)}" if wishes.captions else ""
    tell(f"Wrote {shown(target)}{length}{beside}.")
    return DONE


def write_split(
    coach: Coach, prepare: Callable[[], Performance], folder: Path, session: str, wishes: ExportWishes
) -> int:
    """Exports a file for each exercise and tells so; the exit code.

    Args:
        coach: exports.
        prepare: makes the session ready; not called where its files could not be written anyway.
        folder: where they go.
        session: the session's id.
        wishes: what is asked of each file.

    Raises:
        CoachError: one could not be written.
    """
    written: list[Path] = []
    try:
        with held_up():
            check_export_split(folder, session, wishes)
            performance = prepare()
            with Progress(f"Exporting {performance.session.title}") as progress:
                written = coach.export_split(performance, folder, wishes, progress.at)
    except KeyboardInterrupt:
        name = shown(folder)
        if written:
            became = f"{name} was made"
        elif not folder.is_dir():
            became = f"{name} was not made"
        elif wishes.file.force:
            became = f"what was replaced in {name} is whole, and nothing new is there"
        else:
            became = f"{name} is as it was"
        raise StoppedError(f"\nStopped: {became}.") from None
    *files, playlist = written
    beside = f", and captions of each as {' and '.join(wishes.captions)}" if wishes.captions else ""
    many = "s" if len(files) != 1 else ""
    tell(f"Wrote {len(files)} file{many} and {shown(playlist)} ({progress.clock}){beside}.")
    return DONE


@contextmanager
def stoppable(target: Path, rest: str = "") -> Generator[None]:
    """Where it is ended by Ctrl-C or an error, tells what became of the file.

    Args:
        target: the file.
        rest: what is written after it, if anything.
    """
    before = _identity(target)
    try:
        with held_up():
            yield
            rest = ""
    except KeyboardInterrupt:
        if _identity(target) != before:
            became = f"was written, but not all of {rest}" if rest else "was written"
        else:
            became = "is as it was" if before else "was not written"
        raise StoppedError(f"\nStopped: {shown(target)} {became}.") from None
    except CoachError:
        if rest and _identity(target) != before:
            tell(f"Wrote {shown(target)}, but not all of {rest}:")
        raise


def _identity(path: Path) -> tuple[int, ...]:
    """What tells a file from another that takes its name; () if there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
