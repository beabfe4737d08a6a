"""Writes a session to a file, with a bar while it takes long and a sentence at the end."""

from __future__ import annotations

from pathlib import Path

from voice_coach.cli.main import DONE, FAILED
from voice_coach.cli.progress import Progress
from voice_coach.cli.telling import tell
from voice_coach.coach import Coach
from voice_coach.model.export import ExportWishes
from voice_coach.performance import Performance


def write(coach: Coach, performance: Performance, target: Path, wishes: ExportWishes) -> int:
    """Exports and tells so; the exit code.

    Raises:
        CoachError: it could not be written.
    """
    try:
        with Progress(f"Exporting {performance.session.title}") as progress:
            coach.export(performance, target, wishes, on_progress=progress.at)
    except KeyboardInterrupt:
        left = "is as it was" if target.exists() else "was not written"
        tell(f"\nStopped: {target} {left}.")
        return FAILED
    length = f" ({progress.clock})" if progress.clock else ""
    beside = f", and its captions as {' and '.join(wishes.captions)}" if wishes.captions else ""
    tell(f"Wrote {target}{length}{beside}.")
    return DONE


def write_split(coach: Coach, performance: Performance, folder: Path, wishes: ExportWishes) -> int:
    """Exports a file for each exercise and tells so; the exit code.

    Raises:
        CoachError: one could not be written.
    """
    try:
        with Progress(f"Exporting {performance.session.title}") as progress:
            *files, playlist = coach.export_split(performance, folder, wishes, progress.at)
    except KeyboardInterrupt:
        tell(f"\nStopped: the files that are in {folder} are whole.")
        return FAILED
    tell(f"Wrote {len(files)} files and {playlist} ({progress.clock}).")
    return DONE
