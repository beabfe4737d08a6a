"""A performance made into a live session: where it begins, who is told, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.live_score import LiveScore
from voice_coach.living import Listeners, LiveSession, Place
from voice_coach.model.live import LiveStatus
from voice_coach.model.timeline import Chapter
from voice_coach.model.units import MS_PER_SECOND
from voice_coach.performance import Performance
from voice_coach.player.machine import entered
from voice_coach.player.places import resume_ms
from voice_coach.player.slept import SleepWatch, system_clocks
from voice_coach.player.state import Rules, State

if TYPE_CHECKING:
    from voice_coach.bookmark import Asked, Bookmark, BookmarkFile
    from voice_coach.controls.control import Control
    from voice_coach.practising import Keeper

_AWAY_MS = 60_000
"""Going on another time is like going on after a pause of this length."""


def lead(
    performance: Performance,
    on_status: Callable[[LiveStatus], None],
    *,
    keeper: Keeper | None,
    bookmark: BookmarkFile | None,
    asked: Asked | None,
    controls: Sequence[Control],
    waits: bool,
    resume: Bookmark | None,
    offer: bool,
    keep_pace: Callable[[int], None],
    notify: Callable[[str], None],
    now_ms: Callable[[], int],
) -> LiveSession:
    """A live session; ``Coach.lead`` describes what is not described here.

    Args:
        keeper: remembers what is completed and what hurts; None for nothing.
        bookmark: keeps the place, if the session can be asked for again.
        keep_pace: keeps where the knob stands, in percent.
        notify: told what goes wrong.
        now_ms: milliseconds since 1970, UTC.
    """
    percent = round(performance.speed * 100)
    score = LiveScore(performance, resume.chapter if resume else 0)
    state = State(speed_percent=percent)
    if resume is not None:
        state = _resumed(score, state, resume, offer=offer)
    marker = _Marker(performance, bookmark, asked, now_ms) if bookmark and asked else None
    watch = SleepWatch(system_clocks())

    def changed(place: Place, status: LiveStatus) -> None:
        if marker is not None and status.mode not in ("offering", "ended"):
            marker.mark(place)
        for control in controls:
            control.changed(status)

    return LiveSession(
        score,
        lambda at_percent, first: LiveScore(performance.at_speed(at_percent / 100), first),
        Rules(waits=waits, speed_percent=percent),
        state,
        Listeners(
            status=on_status,
            changed=changed,
            over=keeper.completed if keeper else lambda _chapter: None,
            pain=(lambda place: keeper.hurt(place.exercise, place.mark)) if keeper else lambda _place: None,
            left=marker.left if marker else lambda _by_command: None,
            keep=keep_pace,
            notify=notify,
        ),
        asleep_ms=lambda: round(watch.look() * MS_PER_SECOND),
    )


class _Marker:
    """Keeps the place of one session."""

    def __init__(
        self, performance: Performance, file: BookmarkFile, asked: Asked, now_ms: Callable[[], int]
    ) -> None:
        self._performance = performance
        self._file = file
        self._asked = asked
        self._now_ms = now_ms

    def mark(self, place: Place) -> None:
        from voice_coach.bookmark import Bookmark, named

        asked, mark = self._asked, place.mark
        wishes = asked.wishes
        if place.speed_percent != round(self._performance.speed * 100):
            wishes = wishes.at_speed(place.speed_percent / 100, before=self._performance.speed)
        self._file.write(
            Bookmark(
                session=named(asked.session),
                title=self._performance.session.title,
                wishes=wishes,
                voice=asked.voice,
                pacing=str(asked.pacing.absolute()) if asked.pacing else None,
                exercise=place.exercise,
                exercise_title=place.title,
                chapter=place.chapter,
                chapters=self._performance.chapter_count,
                at_ms=place.at_ms,
                set=mark.set if mark else None,
                rep=mark.rep if mark else None,
                side=mark.side if mark else None,
                easier=place.easier,
                start_at=asked.start_at,
                saved_ms=self._now_ms(),
            )
        )

    def left(self, by_command: bool) -> None:
        """A session that was heard to its end is not gone on with."""
        if not by_command:
            self._file.clear()


def _resumed(score: LiveScore, state: State, resume: Bookmark, *, offer: bool) -> State:
    """The state to begin in: at the same rep, even if times have changed since."""
    index = resume.chapter if resume.chapter < score.count else 0
    state = replace(state, chapter=index, at_ms=0, easier=resume.easier and score.has_easier(index))
    chapter = score.chapter(index, easier=True) if state.easier else next(score.performance.chapters(index))
    if chapter is not None:
        state = replace(state, at_ms=_place_ms(chapter, resume))
    return entered(state, "offering", "resume_offer") if offer else entered(state, "playing", "resumed")


def _place_ms(chapter: Chapter, resume: Bookmark) -> int:
    """The start of the rep in which the session was left, or of a sentence near the place."""
    if resume.rep is not None:
        left_in = (resume.set, resume.rep, resume.side)
        for event in chapter.events:
            if (event.mark.set, event.mark.rep, event.mark.side) == left_in:
                return event.start_ms
    return resume_ms(chapter, min(resume.at_ms, chapter.duration_ms), _AWAY_MS)
