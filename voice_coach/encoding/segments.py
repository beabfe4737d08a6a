"""Cuts a stream on a codec's grid of frames into sound, with a little silence around it, and silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from voice_coach.audio.mixer import Block
    from voice_coach.encoding.codecs import Codec

LONGEST_SAMPLES = 20 * 48_000
"""A longer sound without a pause is cut. So one that goes on for hours, as a bed does, is encoded by all
cores, and what stays the same in it is kept."""

PIECE_SAMPLES = 4_800 * 48
"""Long sounds are cut where the stream is a multiple of this long: 4.8 s, a whole number of packets. So a
piece depends on no other; and a loop of the bed is two of them."""

JOINING = 12
"""Packets after a cut that both encoders make: the join is at the first of them where one fits the other."""

LOOK_AHEAD = 4
"""Packets that an encoder is given beyond the last one of it that may be kept: it decides by what comes."""

SPARE = 3
"""Frames of silence more than the least that part two sounds: it is quicker to encode them."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Digital silence of so many packets."""

    count: int


@dataclass(frozen=True, slots=True, eq=False)
class PaddedSound:
    """Sound with the silence that an encoder needs before and after it, or a piece of one.

    Attributes:
        samples: int16, shape (frames × frame,).
        run_up: packets at its beginning that belong to the piece before; 0 where a sound begins.
        count: packets that are its own.
        joining: packets after these that are made too, for the join with the next piece; 0 where a sound
            ends. ``LOOK_AHEAD`` more frames lie in the samples then.
    """

    samples: NDArray[np.int16]
    run_up: int
    count: int
    joining: int

    @property
    def whole(self) -> bool:
        """Return whether it is not a piece of a longer one."""
        return not self.run_up and not self.joining


Piece = Quiet | PaddedSound


class Cutter:
    """Cuts one stream. Its pieces, in order, stand for as many packets as the stream takes."""

    def __init__(self, codec: Codec) -> None:
        self._frame = codec.frame
        self._priming = codec.priming
        self._lead, self._tail, self._run_up = codec.lead, codec.tail, codec.run_up
        self._piece = PIECE_SAMPLES // codec.frame
        self._longest = LONGEST_SAMPLES // codec.frame
        self._at = 0
        """Frames handed on or gathered."""
        self._quiet = 0
        """Frames of silence not yet handed on."""
        self._carry = np.zeros(0, np.int16)
        """The beginning of a frame that is not complete."""
        self._parts: list[NDArray[np.int16]] = []
        """The sound that is being gathered."""
        self._gathered = 0
        """Frames of it."""
        self._before = 0
        """Number of these samples that belong to pieces that were handed on."""
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
        if self._parts:
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
        if (self._parts) and self._quiet >= self._lead + self._tail + SPARE:
            yield from self._end()

    def _sound(self, samples: NDArray[np.int16]) -> Iterator[Piece]:
        before = self._quiet
        if not self._parts:
            before = min(self._lead, self._quiet)
            if self._quiet > before:
                self._at += self._quiet - before
                yield Quiet(self._quiet - before)
        self._gather(np.zeros(before * self._frame, np.int16))
        self._gather(samples)
        self._quiet = 0
        if self._before or self._gathered > self._longest:
            yield from self._pieces()

    def _end(self) -> Iterator[Piece]:
        after = min(self._tail, self._quiet)
        self._quiet -= after
        self._gather(np.zeros(after * self._frame, np.int16))
        samples = np.concatenate(self._parts)
        yield PaddedSound(samples, self._before, self._gathered - self._before, 0)
        self._parts, self._gathered, self._before = [], 0, 0

    def _pieces(self) -> Iterator[PaddedSound]:
        """Return what of a long sound lies before a cut, and far enough before what is known of it."""
        first = self._at - self._gathered
        start = first + self._before
        # A piece is longer than the packets of its join, and than what the next encoder is given of it.
        cut = self._cut_after(start)
        while cut + JOINING + LOOK_AHEAD <= self._at:
            samples = np.concatenate(self._parts)
            end = cut + JOINING + LOOK_AHEAD - first
            yield PaddedSound(samples[: end * self._frame], self._before, cut - start, JOINING)
            rest = samples[(cut - self._run_up - first) * self._frame :]
            self._parts, self._gathered, self._before = [rest], len(rest) // self._frame, self._run_up
            first, start = cut - self._run_up, cut
            cut = self._cut_after(start)

    def _cut_after(self, start: int) -> int:
        """The next cut in the stream of a piece that begins there."""
        return -(-(start + JOINING + LOOK_AHEAD) // self._piece) * self._piece

    def _gather(self, samples: NDArray[np.int16]) -> None:
        if len(samples):
            self._parts.append(samples)
            self._gathered += len(samples) // self._frame
            self._at += len(samples) // self._frame
