"""The power of a session, from its chapters: each clip is measured once, and added where it is heard."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from voice_coach.audio.levels import CEILING, STEP_MS
from voice_coach.audio.limiter import limit
from voice_coach.audio.metering import Powers, step_powers
from voice_coach.model.speech import Clip, Utterance
from voice_coach.model.timeline import Chapter, Event


class SessionPowers:
    """Adds up the power of chapters, one after the other, in steps of ``STEP_MS``.

    Args:
        clip: what is heard of an event.
        gain_db: what is done to each clip before it is measured; if anything, the limiter follows.
    """

    def __init__(self, clip: Callable[[Event], Clip], gain_db: float) -> None:
        self._clip = clip
        self._factor = 10 ** (gain_db / 20)
        self._known: dict[Utterance | tuple[str, int | None], Powers] = {}
        self._total = np.zeros(0)
        self.duration_ms = 0
        """Of the chapters so far."""

    def add(self, chapter: Chapter) -> None:
        """Add the next chapter; speaks what is not spoken yet.

        Raises:
            SpeechError: no speech engine works.
        """
        placed: list[tuple[int, Powers]] = []
        for event in chapter.events:
            what = event.utterance or ((event.sound, event.sound_ms) if event.sound else None)
            if what is None:
                continue
            if what not in self._known:
                self._known[what] = self._measured(self._clip(event))
            placed.append((step(self.duration_ms + event.start_ms), _cut(self._known[what], event)))
        self.duration_ms += chapter.duration_ms
        # The step in which a chapter ends may be the first one of the next.
        ends = [first + len(powers) for first, powers in placed]
        grown = np.zeros(max(len(self._total), step(self.duration_ms), *ends))
        grown[: len(self._total)] = self._total
        for first, powers in placed:
            grown[first : first + len(powers)] += powers
        self._total = grown

    def total(self) -> Powers:
        """The power of each step of the chapters so far."""
        return self._total[: step(self.duration_ms)]

    def _measured(self, clip: Clip) -> Powers:
        if self._factor == 1.0:
            return step_powers(clip.samples)
        return step_powers(limit(clip.samples * np.float32(self._factor), CEILING))


def step(ms: int) -> int:
    """The step that begins nearest to a moment."""
    return round(ms / STEP_MS)


def _cut(powers: Powers, event: Event) -> Powers:
    """A clip that is cut short is heard only until its event ends."""
    return powers[: -(-(event.end_ms - event.start_ms) // STEP_MS)]
