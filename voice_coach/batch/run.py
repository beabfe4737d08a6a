"""Makes every file of a manifest that is not there yet, on all cores, and tells in a report what was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from voice_coach.batch.job import Job
from voice_coach.batch.journal import Journal
from voice_coach.batch.manifest import ManifestError, read_manifest
from voice_coach.batch.work import Checked, Made
from voice_coach.batch.workers import Failed, Workers
from voice_coach.home import Home
from voice_coach.model.export import CHAPTER_LEVELS, LOUDNESS_LUFS, PAPERS, QUALITIES
from voice_coach.model.problems import OutputError
from voice_coach.model.script import GUIDANCE_LEVELS
from voice_coach.outputs.whole_file import clear_leftovers

State = Literal["made", "kept", "failed"]

KNOWN = {
    "guidance": GUIDANCE_LEVELS,
    "quality": QUALITIES,
    "chapters": CHAPTER_LEVELS,
    "loudness": tuple(LOUDNESS_LUFS),
    "paper": PAPERS,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row.

    Attributes:
        job: the row.
        state: ``kept`` is a file that was there already, as it would be made now.
        made: the file, unless it failed.
        told: what was changed to fit a time, what did not go as asked, or why it failed.
    """

    job: Job
    state: State
    made: Made | None
    told: str


def run(
    manifest: Path,
    folder: Path,
    *,
    today: date,
    force: bool = False,
    home: Home | None = None,
    on_progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    count: int | None = None,
) -> list[Outcome]:
    """Makes what a manifest asks for, in the order of its rows; the whole of it is checked before.

    Killed at any moment it leaves no broken file; run again it makes only what is missing or changed.

    Args:
        manifest: the CSV file.
        folder: where the files go; made if it is not there.
        today: the day that the files name.
        force: replace files that are there and are not ours.
        home: the person's own folders.
        on_progress: told what is going on, how much of it is done, and how much there is; files count in
            milliseconds of sound, rows one by one.
        count: how many processes; one for each core if not given.

    Raises:
        ManifestError: the manifest has problems, or a row asks for what cannot be.
        OutputError: the folder cannot be used, or a file is there that is not ours.
    """
    rows = read_manifest(manifest, KNOWN, today.isoformat())
    jobs = [job for _, job in rows]
    lines = {job.file: line for line, job in rows}
    try:
        for job in jobs:
            (folder / job.file).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror or error}. Choose another.") from None
    with Journal(folder) as journal, Workers(folder, home, count) as workers:
        for place in {(folder / job.file).parent for job in jobs}:
            clear_leftovers(place)
        checked = _checked(workers, jobs, lines, manifest, on_progress)
        kept = {
            job.file: entry.made
            for job in jobs
            if (entry := journal.entry(job.file)) is not None
            and entry.identity == checked[job.file].identity
            and journal.is_as_made(job.file)
        }
        to_make = [job for job in jobs if job.file not in kept]
        if not force:
            _refuse_to_replace(journal, to_make, folder)
        journal.begin((job.file, checked[job.file].identity) for job in to_make)
        total_ms = sum(checked[job.file].duration_ms for job in to_make)
        done_ms = 0
        failed: dict[str, str] = {}
        made: dict[str, Made] = {}
        for job, result in workers.make(to_make):
            if isinstance(result, Failed):
                failed[job.file] = result.reason
            else:
                made[job.file] = result
                journal.finish(job.file, checked[job.file].identity, result)
            done_ms += checked[job.file].duration_ms
            on_progress("files", done_ms, total_ms)
    return [
        Outcome(job, "failed", None, failed[job.file])
        if job.file in failed
        else Outcome(
            job,
            "kept" if job.file in kept else "made",
            kept.get(job.file) or made[job.file],
            " ".join(checked[job.file].told),
        )
        for job in jobs
    ]


def _checked(
    workers: Workers,
    jobs: list[Job],
    lines: dict[str, int],
    manifest: Path,
    on_progress: Callable[[str, int, int], None],
) -> dict[str, Checked]:
    checked: dict[str, Checked] = {}
    problems: dict[int, str] = {}
    for done, (job, result) in enumerate(workers.check(jobs), 1):
        if isinstance(result, Failed):
            line = lines[job.file]
            problems[line] = "\n".join(f"{manifest}:{line}  {text}" for text in result.reason.splitlines())
        else:
            checked[job.file] = result
        on_progress("rows", done, len(jobs))
    if problems:
        raise ManifestError([problems[line] for line in sorted(problems)])
    return checked


def _refuse_to_replace(journal: Journal, jobs: list[Job], folder: Path) -> None:
    """A file that we did not make, or that somebody changed since, is not replaced unasked."""
    theirs: list[str] = []
    for job in jobs:
        entry = journal.entry(job.file)
        unfinished = entry is not None and entry.made is None
        if (folder / job.file).exists() and not unfinished and not journal.is_as_made(job.file):
            theirs.append(job.file)
    if theirs:
        some = ", ".join(theirs[:5]) + (f" and {len(theirs) - 5} more" if len(theirs) > 5 else "")
        raise OutputError(
            f"In {folder} there are files that were not made from this manifest, or changed since: {some}. "
            "Use --force to replace them, or choose another folder."
        )
