"""How high the bed lies at each moment: lower while something is heard, faded in and out at the ends.

The timeline tells beforehand when that is, so the bed is down before the first word, and does not have to
follow the words to know: it stays down through a prompt, and over pauses too short to be worth coming up for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.model.timeline import Chapter

DUCK_DB: Final = -5.0
"""Under speech and sound cues. Music is lowered by 6 to 12 dB; a bed is so soft that less will do."""

DOWN_MS: Final = 500
"""On the way down, done when the word begins. Half a second is what Audacity's Auto Duck takes."""

UP_MS: Final = 1_000
"""On the way up: nothing waits for it, and slower draws less attention."""

BRIDGE_MS: Final = 3_000
"""Over shorter pauses the bed stays down, or it would heave with each number of a count."""

FADE_IN_MS: Final = 1_000
FADE_OUT_MS: Final = 2_000

Spans = list[tuple[int, int]]
_FAR_MS: Final = 1 << 50


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The course of the bed through one chapter, in milliseconds from the start of the session.

    Attributes:
        start_ms: where the chapter begins.
        starts: where something begins to be heard, ascending; the first and last are far away.
        ends: where each of these ends, before the next one starts.
        session_end_ms: the end of the whole, in its last chapter; else far away.
        fade_in_ms: how long it comes up at the start of the session.
    """

    start_ms: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    session_end_ms: int
    fade_in_ms: int = FADE_IN_MS

    def gains(self, at_ms: NDArray[np.int64]) -> NDArray[np.float32]:
        """Factors of amplitude at these moments: 1 where nothing is heard."""
        here = np.searchsorted(self.starts, at_ms, "right") - 1
        since, until = at_ms - self.ends[here], self.starts[here + 1] - at_ms
        down = np.maximum(_smooth(1 - since / UP_MS), _smooth(1 - until / DOWN_MS))
        faded = _smooth((self.session_end_ms - at_ms) / FADE_OUT_MS)
        if self.fade_in_ms:
            faded = faded * _smooth(at_ms / self.fade_in_ms)
        return (10 ** (DUCK_DB / 20 * down) * faded).astype(np.float32)

    def is_steady(self, first_ms: int, last_ms: int) -> bool:
        """Whether the level stays the same from one moment to another."""
        if first_ms < self.fade_in_ms or last_ms > self.session_end_ms - FADE_OUT_MS:
            return False
        here = int(np.searchsorted(self.starts, first_ms, "right")) - 1
        down_until_ms, next_ms = int(self.ends[here]), int(self.starts[here + 1])
        return last_ms <= down_until_ms or (
            first_ms >= down_until_ms + UP_MS and last_ms <= next_ms - DOWN_MS
        )


def courses(chapters: Iterable[Chapter]) -> Iterator[tuple[Chapter, Course]]:
    """Each chapter with the course of the bed through it.

    Chapters are pulled until one has something to hear and the end is far enough: one ahead, as a rule.
    """
    waiting: deque[tuple[Chapter, int, Spans]] = deque()
    coming = iter(chapters)
    end_ms = 0
    last_span = (-_FAR_MS, -_FAR_MS)
    more = True
    while True:
        while more and not _far_enough(waiting, end_ms):
            chapter = next(coming, None)
            if chapter is None:
                more = False
                break
            waiting.append((chapter, end_ms, _heard(chapter, end_ms)))
            end_ms += chapter.duration_ms
        if not waiting:
            return
        chapter, start_ms, spans = waiting.popleft()
        following = next((later[0] for _, _, later in waiting if later), (_FAR_MS, _FAR_MS))
        joined = _joined([last_span, *spans, following])
        starts, ends = zip(*joined, strict=True)
        yield (
            chapter,
            Course(
                start_ms=start_ms,
                starts=np.array([*starts, 2 * _FAR_MS], np.int64),
                ends=np.array([*ends, 2 * _FAR_MS], np.int64),
                session_end_ms=_FAR_MS if more else end_ms,
            ),
        )
        if spans:
            last_span = spans[-1]


def course_alone(chapter: Chapter) -> Course:
    """The course through a chapter that is heard by itself, in milliseconds from its start; nothing fades."""
    starts, ends = zip((-_FAR_MS, -_FAR_MS), *_heard(chapter, 0), (_FAR_MS, _FAR_MS), strict=True)
    return Course(
        start_ms=0,
        starts=np.array([*starts, 2 * _FAR_MS], np.int64),
        ends=np.array([*ends, 2 * _FAR_MS], np.int64),
        session_end_ms=_FAR_MS,
        fade_in_ms=0,
    )


def _far_enough(waiting: Sequence[tuple[Chapter, int, Spans]], end_ms: int) -> bool:
    """Whether what is known after the first chapter says all about the bed in it."""
    if len(waiting) < 2:
        return False
    second_ms = waiting[1][1]
    return end_ms - second_ms >= FADE_OUT_MS and any(spans for _, _, spans in islice(waiting, 1, None))


def _heard(chapter: Chapter, start_ms: int) -> Spans:
    """When something is heard in a chapter, in order; what overlaps or nearly touches is one."""
    return _joined(
        [
            (start_ms + event.start_ms, start_ms + min(event.end_ms, chapter.duration_ms))
            for event in chapter.events
            if event.utterance is not None or event.sound
        ]
    )


def _joined(spans: Spans) -> Spans:
    joined: Spans = []
    for start, end in spans:
        if joined and start - joined[-1][1] < BRIDGE_MS:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _smooth(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0 to 1 without a corner; what lies outside stays there."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0.0, 1.0))
