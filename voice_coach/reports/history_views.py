"""The history as text, as an HTML page, and as CSV.

The chart is drawn from a table that stands below it, so whoever cannot see it lacks nothing. Texts from
scripts are escaped, and the page's policy runs no script and loads nothing.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from statistics import fmean
from string import Template
from textwrap import wrap
from typing import Final

from voice_coach.core.history import PAIN_SCALE, Led
from voice_coach.core.units import MS_PER_SECOND
from voice_coach.reports.history_summary import (
    WEEK,
    Hurt,
    PainReport,
    Summary,
    Week,
    day,
    done,
    ending,
    many,
    pain,
    place,
    sentences,
    short_day,
    short_length,
)
from voice_coach.reports.timeline_page import piece, policy_hash
from voice_coach.reports.timeline_view import StyledLine

_Parts = Sequence[tuple[str, str]]

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_COLUMNS: Final = 8
_CELL_COLUMNS: Final = 4
_NARROW: Final = _MONTH_COLUMNS + WEEK * _CELL_COLUMNS
_LONGEST_BAR: Final = 40
_PAIN_COLUMNS: Final = 18
"""Columns before a bar."""

_MOST_PAINS: Final = 14
_LAST_SESSIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs of a bar and of an empty day."""

    bar: str
    none: str


DRAWN: Final = Signs("█", "·")
PLAIN: Final = Signs("#", ".")
"""Signs for terminals without the others, for files, and for plain output."""


def history_lines(told: Summary, columns: int, weeks: int, signs: Signs) -> Iterator[StyledLine]:
    """The lines, as long as the window allows.

    Args:
        told: what the past comes to; there is something.
        columns: the window's width.
        weeks: how many weeks of the calendar at most.
        signs: what to draw with.
    """
    for parts in _lines(told, columns, weeks, signs):
        yield _strip_end(parts)


def _strip_end(parts: _Parts) -> StyledLine:
    """Return the line without blanks at its end: the days of this week that are to come are such parts."""
    left = list(parts)
    while left and not left[-1][0].strip():
        left.pop()
    if not left:
        return (("", ""),)
    *before, (last, style) = left
    return (*before, (last.rstrip(), style))


def _lines(told: Summary, columns: int, weeks: int, signs: Signs) -> Iterator[_Parts]:
    for sentence in sentences(told):
        yield from ([(part, "")] for part in wrap(sentence, columns))
    if told.sessions:
        yield from _calendar(told, columns, weeks, signs)
    if len(told.pains) > 1:
        yield from _pains(told.pains, columns, signs)
    if told.hurts:
        yield from _hurts(told, columns)
    if told.listed:
        yield from _last(told.listed[:_LAST_SESSIONS], columns)


def _head(title: str, more: str, columns: int) -> Iterator[_Parts]:
    """An empty line and a heading, with what is to be known of it."""
    yield []
    if len(f"{title}, {more}") <= columns:
        yield [(title, "head"), (f", {more}" if more else "", "faint")]
    else:
        yield [(title, "head")]
        yield from ([(part, "faint")] for part in wrap(more, columns))


def _calendar(told: Summary, columns: int, weeks: int, signs: Signs) -> Iterator[_Parts]:
    cell = _CELL_COLUMNS if columns >= _NARROW else _CELL_COLUMNS - 1
    yield from _head("Sessions a day", "today in brackets", columns)
    yield [(" " * (_MONTH_COLUMNS - 1) + "".join(f"{name[:2]:>{cell}}" for name in _WEEKDAYS), "faint")]
    for week in told.weeks[-weeks:]:
        yield [
            (f"{week.monday.day:>2} {week.monday:%b}  ", "faint"),
            *(_cell(told, week, each, cell, signs) for each in range(WEEK)),
        ]


def _cell(told: Summary, week: Week, weekday: int, columns: int, signs: Signs) -> tuple[str, str]:
    count = week.sessions[weekday]
    sign = "" if count is None else str(count) if count else signs.none
    if week.monday + timedelta(days=weekday) == told.today:
        return f"{f'[{sign}]':>{columns}}", "rest" if count else ""
    return f"{sign + ' ' if columns >= _CELL_COLUMNS else sign:>{columns}}", "rest" if count else "faint"


