"""The past of one person: shown, written to files, corrected, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

from voice_coach.core.errors import WishError
from voice_coach.core.history import Led
from voice_coach.core.text import nearest_word
from voice_coach.history import queries as looking
from voice_coach.history.practice import may_remember
from voice_coach.paths import Home
from voice_coach.reports.history_summary import Summary, day, many, summary
from voice_coach.reports.history_views import DRAWN, PLAIN, history_lines
from voice_coach.reports.timeline_view import Line
from voice_coach.storage.atomic import whole_file

EVERYTHING = ""
"""What to forget if it is not said."""


class Past:
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
        self.led: Sequence[Led] = looking.past(self._path)
        self.told: Summary = summary(self.led, today)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.told.sessions or self.told.pains or self.told.hurts)

    @property
    def is_kept(self) -> bool:
        """Whether anything is remembered from now on."""
        return may_remember(self._pacing)

    def lines(self, columns: int, weeks: int, *, drawn: bool) -> Iterator[Line]:
        """How it went, for a terminal; ``drawn`` is with signs that not every terminal and ear can read."""
        return history_lines(self.told, columns, weeks, DRAWN if drawn else PLAIN)

    def write_page(self, target: Path, *, force: bool) -> None:
        """Writes it as a page, whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        from voice_coach.reports.history_views import history_page

        _write(target, lambda: history_page(self.told), force)

    def write_csv(self, target: Path, *, force: bool) -> None:
        """Writes it as a table, whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        _write(target, self.csv, force)

    def csv(self) -> str:
        """All sessions as a table."""
        from voice_coach.reports.history_views import history_csv

        return history_csv(self.led)

    def chosen(self, what: str) -> tuple[Led, ...]:
        """The sessions that somebody means.

        Args:
            what: ``EVERYTHING``, a day (2026-11-21), a day and time at which one began (2026-11-21 08:05), or
                a session's name.

        Raises:
            WishError: there are none.
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
            raise WishError(
                f"Nothing is remembered of '{what}'.{hint} Name a day, such as 2026-11-21, a day and time as "
                "'voice-coach history' shows them, or a session."
            )
        return found

    def describe(self, what: str) -> str:
        """What would be forgotten, for a question.

        Raises:
            WishError: there is nothing of that kind.
        """
        found = self.chosen(what)
        count = many(len(found), "session")
        if what != EVERYTHING:
            return f"{count} of {what}"
        since = f" since {day(found[0].day)}" if found else ""
        return f"everything ({count}{since})"

    @property
    def is_there(self) -> bool:
        """Whether there is a file to forget, even if nothing can be read from it."""
        return looking.is_anything_there(self._path)

    def forget(self, what: str) -> None:
        """Forgets it; nothing of it is left in the file.

        Raises:
            WishError: there is nothing of that kind.
            HistoryError: it cannot be done, or not now.
        """
        leds: Collection[int] | None = None
        if what != EVERYTHING:
            leds = [led.id for led in self.chosen(what)]
        looking.forget(self._path, leds)

    def correct_pain(self, pain: int | None) -> Led:
        """Keeps another pain for the last session; None for none told.

        Raises:
            WishError: there is no session.
            HistoryError: it cannot be kept.
        """
        if not self.led:
            raise WishError("There is no session yet whose pain could be told.")
        looking.correct_pain(self._path, self.led[-1].id, pain)
        return self.led[-1]


def _write(target: Path, make: Callable[[], str], force: bool) -> None:
    with whole_file(target, force=force) as file:
        # A script may spell half of a character that has two; no file can hold that.
        file.write(make().encode("utf-8", "replace"))
