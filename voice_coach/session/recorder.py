"""What is remembered of one session that is led, while it is: how long, which reps, what hurt, how it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from voice_coach.core.history import CLOSING, OPENING, LedExercise, LedPacing
from voice_coach.session.coverage import Heard

if TYPE_CHECKING:
    from voice_coach.core.status import LiveStatus, Mode
    from voice_coach.core.timeline import Chapter
    from voice_coach.history.practice import Keeper
    from voice_coach.session.controller import Place
    from voice_coach.session.coverage import Key

BEGUN_MS: Final = 10_000
"""Who only looks in is not remembered, unless something was completed or hurt."""

WRITE_MS: Final = 30_000
"""How far apart it is written down while nothing special happens; a killed session loses no more."""


class Remembering:
    """Writes down one session. Nothing is written before anything of it was led.

    Everything is called from one thread, that of the session's listeners.

    Args:
        keeper: where it is kept.
        title: the session's title.
        pacing: what it was asked for with.
        names: the exercise's id, "" for opening and closing, and the title of each chapter.
        heard: follows where the session is.
        now_ms: milliseconds since 1970, UTC.
    """

    def __init__(
        self,
        keeper: Keeper,
        title: str,
        pacing: LedPacing,
        names: Sequence[tuple[str, str]],
        heard: Heard,
        now_ms: Callable[[], int],
    ) -> None:
        self._keeper = keeper
        self._title = title
        self._pacing = pacing
        self._names = names
        self._heard = heard
        self._now_ms = now_ms
        self._began_ms = self._written_ms = now_ms()
        self._is_due = False  # so much of it was led that it is remembered
        self._led: str | None = None
        self._untold_pain: int | None = None
        self._pace_percent = pacing.pace_percent
        self._place: tuple[int, bool] = (0, False)
        self._mode: Mode = "playing"
        self._kept: dict[Key, LedExercise] = {}

    def look(self, status: LiveStatus) -> None:
        """Time has gone on; called about ten times a second."""
        index, easier = self._place
        easier = easier and index == status.chapter
        self._heard.look(status.chapter, easier, status.position_ms, self._now_ms())
        self._place = status.chapter, easier
        self._pace_percent = status.speed_percent
        if not self._is_due and self._heard.total_ms >= BEGUN_MS:
            self._write()

    def changed(self, place: Place, status: LiveStatus) -> None:
        """The session has come to another sentence, rep or mode."""
        self._place = place.chapter, place.easier
        if not self._is_due:
            return
        if status.is_asked_at_end and status.mode != self._mode:
            # Whoever goes away without an answer has heard all of it.
            self._write(to_end=self._is_to_end())
            if status.mode == "scoring" and self._keeper.log is not None:
                self._keeper.log.asked(self._led)
        elif status.mode != self._mode or self._now_ms() - self._written_ms >= WRITE_MS:
            self._write()
        self._mode = status.mode

    def over(self, chapter: Chapter) -> None:
        """A chapter was heard to its end."""
        name = (chapter.exercise, chapter.title)
        places = range(self._place[0], len(self._names))
        index = next((each for each in places if self._names[each] == name), None)
        if index is not None:
            self._heard.whole(index, self._now_ms())
            self._place = index + 1, False  # where several went by since the last look
        if self._is_due or chapter.exercise:
            self._write(to_end=True if index == len(self._names) - 1 else None)
        if chapter.exercise:  # killed before this, the session is whole and only its words fade later
            self._keeper.completed(chapter, begun=self._led is not None)

    def hurt(self, place: Place) -> None:
        """Something hurts there."""
        self._begin()
        outside = CLOSING if place.chapter else OPENING
        self._keeper.hurt(place.exercise or outside, place.mark, begun=self._led is not None)
        self._write()

    def scored(self, pain: int) -> None:
        """The person has told how much pain there is, 0 to 10; a later word replaces an earlier one.

        Raises:
            ValueError: it is not on that scale.
        """
        self._begin()
        if self._keeper.log is not None:
            is_kept = self._keeper.log.score(self._led, pain)
            self._untold_pain = None if is_kept else pain

    def left(self) -> None:
        """The session is over; it was left, or heard to its end."""
        if self._is_due:
            self._write(to_end=self._is_to_end())
        if self._untold_pain is not None:
            self.scored(self._untold_pain)

    def _is_to_end(self) -> bool:
        """Whether the last chapter was heard to its end; whoever has left it out has left the session."""
        last = len(self._names) - 1
        return any(self._heard.is_whole((last, easier)) for easier in (False, True))

    def _begin(self) -> None:
        """From now on it is written down; where that could not be begun it is tried again each time."""
        self._is_due = True
        if self._led is None and self._keeper.log is not None:
            self._led = self._keeper.log.begin(
                run=self._keeper.run,
                session=self._keeper.session,
                title=self._title,
                at_ms=self._began_ms,
                pacing=self._pacing,
            )

    def _write(self, *, to_end: bool | None = None) -> None:
        self._begin()
        if self._keeper.log is None:
            return
        self._written_ms = now_ms = self._now_ms()
        changed = [done for key, done in self._done().items() if self._kept.get(key) != done]
        heard_ms, percent = self._heard.total_ms, self._pace_percent
        log = self._keeper.log
        if to_end is None:
            is_kept = log.progress(
                self._led, at_ms=now_ms, heard_ms=heard_ms, pace_percent=percent, exercises=changed
            )
        else:
            is_kept = log.ended(
                self._led,
                at_ms=now_ms,
                heard_ms=heard_ms,
                to_end=to_end,
                pace_percent=percent,
                exercises=changed,
            )
        if is_kept:
            self._kept |= {(done.chapter, done.easier): done for done in changed}

    def _done(self) -> dict[Key, LedExercise]:
        """The exercises of which anything was led."""
        found: dict[Key, LedExercise] = {}
        for key in self._heard.chapters:
            exercise, title = self._names[key[0]]
            if exercise:
                reps, of_reps = self._heard.reps(key)
                found[key] = LedExercise(
                    chapter=key[0],
                    easier=key[1],
                    exercise=exercise,
                    title=title,
                    reps=reps,
                    of_reps=of_reps,
                    heard_ms=self._heard.led_ms(key),
                    to_end=self._heard.is_whole(key),
                )
        return found
