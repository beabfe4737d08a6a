"""Tuning by ear: one rep of an exercise in a loop, compiled anew after every nudge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Thread
from typing import TYPE_CHECKING

from voice_coach.compiler.expand import Expander
from voice_coach.compiler.moves import route
from voice_coach.compiler.one_rep import counts_of_turns, one_rep
from voice_coach.compiler.progress import Milestone, Progress
from voice_coach.compiler.schedule import Lengths, schedule, utterances
from voice_coach.compiler.unfolding import Unfolding
from voice_coach.compiler.wording import Known
from voice_coach.model.language import Language
from voice_coach.model.pace import Pace
from voice_coach.model.problems import Where
from voice_coach.model.script import Exercise, Move, ParameterType, Position, Setting
from voice_coach.model.settings import GENERAL, format_setting
from voice_coach.pacing.layers import Layer, effective_pace
from voice_coach.pacing.nudging import Dial, dials, nudged
from voice_coach.performance import Sounds, Voice
from voice_coach.player.looping import Heard, Looping
from voice_coach.stopping import held_up

if TYPE_CHECKING:
    from voice_coach.audio.block import Block
    from voice_coach.model.speech import Utterance
    from voice_coach.model.timeline import Chapter
    from voice_coach.outputs.output import LiveOutput

BETWEEN_MS = 1_500
"""Silence after a rep before it begins again, so that its end can be heard."""

LATENCY_MS = 200
"""The device's share of the time from a key to the ear: it feels at once, and a busy machine can keep up."""

_STOPPING_PATIENCE_S = 2.0

LIVE = "live"


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


class RepCompiler:
    """Compiles one rep of an exercise for any values.

    Args:
        exercise: the exercise.
        language: the coach's own words.
        layers: all layers but the live one; the one knob in them is left alone, since a value is meant, and
            kept, as it is without it.
        voice_name: the voice, as ``ENGINE:NAME``.
        lengths: the measured lengths of clips.
        prepare: told what is going to be spoken.
        moves: the session's own ways from one position to another.
    """

    def __init__(
        self,
        exercise: Exercise,
        language: Language,
        layers: Sequence[Layer],
        voice_name: str,
        lengths: Lengths,
        prepare: Callable[[Iterable[Utterance]], None],
        moves: Sequence[Move] = (),
    ) -> None:
        self.exercise = exercise
        self._language = language
        self._layers = [replace(layer, speed=None) for layer in layers]
        self._voice_name = voice_name
        self._lengths = lengths
        self._prepare = prepare
        self._moves = moves
        self._steps = one_rep(exercise)

    def values(self) -> dict[str, Setting]:
        """The values in force before anything is nudged, those that every exercise has too."""
        pace = self._pace({})
        return {**pace.values, "gap": pace.gap_ms, "rate": pace.rate_wpm}

    def chapter(self, values: Mapping[str, Setting]) -> Chapter:
        """One rep with these values, and a silence at its end.

        Raises:
            CoachError: it unfolds into more than can be played, or no engine speaks.
        """
        pace = self._pace(values)
        exercise = self.exercise

        def way(origin: Position, to: Position, where: Where) -> tuple[Move, ...]:
            return route(origin, to, self._moves, self._language.moves, where)

        progress = Progress(Milestone(exercise.position), exercise.where, lambda _step: 0)
        expander = Expander(
            Unfolding(self._language, pace, progress),
            way,
            fragments=exercise.fragments,
            tune=exercise.tune,
            first_turns=True,
        )
        cues = list(expander.expand(self._steps, title=Known("text", exercise.title)))
        self._prepare(utterances(cues, self._voice_name, pace.rate_wpm))
        done = schedule(
            cues,
            self._lengths,
            title=exercise.title,
            exercise=exercise.id,
            voice=self._voice_name,
            pace=pace,
        )
        return replace(done.chapter, duration_ms=done.chapter.duration_ms + BETWEEN_MS)

    def _pace(self, values: Mapping[str, Setting]) -> Pace:
        return effective_pace(self.exercise.tune, [*self._layers, Layer(LIVE, values)])


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
