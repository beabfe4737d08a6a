"""Recorder of one session while it is led: its length, its reps, its pain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from voice_coach.core.history import CLOSING, OPENING, LedExercise, LedPacing
from voice_coach.session.coverage import CoverageTracker
from voice_coach.session.observer import SessionObserver

if TYPE_CHECKING:
    from voice_coach.core.status import LiveStatus, Mode
    from voice_coach.core.timeline import Chapter
    from voice_coach.history.practice import RunLog
    from voice_coach.session.coverage import ChapterKey
    from voice_coach.session.observer import SessionPlace

BEGUN_MS: Final = 10_000
"""Sessions shorter than this are not recorded, unless an exercise was completed or pain was reported."""

WRITE_MS: Final = 30_000
"""Milliseconds between two writes while nothing special happens; a killed session loses no more."""


class SessionRecorder(SessionObserver):
    """Record one session in the history. Nothing is written before anything of it was led.

    Args:
        run_log: where it is kept.
        title: the session's title.
        pacing: what it was asked for with.
        names: the exercise's id, "" for opening and closing, and the title of each chapter.
        heard: follows where the session is.
        now_ms: milliseconds since 1970, UTC.
    """

    def __init__(
        self,
        run_log: RunLog,
        title: str,
        pacing: LedPacing,
        names: Sequence[tuple[str, str]],
        heard: CoverageTracker,
        now_ms: Callable[[], int],
    ) -> None:
        self._run_log = run_log
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
        self._kept: dict[ChapterKey, LedExercise] = {}

    def on_status(self, status: LiveStatus) -> None:
        index, easier = self._place
        easier = easier and index == status.chapter
        self._heard.look(status.chapter, easier, status.position_ms, self._now_ms())
        self._place = status.chapter, easier
        self._pace_percent = status.speed_percent
        if not self._is_due and self._heard.total_ms >= BEGUN_MS:
            self._write()

    def on_change(self, place: SessionPlace, status: LiveStatus) -> None:
        self.on_status(status)
        self._place = place.chapter, place.easier
        if not self._is_due:
            return
        if status.is_asked_at_end and status.mode != self._mode:
            # Whoever goes away without an answer has heard all of it.
            self._write(to_end=self._is_to_end())
            if status.mode == "scoring" and self._run_log.log is not None:
                self._run_log.log.record_question(self._led)
        elif status.mode != self._mode or self._now_ms() - self._written_ms >= WRITE_MS:
            self._write()
        self._mode = status.mode

    def on_chapter_finished(self, chapter: Chapter) -> None:
        name = (chapter.exercise, chapter.title)
        places = range(self._place[0], len(self._names))
        index = next((each for each in places if self._names[each] == name), None)
        if index is not None:
            self._heard.whole(index, self._now_ms())
            self._place = index + 1, False  # where several went by since the last look
        if self._is_due or chapter.exercise:
            self._write(to_end=True if index == len(self._names) - 1 else None)
        if chapter.exercise:  # killed before this, the session is whole and only its words fade later
            self._run_log.record_completed(chapter, begun=self._led is not None)

    def on_pain(self, place: SessionPlace) -> None:
        self._begin()
        outside = CLOSING if place.chapter else OPENING
        self._run_log.record_pain_place(place.exercise or outside, place.mark, begun=self._led is not None)
        self._write()

    def on_pain_answered(self, pain: int) -> None:
        self._begin()
        if self._run_log.log is not None:
            is_kept = self._run_log.log.record_pain(self._led, pain)
            self._untold_pain = None if is_kept else pain

    def on_close(self, *, early: bool) -> None:
        del early  # the coverage tells it better
        if self._is_due:
            self._write(to_end=self._is_to_end())
        if self._untold_pain is not None:
            self.on_pain_answered(self._untold_pain)

    def _is_to_end(self) -> bool:
        """Return whether the last chapter was heard to its end; leaving it out ends the session early."""
        last = len(self._names) - 1
        return any(self._heard.is_whole((last, easier)) for easier in (False, True))

    def _begin(self) -> None:
        """From now on it is written down; where that could not be begun it is tried again each time."""
        self._is_due = True
        if self._led is None and self._run_log.log is not None:
            self._led = self._run_log.log.begin(
                run=self._run_log.run,
                session=self._run_log.session,
                title=self._title,
                at_ms=self._began_ms,
                pacing=self._pacing,
            )

    def _write(self, *, to_end: bool | None = None) -> None:
        self._begin()
        if self._run_log.log is None:
            return
        self._written_ms = now_ms = self._now_ms()
        changed = [done for key, done in self._done().items() if self._kept.get(key) != done]
        heard_ms, percent = self._heard.total_ms, self._pace_percent
        log = self._run_log.log
        if to_end is None:
            is_kept = log.record_progress(
                self._led, at_ms=now_ms, heard_ms=heard_ms, pace_percent=percent, exercises=changed
            )
        else:
            is_kept = log.record_end(
                self._led,
                at_ms=now_ms,
                heard_ms=heard_ms,
                to_end=to_end,
                pace_percent=percent,
                exercises=changed,
            )
        if is_kept:
            self._kept |= {(done.chapter, done.easier): done for done in changed}

    def _done(self) -> dict[ChapterKey, LedExercise]:
        """The exercises of which anything was led."""
        found: dict[ChapterKey, LedExercise] = {}
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
