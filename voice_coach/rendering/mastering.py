"""Masters a session to the loudness of its preset, measured from its clips.

Where the session, as it is played, is within ``CLOSE_LU`` of the preset, it is left as it is: every sample.
Where that is likely it may be *tried*: written as it is played while it is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

import numpy as np

from voice_coach.audio.background import Bed, courses, make_bed
from voice_coach.audio.loudness import (
    CEILING,
    SPEECH_LUFS,
    STEP_MS,
    UNHEARD_LUFS,
    Powers,
    gated_lufs,
    limit,
    step_powers,
)
from voice_coach.audio.mastering import apply_gain, limit_peaks, mix_bed
from voice_coach.audio.mixer import Block
from voice_coach.core.options import LOUDNESS_LUFS, Mastering
from voice_coach.core.speech import Clip, Utterance
from voice_coach.core.timeline import Chapter, Event
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.rendering.performance import Performance, RestartExport


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


CLOSE_LU: Final = 0.3
"""Distance from the preset within which nothing is changed. Measuring and encoding add less than 0.5 LU."""

MOST_GAIN_DB: Final = 12.0
"""More would press words flat for a session that has next to none, to make its ticks as loud as speech."""

MOST_FOR_BED_DB: Final = 3.0
"""Most gain for words over a bed. Where words are rare, the gates of the standard take the bed for the
programme."""

_HOPELESS_LU: Final = 2 * CLOSE_LU
"""A take that is so far from the preset by the end of a chapter is given up: the rest seldom mends it."""

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
        trying: whoever takes the blocks is ready for a :class:`RestartExport`.
    """

    def __init__(
        self,
        performance: Performance,
        mastering: Mastering,
        chapters: Callable[[], Iterable[Chapter]],
        on_progress: Callable[[int, float], None] = lambda _ms, _share: None,
        *,
        trying: bool = False,
    ) -> None:
        self._performance = performance
        self._mastering = mastering
        self._chapters = chapters
        self._on_progress = on_progress
        self._shown_share = 0.0
        self._duration_ms: int | None = None
        self._measured: dict[float, SessionPowers] = {}
        # At any other level, or over a bed, it is certain that something is to be changed.
        self._trying = trying and mastering.bed == "none" and abs(self._target - SPEECH_LUFS) <= CLOSE_LU

    @property
    def _target(self) -> float:
        return LOUDNESS_LUFS[self._mastering.loudness]

    @cached_property
    def _bed(self) -> Bed | None:
        return make_bed(self._mastering.bed)

    @cached_property
    def gain_db(self) -> float:
        """Return what brings the session to its preset; speaks everything once.

        Raises:
            OutputError: the bed cannot be used.
            SpeechError: no speech engine works.
        """
        bed = self._bed  # first: what is wrong with it is told at once
        bare_db = self._gain_db(None, MOST_GAIN_DB)
        return bare_db if bed is None else self._gain_db(bed, bare_db + MOST_FOR_BED_DB)

    def _gain_db(self, bed: Bed | None, most_db: float) -> float:
        loudness = self._lufs(0.0, bed)
        missing = self._target - loudness
        if loudness <= UNHEARD_LUFS or abs(missing) <= CLOSE_LU:
            return 0.0
        gain_db = min(missing / _USUAL_SLOPE if missing > 0 else missing, most_db)
        before_db = 0.0
        for _ in range(_TRIES):
            if gain_db <= 0:
                break  # nothing reaches the limiter: all of it is softer alike
            reached = self._lufs(gain_db, bed)
            missing = self._target - reached
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
            Retake: it was tried, and has to be changed; the next call gives it changed.
            OutputError: the bed cannot be used.
            SpeechError: no speech engine works.
        """
        if self._trying:
            self._trying = False
            yield from self._as_played()
            return
        gain_db = self.gain_db
        written_ms = 0
        for block in self._mastered(gain_db):
            yield block
            written_ms += len(block.samples) / FRAMES_PER_MS
            done = written_ms / max(1, self._duration_ms or 0)
            self._tell(written_ms, _MEASURING_SHARE + (1 - _MEASURING_SHARE) * done)

    def _as_played(self) -> Iterator[Block]:
        """The session unchanged; each chapter is measured before its blocks, when its words are there."""
        powers = SessionPowers(self._clip, 0.0)
        count = self._performance.chapter_count
        written_ms = 0
        for index, chapter in enumerate(self._chapters()):
            powers.add(chapter)
            if index + 1 == count:
                self._duration_ms, self._measured[0.0] = powers.duration_ms, powers
                if self.gain_db:
                    raise RestartExport
            elif abs(self._target - gated_lufs(powers.total())) > _HOPELESS_LU:
                raise RestartExport
            began_ms = written_ms
            for block in self._rendered(chapter):
                yield block
                written_ms += len(block.samples) / FRAMES_PER_MS
                self._tell(written_ms, (index + (written_ms - began_ms) / chapter.duration_ms) / count)

    def _tell(self, written_ms: float, share: float) -> None:
        """Tell of the progress; the share of a second take begins where that of the first one was."""
        self._shown_share = max(self._shown_share, share)
        self._on_progress(int(written_ms), self._shown_share)

    def _mastered(self, gain_db: float) -> Iterator[Block]:
        if self._bed is not None:
            parts = ((course, self._rendered(chapter)) for chapter, course in courses(self._chapters()))
            return limit_peaks(mix_bed(parts, self._bed, gain_db))
        rendered = (block for chapter in self._chapters() for block in self._rendered(chapter))
        return limit_peaks(apply_gain(rendered, gain_db)) if gain_db else rendered

    def _rendered(self, chapter: Chapter) -> Iterator[Block]:
        return self._performance.blocks([chapter])

    def _lufs(self, gain_db: float, bed: Bed | None) -> float:
        """Integrated loudness after a gain and the limiter."""
        powers = self._powers(gain_db).total()
        if bed is not None:
            powers = powers + self._bed_powers * (bed.power * 10 ** (gain_db / 10))
        return gated_lufs(powers)

    def _powers(self, gain_db: float) -> SessionPowers:
        """The power of the session after a gain and the limiter, without a bed."""
        if gain_db not in self._measured:
            powers = self._measured[gain_db] = SessionPowers(self._clip, gain_db)
            for index, chapter in enumerate(self._chapters()):
                powers.add(chapter)
                if self._duration_ms is None:
                    self._tell(0, _MEASURING_SHARE * (index + 1) / self._performance.chapter_count)
            self._duration_ms = powers.duration_ms
        return self._measured[gain_db]

    @cached_property
    def _bed_powers(self) -> Powers:
        """The power of each step of the bed, next to its power in a pause."""
        levels = [np.zeros(0)]
        for chapter, course in courses(self._chapters()):
            steps = np.arange(step(course.start_ms), step(course.start_ms + chapter.duration_ms))
            levels.append(course.gains(steps * STEP_MS + STEP_MS // 2).astype(np.float64))
        return np.square(np.concatenate(levels))

    def _clip(self, event: Event) -> Clip:
        if event.utterance is not None:
            return self._performance.speech_clip(event.utterance)
        return self._performance.sound_clip(event.sound, event.sound_ms)
