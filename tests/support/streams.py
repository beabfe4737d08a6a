"""Streams of blocks for trying outputs out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.audio.mixer import Block

if TYPE_CHECKING:
    from numpy.typing import NDArray


def noise(frames: int, seed: int = 0) -> NDArray[np.int16]:
    """Frames of which no two stretches are alike, and none is silent."""
    samples = np.random.default_rng(seed).integers(1, 20_000, frames).astype(np.int16)
    samples[::2] *= -1
    return samples


def silence(frames: int) -> NDArray[np.int16]:
    return np.zeros(frames, np.int16)


def blocks(pieces: Sequence[NDArray[np.int16]]) -> Iterator[Block]:
    """One block for each piece, read-only as real ones are."""
    for piece in pieces:
        samples = piece.copy()
        samples.setflags(write=False)
        yield Block(samples, silent=not samples.any())


def session(seconds: float = 3.0) -> list[NDArray[np.int16]]:
    """Words and pauses in blocks of many lengths, with a last word that ends with the stream."""
    lengths = (4800, 1, 0, 48_000, 777, 12_000, 4800, 4800)
    pieces: list[NDArray[np.int16]] = []
    frames = 0
    while frames < seconds * 48_000:
        turn = len(pieces)
        length = lengths[turn % len(lengths)]
        pieces.append(silence(length) if turn % 8 in (3, 6) else noise(length, turn))
        frames += length
    return [*pieces, noise(4800, 1000)]
