"""Start of a live session: from a performance, at its beginning or at a bookmark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from voice_coach.core.history import LedPacing
from voice_coach.core.parameters import STEP_PERCENT
from voice_coach.core.status import LiveStatus
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import format_clock
from voice_coach.pacing.fit_search import CannotFitError
from voice_coach.rendering.performance import Performance
from voice_coach.session.body import Body, way_start_ms
from voice_coach.session.bookmark import BookmarkTracker
from voice_coach.session.content import SessionContent
from voice_coach.session.controller import SessionController
from voice_coach.session.coverage import CoverageTracker
from voice_coach.session.navigation import resume_ms
from voice_coach.session.observer import SessionObserver, SessionPlace
from voice_coach.session.recorder import SessionRecorder
from voice_coach.session.state import Rules, State
from voice_coach.session.suspend import SuspendDetector, system_clocks
from voice_coach.session.transitions import enter_mode, make_announcement

if TYPE_CHECKING:
    from voice_coach.controls.base import Control
    from voice_coach.history.practice import RunLog
    from voice_coach.session.bookmark import Bookmark, BookmarkFile, SessionRequest
    from voice_coach.session.live_bed import EndlessSound

_AWAY_MS: Final = 60_000
"""Going on another time is like going on after a pause of this length."""


def prepare_again(
    prepare: Callable[..., Performance], asked: SessionRequest, notify: Callable[[str], None]
) -> Performance:
    """A session that was left, prepared again; its time may no longer be reached, as scripts change.

    Args:
        prepare: as ``Coach.prepare``.
        asked: how it was asked for.
        notify: told in a sentence if it cannot be as long as was asked for.

    Raises:
        CoachError: it cannot be prepared at all.
    """
    try:
        return prepare(asked.session, asked.options, start_at=asked.start_at)
    except CannotFitError as error:
        target_ms, reach_ms = error.target_ms, error.nearest or (error.low_ms, error.high_ms)
    nearest_ms = min(reach_ms, key=lambda ms: abs(ms - target_ms))
    told = f"It can no longer be {format_clock(target_ms)} long as you asked for"
    try:
        options = replace(asked.options, fit_ms=nearest_ms)
        performance = prepare(asked.session, options, start_at=asked.start_at)
    except CannotFitError:
        notify(f"{told}, so it is as long as it comes.")
        return prepare(asked.session, replace(asked.options, fit_ms=None), start_at=asked.start_at)
    notify(f"{told}, so it is {format_clock(nearest_ms)}, the nearest that it can be.")
    return performance


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """Options of a live session.

    Attributes:
        request: how the session was asked for. With it the place is kept, so that it can be resumed later.
        waits: the user can say that they are ready. Without, a wait lasts its written time.
        listens: the coach can be spoken to, and says how.
        asks_pain: ask for the pain at the end, where history is kept; None asks as long as it is answered now
            and then.
        resume: the bookmark to resume at.
        offer: only offer that, by voice.
        is_heard: the user can hear the device. Only then history and bookmark are kept.
        bed: the background: ``none``, ``tone``, ``noise`` or a file.
    """

    request: SessionRequest | None = None
    waits: bool = False
    listens: bool = False
    asks_pain: bool | None = False
    resume: Bookmark | None = None
    offer: bool = False
    is_heard: bool = True
    bed: str = "none"


@dataclass(frozen=True, slots=True)
class SessionMemory:
    """Storage of a live session.

    Attributes:
        run_log: history of this session; None keeps none.
        bookmark: the file for the place to resume at; None keeps none.
        now_ms: the clock, in milliseconds since 1970, UTC.
    """

    run_log: RunLog | None
    bookmark: BookmarkFile | None
    now_ms: Callable[[], int]


class CallerObserver(SessionObserver):
    """The caller of ``Coach.live_session`` and its controls, as an observer.

    Args:
        on_status: gets the status that is heard.
        controls: get the status whenever it has changed.
        keep_pace: gets a tempo factor to keep, in percent.
        notify: gets sentences about what went wrong.
    """

    def __init__(
        self,
        on_status: Callable[[LiveStatus], None],
        controls: Sequence[Control],
        keep_pace: Callable[[int], None],
        notify: Callable[[str], None],
    ) -> None:
        self._on_status = on_status
        self._controls = controls
        self._keep_pace = keep_pace
        self._notify = notify

    def on_status(self, status: LiveStatus) -> None:
        self._on_status(status)

    def on_change(self, place: SessionPlace, status: LiveStatus) -> None:
        del place
        for control in self._controls:
            control.on_change(status)

    def on_pace_kept(self, percent: int) -> None:
        self._keep_pace(percent)

    def on_problem(self, sentence: str) -> None:
        self._notify(sentence)


def make_live_session(
    performance: Performance, options: LiveOptions, memory: SessionMemory, caller: SessionObserver
) -> SessionController:
    """Make a live session, at the bookmark if it is resumed.

    Args:
        performance: the session, prepared.
        options: how it is led.
        memory: what is kept of it.
        caller: gets all events, after the history and the bookmark.

    Raises:
        OutputError: the background cannot be used.
    """
    resume, offer, listens = options.resume, options.offer, options.listens
    asked_percent = round(performance.speed * 100)
    first = performance
    state = State(speed_percent=asked_percent, body=Body(performance.session.start))
    left = _find(performance, resume, caller) if resume and not offer else _same(performance, resume)
    if left is not None and not offer:
        first, percent = _at_percent(performance, left.speed_percent, caller)
        state = replace(state, speed_percent=percent)
    content = SessionContent(first, left.chapter if left else 0, listens=listens, asked=performance)
    if left is not None:
        state = _resume(content, state, left, offer=offer)
    if listens:
        begin = make_announcement(state, "listen_begins")
        state = replace(state, announcements=(begin, *state.announcements))

    def chapter(index: int, easier: bool) -> Chapter | None:
        return session.chapter(index, easier=easier)

    observers: list[SessionObserver] = [caller]
    if memory.run_log:
        observers.insert(0, _recorder(performance, options.request, memory, chapter, state))
    if memory.bookmark and options.request:
        tracker = BookmarkTracker(performance, memory.bookmark, options.request, memory.now_ms, left, offer)
        observers.insert(0, tracker)
    asks_pain = _asks(options.asks_pain, options.waits, memory.run_log)
    rules = Rules(waits=options.waits, asks_pain=asks_pain, speed_percent=asked_percent)
    detector = SuspendDetector(system_clocks())
    session = SessionController(content, rules, state, observers, detector=detector, bed=_bed(options.bed))
    return session


def _asks(asked_for: bool | None, waits: bool, run_log: RunLog | None) -> bool:
    """Return whether the pain is asked for: only where the user can answer, and does so now and then."""
    log = run_log.log if run_log else None
    if log is None or not waits or asked_for is False:
        return False
    return asked_for is True or log.is_answered()


def _recorder(
    performance: Performance,
    request: SessionRequest | None,
    memory: SessionMemory,
    chapter: Callable[[int, bool], Chapter | None],
    state: State,
) -> SessionRecorder:
    assert memory.run_log
    pacing = LedPacing(
        guidance=request.options.guidance if request else None,
        pace_percent=state.speed_percent,
        fit_ms=request.options.fit_ms if request else None,
    )
    return SessionRecorder(
        memory.run_log,
        performance.session.title,
        pacing,
        list(zip(performance.exercises, performance.titles, strict=True)),
        CoverageTracker(chapter, state.chapter, state.easier, state.at_ms, memory.now_ms()),
        memory.now_ms,
    )


def _bed(bed: str) -> EndlessSound | None:
    if bed == "none":
        return None
    from voice_coach.audio.background import make_bed

    return make_bed(bed)


def _same(performance: Performance, resume: Bookmark | None) -> Bookmark | None:
    """The bookmark as the script is now; None where its place is gone."""
    index = resume.chapter_in(performance.exercises) if resume else None
    return replace(resume, chapter=index) if resume and index is not None else None


def _find(performance: Performance, resume: Bookmark, caller: SessionObserver) -> Bookmark:
    """The bookmark as the script is now; where its place is gone, at the nearest."""
    if (same := _same(performance, resume)) is not None:
        return same
    moved = resume.moved_to(performance.exercises)
    caller.on_problem(
        f"{performance.session.title} has changed since you left it in {resume.exercise_title}, so it goes "
        f"on at the start of {performance.titles[moved.chapter]}."
    )
    return moved


_UNREACHED: Final = "The pace is {} %: at {} % it could not be as long as you asked for."


def _at_percent(performance: Performance, percent: int, caller: SessionObserver) -> tuple[Performance, int]:
    """The session with the tempo factor where it was left, or as near to that as it can be, and where
    that is."""
    asked = round(performance.speed * 100)
    step = STEP_PERCENT if percent < asked else -STEP_PERCENT
    for turned in range(percent, asked, step):
        try:
            found = performance.with_tempo_factor(turned / 100)
        except CannotFitError:
            continue
        if turned != percent:
            caller.on_problem(
                f"The pace is {turned} %: at {percent} % it could not be as long as you asked for."
            )
        return found, turned
    if percent != asked:
        caller.on_problem(f"The pace is {asked} %: at {percent} % it could not be as long as you asked for.")
    return performance, asked


def _resume(content: SessionContent, state: State, left: Bookmark, *, offer: bool) -> State:
    """The state to begin in: at the same rep, even if times have changed since."""
    index = left.chapter
    state = replace(state, chapter=index, at_ms=0, easier=left.easier and content.has_easier(index))
    chapter = (
        content.chapter(index, easier=True) if state.easier else next(content.performance.chapters(index))
    )
    if chapter is not None:
        # What was left at a slower pace is not as far on at this one.
        slower = min(1.0, left.speed_percent / state.speed_percent)
        at_ms = _place_ms(chapter, left, round(left.at_ms * slower))
        # It is said by its name already, and by nothing but that.
        state = replace(state, at_ms=max(at_ms, way_start_ms(chapter)) if chapter.exercise else at_ms)
    if not offer:
        return enter_mode(state, "playing", "resumed", "caution")
    return replace(enter_mode(state, "offering", "resume_offer"), offered_percent=left.speed_percent)


def _place_ms(chapter: Chapter, left: Bookmark, at_ms: int) -> int:
    """The start of the rep in which the session was left, or of a sentence near the place."""
    if left.rep is not None:
        left_in = (left.set, left.rep, left.side)
        for event in chapter.events:
            if (event.mark.set, event.mark.rep, event.mark.side) == left_in:
                return event.start_ms
    return resume_ms(chapter, min(at_ms, chapter.duration_ms), _AWAY_MS)
