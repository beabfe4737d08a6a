"""How much is said in each part of a session: which part a fit takes words from first, or gives them to."""

from __future__ import annotations

from collections.abc import Sequence

from voice_coach.model.script import GUIDANCE_LEVELS, Guidance

_LEAST = len(GUIDANCE_LEVELS) - 1


class Words:
    """A ladder of words: step 0 as without a fit, each step down a level less in one part, each step up a
    level more.

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
        self._down = [
            (index, level)
            for level in range(1, _LEAST + 1)
            for index in order
            if index in own and own[index] < level
        ]
        self._up = [
            (index, level)
            for level in range(_LEAST - 1, -1, -1)
            for index in reversed(order)
            if index in own and own[index] > level
        ]

    @property
    def lowest(self) -> int:
        """The lowest step, at which only the names are said."""
        return -len(self._down)

    @property
    def highest(self) -> int:
        """The highest step, at which everything is said."""
        return len(self._up)

    def at(self, step: int) -> dict[int, Guidance]:
        """How much is said in the parts where it differs from what is said without a fit."""
        taken = self._down[:-step] if step < 0 else self._up[:step]
        return {index: GUIDANCE_LEVELS[level] for index, level in taken}
