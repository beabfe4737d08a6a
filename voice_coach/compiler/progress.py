"""How far a session has come while its chapters are expanded, and how much of it may still come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voice_coach.model.problems import Problem, TooMuchError, Where
from voice_coach.model.script import During, Position, Step
from voice_coach.model.units import LONGEST_MS, MS_PER_HOUR

MAX_STEPS = 100_000
"""Steps, turns, phases and what goes on inside them, in a whole session: a day of guided breathing fits."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A session between two of its chapters: the position, and how much may still come."""

    position: Position
    steps_left: int = MAX_STEPS
    ms_left: int = LONGEST_MS


class Progress:
    """Moves on with every step of one chapter.

    Args:
        begin: the session before the chapter.
        where: the chapter's place in the session, named where the session as a whole becomes too much.
        reached_before: how often a step was reached before the chapter, by its ``id``.
    """

    def __init__(self, begin: Milestone, where: Where, reached_before: Callable[[int], int]) -> None:
        self.position: Position = begin.position
        self._begin = begin
        self._where = where
        self._reached_before = reached_before
        self._reached: dict[int, int] = {}
        self._steps_left = begin.steps_left
        self._ms_left = begin.ms_left

    @property
    def reached(self) -> Mapping[int, int]:
        """How often each step that the chapter reached was reached by now, by its ``id``."""
        return self._reached

    def milestone(self) -> Milestone:
        """The session as it is now."""
        return Milestone(self.position, self._steps_left, self._ms_left)

    def reach(self, step: Step | During) -> int:
        """Counts a step as reached; how often it was before, in this session."""
        key = id(step)
        before = self._reached.get(key)
        if before is None:
            before = self._reached_before(key)
        self._reached[key] = before + 1
        return before

    def take_time(self, ms: int, where: Where) -> int:
        """Takes a duration from what a session may last; the same duration back.

        Raises:
            TooMuchError: there is not so much left.
        """
        self._ms_left -= ms
        if self._ms_left < 0:
            own_ms = self._begin.ms_left - self._ms_left
            hours = f"{LONGEST_MS // MS_PER_HOUR} hours"
            raise self._too_much(2 * own_ms > LONGEST_MS, where, f"goes on for more than {hours}")
        return ms

    def take_steps(self, count: int, where: Where) -> None:
        """Takes steps from what a session may unfold into.

        Raises:
            TooMuchError: there are not so many left.
        """
        self._steps_left -= count
        if self._steps_left < 0:
            own = self._begin.steps_left - self._steps_left
            raise self._too_much(2 * own > MAX_STEPS, where, f"repeats into more than {MAX_STEPS:,} steps")

    def _too_much(self, by_itself: bool, where: Where, what: str) -> TooMuchError:
        """Names the step where its chapter takes most of it, else the chapter that is one too many."""
        if by_itself:
            problem = Problem(where, f"this {what}", "lower the counts, or shorten the durations")
        else:
            hint = "lower the counts, shorten the durations, or do fewer rounds and exercises"
            problem = Problem(self._where, f"with this the session {what}", hint)
        return TooMuchError([problem])
