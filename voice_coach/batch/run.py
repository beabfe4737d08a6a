"""Runs a batch: makes every file of a manifest that is missing, on all cores, and reports it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from voice_coach.batch.job import Job
from voice_coach.batch.journal import Journal
from voice_coach.batch.manifest import Manifest, ManifestError, read_manifest
from voice_coach.batch.worker import Checked, Failed, FinishedFile, Workers
from voice_coach.core.errors import OutputError, display_path
from voice_coach.core.options import CHAPTER_LEVELS, LOUDNESS_LUFS, PAPERS, QUALITIES
from voice_coach.core.script import GUIDANCE_LEVELS
from voice_coach.core.units import format_clock
from voice_coach.paths import Home
from voice_coach.podcast.background import UsualBeds, bed_notes
from voice_coach.storage.atomic import atomic_write, remove_leftovers

FileState = Literal["made", "kept", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one row.

    Attributes:
        job: the row.
        state: ``kept`` is a file that was there already, as it would be made now.
        made: the file, unless it failed.
        told: what was changed to fit a time, what did not go as asked, or why it failed.
    """

    job: Job
    state: FileState
    made: FinishedFile | None
    told: str


REPORTS = CSV_NAME, JSON_NAME = "report.csv", "report.json"

_IDENTITY = "report"

_COLUMNS = ("file", "session", "person", "state", "length", "size_bytes", "sha256", "told")


