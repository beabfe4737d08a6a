"""What was made, as a table for people and as data for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from voice_coach.batch.run import Outcome
from voice_coach.model.units import format_clock
from voice_coach.outputs.whole_file import whole_file

CSV_NAME, JSON_NAME = "report.csv", "report.json"

_COLUMNS = ("file", "session", "person", "state", "length", "size_bytes", "sha256", "told")


def write_report(folder: Path, outcomes: Sequence[Outcome]) -> None:
    """Writes ``report.csv`` and ``report.json`` into the folder; those of the last run are replaced.

    Raises:
        OutputError: they cannot be written.
    """
    rows = [_row(outcome) for outcome in outcomes]
    table = io.StringIO(newline="")
    writer: csv.DictWriter[str] = csv.DictWriter(table, _COLUMNS, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    # With a mark of its encoding, without which spreadsheets take it for another.
    _write(folder / CSV_NAME, table.getvalue().encode("utf-8-sig"))
    _write(folder / JSON_NAME, json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n")


def _row(outcome: Outcome) -> dict[str, Any]:
    made = outcome.made
    return {
        "file": outcome.job.file,
        "session": outcome.job.session,
        "person": outcome.job.person,
        "state": outcome.state,
        "length": format_clock(made.duration_ms) if made else "",
        "duration_ms": made.duration_ms if made else None,
        "size_bytes": made.size_bytes if made else None,
        "sha256": made.sha256 if made else "",
        "told": outcome.told,
        "job": outcome.job.plain(),
    }


def _write(path: Path, data: bytes) -> None:
    with whole_file(path, force=True) as file:
        file.write(data)
