"""The past of one person: shown, written to files, corrected, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

from voice_coach.core.errors import UsageError
from voice_coach.core.history import Led
from voice_coach.core.text import nearest_word
from voice_coach.history import queries as looking
from voice_coach.history.practice import may_remember
from voice_coach.paths import Home
from voice_coach.reports.history_summary import Summary, day, many, summarise
from voice_coach.reports.history_views import DRAWN, PLAIN, history_lines
from voice_coach.reports.timeline_view import StyledLine
from voice_coach.storage.atomic import atomic_write

EVERYTHING = ""
"""Part of the history to forget by default."""


class HistoryView:
    """The sessions that were led, as they are kept now.

    Args:
        home: the person's folders.
        today: the day it is.

    Raises:
        HistoryError: what is kept cannot be used; the text says why and what to do.
    """

    def __init__(self, home: Home, today: date) -> None:
        self._path = home.history
        self._pacing = home.pacing
        self.led: Sequence[Led] = looking.led_sessions(self._path)
        self.told: Summary = summarise(self.led, today)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show."""
        return not (self.told.sessions or self.told.pains or self.told.hurts)

    @property
    def is_kept(self) -> bool:
        """Return whether anything is remembered from now on."""
        return may_remember(self._pacing)

    def lines(self, columns: int, weeks: int, *, drawn: bool) -> Iterator[StyledLine]:
        """Return how it went, for a terminal; ``drawn`` is with signs that not every terminal and ear can
        read."""
        return history_lines(self.told, columns, weeks, DRAWN if drawn else PLAIN)

    def write_page(self, target: Path, *, force: bool) -> None:
        """Write it as a page, whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        from voice_coach.reports.history_views import history_page

        _write(target, lambda: history_page(self.told), force)

    def write_csv(self, target: Path, *, force: bool) -> None:
        """Write it as a table, whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        _write(target, self.csv, force)

    def csv(self) -> str:
        """All sessions as a table."""
        from voice_coach.reports.history_views import history_csv

        return history_csv(self.led)

    def choose(self, what: str) -> tuple[Led, ...]:
        """Return the sessions that a text means.

        Args:
            what: ``EVERYTHING``, a day (2026-11-21), a day and time at which one began (2026-11-21 08:05), or
                a session's name.

        Raises:
            UsageError: there are none.
        """
        if what == EVERYTHING:
            return tuple(self.led)
        named = {
            name: led
            for led in self.led
            for name in (f"{led.began:%Y-%m-%d}", f"{led.began:%Y-%m-%d %H:%M}", led.session)
        }
        found = tuple(
            led
            for led in self.led
            if what in (f"{led.began:%Y-%m-%d}", f"{led.began:%Y-%m-%d %H:%M}", led.session)
        )
        if not found:
            near = nearest_word(what, named)
            hint = f" Did you mean '{near}'?" if near else ""
            raise UsageError(
                f"Nothing is remembered of '{what}'.{hint} Name a day, such as 2026-11-21, a day and time as "
                "'voice-coach history' shows them, or a session."
            )
        return found

    def describe(self, what: str) -> str:
        """Return what would be forgotten, for a question.

        Raises:
            UsageError: there is nothing of that kind.
        """
        found = self.choose(what)
        count = many(len(found), "session")
        if what != EVERYTHING:
            return f"{count} of {what}"
        since = f" since {day(found[0].day)}" if found else ""
        return f"everything ({count}{since})"

    @property
    def is_there(self) -> bool:
        """Return whether there is a file to forget, even if nothing can be read from it."""
        return looking.is_anything_there(self._path)

    def forget(self, what: str) -> None:
        """Forget it; nothing of it is left in the file.

        Raises:
            UsageError: there is nothing of that kind.
            HistoryError: it cannot be done, or not now.
        """
        leds: Collection[int] | None = None
        if what != EVERYTHING:
            leds = [led.id for led in self.choose(what)]
        looking.forget(self._path, leds)

    def correct_pain(self, pain: int | None) -> Led:
        """Keep another pain for the last session; None for none told.

        Raises:
            UsageError: there is no session.
            HistoryError: it cannot be kept.
        """
        if not self.led:
            raise UsageError("There is no session yet whose pain could be told.")
        looking.correct_pain(self._path, self.led[-1].id, pain)
        return self.led[-1]


def _write(target: Path, make: Callable[[], str], force: bool) -> None:
    with atomic_write(target, force=force) as file:
        # A script may spell half of a character that has two; no file can hold that.
        file.write(make().encode("utf-8", "replace"))
