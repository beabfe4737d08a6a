"""Runs a live session: its stream on a device, its controls, display and recorders."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Final, Literal

from voice_coach.core.commands import CommandName
from voice_coach.core.errors import DeviceError
from voice_coach.core.interrupts import held_up
from voice_coach.core.status import LiveStatus, Status
from voice_coach.core.timeline import Chapter, Mark
from voice_coach.core.units import MS_PER_SECOND
from voice_coach.session.content import LiveScore
from voice_coach.session.live_bed import Loop
from voice_coach.session.navigation import mark_at, moment, sentence_ms
from voice_coach.session.state import AsideName, Rules, State
from voice_coach.session.stream import LiveStream
from voice_coach.session.suspend import always_s
from voice_coach.session.transitions import told

if TYPE_CHECKING:
    from voice_coach.audio.mixer import Block
    from voice_coach.formats.base import LiveOutput

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is.

    Attributes:
        chapter: the index of the chapter.
        exercise: the exercise's id, or "".
        title: the chapter's title.
        at_ms: in the chapter.
        mark: which set, rep and side that is.
        easier: whether it is the exercise's easier variant.
        speed_percent: where the one knob stands.
    """

    chapter: int
    exercise: str
    title: str
    at_ms: int
    mark: Mark | None
    easier: bool
    speed_percent: int