def _pains(pains: Sequence[PainReport], columns: int, signs: Signs) -> Iterator[_Parts]:
    """A bar for each answer; where they are many for each day, or each week."""
    of, means = _means(pains)
    last = f", the last {_MOST_PAINS}" if len(means) > _MOST_PAINS else ""
    yield from _head("Pain", f"0 to {PAIN_SCALE[1]}, {of}{last}", columns)
    point = max(1, min(_LONGEST_BAR, columns - _PAIN_COLUMNS) // PAIN_SCALE[1])
    for name, mean in means[-_MOST_PAINS:]:
        yield [(f"{name}  ", "faint"), (f"{mean:>4}  ", ""), (signs.bar * round(point * mean), "sound")]


def _means(pains: Sequence[PainReport]) -> tuple[str, list[tuple[str, float]]]:
    """Return what each bar is, and the bars: a day, that on which a week began, and how much."""
    if len(pains) <= _MOST_PAINS:
        return "after each session", [(short_day(told.at.date()), told.pain) for told in pains]
    days = _by(pains, lambda when: when)
    if len(days) <= _MOST_PAINS:
        return "the mean of each day", days
    return "the mean of each week", _by(pains, lambda when: when - timedelta(days=when.weekday()))


def _by(pains: Sequence[PainReport], of: Callable[[date], date]) -> list[tuple[str, float]]:
    found: dict[date, list[int]] = defaultdict(list)
    for told in pains:
        found[of(told.at.date())].append(told.pain)
    return [(short_day(when), round(fmean(each), 1)) for when, each in sorted(found.items())]


def _places(hurt: Hurt) -> str:
    """Return at which sets, reps and sides it hurt, and how often."""
    return "; ".join(f"{name}{f' ×{count}' if count > 1 else ''}" for name, count in hurt.places)


def _hurts(told: Summary, columns: int) -> Iterator[_Parts]:
    yield from _head("What hurt", "", columns)
    for hurt in told.hurts:
        where = _places(hurt)
        text = f"{hurt.title}: {hurt.times}×, last on {day(hurt.last)}{f' ({where})' if where else ''}"
        yield from (
            [(part, "")] for part in wrap(text, columns, initial_indent="  ", subsequent_indent="    ")
        )


def _last(sessions: Sequence[Led], columns: int) -> Iterator[_Parts]:
    yield from _head("The last sessions" if len(sessions) > 1 else "The last session", "", columns)
    for led in sessions:
        parts = [led.title, short_length(led), ending(led), "" if led.pain is None else f"pain {led.pain}"]
        head = f"  {led.began:%Y-%m-%d %H:%M}  {', '.join(filter(None, parts))}"
        yield from ([(part, "")] for part in wrap(head, columns, subsequent_indent=" " * 4))
        exercises = "; ".join(done(each) for each in led.exercises)
        indent = " " * 4
        yield from (
            [(part, "faint")]
            for part in wrap(exercises, columns, initial_indent=indent, subsequent_indent=indent)
        )


_MOST_WEEKS: Final = 53
_LEFT, _RIGHT, _TOP, _BOTTOM = 26, 412, 12, 172
"""The corners of the chart in its own units, of which it has 420 by 200."""


def history_page(told: Summary) -> str:
    """The page, as HTML.

    Args:
        told: what the past comes to; there is something.
    """
    style = piece("base.css", "history.css")
    return Template(piece("history.html")).substitute(
        style=style,
        style_hash=policy_hash(style),
        sentences="\n".join(f'<p class="short">{escape(each)}</p>' for each in sentences(told)),
        calendar=_calendar_section(told),
        pain=_pain(told) if len(told.pains) > 1 else "",
        hurts=_hurts_section(told) if told.hurts else "",
        sessions=_sessions(told.listed),
        today=day(told.today),
    )


def _section(name: str, title: str, content: str) -> str:
    head = f'<h2 id="{name}-head">{title}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-head">\n{head}\n{content}\n</section>'


def _table(kind: str, caption: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return (
        f'<table class="{kind}"><caption class="hear">{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(rows) + "\n</tbody></table>"
    )


def _calendar_section(told: Summary) -> str:
    weeks = told.weeks[-_MOST_WEEKS:]
    heads = ['<span class="hear">Week from</span>'] + [
        f'<span aria-hidden="true">{name[:2]}</span><span class="hear">{name}</span>' for name in _WEEKDAYS
    ]
    rows = [_week(week, told.today) for week in reversed(weeks)]
    hint = (
        '<p class="hint">The number of sessions on each day, the latest week first. '
        "Today has a thick border.</p>\n"
    )
    return _section("calendar", "Calendar", hint + _table("calendar", "Sessions a day", heads, rows))


def _week(week: Week, today: date) -> str:
    days = [week.monday + timedelta(days=number) for number in range(WEEK)]
    cells = "".join(_day(when, count, today) for when, count in zip(days, week.sessions, strict=True))
    return f'<tr><th scope="row">{week.monday.day} {week.monday:%b}</th>{cells}</tr>'


def _day(when: date, count: int | None, today: date) -> str:
    kinds = "day" + (" did" if count else "") + (" now" if when == today else "")
    if count is None:
        heard, kinds = f"{day(when)}, to come", f"{kinds} to-come"
    else:
        heard = f"{day(when)}{', today' if when == today else ''}: {many(count, 'session')}"
    number = f"<b>{count}</b>" if count else ""
    shown = f"{when.day} {when:%b}" if when.day == 1 else when.day
    return (
        f'<td><span class="hear">{heard}</span>'
        f'<span class="{kinds}" aria-hidden="true"><span>{shown}</span>{number}</span></td>'
    )


def _pain(told: Summary) -> str:
    rows = [
        f'<tr><th scope="row">{short_day(each.at.date())} {each.at:%Y, %H:%M}</th><td>{each.pain}</td></tr>'
        for each in reversed(told.pains)
    ]
    table = _table("pains", "Pain at the end of each session", ("When", "Pain"), rows)
    return _section(
        "pain",
        "Pain after each session",
        f"{_chart(told)}\n<details><summary>The same as a table</summary>\n{table}\n</details>",
    )


def _chart(told: Summary) -> str:
    """Pain over time: a dot for each answer, joined by a line."""
    first, last = told.pains[0].at, told.pains[-1].at
    whole_s = max(1.0, (last - first).total_seconds())
    low, high = PAIN_SCALE

    def height(value: int) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (value - low) / (high - low)

    points = [
        (_LEFT + (_RIGHT - 8 - _LEFT) * (each.at - first).total_seconds() / whole_s, height(each.pain))
        for each in told.pains
    ]
    grid = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{height(value):.1f}" y2="{height(value):.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{height(value) + 4:.1f}" text-anchor="end">{value}</text>'
        for value in (low, (low + high) // 2, high)
    )
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points)
    begin, end = (f"{when.day} {when:%b %Y}" for when in (first, last))
    label = "" if begin == end else f'<text x="{_RIGHT}" y="194" text-anchor="end">{end}</text>'
    return (
        f'<svg class="chart" viewBox="0 0 420 200" role="img" aria-label="{escape(pain(told))}">'
        f'{grid}<polyline class="line" points="{line}"/>{dots}'
        f'<text x="{_LEFT}" y="194">{begin}</text>{label}</svg>'
    )


def _hurts_section(told: Summary) -> str:
    rows: list[str] = []
    for hurt in told.hurts:
        where = _places(hurt)
        rows.append(
            f'<tr><th scope="row">{escape(hurt.title)}</th><td data-name="Times">{hurt.times}</td>'
            f'<td data-name="Where">{escape(where)}</td><td data-name="Last">{day(hurt.last)}</td></tr>'
        )
    heads = ("Exercise", "Times", "Where", "Last")
    return _section("hurts", "What hurt", _table("list", "Stops for pain by exercise", heads, rows))


def _sessions(sessions: Sequence[Led]) -> str:
    rows = [_session(led) for led in sessions]
    heads = ("When", "Session", "Led", "Pain", "Exercises")
    return _section("sessions", "Sessions", _table("list", "Sessions, the latest first", heads, rows))


def _session(led: Led) -> str:
    exercises = "; ".join(done(each) for each in led.exercises)
    led_for = ", ".join(filter(None, (short_length(led), ending(led))))
    cells = (
        ("", led.title),
        ("Led", led_for),
        ("Pain", "" if led.pain is None else str(led.pain)),
        ("Done", exercises),
    )
    row = "".join(
        f"<td{attribute}>{escape(text)}</td>"
        for name, text in cells
        for attribute in (f' data-name="{name}"' if name else "",)
    )
    return f'<tr><th scope="row" class="number">{short_day(led.day)} {led.began:%Y, %H:%M}</th>{row}</tr>'


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
"""Characters that a spreadsheet takes for the beginning of a formula, as OWASP lists them ("CSV
Injection")."""


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
