"""Brings a session to the loudness of its preset, over its bed: found from its clips, applied to its stream.

Where the session, as it is played, is within ``CLOSE_LU`` of the preset, it is left as it is: every sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

import numpy as np

from voice_coach.audio.bed import Bed, make_bed
from voice_coach.audio.block import Block
from voice_coach.audio.ducking import courses
from voice_coach.audio.levels import STEP_MS
from voice_coach.audio.limiter import limit
from voice_coach.audio.mastering import CEILING, gained, limited, over_bed
from voice_coach.audio.metering import UNHEARD_LUFS, Powers, gated_lufs, step_powers
from voice_coach.model.export import LOUDNESS_LUFS, Mastering
from voice_coach.model.speech import Clip, Utterance
from voice_coach.model.timeline import Chapter, Event
from voice_coach.model.units import FRAMES_PER_MS
from voice_coach.performance import Performance

CLOSE_LU: Final = 0.3
"""So near to the preset nothing is changed. What measuring and encoding add stays within 0.5 LU."""

MOST_GAIN_DB: Final = 12.0
"""More would press words flat for a session that has next to none, to make its ticks as loud as speech."""

MOST_FOR_BED_DB: Final = 3.0
"""Where words are rare, the gates of the standard take the bed itself for the programme: it may not make
words louder by more than this."""

_MEASURING_SHARE: Final = 0.3
"""Of the work: everything is spoken for it, unless it was spoken before."""

_TRIES: Final = 6
_NEAR_LU: Final = 0.1
_USUAL_SLOPE: Final = 0.65
_FLATTEST: Final = 0.25


class Master:
    """One session to be written with one loudness and one bed.

    Args:
        performance: the session.
        mastering: what is asked of it.
        chapters: its chapters as they are written, anew at each call.
        on_progress: told how many milliseconds are written, and about which share of the work is done.
    """

    def __init__(
        self,
        performance: Performance,
        mastering: Mastering,
        chapters: Callable[[], Iterable[Chapter]],
        on_progress: Callable[[int, float], None] = lambda _ms, _share: None,
    ) -> None:
        self._performance = performance
        self._mastering = mastering
        self._chapters = chapters
        self._on_progress = on_progress
        self._duration_ms: int | None = None
        self._measured: dict[float, Powers] = {}

    @cached_property
    def _bed(self) -> Bed | None:
        return make_bed(self._mastering.bed)

    @cached_property
    def gain_db(self) -> float:
        """What brings the session to its preset; speaks everything once.

        Raises:
            OutputError: the bed cannot be used.
            SpeechError: no speech engine works.
        """
        bed = self._bed  # first: what is wrong with it is told at once
        bare_db = self._gain_db(None, MOST_GAIN_DB)
        return bare_db if bed is None else self._gain_db(bed, bare_db + MOST_FOR_BED_DB)

    def _gain_db(self, bed: Bed | None, most_db: float) -> float:
        target = LOUDNESS_LUFS[self._mastering.loudness]
        loudness = self._lufs(0.0, bed)
        missing = target - loudness
        if loudness <= UNHEARD_LUFS or abs(missing) <= CLOSE_LU:
            return 0.0
        gain_db = min(missing / _USUAL_SLOPE if missing > 0 else missing, most_db)
        before_db = 0.0
        for _ in range(_TRIES):
            if gain_db <= 0:
                break  # nothing reaches the limiter: all of it is softer alike
            reached = self._lufs(gain_db, bed)
            missing = target - reached
            if abs(missing) < _NEAR_LU or gain_db == before_db:
                break
            # The limiter swallows a part of each further decibel.
            slope = min(max((reached - loudness) / (gain_db - before_db), _FLATTEST), 1.0)
            before_db, loudness = gain_db, reached
            gain_db = min(gain_db + missing / slope, most_db)
        return round(gain_db, 1)  # a prompt more or less shall not change every sample

    def blocks(self) -> Iterator[Block]:
        """The session as it is written.

        Raises:
            OutputError: the bed cannot be used.
            SpeechError: no speech engine works.
        """
        frames = 0
        for block in self._mastered(self.gain_db):
            yield block
            frames += len(block.samples)
            written_ms = frames // FRAMES_PER_MS
            done = written_ms / max(1, self._duration_ms or 0)
            self._on_progress(written_ms, _MEASURING_SHARE + (1 - _MEASURING_SHARE) * done)

    def _mastered(self, gain_db: float) -> Iterator[Block]:
        if self._bed is not None:
            parts = ((course, self._rendered(chapter)) for chapter, course in courses(self._chapters()))
            return limited(over_bed(parts, self._bed, gain_db))
        rendered = (block for chapter in self._chapters() for block in self._rendered(chapter))
        return limited(gained(rendered, gain_db)) if gain_db else rendered

    def _rendered(self, chapter: Chapter) -> Iterator[Block]:
        return self._performance.blocks([chapter])

    def _lufs(self, gain_db: float, bed: Bed | None) -> float:
        """Integrated loudness after a gain and the limiter."""
        powers = self._powers(gain_db)
        if bed is not None:
            powers = powers + self._bed_powers * (bed.power * 10 ** (gain_db / 10))
        return gated_lufs(powers)

    def _powers(self, gain_db: float) -> Powers:
        """The power of each step of the session, without a bed."""
        if gain_db not in self._measured:
            self._measured[gain_db] = self._added_up(10 ** (gain_db / 20))
        return self._measured[gain_db]

    def _added_up(self, factor: float) -> Powers:
        known: dict[Utterance | tuple[str, int | None], Powers] = {}
        placed: list[tuple[int, Powers]] = []
        start_ms = 0
        for index, chapter in enumerate(self._chapters()):
            for event in chapter.events:
                what = event.utterance or ((event.sound, event.sound_ms) if event.sound else None)
                if what is None:
                    continue
                if what not in known:
                    known[what] = _powers(self._clip(event), factor)
                placed.append((_step(start_ms + event.start_ms), _cut(known[what], event)))
            start_ms += chapter.duration_ms
            if self._duration_ms is None:
                share = (index + 1) / self._performance.chapter_count
                self._on_progress(0, _MEASURING_SHARE * share)
        self._duration_ms = start_ms
        total = np.zeros(_step(start_ms))
        for step, powers in placed:
            room = total[step : step + len(powers)]
            room += powers[: len(room)]
        return total

    @cached_property
    def _bed_powers(self) -> Powers:
        """The power of each step of the bed, next to its power in a pause."""
        levels = [np.zeros(0)]
        for chapter, course in courses(self._chapters()):
            steps = np.arange(_step(course.start_ms), _step(course.start_ms + chapter.duration_ms))
            levels.append(course.gains(steps * STEP_MS + STEP_MS // 2).astype(np.float64))
        return np.square(np.concatenate(levels))

    def _clip(self, event: Event) -> Clip:
        if event.utterance is not None:
            return self._performance.spoken(event.utterance)
        return self._performance.sounding(event.sound, event.sound_ms)


def _powers(clip: Clip, factor: float) -> Powers:
    if factor == 1.0:
        return step_powers(clip.samples)
    return step_powers(limit(clip.samples * np.float32(factor), CEILING))


def _cut(powers: Powers, event: Event) -> Powers:
    """A clip that is cut short is heard only until its event ends."""
    return powers[: -(-(event.end_ms - event.start_ms) // STEP_MS)]


def _step(ms: int) -> int:
    """The step that begins nearest to a moment."""
    return round(ms / STEP_MS)