class Here:
    """One state of a session, found in what can be heard.

    Args:
        score: what can be heard.
        state: the state.
    """

    def __init__(self, score: LiveScore, state: State) -> None:
        self._score = score
        self._state = state
        self._chapter = score.chapter(state.chapter, easier=state.easier)
        self._mark = mark_at(self._chapter, state.at_ms) if self._chapter else None

    @property
    def cue(self) -> tuple[object, ...]:
        """Another one at another sentence, step or rep, in another mode, and when something was turned."""
        state = self._state
        said_ms = sentence_ms(self._chapter, state.at_ms) if self._chapter else 0
        turned = (state.speed_percent, state.volume_db)
        return (state.mode, state.chapter, state.easier, self._mark, said_ms, turned)

    @property
    def place(self) -> Place:
        """Where that is."""
        state, performance = self._state, self._score.performance
        return Place(
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
        """What goes on there."""
        score, state, chapter, mark = self._score, self._state, self._chapter, self._mark
        session = score.performance.session
        return LiveStatus(
            mode=state.mode,
            status=self._moment(chapter) if chapter else None,
            session=session.id,
            title=session.title,
            chapter=state.chapter,
            chapters=score.count,
            position_ms=state.at_ms,
            duration_ms=chapter.duration_ms if chapter else 0,
            set=mark.set if mark else None,
            rep=mark.rep if mark else None,
            side=mark.side if mark else None,
            volume_db=state.volume_db,
            speed_percent=state.speed_percent,
            saying=self._saying(),
            has_easier=not state.easier and score.has_easier(state.chapter),
            offer=state.offer if state.mode == "offering" else "",
            score=state.score,
        )

    def _moment(self, chapter: Chapter) -> Status:
        state = self._state
        before = [self._score.chapter(index) for index in range(state.chapter)]
        before_ms = sum(each.duration_ms for each in before if each is not None)
        left_ms = self._score.left_ms(state.chapter, state.at_ms, easier=state.easier)
        now = moment(chapter, state.at_ms, position_ms=before_ms + state.at_ms, left_ms=left_ms)
        if not state.hurt and state.mode not in ("offering", "scoring", "ended"):
            return now
        # Whoever looks now shall not read what hurt, or what is not to be done.
        return replace(now, speech=None, speaking=False, action=None, action_left_ms=0, coming=None)

    def _saying(self) -> str:
        state = self._state
        chapter = self._score.said(state.asides[0]) if state.asides else None
        words = (event for event in (chapter.events if chapter else ()) if event.lane == "speech")
        return next((event.text for event in reversed([*words]) if event.start_ms <= state.aside_ms), "")


TICK_S: Final = 0.1
"""How often the session is looked at: shown, remembered, and asked whether the machine has slept."""

REOPEN_S: Final = 1.0
"""How often another device is looked for when one was lost."""

_SOON_S: Final = 0.01

STOP_PATIENCE_S: Final = 3.0
"""How long the end waits for a chapter that is being compiled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Those who are told what happens, all from one thread of their own.

    One who raises something is told no more; the session goes on, and raises it at its end.

    Attributes:
        status: about ten times a second what is heard, and once at the end.
        changed: where the session has come to, whenever that is another sentence, rep or mode.
        over: a chapter was heard to its end.
        pain: something hurts at this place.
        scored: the person told how much pain there is, 0 to 10; another one may follow, and counts instead.
        left: the session was left (True), by a command, Ctrl-C or an error, or (False) was heard to its end.
        keep: the knob is to stay where it is, in percent.
        notify: what went wrong, in a sentence.
    """

    status: Callable[[LiveStatus], None] = lambda _status: None
    changed: Callable[[Place, LiveStatus], None] = lambda _place, _status: None
    over: Callable[[Chapter], None] = lambda _chapter: None
    pain: Callable[[Place], None] = lambda _place: None
    scored: Callable[[int], None] = lambda _points: None
    left: Callable[[bool], None] = lambda _by_command: None
    keep: Callable[[int], None] = lambda _percent: None
    notify: Callable[[str], None] = lambda _sentence: None


class LiveSession:
    """One session being led. It is the ``Desk`` of every control.

    Args:
        score: what can be heard.
        retimed: the score at another position of the knob, in percent, from a chapter on.
        rules: what holds for the session.
        state: where it begins.
        listeners: who is told.
        clock_s: a clock that goes on while the machine sleeps, as far as there is one.
        asleep_ms: how long it has slept since this was asked last.
        bed: what is heard under everything; None for nothing.
    """

    def __init__(
        self,
        score: LiveScore,
        retimed: Callable[[int, int], LiveScore],
        rules: Rules,
        state: State,
        listeners: Listeners,
        *,
        clock_s: Callable[[], float] = always_s,
        asleep_ms: Callable[[], int] = lambda: 0,
        bed: Loop | None = None,
    ) -> None:
        self._score = score
        self._retimed = retimed
        self._listeners = listeners
        self._clock_s = clock_s
        self._asleep_ms = asleep_ms
        self._speed_percent = self._stands_percent = state.speed_percent
        self._stream = LiveStream(score, rules, self._render, state, self._commanded, bed)
        self._happened: deque[tuple[str, Callable[[], None]]] = deque()
        self._failed: set[str] = set()
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
            self._score.hear(what == "hears_again")
            return told(state, self._score, what)

        self._stream.adjust(announced)

    def now(self) -> LiveStatus:
        return self._here(self._stream.now()).status

    @property
    def place(self) -> Place:
        """Where it is."""
        return self._here(self._stream.now()).place

    def chapter(self, index: int, *, easier: bool = False) -> Chapter | None:
        """A chapter as it is heard now; None as long as it is not compiled, or if there is nothing easier."""
        return self._score.chapter(index, easier=easier)

    @held_up()
    def play(self, device: LiveOutput, another: Callable[[], LiveOutput]) -> None:
        """Leads the session to its end; blocks until then.

        Args:
            device: opened, or opening.
            another: a new device, when one was lost.

        Raises:
            DeviceError: there is no device to begin with.
            CoachError: a chapter could not be compiled or spoken.
            KeyboardInterrupt: Ctrl-C; the device has been closed.
        """
        _LOG.info("session begins on %s", type(device).__name__)
        score = self._score
        score.start()
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
            self._score.close(STOP_PATIENCE_S)
            teller.join()
        if self._troubles:
            raise self._troubles[0]

    def _another(self, gone: LiveOutput, another: Callable[[], LiveOutput]) -> LiveOutput | None:
        """Waits for a device to come back; None if the session is ended meanwhile."""
        from voice_coach.devices.reconnect import wait_for_device

        _LOG.warning("device lost at %d frames", gone.position_frames)
        self._stream.lose()
        since_s = self._clock_s()
        gone.close()  # which may take a while
        device = wait_for_device(another, self._is_given_up, REOPEN_S, wait=self._given_up.wait)
        _LOG.info("device %s", "is back" if device else "given up")
        if device is not None:
            self._stream.come_back(round((self._clock_s() - since_s) * MS_PER_SECOND))
        return device

    def _is_given_up(self) -> bool:
        return self._stream.now().mode == "ended"

    def _render(
        self, chapter: Chapter, block_frames: int, start_ms: int, volume_db: float
    ) -> Iterator[Block]:
        return self._score.performance.rendered(chapter, block_frames, start_ms, volume_db)

    def _commanded(self, command: CommandName, before: State, after: State) -> None:
        """In the thread that makes the sound: what there is to do is left to the other one."""
        if after.hurt and not before.hurt:
            place = self._here(before).place
            self._happened.append(("pain", lambda: self._listeners.pain(place)))
        if any(aside.name == "kept" for aside in after.asides) and before.mode == "offering":
            self._happened.append(("keep", lambda: self._listeners.keep(after.speed_percent)))
        if after.score is not None and after.score != before.score:
            points = after.score
            self._happened.append(("scored", lambda: self._listeners.scored(points)))
        if after.mode == "ended" and not _is_over(before) and command in ("stop", "end"):
            self._is_left = True

    def _tell(self) -> None:
        """Looks at the session again and again, until it is over."""
        while not self._over.wait(TICK_S):
            self._look()
        self._look()
        is_left = self._is_left or not _is_over(self._stream.now())
        self._safely("left", lambda: self._listeners.left(is_left))

    def _safely(self, listener: str, tell: Callable[[], None]) -> None:
        """Tells a listener. Once it has failed it is told no more, and the session goes on."""
        if listener in self._failed:
            return
        try:
            tell()
        except Exception as error:  # noqa: BLE001  (it is raised again in the caller's thread)
            _LOG.error("%s failed: %s", listener, type(error).__name__, exc_info=False)
            self._failed.add(listener)
            self._troubles.append(error)

    def _look(self) -> None:
        if (asleep_ms := self._asleep_ms()) > 0:
            _LOG.info("the machine slept for %d ms", asleep_ms)
            self._stream.sleep(asleep_ms)
        state = self._stream.now()
        self._retime(state)
        for done in self._stream.heard_over():
            chapter = self._score.chapter(done.chapter)
            if chapter is not None and not done.easier:
                self._safely("over", partial(self._listeners.over, chapter))
        while self._happened:
            self._safely(*self._happened.popleft())
        here = self._here(state)
        status, cue = here.status, here.cue
        if cue != self._cue:  # first: what is shown is remembered already, should this process be killed
            self._cue = cue
            _LOG.debug("%s in chapter %d at %d ms", state.mode, state.chapter, state.at_ms)
            self._safely("changed", partial(self._listeners.changed, here.place, status))
        self._safely("status", lambda: self._listeners.status(status))

    def _here(self, state: State) -> Here:
        return Here(self._score, state)

    def _retime(self, state: State) -> None:
        """Compiles what is left anew, in the background, when the knob was turned."""
        if state.speed_percent == self._speed_percent or (self._retiming and self._retiming.is_alive()):
            return
        self._speed_percent = percent = state.speed_percent
        _LOG.info("compiled again for %d percent", percent)
        self._retiming = Thread(
            target=self._compile, args=(percent, state.chapter), name="new pace", daemon=True
        )
        self._retiming.start()

    def _compile(self, percent: int, first: int) -> None:
        score: LiveScore | None = None
        try:
            score = self._retimed(percent, first)
            score.start()
            while score.chapter(first) is None and not self._over.is_set():
                score.expect(first, _SOON_S)
        except Exception as error:  # noqa: BLE001  (the session goes on as it was, whatever it is)
            if score is not None:
                score.close(0)
            self._keep_speed(percent, error)
            return
        self._stands_percent = percent
        self._stream.exchange(partial(self._goes_on_in, score))

    def _goes_on_in(self, score: LiveScore, state: State) -> LiveScore:
        """Another pace from what is heard on."""
        before, self._score = self._score, score
        before.close(0)
        return score.after(before, state)

    def _keep_speed(self, percent: int, error: Exception) -> None:
        """What is left cannot be as slow or fast as that: the knob goes back, and the coach says so."""
        stays = self._stands_percent
        name: AsideName = "slowest" if percent < stays else "fastest"

        def back(state: State) -> State:
            there = replace(state, speed_percent=stays)
            return told(there, self._score, name)

        self._speed_percent = stays
        self._stream.adjust(back)
        self._listeners.notify(f"The pace stays as it is: {error}")


def _is_over(state: State) -> bool:
    """Whether there is nothing left of the session, or nothing but a question."""
    return state.mode == "ended" or state.is_asked_at_end
