"""The place of a session that is led, kept as it goes on, so that it can be gone on with later."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

from voice_coach.bookmark import Asked, Bookmark, named
from voice_coach.bookmark_file import BookmarkFile
from voice_coach.live_status import Place
from voice_coach.model.live import LiveStatus
from voice_coach.performance import Performance

BEGUN_MS: Final = 10_000
"""So long a session is heard before its place is kept instead of that of another one."""

_LOOK_MS: Final = 1_000
"""Looks further apart than this were not all playing."""


class Marker:
    """Keeps the place of one session.

    What was kept before stays until this session has been heard for a while: somebody who only looks in, or
    is asleep when something is offered, does not lose it.

    Args:
        performance: the session as it was asked for.
        file: where its place is kept.
        asked: how it was asked for.
        now_ms: the clock.
        left: where it goes on, or may.
        offer: whether that is only offered.
    """

    def __init__(
        self,
        performance: Performance,
        file: BookmarkFile,
        asked: Asked,
        now_ms: Callable[[], int],
        left: Bookmark | None,
        offer: bool,
    ) -> None:
        self._performance = performance
        self._file = file
        self._asked = asked
        self._now_ms = now_ms
        self._offered = left if offer else None
        self._run = uuid.uuid4().hex
        self._runs = [self._run, left.run] if left and not offer else [self._run]
        self._looked_ms: int | None = None
        self._heard_ms = BEGUN_MS if file.read() is None else 0
        self._place: Place | None = None
        self._is_over = False

    def look(self, status: LiveStatus) -> None:
        """Time has gone on."""
        if self._has_come_to_end(status):
            return
        now_ms, before_ms = self._now_ms(), self._looked_ms
        self._looked_ms = now_ms
        if before_ms is not None and status.mode == "playing":
            self._heard_ms += min(max(0, now_ms - before_ms), _LOOK_MS)
        if self._place is not None and self._heard_ms >= BEGUN_MS:
            self._keep(self._place)
            self._place = None

    def mark(self, place: Place, status: LiveStatus) -> None:
        """The session has come to this place."""
        if self._has_come_to_end(status) or status.mode in ("offering", "ended"):
            return
        if self._offered is not None:
            # Whoever has not taken up the offer is at the very beginning.
            if place.chapter == self._offered.chapter:
                self._runs.append(self._offered.run)
            self._offered = None
        self._place = place
        self.look(status)

    def _has_come_to_end(self, status: LiveStatus) -> bool:
        """Whether nothing is left but a question: whoever goes away then has nothing to go on with."""
        if status.is_asked_at_end and not self._is_over:
            self._is_over, self._place = True, None
            self._file.clear(self._runs)
        return self._is_over

    def left(self, early: bool) -> None:
        """A session that was heard to its end is not gone on with."""
        if not early:
            self._file.clear(self._runs)

    def _keep(self, place: Place) -> None:
        asked, mark, exercises = self._asked, place.mark, self._performance.exercises
        self._file.write(
            Bookmark(
                session=named(asked.session),
                title=self._performance.session.title,
                wishes=asked.wishes,
                voice=asked.voice,
                pacing=str(asked.pacing.absolute()) if asked.pacing else None,
                speed_percent=place.speed_percent,
                exercise=place.exercise,
                occurrence=exercises[: place.chapter].count(place.exercise),
                exercise_title=place.title,
                chapter=place.chapter,
                chapters=self._performance.chapter_count,
                at_ms=place.at_ms,
                set=mark.set if mark else None,
                rep=mark.rep if mark else None,
                side=mark.side if mark else None,
                easier=place.easier,
                start_at=asked.start_at,
                bed=asked.bed,
                saved_ms=self._now_ms(),
                run=self._run,
            )
        )
