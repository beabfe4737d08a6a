"""A performance made into a live session: where it begins, who is told, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from voice_coach.core.history import LedPacing
from voice_coach.core.parameters import STEP_PERCENT
from voice_coach.core.status import LiveStatus
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import MS_PER_SECOND, format_clock
from voice_coach.pacing.fit_search import CannotFitError
from voice_coach.rendering.performance import Performance
from voice_coach.session.body import Body, way_start_ms
from voice_coach.session.bookmark import Marker
from voice_coach.session.content import LiveScore
from voice_coach.session.controller import Listeners, LiveSession, Place
from voice_coach.session.coverage import Heard
from voice_coach.session.navigation import resume_ms
from voice_coach.session.recorder import Remembering
from voice_coach.session.state import Rules, State
from voice_coach.session.suspend import SleepWatch, system_clocks
from voice_coach.session.transitions import about, entered

if TYPE_CHECKING:
    from voice_coach.controls.base import Control
    from voice_coach.history.practice import Keeper
    from voice_coach.session.bookmark import Asked, Bookmark, BookmarkFile
    from voice_coach.session.live_bed import Loop

_AWAY_MS: Final = 60_000
"""Going on another time is like going on after a pause of this length."""


def prepared(prepare: Callable[..., Performance], asked: Asked, notify: Callable[[str], None]) -> Performance:
    """A session that was left, prepared again; its time may no longer be reached, as scripts change.

    Args:
        prepare: as ``Coach.prepare``.
        asked: how it was asked for.
        notify: told in a sentence if it cannot be as long as was asked for.

    Raises:
        CoachError: it cannot be prepared at all.
    """
    try:
        return prepare(asked.session, asked.wishes, start_at=asked.start_at)
    except CannotFitError as error:
        target_ms, reach_ms = error.target_ms, error.nearest or (error.low_ms, error.high_ms)
    nearest_ms = min(reach_ms, key=lambda ms: abs(ms - target_ms))
    told = f"It can no longer be {format_clock(target_ms)} long as you asked for"
    try:
        wishes = replace(asked.wishes, fit_ms=nearest_ms)
        performance = prepare(asked.session, wishes, start_at=asked.start_at)
    except CannotFitError:
        notify(f"{told}, so it is as long as it comes.")
        return prepare(asked.session, replace(asked.wishes, fit_ms=None), start_at=asked.start_at)
    notify(f"{told}, so it is {format_clock(nearest_ms)}, the nearest that it can be.")
    return performance


def lead(
    performance: Performance,
    on_status: Callable[[LiveStatus], None],
    *,
    keeper: Keeper | None,
    bookmark: BookmarkFile | None,
    asked: Asked | None,
    controls: Sequence[Control],
    waits: bool,
    listens: bool,
    asks_pain: bool | None,
    resume: Bookmark | None,
    offer: bool,
    keep_pace: Callable[[int], None],
    notify: Callable[[str], None],
    now_ms: Callable[[], int],
    bed: str = "none",
) -> LiveSession:
    """A live session; ``Coach.lead`` describes what is not described here.

    Args:
        keeper: remembers what is completed and what hurts; None for nothing.
        bookmark: keeps the place, if the session can be asked for again.
        keep_pace: keeps where the knob stands, in percent.
        notify: told what goes wrong.
        now_ms: milliseconds since 1970, UTC.
        bed: what is heard under it: ``none``, ``tone``, ``noise`` or a file.

    Raises:
        OutputError: the bed cannot be used.
    """
    asked_percent = round(performance.speed * 100)
    body = Body(performance.session.start)
    first, state = performance, State(speed_percent=asked_percent, body=body)
    left = _found(performance, resume, notify) if resume and not offer else _same(performance, resume)
    if left is not None and not offer:
        first, percent = _at_percent(performance, left.speed_percent, notify)
        state = replace(state, speed_percent=percent)
    score = LiveScore(first, left.chapter if left else 0, listens=listens)
    if left is not None:
        state = _resumed(score, state, left, offer=offer)
    if listens:
        state = replace(state, asides=(about(state, "listen_begins"), *state.asides))
    marker = Marker(performance, bookmark, asked, now_ms, left, offer) if bookmark and asked else None

    def chapter(index: int, easier: bool) -> Chapter | None:
        return session.chapter(index, easier=easier)

    book = _remembering(performance, keeper, asked, chapter, state, now_ms) if keeper else None
    watch = SleepWatch(system_clocks())

    def told(status: LiveStatus) -> None:
        if marker is not None:
            marker.look(status)
        if book is not None:
            book.look(status)
        on_status(status)

    def changed(place: Place, status: LiveStatus) -> None:
        if marker is not None:
            marker.mark(place, status)
        if book is not None:
            book.look(status)
            book.changed(place, status)
        for control in controls:
            control.changed(status)

    def gone(early: bool) -> None:
        if marker is not None:
            marker.left(early)
        if book is not None:
            book.left()

    session = LiveSession(
        score,
        lambda at_percent, first: LiveScore(performance.at_speed(at_percent / 100), first, listens=listens),
        Rules(waits=waits, asks_pain=_asks(asks_pain, waits, keeper), speed_percent=asked_percent),
        state,
        Listeners(
            status=told,
            changed=changed,
            over=book.over if book else lambda _chapter: None,
            pain=book.hurt if book else lambda _place: None,
            scored=book.scored if book else lambda _points: None,
            left=gone,
            keep=keep_pace,
            notify=notify,
        ),
        asleep_ms=lambda: round(watch.look() * MS_PER_SECOND),
        bed=_loop(bed),
    )
    return session


def _asks(asked_for: bool | None, waits: bool, keeper: Keeper | None) -> bool:
    """Whether it is asked how much pain there is: not where nobody can answer, or nobody cares to."""
    log = keeper.log if keeper else None
    if log is None or not waits or asked_for is False:
        return False
    return asked_for is True or log.is_answered()


def _remembering(
    performance: Performance,
    keeper: Keeper,
    asked: Asked | None,
    chapter: Callable[[int, bool], Chapter | None],
    state: State,
    now_ms: Callable[[], int],
) -> Remembering:
    pacing = LedPacing(
        guidance=asked.wishes.guidance if asked else None,
        pace_percent=state.speed_percent,
        fit_ms=asked.wishes.fit_ms if asked else None,
    )
    return Remembering(
        keeper,
        performance.session.title,
        pacing,
        list(zip(performance.exercises, performance.titles, strict=True)),
        Heard(chapter, state.chapter, state.easier, state.at_ms, now_ms()),
        now_ms,
    )


def _loop(bed: str) -> Loop | None:
    if bed == "none":
        return None
    from voice_coach.audio.background import make_bed

    return make_bed(bed)


def _same(performance: Performance, resume: Bookmark | None) -> Bookmark | None:
    """The bookmark as the script is now; None where its place is gone."""
    index = resume.chapter_in(performance.exercises) if resume else None
    return replace(resume, chapter=index) if resume and index is not None else None


def _found(performance: Performance, resume: Bookmark, notify: Callable[[str], None]) -> Bookmark:
    """The bookmark as the script is now; where its place is gone, at the nearest."""
    if (same := _same(performance, resume)) is not None:
        return same
    moved = resume.moved_to(performance.exercises)
    notify(
        f"{performance.session.title} has changed since you left it in {resume.exercise_title}, so it goes "
        f"on at the start of {performance.titles[moved.chapter]}."
    )
    return moved


def _at_percent(
    performance: Performance, percent: int, notify: Callable[[str], None]
) -> tuple[Performance, int]:
    """The session with the knob where it was left, or as near to that as it can be, and where that is."""
    asked = round(performance.speed * 100)
    step = STEP_PERCENT if percent < asked else -STEP_PERCENT
    for turned in range(percent, asked, step):
        try:
            found = performance.at_speed(turned / 100)
        except CannotFitError:
            continue
        if turned != percent:
            notify(f"The pace is {turned} %: at {percent} % it could not be as long as you asked for.")
        return found, turned
    if percent != asked:
        notify(f"The pace is {asked} %: at {percent} % it could not be as long as you asked for.")
    return performance, asked


def _resumed(score: LiveScore, state: State, left: Bookmark, *, offer: bool) -> State:
    """The state to begin in: at the same rep, even if times have changed since."""
    index = left.chapter
    state = replace(state, chapter=index, at_ms=0, easier=left.easier and score.has_easier(index))
    chapter = score.chapter(index, easier=True) if state.easier else next(score.performance.chapters(index))
    if chapter is not None:
        # What was left at a slower pace is not as far on at this one.
        slower = min(1.0, left.speed_percent / state.speed_percent)
        at_ms = _place_ms(chapter, left, round(left.at_ms * slower))
        # It is said by its name already, and by nothing but that.
        state = replace(state, at_ms=max(at_ms, way_start_ms(chapter)) if chapter.exercise else at_ms)
    if not offer:
        return entered(state, "playing", "resumed", "caution")
    return replace(entered(state, "offering", "resume_offer"), offered_percent=left.speed_percent)


def _place_ms(chapter: Chapter, left: Bookmark, at_ms: int) -> int:
    """The start of the rep in which the session was left, or of a sentence near the place."""
    if left.rep is not None:
        left_in = (left.set, left.rep, left.side)
        for event in chapter.events:
            if (event.mark.set, event.mark.rep, event.mark.side) == left_in:
                return event.start_ms
    return resume_ms(chapter, min(at_ms, chapter.duration_ms), _AWAY_MS)
