"""How it went, as one page that needs nothing else: sentences, a calendar, a chart of pain, every session.

The chart is drawn from a table that stands below it, so whoever cannot see it lacks nothing. Texts from
scripts are escaped, and the page's policy runs no script and loads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from string import Template
from typing import Final

from voice_coach.model.past import Led
from voice_coach.model.practice import PAIN_SCALE
from voice_coach.outputs.history_summary import WEEK, Summary, Week
from voice_coach.outputs.history_words import (
    day,
    done,
    ending,
    many,
    pain,
    sentences,
    short_day,
    short_length,
)
from voice_coach.outputs.page_pieces import piece, policy_hash

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
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
        calendar=_calendar(told),
        pain=_pain(told) if len(told.pains) > 1 else "",
        hurts=_hurts(told) if told.hurts else "",
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


def _calendar(told: Summary) -> str:
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


def _hurts(told: Summary) -> str:
    rows: list[str] = []
    for hurt in told.hurts:
        where = "; ".join(f"{name}{f' ×{count}' if count > 1 else ''}" for name, count in hurt.places)
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
