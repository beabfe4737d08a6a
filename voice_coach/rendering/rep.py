"""One rep of an exercise, compiled for any values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from voice_coach.compiler.context import ChapterProgress, Milestone, Unfolding
from voice_coach.compiler.expand import Expander, route
from voice_coach.compiler.schedule import Lengths, schedule, utterances
from voice_coach.compiler.single_rep import rep_steps
from voice_coach.compiler.wording import TypedValue
from voice_coach.core.errors import Where
from voice_coach.core.language import Language
from voice_coach.core.parameters import Pace
from voice_coach.core.script import Exercise, Move, Position, Setting
from voice_coach.pacing.layers import Layer, effective_pace

if TYPE_CHECKING:
    from voice_coach.core.speech import Utterance
    from voice_coach.core.timeline import Chapter

BETWEEN_MS: Final = 1_500
"""Silence after a rep before it begins again, so that its end can be heard."""

LIVE: Final = "live"
"""The name of the layer that is tuned by ear."""


class RepCompiler:
    """Compiles one rep of an exercise for any values.

    Args:
        exercise: the exercise.
        language: the coach's own words.
        layers: all layers but the live one; the tempo factor in them is left alone, since a value is
            meant, and kept, as it is without it.
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
        self._steps = rep_steps(exercise)

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

        progress = ChapterProgress(Milestone(exercise.position), exercise.where, lambda _step: 0)
        expander = Expander(
            Unfolding(self._language, pace, progress),
            way,
            fragments=exercise.fragments,
            tune=exercise.tune,
            first_turns=True,
        )
        cues = list(expander.expand(self._steps, title=TypedValue("text", exercise.title)))
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
