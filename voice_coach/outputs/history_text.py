"""How it went, for a terminal: sentences, then a calendar, a chart of pain, what hurt, the last sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from textwrap import wrap
from typing import Final

from voice_coach.model.past import Led
from voice_coach.model.practice import PAIN_SCALE
from voice_coach.outputs.history_summary import WEEK, Summary, Told, Week
from voice_coach.outputs.history_words import day, done, ending, sentences, short_day, short_length
from voice_coach.outputs.timeline_drawing import Line

_Parts = Sequence[tuple[str, str]]

_WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTH_COLUMNS: Final = 8
_CELL_COLUMNS: Final = 4
_NARROW: Final = _MONTH_COLUMNS + WEEK * _CELL_COLUMNS
_LONGEST_BAR: Final = 40
_PAIN_COLUMNS: Final = 18
"""What stands before a bar."""

_MOST_PAINS: Final = 14
_LAST_SESSIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Signs:
    """What a bar and an empty day are drawn with."""

    bar: str
    none: str


DRAWN: Final = Signs("█", "·")
PLAIN: Final = Signs("#", ".")
"""For terminals without the others, for files, and for whoever wants no decoration."""


def history_lines(told: Summary, columns: int, weeks: int, signs: Signs) -> Iterator[Line]:
    """The lines, as long as the window allows.

    Args:
        told: what the past comes to; there is something.
        columns: the window's width.
        weeks: how many weeks of the calendar at most.
        signs: what to draw with.
    """
    for parts in _lines(told, columns, weeks, signs):
        yield _strip_end(parts)


def _strip_end(parts: _Parts) -> Line:
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
    yield [(" " * (_MONTH_COLUMNS - 1) + "".join(f"{name:>{cell}}" for name in _WEEKDAYS), "faint")]
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


def _pains(pains: Sequence[Told], columns: int, signs: Signs) -> Iterator[_Parts]:
    """A bar for each answer; where they are many for each day, or each week."""
    of, means = _means(pains)
    last = f", the last {_MOST_PAINS}" if len(means) > _MOST_PAINS else ""
    yield from _head("Pain", f"0 to {PAIN_SCALE[1]}, {of}{last}", columns)
    point = max(1, min(_LONGEST_BAR, columns - _PAIN_COLUMNS) // PAIN_SCALE[1])
    for name, pain in means[-_MOST_PAINS:]:
        yield [(f"{name}  ", "faint"), (f"{pain:>4}  ", ""), (signs.bar * round(point * pain), "sound")]


def _means(pains: Sequence[Told]) -> tuple[str, list[tuple[str, float]]]:
    """What each bar is, and the bars: a day, that on which a week began, and how much."""
    if len(pains) <= _MOST_PAINS:
        return "after each session", [(short_day(told.at.date()), told.pain) for told in pains]
    days = _by(pains, lambda when: when)
    if len(days) <= _MOST_PAINS:
        return "the mean of each day", days
    return "the mean of each week", _by(pains, lambda when: when - timedelta(days=when.weekday()))


def _by(pains: Sequence[Told], of: Callable[[date], date]) -> list[tuple[str, float]]:
    found: dict[date, list[int]] = defaultdict(list)
    for told in pains:
        found[of(told.at.date())].append(told.pain)
    return [(short_day(when), round(fmean(each), 1)) for when, each in sorted(found.items())]


def _hurts(told: Summary, columns: int) -> Iterator[_Parts]:
    yield from _head("What hurt", "", columns)
    for hurt in told.hurts:
        where = "; ".join(f"{name}{f' ×{count}' if count > 1 else ''}" for name, count in hurt.places)
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
