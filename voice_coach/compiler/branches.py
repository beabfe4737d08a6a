"""Cues beside a session: the way out of a position that hurts, the way into one, an easier variant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Final

from voice_coach.compiler.context import ChapterProgress, Milestone, Unfolding
from voice_coach.compiler.expand import expander_of
from voice_coach.compiler.wording import TypedValue
from voice_coach.core.errors import ScriptError
from voice_coach.core.language import Language
from voice_coach.core.parameters import Pace, Stretch
from voice_coach.core.script import (
    Breathe,
    Count,
    Exercise,
    Group,
    Guidance,
    Hold,
    MoveTo,
    Pause,
    Position,
    Repeat,
    Say,
    Session,
    SessionEntry,
    Sets,
    Sides,
    Step,
    Use,
    Variants,
)
from voice_coach.core.timeline import Cue, InPosition

COME_MS: Final = 15_000
"""Time to come into a position that is only named: about that of the longest sentence of a move."""

_REPS: Final = (Breathe, Count, Group, Hold, MoveTo, Repeat, Sets, Sides, Use, Variants)
"""The first of these begins what an exercise does."""


class Branches:
    """Cues beside one chapter, as if nothing had been heard before; always the same.

    All methods raise ScriptError where no way leads from one position to the next, the steps unfold into more
    than can be played, or something in them cannot be said.

    Args:
        session: the session of the chapter.
        language: the coach's own words.
        entry: the exercise of the chapter; None in the opening and closing.
        pace: the effective pace there; its guidance does not matter.
        before: the position that the session takes the body to be in before the chapter.
    """

    def __init__(
        self, session: Session, language: Language, entry: SessionEntry | None, pace: Pace, before: Position
    ) -> None:
        self._session = session
        self._language = language
        self._entry = entry
        self._exercise = entry.exercise if entry else None
        self._pace = pace
        self._before = before

    @property
    def has_easier(self) -> bool:
        """The exercise has an easier variant."""
        return self._exercise is not None and self._exercise.easier is not None

    def way_out(self, own: bool) -> Iterator[Cue]:
        """Return the cues of the exercise's own way out, or else the coach's general words.

        The own words are for a user in the exercise's position; the general ones are safe in every position.
        """
        exercise = self._exercise
        if own and exercise and exercise.hurts:
            yield InPosition(position=exercise.position)
            yield from self._cues(exercise, exercise.hurts, exercise.position)
            yield InPosition(position=exercise.end_position or exercise.position)
            return
        where = exercise.where if own and exercise else self._session.where
        words = Say(texts=self._language.live.hurts_way_out, guidance="names", where=where)
        yield from self._cues(None, (words,), self._session.start)

    def lead_in(
        self, origin: Position, to: Position, *, is_there: bool, set_up: bool = False
    ) -> Iterator[Cue]:
        """Return the cues that lead from where the body is into the position that comes next; never none.

        An exercise's own way in is taken where it fits: one of the session only from where it was written
        for. Where nothing says how to get there, the position is named. Where the exercise goes on in its
        middle, what it says of the position before its first rep comes too, in its fewest words: the legs on
        the chair.

        Args:
            origin: the position of the body, or the one where it is asked to come first.
            to: the position that comes next.
            is_there: the body is in ``origin``; otherwise it is asked to come there first.
            set_up: what comes before the first rep is said as well.
        """
        exercise, entry = self._exercise, self._entry
        yield InPosition(position=origin)
        if not is_there or origin == to:
            yield from self._come_into(origin)
        if origin != to:
            own = entry.arrive if entry and origin == self._before else None
            own = own if own is not None else exercise.arrive if exercise else None
            move = MoveTo(position=to, where=entry.where if entry else self._session.where)
            steps = own if own and exercise and to == exercise.position else (move,)
            owner = exercise if exercise and steps is exercise.arrive else None
            try:
                cues = tuple(self._cues(owner, steps, origin))
            except ScriptError:
                cues = tuple(self._come_into(to))
            yield InPosition(position=origin, to=to)
            yield from cues
            yield InPosition(position=to)
        if exercise and set_up and to == exercise.position:
            steps = tuple(takewhile(lambda step: not isinstance(step, _REPS), exercise.steps))
            yield from self._cues(exercise, steps, to, guidance="names")

    def easier(self) -> Iterator[Cue]:
        """Return the cues of the exercise's easier variant, from where its way out ends, if it has one."""
        if (exercise := self._exercise) is None or exercise.easier is None:
            return
        position = exercise.end_position or exercise.position
        yield InPosition(position=position)
        yield from self._cues(exercise, exercise.easier, position)

    def _come_into(self, position: Position) -> Iterator[Cue]:
        """Return the cues that name a position, and the time to come into it."""
        live = self._language.live
        owner = self._exercise or self._session
        where = self._entry.where if self._entry else owner.where
        words = tuple(
            text.replace("{position}", live.positions[position]).replace("{exercise}", owner.title)
            for text in live.come_into
        )
        steps = (
            Say(texts=words, guidance="names", where=where, then=0),
            Pause(duration=COME_MS, where=where),
        )
        yield from self._cues(None, steps, position)

    def _cues(
        self,
        exercise: Exercise | None,
        steps: tuple[Step, ...],
        position: Position,
        guidance: Guidance = "full",
    ) -> Iterator[Cue]:
        """Expand steps that begin in a position; ``exercise`` has what they tune, and their fragments."""
        owner = exercise or self._session
        progress = ChapterProgress(Milestone(position), owner.where, lambda _step: 0)
        unfolding = Unfolding(self._language, _unhurried(self._pace, guidance), progress)
        expander = expander_of(self._session, unfolding, exercise)
        yield from expander.expand(steps, title=TypedValue("text", owner.title))


def _unhurried(pace: Pace, guidance: Guidance) -> Pace:
    """The pace with so many words, and no silence shorter than it is written."""
    written = pace.stretch
    stretch = Stretch(
        pauses=max(1.0, written.pauses),
        rests=max(1.0, written.rests),
        moves=max(1.0, written.moves),
        breath=max(1.0, written.breath),
    )
    return replace(pace, guidance=guidance, stretch=stretch)
