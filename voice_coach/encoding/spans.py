"""Cuts a stream on a codec's grid of frames into sound, with a little silence around it, and silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from voice_coach.audio.block import Block
    from voice_coach.encoding.codecs import Codec

LONGEST_SAMPLES = 240 * 48_000
"""A sound without a pause is kept in memory up to this length (23 MB), and handed on in pieces beyond it."""

PIECE_SAMPLES = 10 * 48_000

SPARE = 3
"""Frames of silence more than the least that part two sounds: it is quicker to encode them."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Digital silence of so many packets."""

    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Sound with the silence that an encoder needs before and after it.

    Attributes:
        samples: int16, shape (frames × frame,).
        begins: an encoder begins with it.
        ends: nothing more comes for that encoder.
    """

    samples: NDArray[np.int16]
    begins: bool = True
    ends: bool = True


Piece = Quiet | Sound


class Cutter:
    """Cuts one stream. Its pieces, in order, stand for as many packets as the stream takes."""

    def __init__(self, codec: Codec) -> None:
        self._frame = codec.frame
        self._priming = codec.priming
        self._lead, self._tail = codec.lead, codec.tail
        self._quiet = 0
        """Frames of silence not yet handed on."""
        self._carry = np.zeros(0, np.int16)
        """The beginning of a frame that is not complete."""
        self._parts: list[NDArray[np.int16]] = []
        """The sound that is being gathered."""
        self._gathered = 0
        self._begun = False
        """Whether some of that sound has been handed on."""
        self.samples = 0
        """Of the stream so far."""

    def feed(self, block: Block) -> Iterator[Piece]:
        """Take a block; the pieces that are ready."""
        samples = block.samples
        self.samples += len(samples)
        if block.silent:
            begun = -len(self._carry) % self._frame  # what completes a frame that has begun
            if len(samples) >= begun:
                if begun:
                    yield from self._frames(np.concatenate([self._carry, samples[:begun]]).reshape(1, -1))
                count, rest = divmod(len(samples) - begun, self._frame)
                self._carry = samples[:rest]
                yield from self._silence(count)
                return
        if len(self._carry):
            samples = np.concatenate([self._carry, samples])
        count = len(samples) // self._frame
        self._carry = samples[count * self._frame :]
        yield from self._frames(samples[: count * self._frame].reshape(count, self._frame))

    def finish(self) -> Iterator[Piece]:
        """The rest, to the last packet in which anything of the stream can be heard."""
        packets = -(-(self.samples + self._priming) // self._frame) if self.samples else 0
        frames = self.samples // self._frame
        if len(self._carry):
            last = np.zeros((1, self._frame), np.int16)
            last[0, : len(self._carry)] = self._carry
            frames += 1
            yield from self._frames(last)
        self._quiet += packets - frames
        if self._parts or self._begun:
            yield from self._end()
        if self._quiet:
            yield Quiet(self._quiet)

    def _frames(self, frames: NDArray[np.int16]) -> Iterator[Piece]:
        """Take whole frames, shape (count, frame)."""
        if not len(frames):
            return
        sounds: NDArray[np.bool_] = np.any(frames, axis=1)
        changes = np.flatnonzero(np.diff(sounds)) + 1
        for start, end in pairwise([0, *changes.tolist(), len(frames)]):
            if sounds[start]:
                yield from self._sound(frames[start:end].reshape(-1))
            else:
                yield from self._silence(end - start)

    def _silence(self, count: int) -> Iterator[Piece]:
        self._quiet += count
        if (self._parts or self._begun) and self._quiet >= self._lead + self._tail + SPARE:
            yield from self._end()

    def _sound(self, samples: NDArray[np.int16]) -> Iterator[Piece]:
        before = self._quiet
        if not self._parts and not self._begun:
            before = min(self._lead, self._quiet)
            if self._quiet > before:
                yield Quiet(self._quiet - before)
        self._gather(np.zeros(before * self._frame, np.int16))
        self._gather(samples)
        self._quiet = 0
        if self._gathered > (PIECE_SAMPLES if self._begun else LONGEST_SAMPLES):
            yield self._taken(ends=False)

    def _end(self) -> Iterator[Piece]:
        after = min(self._tail, self._quiet)
        self._quiet -= after
        self._gather(np.zeros(after * self._frame, np.int16))
        yield self._taken(ends=True)

    def _gather(self, samples: NDArray[np.int16]) -> None:
        if len(samples):
            self._parts.append(samples)
            self._gathered += len(samples)

    def _taken(self, *, ends: bool) -> Sound:
        samples = np.concatenate([np.zeros(0, np.int16), *self._parts])
        sound = Sound(samples, begins=not self._begun, ends=ends)
        self._parts, self._gathered, self._begun = [], 0, not ends
        return sound
