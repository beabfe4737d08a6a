"""The stream of a live session: its state as blocks of samples, which obey a command at once.

Every block is remembered with the state it was made in. A command takes back from the device what it has not
played yet, goes back to the state of the moment that is being heard, and makes the stream anew from there,
with a fade of ten milliseconds out of the one and into the other. So two seconds may wait, and a command is
heard at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import RLock
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.mixer import Block, fade_in, fade_out
from voice_coach.core.commands import CommandName
from voice_coach.core.interrupts import check_interrupt
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.session import commands as commanding
from voice_coach.session.live_bed import EndlessSound, LiveBackground
from voice_coach.session.state import PlayableContent, Rules, Segment, State
from voice_coach.session.transitions import (
    advance,
    finish_segment,
    lose_device,
    pause_after_suspend,
    return_device,
    segment,
)

_REMEMBERED: Final = 100
"""Blocks of which it is known what they hold: several times what any device has waiting."""


@dataclass(frozen=True, slots=True, eq=False)
class _RenderedBlock:
    """A block that was handed on.

    Attributes:
        frame: its first one, counted over all devices.
        state: the one it begins in.
        frames: how many of it lead further on from that state.
        samples: its words and sounds, without the bed.
        level: how loud the bed is at its end.
    """

    frame: int
    state: State
    frames: int
    samples: NDArray[np.int16]
    level: float


class RenderLog:
    """The last few blocks that were handed on. Frames are counted over all devices, from the first block on.

    It has no lock of its own.
    """

    def __init__(self) -> None:
        self._made: deque[_RenderedBlock] = deque(maxlen=_REMEMBERED)
        self._over: deque[tuple[int, State]] = deque()
        """The chapters that ended by themselves: the frame after their last, and their state there."""
        self._frame = 0
        self._level = 0.0

    @property
    def frame(self) -> int:
        """The first one that has not been made."""
        return self._frame

    @property
    def level(self) -> float:
        """Return how loud the bed is at that frame, 0 to 1."""
        return self._level

    def add(self, samples: NDArray[np.int16], state: State, ms: int, level: float) -> None:
        """A block was made.

        Args:
            samples: its words and sounds, without the bed, shape (frames,).
            state: the one it begins in.
            ms: how much of it leads further on from that state.
            level: how loud the bed is at its end, 0 to 1.
        """
        self._made.append(_RenderedBlock(self._frame, state, ms * FRAMES_PER_MS, samples, level))
        self._frame += len(samples)
        self._level = level

    def chapter_over(self, state: State) -> None:
        """A chapter has come to its end by itself, in this state."""
        self._over.append((self._frame, state))

    def ended_by(self, frame: int) -> list[State]:
        """The chapters that have ended up to a frame, each once."""
        done: list[State] = []
        while self._over and self._over[0][0] <= frame:
            done.append(self._over.popleft()[1])
        return done

    def go_back(self, frame: int) -> None:
        """Forget what was made from a frame on: it is not heard."""
        while self._made and self._made[-1].frame >= frame:
            self._made.pop()
        while self._over and self._over[-1][0] > frame:
            self._over.pop()
        self._frame = frame
        self._level = self._made[-1].level if self._made else 0.0

    def samples(self, frame: int, frames: int) -> NDArray[np.int16]:
        """The next few samples from a frame on, without the bed; so many at most, shape (frames,)."""
        pieces = [np.zeros(0, np.int16)]
        for made in self._made:
            first = frame - made.frame
            if first < len(made.samples):
                pieces.append(made.samples[max(0, first) :])
        return np.concatenate(pieces)[:frames]

    def state(self, frame: int, end: State, content: PlayableContent) -> State:
        """The state at a frame.

        Args:
            frame: which.
            end: the state at the first frame that has not been made.
            content: what can be heard.
        """
        for made in reversed(self._made):
            if made.frame <= frame:
                into = min(frame - made.frame, made.frames) // FRAMES_PER_MS
                return end if frame >= self._frame else advance(made.state, into, content)
        return self._made[0].state if self._made else end


@lru_cache(maxsize=128)  # more than there are lengths of a block
def silence(ms: int) -> Block:
    """A block of silence."""
    samples = np.zeros(ms * FRAMES_PER_MS, np.int16)
    samples.setflags(write=False)
    return Block(samples, silent=True)


def ramp_up(block: Block, frames: int) -> Block:
    """A block that begins in the middle of a sound, and has come up after so many frames, or at its end."""
    if block.silent:
        return block
    samples = block.samples.astype(np.float32)
    fade_in(samples, min(frames, len(samples)))
    return _rounded(samples)


def ramp_down(block: Block) -> Block:
    """A block in whose middle a sound is broken off: all of it fades."""
    if block.silent:
        return block
    samples = block.samples.astype(np.float32)
    fade_out(samples, len(samples))
    return _rounded(samples)


def _rounded(samples: NDArray[np.float32]) -> Block:
    rounded = np.rint(samples).astype(np.int16)
    rounded.setflags(write=False)
    return Block(rounded, silent=False)


BLOCK_MS: Final = 100
FADE_MS: Final = 10

_BLOCK_FRAMES: Final = BLOCK_MS * FRAMES_PER_MS
_FADE_FRAMES: Final = FADE_MS * FRAMES_PER_MS
_LOOK_S: Final = 0.02
"""Seconds between two checks for a command while a chapter is being compiled."""

_MOST_TURNS: Final = 1_000
"""Number of states without a sound between them that counts as an endless circle; none is known."""

Act = Callable[[State], State]
Render = Callable[[Chapter, int, int, float], Iterator[Block]]
"""The blocks of a chapter, of so many frames each, from a millisecond on, so many decibels louder."""


class StreamDevice(Protocol):
    """Interface of the device that the stream is heard on."""

    def cut(self) -> object: ...  # what it gives back is known here already
    def wake(self) -> None: ...

    @property
    def position_frames(self) -> int: ...


class LiveStream:
    """One session as one stream. One thread pulls ``blocks``; all others give commands and ask for ``now``.

    Args:
        content: what can be heard.
        rules: what holds for the session.
        render: makes blocks of a chapter.
        state: where it begins.
        on_command: told, in the pulling thread, of each command with the states before and after it.
        bed: what is heard under everything; None for nothing.
    """

    def __init__(
        self,
        content: PlayableContent,
        rules: Rules,
        render: Render,
        state: State,
        on_command: Callable[[CommandName, State, State], None] = lambda _command, _before, _after: None,
        bed: EndlessSound | None = None,
    ) -> None:
        self._content = content
        self._rules = rules
        self._render = render
        self._on_command = on_command
        self._state = state
        self._device: StreamDevice | None = None
        self._base = 0
        """The frames that devices played which are gone."""
        self._trail = RenderLog()
        self._inbox: deque[tuple[CommandName | None, Act]] = deque()
        self._lock = RLock()
        """Of what was made and what of it is heard. Nothing is compiled, spoken or mixed under it."""
        self._source: Iterator[Block] | None = None
        self._rises = False
        self._under = LiveBackground(bed) if bed else None

    def give(self, command: CommandName, *, spoken: bool = False) -> None:
        """Have a command carried out, after those that were given before; returns at once.

        One that was spoken is confirmed by a sound.
        """

        carried_out = commanding.apply_spoken_command if spoken else commanding.apply_command
        self._post(command, lambda state: carried_out(state, command, self._content, self._rules))

    def exchange(self, content: Callable[[State], PlayableContent]) -> None:
        """Go on with other chapters.

        Args:
            content: gives it for the state that is heard, in the pulling thread; what has been heard of the
                chapter of that state must be at the same places in it.
        """

        def exchanged(state: State) -> State:
            self._content = content(state)
            return state

        self.adjust(exchanged)

    def sleep(self, ms: int) -> None:
        """The machine has slept for so long."""
        self.adjust(lambda state: pause_after_suspend(state, self._content, ms))

    def current_state(self) -> State:
        """The state that is being heard."""
        with self._lock:
            return self._at(self._heard_frames())

    @property
    def content(self) -> PlayableContent:
        """Return what can be heard."""
        return self._content

    def adjust(self, act: Act) -> None:
        """Have the state changed otherwise than by a command, from the moment that is heard."""
        self._post(None, act)

    def take_ended_chapters(self) -> list[State]:
        """The chapters that have been heard to their end since this was asked last, each once."""
        with self._lock:
            return self._trail.ended_by(self._heard_frames())

    def blocks(self, device: StreamDevice) -> Iterator[Block]:
        """The stream from where it has come to, until the session has ended and all of it was heard."""
        with self._lock:
            self._device = device
        while True:
            if (fading := self._settle()) is not None:
                yield fading  # at once: what comes next may have to be compiled first
            stretch = self._stretch()
            if stretch is None and self._trail.level > 0:
                yield self._handed_on(silence(BLOCK_MS), 0, 0.0)  # the bed fades
            elif stretch is None and self._is_heard():
                device.cut()
                return
            elif stretch is None:
                yield silence(BLOCK_MS)  # what waits to be heard can still be commanded
            elif stretch.chapter is None and self._state.mode == "playing":
                check_interrupt()
                # Nothing is put in between: the first words shall not come later than they can.
                self._content.expect(self._state.chapter, _LOOK_S)
            else:
                yield self._block(stretch)

    def lose(self) -> None:
        """The device is gone; commands are carried out without one."""
        with self._lock:
            heard = self._heard_frames()
            self._go_back(heard, lose_device(self._at(heard)))
            self._base, self._device = heard, None
            self._settle()  # what was asked for while it was not yet known

    def come_back(self, away_ms: int) -> None:
        """There will be a device again, after so long."""
        with self._lock:
            self._state = return_device(self._state, self._content, away_ms)

    def _post(self, command: CommandName | None, act: Act) -> None:
        self._inbox.append((command, act))
        device = self._device
        if device is not None:
            device.wake()
            return
        with self._lock:
            if self._device is None:
                self._settle()

    def _settle(self) -> Block | None:
        """Carry out what was asked for, from the moment that is heard; how what was heard fades."""
        if not self._inbox:
            return None
        with self._lock:
            acts = [self._inbox.popleft() for _ in range(len(self._inbox))]
            state = self._at(self._heard_frames())
            if all(command is not None and act(state) == state for command, act in acts):
                return None  # what means nothing now shall not be heard
            if self._device is not None:
                self._device.cut()
            heard = self._heard_frames()
            first = state = self._at(heard)
            for command, act in acts:
                before, state = state, act(state)
                if command is not None:
                    self._on_command(command, before, state)
            left = self._trail.samples(heard, _FADE_FRAMES)
            self._go_back(heard, state)
            self._rises = True
            if not left.any():
                return None
            if replace(state, volume_db=first.volume_db) == first:
                # It goes on as it was, only louder: what fades is not heard twice.
                self._state = advance(state, len(left) // FRAMES_PER_MS, self._content)
            return self._handed_on(
                ramp_down(Block(left, silent=False)), 0, 0.0 if state.mode == "paused" else None
            )

    def _go_back(self, heard: int, state: State) -> None:
        """Make the stream again from a frame on."""
        self._trail.go_back(heard)
        self._state, self._source = state, None

    def _is_heard(self) -> bool:
        """Return whether everything that was made has been heard."""
        with self._lock:
            return self._heard_frames() >= self._trail.frame

    def _heard_frames(self) -> int:
        """The frames that have been handed to devices so far."""
        played = self._base + (self._device.position_frames if self._device else 0)
        return min(played, self._trail.frame)

    def _at(self, frame: int) -> State:
        """The state at a frame."""
        return self._trail.state(frame, self._state, self._content)

    def _block(self, stretch: Segment) -> Block:
        """The next block."""
        ms = min(BLOCK_MS, stretch.until_ms - stretch.from_ms)
        if stretch.chapter is None:
            block = silence(ms)
        else:
            if self._source is None:
                volume_db = self._state.volume_db
                self._source = self._render(stretch.chapter, _BLOCK_FRAMES, stretch.from_ms, volume_db)
            whole = next(self._source)
            block = Block(whole.samples[: ms * FRAMES_PER_MS], whole.silent)
            if ms < BLOCK_MS:
                self._source = None  # the rest of the block is not heard
        if self._rises:
            block, self._rises = ramp_up(block, _FADE_FRAMES), False
        place = None if stretch.chapter is None else (stretch.chapter, stretch.from_ms)
        return self._handed_on(block, ms, place)

    def _handed_on(self, block: Block, ms: int, place: tuple[Chapter, int] | float | None) -> Block:
        """A block as it is heard, remembered with its state; the session comes so far on with it."""
        state, level = self._state, self._trail.level
        heard = block
        if self._under is not None:
            quiet = 0.0 if state.mode == "paused" else 1.0
            heard, level = self._under.lay(
                block, self._trail.frame, quiet if place is None else place, state.volume_db, level
            )
        with self._lock:
            self._trail.add(block.samples, state, ms, level)
            self._state = advance(state, ms, self._content)
        return heard

    def _stretch(self) -> Segment | None:
        """Return what is heard next, of which there is more than nothing."""
        for _ in range(_MOST_TURNS):
            stretch = segment(self._state, self._content, self._rules)
            if stretch is None or stretch.from_ms < stretch.until_ms:
                return stretch
            with self._lock:
                before, self._state = self._state, finish_segment(self._state, self._content, self._rules)
                self._source = None
                if is_over(before, self._state):
                    self._trail.chapter_over(before)
        raise AssertionError(f"a session goes round in circles at {self._state}")


def is_over(before: State, after: State) -> bool:
    """Return whether a chapter has come to its end between two states that follow each other by
    themselves."""
    if before.mode != "playing" or before.announcements:
        return False
    return after.mode in ("ended", "offering", "scoring") or after.chapter != before.chapter
