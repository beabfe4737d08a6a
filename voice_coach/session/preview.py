"""Tuning by ear: one rep of an exercise in a loop, compiled again after every nudge."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING

from voice_coach.audio.mixer import Block
from voice_coach.compiler.single_rep import counts_of_turns
from voice_coach.core.interrupts import defer_interrupt
from voice_coach.core.parameters import GENERAL, format_setting
from voice_coach.core.script import ParameterType, Setting
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.pacing.nudge import Dial, dials, nudge
from voice_coach.rendering.performance import Sounds, Voice
from voice_coach.rendering.rep import RepCompiler
from voice_coach.session.retiming import KeyedTimeline, join_timelines, keyed_timeline
from voice_coach.session.stream import ramp_down, ramp_up, silence

if TYPE_CHECKING:
    from voice_coach.formats.base import LiveOutput

BLOCK_MS = 20
"""Milliseconds until a key takes effect; also the fade when the stream is paused and resumed."""

_BLOCK_FRAMES = BLOCK_MS * FRAMES_PER_MS
_REMEMBERED = 500
"""Blocks of which it is known what they hold: ten seconds, more than any device is behind."""

PreviewRender = Callable[[Chapter, int, int], Iterator[Block]]
"""The blocks of a chapter, of so many frames each, from a millisecond on."""


@dataclass(frozen=True, slots=True)
class LoopPosition:
    """Content of a moment of the stream: a place in a chapter."""

    chapter: Chapter
    position_ms: int


class RepLoop:
    """The stream. One thread pulls ``blocks``; others change it.

    Args:
        chapter: what is heard first; it lasts longer than nothing.
        render: renders it, and those that it is exchanged for.
    """

    def __init__(self, chapter: Chapter, render: PreviewRender) -> None:
        self._render = render
        self._lock = Lock()
        self._next = self._now = keyed_timeline(chapter)
        self._position_ms = 0
        self._source: Iterator[Block] = iter(())
        self._is_rendering = False
        self._paused = False
        self._stopped = False
        self._frames = 0
        self._heard: deque[tuple[int, KeyedTimeline, int]] = deque(maxlen=_REMEMBERED)

    def exchange(self, chapter: Chapter) -> None:
        """Go on in another timing of the same steps, from the next moment where nothing is being said."""
        with self._lock:
            self._next = keyed_timeline(chapter)
            self._now = join_timelines(self._now, self._position_ms, self._next)
            self._is_rendering = False

    @property
    def paused(self) -> bool:
        """Return whether there is silence until it goes on; may be set."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        with self._lock:
            self._paused = paused

    def stop(self) -> None:
        """Fade, and end the stream."""
        with self._lock:
            self._stopped = True

    def position_at(self, position_frames: int) -> LoopPosition:
        """Return what the block held that a device came to after so many frames."""
        with self._lock:
            found = (self._now, self._position_ms)
            for frames, now, position_ms in reversed(self._heard):
                found = (now, position_ms)
                if frames <= position_frames:
                    break
        return LoopPosition(found[0].chapter, found[1])

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
                        block = ramp_up(block, len(block.samples))
                    elif silent:
                        block = ramp_down(block)
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


LATENCY_MS = 200
"""The device's share of the time from a key to the ear: it feels at once, and a busy machine can keep up."""

_STOPPING_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class DialRow:
    """A dial as it stands, as people write it: ``hold``, ``45s``, from ``10s`` to ``1m30s``, ``1m`` before.

    ``is_heard`` is false of how often a loop turns, as one turn of each is heard.
    """

    label: str
    value: str
    minimum: str
    maximum: str
    before: str
    is_heard: bool


class RepPreview:
    """A rep that is being heard, and its dials; ``changed`` says what there is to keep.

    Args:
        rep: compiles it.
        voice: who speaks.
        sounds: the sound cues.
    """

    def __init__(self, rep: RepCompiler, voice: Voice, sounds: Sounds) -> None:
        self.title = rep.exercise.title
        self._rep = rep
        self._voice = voice
        self._sounds = sounds
        self._tune = rep.exercise.tune
        self._before = rep.values()
        self._values = dict(self._before)
        self.dials = dials(self._tune)
        self._unheard = counts_of_turns(rep.exercise)
        self._loop = RepLoop(rep.chapter(self._values), self._render)
        self._device: LiveOutput | None = None
        self._playing: Thread | None = None
        self._trouble: BaseException | None = None

    def start(self, device: LiveOutput) -> None:
        """Begin to play, in a thread of its own.

        Raises:
            DeviceError: there is no sound device.
        """
        device.ready()
        self._device = device
        self._playing = Thread(target=self._play, args=(device,), name="listening", daemon=True)
        self._playing.start()

    def check(self) -> None:
        """Raise what has ended the playing, if anything has.

        Raises:
            DeviceError: the device was lost.
            CoachError: something could not be spoken.
        """
        if self._trouble is not None:
            raise self._trouble

    def stop(self) -> None:
        """Fade, and end the playing when the device has played that too."""
        self._loop.stop()
        if self._playing is not None:
            self._playing.join(_STOPPING_PATIENCE_S)
        if self._device is not None:
            self._device.close()

    def nudge(self, dial: Dial, steps: int) -> bool:
        """Turn a dial up or (below 0) down by so many steps; false, and nothing changes, at its bound.

        Raises:
            CoachError: the exercise cannot be played so; nothing has changed.
        """
        value = nudge(dial, self._values[dial.name], steps)
        if value == self._values[dial.name]:
            return False
        self._set({**self._values, dial.name: value})
        return True

    def reset(self) -> None:
        """Back to the values there were."""
        if self._values != self._before:
            self._set(self._before)

    @property
    def paused(self) -> bool:
        """Return whether it is silent until it goes on; may be set."""
        return self._loop.paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        self._loop.paused = paused

    def position(self) -> LoopPosition:
        """Return what is being heard."""
        return self._loop.position_at(self._device.position_frames if self._device else 0)

    def changed_values(self) -> dict[str, str]:
        """The values that are not what they were, as people write them."""
        return {
            name: format_setting(value, self._type(name))
            for name, value in self._values.items()
            if value != self._before[name]
        }

    def rows(self) -> list[DialRow]:
        """The dials as they stand, in order."""
        return [self._row(dial) for dial in self.dials]

    def _row(self, dial: Dial) -> DialRow:
        type_ = "count" if self._type(dial.name) == "count" else "duration"
        now, before = (dial.number(values[dial.name]) for values in (self._values, self._before))
        numbers = (now, dial.minimum, dial.maximum, before)
        value, low, high, was = (format_setting(each, type_) for each in numbers)
        return DialRow(dial.label, value, low, high, was, dial.name not in self._unheard)

    def _type(self, name: str) -> ParameterType:
        return (self._tune.get(name) or GENERAL[name]).type

    @defer_interrupt()
    def _set(self, values: Mapping[str, Setting]) -> None:
        self._loop.exchange(self._rep.chapter(values))
        self._values = dict(values)

    def _play(self, device: LiveOutput) -> None:
        try:
            device.write(self._loop.blocks())
        except BaseException as error:  # noqa: BLE001  (it is raised again in the thread that reads the keys)
            self._trouble = error

    def _render(self, chapter: Chapter, block_frames: int, start_ms: int) -> Iterator[Block]:
        from voice_coach.audio.mixer import render

        return render(
            chapter, self._voice, self._sounds.source(), block_frames=block_frames, start_ms=start_ms
        )
