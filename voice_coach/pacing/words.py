"""How much is said in each part of a session: which part a fit takes words from first, or gives them to."""

from __future__ import annotations

from collections.abc import Sequence

from voice_coach.model.script import GUIDANCE_LEVELS, Guidance
from voice_coach.pacing.ladder import Ladder

_LEAST = len(GUIDANCE_LEVELS) - 1


class Words(Ladder[tuple[int, int]]):
    """A ladder of words: step 0 as without a fit, each step down a level less in one part, each step up a
    level more. At the lowest only the names are said, at the highest everything.

    Down, all come to ``key`` before any comes to ``names``: first the opening and closing, then the exercises
    from the last to the first. Up is the reverse, and never more than ``full``.

    Args:
        parts: of each part its guidance without the fit, or None if it stays, and whether it is an exercise.
    """

    def __init__(self, parts: Sequence[tuple[Guidance | None, bool]]) -> None:
        order = sorted(range(len(parts)), key=lambda index: (parts[index][1], -index))
        own = {
            index: GUIDANCE_LEVELS.index(guidance)
            for index, (guidance, _) in enumerate(parts)
            if guidance is not None
        }
        down = [
            (index, level)
            for level in range(1, _LEAST + 1)
            for index in order
            if index in own and own[index] < level
        ]
        up = [
            (index, level)
            for level in range(_LEAST - 1, -1, -1)
            for index in reversed(order)
            if index in own and own[index] > level
        ]
        super().__init__(down, up)

    def at(self, step: int) -> dict[int, Guidance]:
        """How much is said in the parts where it differs from what is said without a fit."""
        return {index: GUIDANCE_LEVELS[level] for index, level in self.taken(step)}
