"""One chapter over and over, as one stream of blocks, in which it can be exchanged while it is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock

from voice_coach.audio.block import Block
from voice_coach.model.timeline import Chapter
from voice_coach.model.units import FRAMES_PER_MS
from voice_coach.player.course import Course, course, joined
from voice_coach.player.edges import fallen, risen, silence

BLOCK_MS = 20
"""So soon a key is obeyed; also how long the stream takes to fade when it is paused and to come back."""

_BLOCK_FRAMES = BLOCK_MS * FRAMES_PER_MS
_REMEMBERED = 500
"""Blocks of which it is known what they hold: ten seconds, more than any device is behind."""

Render = Callable[[Chapter, int, int], Iterator[Block]]
"""The blocks of a chapter, of so many frames each, from a millisecond on."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a moment of the stream holds: a place in a chapter."""

    chapter: Chapter
    position_ms: int


class Looping:
    """The stream. One thread pulls ``blocks``; others change it.

    Args:
        chapter: what is heard first; it lasts longer than nothing.
        render: renders it, and those that it is exchanged for.
    """

    def __init__(self, chapter: Chapter, render: Render) -> None:
        self._render = render
        self._lock = Lock()
        self._next = self._now = course(chapter)
        self._position_ms = 0
        self._source: Iterator[Block] = iter(())
        self._is_rendering = False
        self._paused = False
        self._stopped = False
        self._frames = 0
        self._heard: deque[tuple[int, Course, int]] = deque(maxlen=_REMEMBERED)

    def exchange(self, chapter: Chapter) -> None:
        """Goes on in another timing of the same steps, from the next moment where nothing is being said."""
        with self._lock:
            self._next = course(chapter)
            self._now = joined(self._now, self._position_ms, self._next)
            self._is_rendering = False

    @property
    def paused(self) -> bool:
        """Whether there is silence until it goes on; may be set."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        with self._lock:
            self._paused = paused

    def stop(self) -> None:
        """Fades, and ends the stream."""
        with self._lock:
            self._stopped = True

    def heard(self, position_frames: int) -> Heard:
        """What the block held that a device came to after so many frames."""
        with self._lock:
            found = (self._now, self._position_ms)
            for frames, now, position_ms in reversed(self._heard):
                found = (now, position_ms)
                if frames <= position_frames:
                    break
        return Heard(found[0].chapter, found[1])

    def blocks(self) -> Iterator[Block]:
        """The stream, until it is stopped; pausing makes it silent, so that it never runs dry."""
        was_silent = False
        while True:
            with self._lock:
                stopped, silent = self._stopped, self._paused or self._stopped
                self._heard.append((self._frames, self._now, self._position_ms))
                if silent and was_silent:
                    block = silence(BLOCK_MS)
                else:
                    block = self._take(keep_place=silent)
                    if was_silent:
                        block = risen(block, len(block.samples))
                    elif silent:
                        block = fallen(block)
                self._frames += len(block.samples)
            yield block
            if stopped:
                return
            was_silent = silent

    def _take(self, *, keep_place: bool) -> Block:
        """The next block; with ``keep_place`` it comes once more when the stream goes on."""
        if self._position_ms >= self._now.chapter.duration_ms:
            self._now, self._position_ms, self._is_rendering = self._next, 0, False
        if not self._is_rendering:
            self._source = self._render(self._now.chapter, _BLOCK_FRAMES, self._position_ms)
        block = next(self._source)
        self._is_rendering = not keep_place
        if not keep_place:
            self._position_ms += len(block.samples) // FRAMES_PER_MS
        return block
