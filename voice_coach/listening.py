"""Tuning by ear: one rep of an exercise in a loop, compiled anew after every nudge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from voice_coach.compiler.one_rep import counts_of_turns
from voice_coach.model.script import ParameterType, Setting
from voice_coach.model.settings import GENERAL, format_setting
from voice_coach.pacing.nudging import Dial, dials, nudged
from voice_coach.performance import Sounds, Voice
from voice_coach.player.looping import Heard, Looping
from voice_coach.rep_compiler import RepCompiler
from voice_coach.stopping import held_up

if TYPE_CHECKING:
    from voice_coach.audio.block import Block
    from voice_coach.model.timeline import Chapter
    from voice_coach.outputs.output import LiveOutput

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


class Listening:
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
        self._loop = Looping(rep.chapter(self._values), self._render)
        self._device: LiveOutput | None = None
        self._playing: Thread | None = None
        self._trouble: BaseException | None = None

    def start(self, device: LiveOutput) -> None:
        """Begins to play, in a thread of its own.

        Raises:
            DeviceError: there is no sound device.
        """
        device.ready()
        self._device = device
        self._playing = Thread(target=self._play, args=(device,), name="listening", daemon=True)
        self._playing.start()

    def check(self) -> None:
        """Raises what has ended the playing, if anything has.

        Raises:
            DeviceError: the device was lost.
            CoachError: something could not be spoken.
        """
        if self._trouble is not None:
            raise self._trouble

    def stop(self) -> None:
        """Fades, and ends the playing when the device has played that too."""
        self._loop.stop()
        if self._playing is not None:
            self._playing.join(_STOPPING_PATIENCE_S)
        if self._device is not None:
            self._device.close()

    def nudge(self, dial: Dial, steps: int) -> bool:
        """Turns a dial up or (below 0) down by so many steps; false, and nothing changes, at its bound.

        Raises:
            CoachError: the exercise cannot be played so; nothing has changed.
        """
        value = nudged(dial, self._values[dial.name], steps)
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
        """Whether it is silent until it goes on; may be set."""
        return self._loop.paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        self._loop.paused = paused

    def heard(self) -> Heard:
        """What is being heard."""
        return self._loop.heard(self._device.position_frames if self._device else 0)

    def changed(self) -> dict[str, str]:
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

    @held_up()
    def _set(self, values: Mapping[str, Setting]) -> None:
        self._loop.exchange(self._rep.chapter(values))
        self._values = dict(values)

    def _play(self, device: LiveOutput) -> None:
        try:
            device.write(self._loop.blocks())
        except BaseException as error:  # noqa: BLE001  (it is raised again in the thread that reads the keys)
            self._trouble = error

    def _render(self, chapter: Chapter, block_frames: int, start_ms: int) -> Iterator[Block]:
        from voice_coach.audio.render import render

        return render(
            chapter, self._voice, self._sounds.source(), block_frames=block_frames, start_ms=start_ms
        )
