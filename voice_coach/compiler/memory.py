"""What a session has done before each of its chapters, so that any of them can be expanded at any time.

``only: first``, ``later`` and the taking of turns reach over the chapters of a session: the second round of a
circuit goes on where the first ended; and so does the position. Every chapter is therefore expanded once, in
order, when a session is planned. What is kept grows with what is reached in each, not with all before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from voice_coach.compiler.progress import Milestone, Progress
from voice_coach.model.cue import Cue
from voice_coach.model.problems import Where
from voice_coach.model.script import Position

Unfold = Callable[[Progress], Iterator[Cue]]
"""Expands a chapter, and moves the progress on."""


class Memory:
    """Expands the chapters of a session, each as if all before it had just been heard.

    Once all are added it may be used from several threads.
    """

    def __init__(self, position: Position) -> None:
        self._chapters: list[tuple[Unfold, Where]] = []
        self._milestones = [Milestone(position)]
        # For each step the chapters that reached it, and how often it had been reached at their end.
        self._reached: dict[int, tuple[list[int], list[int]]] = {}

    @property
    def position(self) -> Position:
        """The position after the last chapter."""
        return self._milestones[-1].position

    def add(self, unfold: Unfold, where: Where) -> int:
        """Adds the next chapter, expanding it once; its index.

        Raises:
            ScriptError: it cannot be expanded, or the session becomes too much; ``where`` is its place there.
        """
        index = len(self._chapters)
        self._chapters.append((unfold, where))
        progress = self._progress(index)
        for _ in unfold(progress):
            pass
        for key, count in progress.reached.items():
            chapters, counts = self._reached.setdefault(key, ([], []))
            chapters.append(index)
            counts.append(count)
        self._milestones.append(progress.milestone())
        return index

    def cues(self, index: int) -> Iterator[Cue]:
        """The cues of a chapter, always the same."""
        unfold, _ = self._chapters[index]
        return unfold(self._progress(index))

    def _progress(self, index: int) -> Progress:
        def reached_before(key: int) -> int:
            chapters, counts = self._reached.get(key, ((), ()))
            place = bisect_left(chapters, index)
            return counts[place - 1] if place else 0

        return Progress(self._milestones[index], self._chapters[index][1], reached_before)
