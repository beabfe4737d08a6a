"""Writes every file that a manifest asks for, with a bar, a sentence at the end, and a report."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from voice_coach.batch.run import CSV_NAME, JSON_NAME, BatchOptions, run
from voice_coach.cli.console import ManyProgress, tell
from voice_coach.cli.main import DONE, FAILED
from voice_coach.core.errors import display_path
from voice_coach.core.interrupts import defer_interrupt


def write_many(manifest: Path, folder: Path, *, force: bool) -> int:
    """Make what is missing or changed; the exit code.

    Raises:
        CoachError: nothing was made, as something is wrong with the manifest or the folder.
    """
    try:
        with defer_interrupt(), ManyProgress() as bar:
            options = BatchOptions(today=datetime.now(UTC).astimezone().date(), force=force)
            outcomes = run(manifest, folder, options, on_progress=bar.at, notify=tell)
    except KeyboardInterrupt:
        tell("\nStopped. Every file that is there is whole; the same command goes on from here.")
        return FAILED
    counts = Counter(outcome.state for outcome in outcomes)
    for outcome in outcomes:
        if outcome.state == "failed":
            tell(f"{outcome.job.file}: {outcome.told}")
    failed = f", {counts['failed']} failed" if counts["failed"] else ""
    tell(f"{counts['made']} made, {counts['kept']} there already{failed}.")
    tell(f"What each is: {display_path(folder / CSV_NAME)} and {JSON_NAME}.")
    return FAILED if counts["failed"] else DONE