def write_report(folder: Path, outcomes: Sequence[Outcome], journal: Journal) -> None:
    """Write ``report.csv`` and ``report.json`` into the folder; those of the last run are replaced.

    Args:
        folder: where the files are.
        outcomes: a row each, in this order.
        journal: told of the reports, as they are files of ours too.

    Raises:
        OutputError: they cannot be written.
    """
    rows = [_row(outcome) for outcome in outcomes]
    table = io.StringIO(newline="")
    writer: csv.DictWriter[str] = csv.DictWriter(table, _COLUMNS, extrasaction="ignore")
    writer.writeheader()
    writer.writerows({key: _harmless(value) for key, value in row.items()} for row in rows)
    journal.begin((name, _IDENTITY) for name in REPORTS)
    # With a mark of its encoding, without which spreadsheets take it for another.
    _write(folder, CSV_NAME, table.getvalue().encode("utf-8-sig"), journal)
    _write(folder, JSON_NAME, json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n", journal)


def _row(outcome: Outcome) -> dict[str, Any]:
    made = outcome.made
    return {
        "file": outcome.job.file,
        "session": outcome.job.session,
        "person": outcome.job.person,
        "state": outcome.state,
        "length": format_clock(made.duration_ms) if made and made.duration_ms else "",
        "duration_ms": made.duration_ms or None if made else None,
        "size_bytes": made.size_bytes if made else None,
        "sha256": made.sha256 if made else "",
        "told": " ".join(outcome.told.split()),
        "job": outcome.job.plain(),
    }


def _harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value


def _write(folder: Path, name: str, data: bytes, journal: Journal) -> None:
    with atomic_write(folder / name, force=True) as file:
        file.write(data)
    journal.finish(name, _IDENTITY, FinishedFile(hashlib.sha256(data).hexdigest(), len(data), 0))


KNOWN = {
    "guidance": GUIDANCE_LEVELS,
    "quality": QUALITIES,
    "chapters": CHAPTER_LEVELS,
    "loudness": tuple(LOUDNESS_LUFS),
    "paper": PAPERS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """Options of a batch.

    Attributes:
        today: the day that the files name.
        force: replace files that are there and are not ours.
        home: the user's folders; those of ``find_home`` if None.
        count: number of processes; one for each core if None.
    """

    today: date
    force: bool = False
    home: Home | None = None
    count: int | None = None


def run(
    manifest: Path,
    folder: Path,
    options: BatchOptions,
    *,
    on_progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    notify: Callable[[str], None] = lambda _sentence: None,
) -> list[Outcome]:
    """Make what a manifest asks for, in the order of its rows; the whole of it is checked before.

    Killed at any moment it leaves no broken file; run again it makes only what is missing or changed.

    Args:
        manifest: the CSV file.
        folder: where the files go; made if it is not there.
        options: how they are made.
        on_progress: gets what is going on, how much of it is done, and how much there is; files count in
            milliseconds of sound, rows one by one.
        notify: gets, before anything is made, what may surprise in what is asked for.

    Raises:
        ManifestError: the manifest has problems, or a row asks for what cannot be.
        OutputError: the folder cannot be used, or a file is there that is not ours.
    """
    if any((folder / name).absolute() == manifest.absolute() for name in REPORTS):
        raise ManifestError(
            [f"{display_path(manifest)} would be replaced by the report of the same name: rename it"]
        )

    usual, by_podcast = UsualBeds(), list[str]()

    def bed(name: str) -> str:
        found = usual.of((folder / name).parent, Path(name).suffix.lower())
        if found != "none":
            by_podcast.append(name)
        return found

    table = read_manifest(manifest, KNOWN, options.today.isoformat(), bed)
    jobs = [job for _, job in table.jobs]
    with Workers(folder, options.home, options.count) as workers:
        checked = _checked(workers, table, manifest, on_progress)
        too_soft = any(job.bed != "none" and job.loudness == "broadcast" for job in jobs)
        for sentence in bed_notes(in_podcast=bool(by_podcast), too_soft=too_soft, in_table=True):
            notify(sentence)
        _make_folders(folder, jobs)
        with Journal(folder) as journal:
            kept = _find_kept(journal, jobs, checked)
            to_make = [job for job in jobs if job.file not in kept]
            if not options.force:
                _refuse_to_replace(journal, [*(job.file for job in to_make), *REPORTS], folder)
            made = _make(workers, journal, to_make, folder, checked, on_progress)
            outcomes = [
                _outcome(job, kept.get(job.file), made.get(job.file), checked[job.file]) for job in jobs
            ]
            write_report(folder, outcomes, journal)
    return outcomes


def _find_kept(
    journal: Journal, jobs: Sequence[Job], checked: Mapping[str, Checked]
) -> dict[str, FinishedFile | None]:
    """Return the files that are there as they would be made now."""
    return {
        job.file: entry.made
        for job in jobs
        if (entry := journal.entry(job.file)) is not None
        and entry.identity == checked[job.file].identity
        and journal.is_as_made(job.file)
    }


def _make_folders(folder: Path, jobs: list[Job]) -> None:
    places = dict.fromkeys([folder, *((folder / job.file).parent for job in jobs)])
    try:
        for place in places:
            place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{display_path(folder)} cannot be made: {error.strerror or error}. Choose another folder."
        ) from None
    for place in places:
        remove_leftovers(place)


def _make(
    workers: Workers,
    journal: Journal,
    jobs: list[Job],
    folder: Path,
    checked: dict[str, Checked],
    on_progress: Callable[[str, int, int], None],
) -> dict[str, FinishedFile | Failed]:
    """Make the files; each is in the journal before it is begun and when it is made."""
    journal.begin((job.file, checked[job.file].identity) for job in jobs)
    total_ms = sum(checked[job.file].duration_ms for job in jobs)
    done_ms = 0
    results: dict[str, FinishedFile | Failed] = {}
    try:
        for job, result in workers.make(jobs):
            results[job.file] = result
            if isinstance(result, FinishedFile):
                journal.finish(job.file, checked[job.file].identity, result)
            done_ms += checked[job.file].duration_ms
            on_progress("files", done_ms, total_ms)
    except BaseException:
        workers.end()
        raise
    finally:
        # Whatever lies there from now on was put there by others, but for what was just being finished.
        for job in jobs:
            result = results.get(job.file)
            if isinstance(result, Failed) or (result is None and not (folder / job.file).exists()):
                journal.withdraw(job.file)
    return results


def _outcome(
    job: Job, kept: FinishedFile | None, result: FinishedFile | Failed | None, checked: Checked
) -> Outcome:
    if isinstance(result, Failed):
        return Outcome(job, "failed", None, result.reason)
    return Outcome(job, "made" if result else "kept", result or kept, " ".join(checked.told))


def _checked(
    workers: Workers,
    table: Manifest,
    manifest: Path,
    on_progress: Callable[[str, int, int], None],
) -> dict[str, Checked]:
    """Return what is known of every row; raises if there is a problem anywhere in the table."""
    lines = {job.file: line for line, job in table.jobs}
    problems = {line: list(told) for line, told in table.problems.items()}
    checked: dict[str, Checked] = {}
    for done, (job, result) in enumerate(workers.check([job for _, job in table.jobs]), 1):
        if isinstance(result, Failed):
            line = lines[job.file]
            told = [f"{manifest}:{line}  {text}" for text in result.reason.splitlines()]
            problems[line] = [*problems.get(line, []), *told]
        else:
            checked[job.file] = result
        on_progress("rows", done, len(table.jobs))
    if problems:
        raise ManifestError([told for line in sorted(problems) for told in problems[line]])
    return checked


def _refuse_to_replace(journal: Journal, names: list[str], folder: Path) -> None:
    """Refuse to replace files that we did not make or that were changed since."""
    theirs: list[str] = []
    for name in names:
        entry = journal.entry(name)
        unfinished = entry is not None and entry.made is None
        if (folder / name).exists() and not unfinished and not journal.is_as_made(name):
            theirs.append(name)
    if theirs:
        some = ", ".join(theirs[:5]) + (f" and {len(theirs) - 5} more" if len(theirs) > 5 else "")
        raise OutputError(
            f"In {display_path(folder)} there are files that were not made from this manifest, or changed "
            f"since: {some}. Use --force to replace them, or choose another folder."
        )
