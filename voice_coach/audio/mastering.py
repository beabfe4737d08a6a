"""A rendered session as a recording: one gain for all of it, the bed under it, no true peak too high."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.background import Bed, DuckingCurve
from voice_coach.audio.loudness import CEILING, FULL_SCALE, limit
from voice_coach.audio.mixer import Block
from voice_coach.core.units import FRAMES_PER_MS

_AROUND_FRAMES: Final = 20 * FRAMES_PER_MS
"""The limiter's gain depends on no peak that is further away."""


@dataclass(frozen=True, slots=True, eq=False)
class _Mixed:
    """A block before the limiter."""

    samples: NDArray[np.float32]
    silent: Block | None


def apply_gain(blocks: Iterable[Block], gain_db: float) -> Iterator[_Mixed]:
    """The blocks of a session, louder or softer."""
    factor = _factor(gain_db)
    for block in blocks:
        yield _Mixed(block.samples * factor, block if block.silent else None)


def mix_bed(
    parts: Iterable[tuple[DuckingCurve, Iterable[Block]]], bed: Bed, gain_db: float
) -> Iterator[_Mixed]:
    """The blocks of a session over a bed, both louder or softer by the same gain.

    Args:
        parts: each chapter's blocks, with the course of the bed through them.
        bed: beside speech at the speech level.
        gain_db: for all of it.
    """
    factor = _factor(gain_db)
    loudness = np.float32(10 ** (gain_db / 20))
    for course, blocks in parts:
        first = course.start_ms * FRAMES_PER_MS
        for block in blocks:
            frames = len(block.samples)
            under = bed.samples(first, frames)
            under *= _each_frame(course, first, frames) * loudness
            if not block.silent:
                under += block.samples * factor
            yield _Mixed(under, None)
            first += frames


def limit_peaks(mixed: Iterable[_Mixed]) -> Iterator[Block]:
    """Blocks of 16 bits whose true peaks stay under the ceiling; the same however the stream is cut.

    Every block but the last begins and ends on a millisecond, so that the limiter's grid is the same in each.
    """
    before = np.zeros(_AROUND_FRAMES, np.float32)
    waiting: deque[_Mixed] = deque()
    ahead = 0
    for each in mixed:
        waiting.append(each)
        ahead += len(each.samples)
        while ahead - len(waiting[0].samples) >= _AROUND_FRAMES:
            done = waiting.popleft()
            ahead -= len(done.samples)
            yield _under_ceiling(before, done, waiting)
            before = np.concatenate([before, done.samples[-_AROUND_FRAMES:]])[-_AROUND_FRAMES:]
    while waiting:
        done = waiting.popleft()
        yield _under_ceiling(before, done, waiting)
        before = np.concatenate([before, done.samples[-_AROUND_FRAMES:]])[-_AROUND_FRAMES:]


def _under_ceiling(before: NDArray[np.float32], done: _Mixed, after: Iterable[_Mixed]) -> Block:
    if done.silent is not None:
        return done.silent
    around = [before, done.samples]
    missing = _AROUND_FRAMES
    for each in after:
        around.append(each.samples[:missing])
        missing -= len(around[-1])
        if not missing:
            break
    samples = limit(np.concatenate(around), CEILING)[len(before) :][: len(done.samples)] * FULL_SCALE
    np.rint(samples, out=samples)
    np.clip(samples, -FULL_SCALE, FULL_SCALE - 1, out=samples)
    rounded = samples.astype(np.int16)
    rounded.setflags(write=False)
    return Block(rounded, silent=False)


def _factor(gain_db: float) -> np.float32:
    return np.float32(10 ** (gain_db / 20)) / FULL_SCALE


def _each_frame(course: DuckingCurve, first: int, frames: int) -> NDArray[np.float32]:
    """The bed's level at each frame: worked out at each millisecond, with straight lines between."""
    begin_ms, end_ms = first // FRAMES_PER_MS, -(-(first + frames) // FRAMES_PER_MS)
    if course.is_steady(begin_ms, end_ms):
        return course.gains(np.array([begin_ms]))
    edges = course.gains(np.arange(begin_ms, end_ms + 1))
    steps = np.arange(FRAMES_PER_MS, dtype=np.float32) / FRAMES_PER_MS
    lines = (edges[:-1, None] + np.diff(edges)[:, None] * steps).astype(np.float32, copy=False)
    skipped = first % FRAMES_PER_MS
    return lines.reshape(-1)[skipped : skipped + frames]
