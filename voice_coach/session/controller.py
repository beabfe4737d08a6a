"""Runs a live session: its stream on a device, its controls, display and recorders."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Final, Literal

from voice_coach.core.commands import CommandName
from voice_coach.core.errors import DeviceError
from voice_coach.core.interrupts import defer_interrupt
from voice_coach.core.log import get_logger
from voice_coach.core.status import LiveStatus, Status
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import MS_PER_SECOND
from voice_coach.session.content import SessionContent
from voice_coach.session.live_bed import EndlessSound
from voice_coach.session.navigation import mark_at, sentence_ms, status_at
from voice_coach.session.observer import SessionObserver, SessionPlace
from voice_coach.session.state import AnnouncementName, Rules, State
from voice_coach.session.stream import LiveStream
from voice_coach.session.suspend import SuspendDetector, boot_clock_s
from voice_coach.session.transitions import announce

if TYPE_CHECKING:
    from voice_coach.audio.mixer import Block
    from voice_coach.formats.base import LiveOutput

_LOG: Final = get_logger(__name__)


class StateView:
    """One state of a session, found in what can be heard.

    Args:
        content: what can be heard.
        state: the state.
    """

    def __init__(self, content: SessionContent, state: State) -> None:
        self._content = content
        self._state = state
        self._chapter = content.chapter(state.chapter, easier=state.easier)
        self._mark = mark_at(self._chapter, state.at_ms) if self._chapter else None

    @property
    def cue(self) -> tuple[object, ...]:
        """Another one at another sentence, step or rep, in another mode, and when something was turned."""
        state = self._state
        said_ms = sentence_ms(self._chapter, state.at_ms) if self._chapter else 0
        turned = (state.speed_percent, state.volume_db)
        return (state.mode, state.chapter, state.easier, self._mark, said_ms, turned)

    @property
    def place(self) -> SessionPlace:
        """Return where that is."""
        state, performance = self._state, self._content.performance
        return SessionPlace(
            chapter=state.chapter,
            exercise=performance.exercises[state.chapter],
            title=performance.titles[state.chapter],
            at_ms=state.at_ms,
            mark=self._mark,
            easier=state.easier,
            speed_percent=state.speed_percent,
        )

    @property
    def status(self) -> LiveStatus:
        """Return what goes on there."""
        content, state, chapter, mark = self._content, self._state, self._chapter, self._mark
        session = content.performance.session
        return LiveStatus(
            mode=state.mode,
            status=self._moment(chapter) if chapter else None,
            session=session.id,
            title=session.title,
            chapter=state.chapter,
            chapters=content.count,
            position_ms=state.at_ms,
            duration_ms=chapter.duration_ms if chapter else 0,
            set=mark.set if mark else None,
            rep=mark.rep if mark else None,
            side=mark.side if mark else None,
            volume_db=state.volume_db,
            speed_percent=state.speed_percent,
            saying=self._saying(),
            has_easier=not state.easier and content.has_easier(state.chapter),
            offer=state.offer if state.mode == "offering" else "",
            score=state.score,
        )

    def _moment(self, chapter: Chapter) -> Status:
        state = self._state
        before = [self._content.chapter(index) for index in range(state.chapter)]
        before_ms = sum(each.duration_ms for each in before if each is not None)
        left_ms = self._content.left_ms(state.chapter, state.at_ms, easier=state.easier)
        now = status_at(chapter, state.at_ms, position_ms=before_ms + state.at_ms, left_ms=left_ms)
        if not state.hurt and state.mode not in ("offering", "scoring", "ended"):
            return now
        # Whoever looks now shall not read what hurt, or what is not to be done.
        return replace(now, speech=None, speaking=False, action=None, action_left_ms=0, coming=None)

    def _saying(self) -> str:
        state = self._state
        chapter = self._content.compiled_announcement(state.announcements[0]) if state.announcements else None
        words = (event for event in (chapter.events if chapter else ()) if event.lane == "speech")
        return next(
            (event.text for event in reversed([*words]) if event.start_ms <= state.announcement_ms), ""
        )


TICK_S: Final = 0.1
"""Seconds between two looks at the session: to show and keep its status, and to detect a suspend."""

REOPEN_S: Final = 1.0
"""Seconds between two tries to open another device when one was lost."""

_SOON_S: Final = 0.01

_Tell = Callable[[SessionObserver], None]

STOP_PATIENCE_S: Final = 3.0
"""Seconds that the end waits for a chapter that is being compiled."""


class SessionController:
    """One session being led. It is the ``SessionRemote`` of every control.

    Args:
        content: what can be heard.
        rules: what holds for the session.
        state: where it begins.
        observers: get the events of the session, the first one first.
        detector: finds out how long the machine was suspended; None, and it never was.
        bed: what is heard under everything; None for nothing.
    """

    def __init__(
        self,
        content: SessionContent,
        rules: Rules,
        state: State,
        observers: Sequence[SessionObserver],
        *,
        detector: SuspendDetector | None = None,
        bed: EndlessSound | None = None,
    ) -> None:
        self._content = content
        self._observers = tuple(observers)
        self._detector = detector
        self._speed_percent = self._stands_percent = state.speed_percent
        self._stream = LiveStream(content, rules, self._render, state, self._commanded, bed)
        self._events: deque[tuple[str, _Tell]] = deque()
        self._failed: set[tuple[str, SessionObserver]] = set()
        self._over = Flag()
        self._given_up = Flag()
        self._is_left = False
        self._retiming: Thread | None = None
        self._troubles: list[Exception] = []
        self._cue: tuple[object, ...] = ()

    def give(self, command: CommandName, *, spoken: bool = False) -> None:
        _LOG.info("command %s%s", command, ", spoken" if spoken else "")
        self._stream.give(command, spoken=spoken)
        if self._is_given_up():
            self._given_up.set()  # no other device is waited for

    def announce(self, what: Literal["deaf", "hears_again"]) -> None:
        def announced(state: State) -> State:
            self._content.hear(what == "hears_again")
            return announce(state, self._content, what)

        self._stream.adjust(announced)

    def current_status(self) -> LiveStatus:
        return self._view(self._stream.current_state()).status

    @property
    def place(self) -> SessionPlace:
        """Return where it is."""
        return self._view(self._stream.current_state()).place

    def chapter(self, index: int, *, easier: bool = False) -> Chapter | None:
        """A chapter as it is heard now; None as long as it is not compiled, or if there is nothing easier."""
        return self._content.chapter(index, easier=easier)

    @defer_interrupt()
    def play(self, device: LiveOutput, another: Callable[[], LiveOutput]) -> None:
        """Lead the session to its end; blocks until then.

        Args:
            device: opened, or opening.
            another: a new device, when one was lost.

        Raises:
            DeviceError: there is no device to begin with.
            CoachError: a chapter could not be compiled or spoken.
            KeyboardInterrupt: Ctrl-C; the device has been closed.
        """
        _LOG.info("session begins on %s", type(device).__name__)
        content = self._content
        content.start()
        teller = Thread(target=self._tell, name="status", daemon=True)
        teller.start()
        current: LiveOutput | None = device
        try:
            while current is not None:
                try:
                    current.write(self._stream.blocks(current))
                    break
                except DeviceError:
                    if not current.position_frames and current is device:
                        raise
                    current = self._another(current, another)
        finally:
            self._over.set()
            if current is not None:
                current.close()
            self._content.close(STOP_PATIENCE_S)
            teller.join()
        if self._troubles:
            raise self._troubles[0]

    def _another(self, gone: LiveOutput, another: Callable[[], LiveOutput]) -> LiveOutput | None:
        """Wait for a device to come back; None if the session is ended meanwhile."""
        from voice_coach.devices.base import wait_for_device

        _LOG.warning("device lost at %d frames", gone.position_frames)
        self._stream.lose()
        since_s = boot_clock_s()
        gone.close()  # which may take a while
        device = wait_for_device(another, self._is_given_up, REOPEN_S, wait=self._given_up.wait)
        _LOG.info("device %s", "is back" if device else "given up")
        if device is not None:
            self._stream.come_back(round((boot_clock_s() - since_s) * MS_PER_SECOND))
        return device

    def _is_given_up(self) -> bool:
        return self._stream.current_state().mode == "ended"

    def _render(
        self, chapter: Chapter, block_frames: int, start_ms: int, volume_db: float
    ) -> Iterator[Block]:
        return self._content.performance.render(chapter, block_frames, start_ms, volume_db)

    def _commanded(self, command: CommandName, before: State, after: State) -> None:
        """In the thread that makes the sound: what there is to do is left to the other one."""
        if after.hurt and not before.hurt:
            place = self._view(before).place
            self._events.append(("on_pain", lambda observer: observer.on_pain(place)))
        if (
            any(announcement.name == "kept" for announcement in after.announcements)
            and before.mode == "offering"
        ):
            percent = after.speed_percent
            self._events.append(("on_pace_kept", lambda observer: observer.on_pace_kept(percent)))
        if after.score is not None and after.score != before.score:
            points = after.score
            self._events.append(("on_pain_answered", lambda observer: observer.on_pain_answered(points)))
        if after.mode == "ended" and not _is_over(before) and command in ("stop", "end"):
            self._is_left = True

    def _tell(self) -> None:
        """Look at the session again and again, until it is over."""
        while not self._over.wait(TICK_S):
            self._look()
        self._look()
        is_left = self._is_left or not _is_over(self._stream.current_state())
        self._tell_all("on_close", lambda observer: observer.on_close(early=is_left))

    def _tell_all(self, event: str, tell: _Tell) -> None:
        """Tell the observers of an event, but those that have failed at it."""
        for observer in self._observers:
            if (event, observer) in self._failed:
                continue
            try:
                tell(observer)
            except Exception as error:  # noqa: BLE001  (it is raised again in the caller's thread)
                _LOG.error("%s of %s failed: %s", event, type(observer).__name__, type(error).__name__)
                self._failed.add((event, observer))
                self._troubles.append(error)

    def _look(self) -> None:
        suspended_s = self._detector.look() if self._detector else 0.0
        if (asleep_ms := round(suspended_s * MS_PER_SECOND)) > 0:
            _LOG.info("the machine slept for %d ms", asleep_ms)
            self._stream.sleep(asleep_ms)
        state = self._stream.current_state()
        self._retime(state)
        for done in self._stream.take_ended_chapters():
            chapter = self._content.chapter(done.chapter)
            if chapter is not None and not done.easier:
                self._tell_all("on_chapter_finished", _chapter_finished(chapter))
        while self._events:
            self._tell_all(*self._events.popleft())
        here = self._view(state)
        status, cue = here.status, here.cue
        if cue != self._cue:  # first: what is shown is remembered already, should this process be killed
            self._cue = cue
            _LOG.debug("%s in chapter %d at %d ms", state.mode, state.chapter, state.at_ms)
            place = here.place
            self._tell_all("on_change", lambda observer: observer.on_change(place, status))
        self._tell_all("on_status", lambda observer: observer.on_status(status))

    def _view(self, state: State) -> StateView:
        return StateView(self._content, state)

    def _retime(self, state: State) -> None:
        """Compile what is left again, in the background, when the tempo factor has changed."""
        if state.speed_percent == self._speed_percent or (self._retiming and self._retiming.is_alive()):
            return
        self._speed_percent = percent = state.speed_percent
        _LOG.info("compiled again for %d percent", percent)
        self._retiming = Thread(
            target=self._compile, args=(percent, state.chapter), name="new pace", daemon=True
        )
        self._retiming.start()

    def _compile(self, percent: int, first: int) -> None:
        content: SessionContent | None = None
        try:
            content = self._content.retimed(percent, first)
            content.start()
            while content.chapter(first) is None and not self._over.is_set():
                content.expect(first, _SOON_S)
        except Exception as error:  # noqa: BLE001  (the session goes on as it was, whatever it is)
            if content is not None:
                content.close(0)
            self._keep_speed(percent, error)
            return
        self._stands_percent = percent
        self._stream.exchange(partial(self._goes_on_in, content))

    def _goes_on_in(self, content: SessionContent, state: State) -> SessionContent:
        """Another pace from what is heard on."""
        before, self._content = self._content, content
        before.close(0)
        return content.continue_from(before, state)

    def _keep_speed(self, percent: int, error: Exception) -> None:
        """Turn the tempo factor back, as what is left cannot be so slow or fast, and have the coach say
        so."""
        stays = self._stands_percent
        name: AnnouncementName = "slowest" if percent < stays else "fastest"

        def back(state: State) -> State:
            there = replace(state, speed_percent=stays)
            return announce(there, self._content, name)

        self._speed_percent = stays
        self._stream.adjust(back)
        sentence = f"The pace stays as it is: {error}"
        self._events.append(("on_problem", lambda observer: observer.on_problem(sentence)))


def _chapter_finished(chapter: Chapter) -> _Tell:
    return lambda observer: observer.on_chapter_finished(chapter)


def _is_over(state: State) -> bool:
    """Return whether there is nothing left of the session, or nothing but a question."""
    return state.mode == "ended" or state.is_asked_at_end
