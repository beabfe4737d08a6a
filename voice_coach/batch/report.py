"""What was made, as a table for people and as data for programs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from voice_coach.batch.journal import Journal
from voice_coach.batch.outcome import Outcome
from voice_coach.batch.work import Made
from voice_coach.model.units import format_clock
from voice_coach.outputs.whole_file import whole_file

REPORTS = CSV_NAME, JSON_NAME = "report.csv", "report.json"

_IDENTITY = "report"

_COLUMNS = ("file", "session", "person", "state", "length", "size_bytes", "sha256", "told")


def write_report(folder: Path, outcomes: Sequence[Outcome], journal: Journal) -> None:
    """Writes ``report.csv`` and ``report.json`` into the folder; those of the last run are replaced.

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
    with whole_file(folder / name, force=True) as file:
        file.write(data)
    journal.finish(name, _IDENTITY, Made(hashlib.sha256(data).hexdigest(), len(data), 0))
