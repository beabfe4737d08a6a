"""The past as a table for other programs: a row for each session, oldest first."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from voice_coach.model.past import Led
from voice_coach.model.units import MS_PER_SECOND
from voice_coach.outputs.history_summary import place
from voice_coach.outputs.history_words import done

COLUMNS = (
    "began",
    "ended",
    "session",
    "title",
    "minutes",
    "to_end",
    "pain",
    "guidance",
    "pace_percent",
    "fit_minutes",
    "reps",
    "exercises",
    "stops_for_pain",
)
_MINUTE_MS = 60 * MS_PER_SECOND
_YES = {None: "", True: "yes", False: "no"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, as OWASP lists it ("CSV Injection")."""


def history_csv(past: Sequence[Led]) -> str:
    """The table, as RFC 4180 has it; what is not known is empty. Times have their place's lead over UTC.

    Text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows([_defused(cell) for cell in _row(led)] for led in past)
    return text.getvalue()


def _row(led: Led) -> tuple[object, ...]:
    pacing = led.pacing
    stops = (
        f"{stop.exercise} {place(stop.set, stop.rep, stop.side)}".strip().replace(",", "")
        for stop in led.stops
    )
    return (
        led.began.isoformat(timespec="seconds"),
        led.ended.isoformat(timespec="seconds"),
        led.session,
        led.title,
        _minutes(led.heard_ms),
        _YES[led.to_end],
        "" if led.pain is None else led.pain,
        pacing.guidance or "",
        "" if pacing.pace_percent is None else pacing.pace_percent,
        _minutes(pacing.fit_ms),
        sum(each.reps for each in led.exercises),
        "; ".join(done(each) for each in led.exercises),
        "; ".join(stops),
    )


def _defused(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _minutes(ms: int | None) -> str:
    return "" if ms is None else f"{ms / _MINUTE_MS:.1f}"
