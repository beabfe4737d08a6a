"""What a session has said before: how often each step was reached when a chapter begins.

``only: first``, ``later`` and the taking of turns reach over the chapters of a session: the second round of a
circuit goes on where the first ended. Chapters are nevertheless expanded one by one, and any of them any
number of times; so the counts at the beginning of each are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from voice_coach.model.cue import Cue

Unfold = Callable[[Counter[int]], Iterator[Cue]]
"""Expands a chapter, counting on in the counter it is given, whose keys are the ``id`` of each step."""


class Memory:
    """Expands the chapters of a session, each as if all before it had just been heard.

    May be used from several threads: what two of them work out at once is the same.
    """

    def __init__(self, chapters: Sequence[Unfold]) -> None:
        self._chapters = chapters
        self._before: dict[int, Counter[int]] = {0: Counter()}

    def cues(self, index: int) -> Iterator[Cue]:
        """The cues of a chapter. Chapters before it that were never expanded to their end are now."""
        known = index
        while known not in self._before:
            known -= 1
        for earlier in range(known, index):
            for _ in self._unfold(earlier):
                pass
        yield from self._unfold(index)

    def _unfold(self, index: int) -> Iterator[Cue]:
        reached = self._before[index].copy()
        yield from self._chapters[index](reached)
        self._before[index + 1] = reached
