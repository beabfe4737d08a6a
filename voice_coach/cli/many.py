"""Writes every file that a manifest asks for, with a bar, a sentence at the end, and a report."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from voice_coach.batch.report import CSV_NAME, JSON_NAME
from voice_coach.batch.run import run
from voice_coach.cli.main import DONE, FAILED
from voice_coach.cli.telling import tell
from voice_coach.model.problems import shown

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_DOING = {"rows": "Checking", "files": "Making"}


def write_many(manifest: Path, folder: Path, *, force: bool) -> int:
    """Makes what is missing or changed; the exit code.

    Raises:
        CoachError: nothing was made, as something is wrong with the manifest or the folder.
    """
    try:
        with _Bar() as bar:
            today = datetime.now(UTC).astimezone().date()
            outcomes = run(manifest, folder, today=today, force=force, on_progress=bar.at, notify=tell)
    except KeyboardInterrupt:
        tell("\nStopped. Every file that is there is whole; the same command goes on from here.")
        return FAILED
    counts = Counter(outcome.state for outcome in outcomes)
    for outcome in outcomes:
        if outcome.state == "failed":
            tell(f"{outcome.job.file}: {outcome.told}")
    failed = f", {counts['failed']} failed" if counts["failed"] else ""
    tell(f"{counts['made']} made, {counts['kept']} there already{failed}.")
    tell(f"What each is: {shown(folder / CSV_NAME)} and {JSON_NAME}.")
    return FAILED if counts["failed"] else DONE


class _Bar:
    """How far the work has come, on a terminal; elsewhere nothing."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
            self._bar = Progress(
                *columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True
            )
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def at(self, what: str, done: int, total: int) -> None:
        """So much of this kind of work is done, of so much in all."""
        if self._bar is None:
            return
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(_DOING[what], total=total)
        self._bar.update(self._tasks[what], completed=done, total=total)
