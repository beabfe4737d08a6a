"""Layers of tone and noise into the samples of a sound cue.

Pitch and strength are worked out once a millisecond (48 frames) and carried between: the pitch stays, its
phase running on, and the strength moves in a straight line. A millisecond of a glide changes the pitch by so
little that the steps lie more than 80 dB down, and all that is left for every frame is one sine in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.cue_description import Noise, Shape, SoundLayer, Tone
from voice_coach.core.units import FRAMES_PER_MS, MS_PER_SECOND, SAMPLE_RATE_HZ

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

_TILE_MS = 500
"""Worked on at once: its arrays stay in the processor's cache, and a cue of minutes takes no more room."""

_NOISE_FRAMES = 5_250 * FRAMES_PER_MS  # 252 000 = 2^5 3^2 5^3 7: quick to transform
_NOISE_SEED = 20_261
_STEPS: Float32 = np.arange(FRAMES_PER_MS, dtype=np.float32)
_DB_PER_DECAY = -60.0


def synthesise(layers: tuple[SoundLayer, ...], length_ms: int) -> Float32:
    """The layers mixed, at no particular level; a full-scale sine is a layer's gain of 0 dB.

    Returns:
        Mono float32 of exactly ``length_ms`` × 48 frames; the same samples every time.
    """
    mix = np.zeros((length_ms, FRAMES_PER_MS), np.float32)
    for layer in layers:
        start, end = layer.shape.start.at(length_ms), layer.shape.end.at(length_ms)
        if start < end:
            _MAKERS[type(layer)](layer, length_ms, mix[start:end])
    return mix.reshape(-1)


def _tone(layer: Tone, length_ms: int, mix: Float32) -> None:
    """Add a tone to the rows of the mix, one row for each millisecond."""
    strength = _strength(layer.shape, length_ms, len(mix))
    cycles, per_ms = _glide(layer.glide_hz, len(mix))
    total = np.sqrt(sum(_amplitude(gain_db) ** 2 for _, gain_db in layer.partials))
    for multiple, gain_db in layer.partials:
        level = strength * (_amplitude(gain_db) / total)
        if layer.shape.decay is not None and layer.damping:
            level = level * _decay(layer.shape.decay.at(length_ms), len(mix), multiple**layer.damping - 1)
        phase, step = _radians(cycles * multiple, per_ms * multiple)
        for tile in _tiles(len(mix)):
            wave = _phases(phase[tile], step[tile])
            np.sin(wave, out=wave)
            wave *= _ramps(level, tile)
            mix[tile] += wave


def _noise(layer: Noise, length_ms: int, mix: Float32) -> None:
    """Add a band of noise to the rows of the mix: slow complex noise, turned at the centre's pitch."""
    strength = _strength(layer.shape, length_ms, len(mix))
    phase, step = _radians(*_glide(layer.glide_hz, len(mix)))
    real, imaginary = _slow_noise(layer.width_hz)
    for tile in _tiles(len(mix)):
        turn = _phases(phase[tile], step[tile])
        rows: NDArray[np.intp] = np.arange(tile.start, tile.stop, dtype=np.intp) % len(real)
        wave = np.cos(turn)
        wave *= real[rows]
        np.sin(turn, out=turn)
        turn *= imaginary[rows]
        wave -= turn
        wave *= _ramps(strength, tile)
        mix[tile] += wave


_MAKERS: dict[type[SoundLayer], Callable[[Any, int, Float32], None]] = {Tone: _tone, Noise: _noise}


def _strength(shape: Shape, length_ms: int, rows: int) -> Float64:
    """The strength at each millisecond's edge, ``rows`` + 1 values: 0 at both ends, raised-cosine fades."""
    fade_in, fade_out = max(1, shape.fade_in.at(length_ms)), max(1, shape.fade_out.at(length_ms))
    room = min(1.0, rows / (fade_in + fade_out))  # fades that meet share what there is
    edges = np.arange(rows + 1, dtype=np.float64)
    rise = np.minimum(1.0, edges / (fade_in * room))
    fall = np.minimum(1.0, edges[::-1] / (fade_out * room))
    fades: Float64 = np.sin(rise * (np.pi / 2)) * np.sin(fall * (np.pi / 2))
    strength = fades * fades * _amplitude(shape.gain_db)
    if shape.decay is not None:
        strength *= _decay(shape.decay.at(length_ms), rows)
    return strength


def _decay(decay_ms: int, rows: int, speed: float = 1.0) -> Float64:
    """Return a fall by 60 dB in ``decay_ms``, or ``speed`` times sooner; ``rows`` + 1 values from 1."""
    per_ms = speed * float(np.log(_amplitude(_DB_PER_DECAY))) / max(1, decay_ms)
    return np.exp(np.arange(rows + 1, dtype=np.float64) * per_ms)


def _glide(pitches_hz: tuple[float, ...], rows: int) -> tuple[Float64, Float64]:
    """Return the cycles done before each millisecond, and cycles done in it."""
    middles = (np.arange(rows) + 0.5) / rows * max(1, len(pitches_hz) - 1)
    per_ms = np.exp(np.interp(middles, np.arange(len(pitches_hz)), np.log(pitches_hz))) / MS_PER_SECOND
    cycles = np.cumsum(per_ms) - per_ms
    return cycles, per_ms


def _radians(cycles: Float64, per_ms: Float64) -> tuple[Float32, Float32]:
    """Phase at each millisecond and step from frame to frame, small enough for float32 to be exact."""
    phase = (cycles % 1.0) * (2 * np.pi)
    step = per_ms * (2 * np.pi / FRAMES_PER_MS)
    return phase.astype(np.float32), step.astype(np.float32)


def _phases(phase: Float32, step: Float32) -> Float32:
    rows = np.multiply.outer(step, _STEPS)
    rows += phase[:, np.newaxis]
    return rows


def _ramps(edges: Float64, tile: slice) -> Float32:
    """The strength for every frame of a tile, in a straight line from edge to edge."""
    starts = edges[tile].astype(np.float32)
    ends = edges[tile.start + 1 : tile.stop + 1].astype(np.float32)
    rows = np.multiply.outer((ends - starts) / np.float32(FRAMES_PER_MS), _STEPS)
    rows += starts[:, np.newaxis]
    return rows


def _tiles(rows: int) -> list[slice]:
    return [slice(first, min(first + _TILE_MS, rows)) for first in range(0, rows, _TILE_MS)]


def _amplitude(gain_db: float) -> float:
    return float(10.0 ** (gain_db / 20))


@lru_cache(maxsize=8)
def _slow_noise(width_hz: float) -> tuple[Float32, Float32]:
    """Five seconds of complex noise from −width/2 to +width/2 that loops without a seam; a row is 1 ms.

    Every frequency has the same strength and a random phase, so its power is exact however narrow the band.
    RandomState's stream is frozen by numpy's own promise: the same samples in every version.
    """
    frames = _NOISE_FRAMES
    reach = max(1, round(width_hz / 2 * frames / SAMPLE_RATE_HZ))
    phases = np.random.RandomState(_NOISE_SEED).uniform(0, 2 * np.pi, 2 * reach)
    spectrum = np.zeros(frames, np.complex128)
    spectrum[np.arange(-reach, reach)] = np.exp(1j * phases)
    slow = np.fft.ifft(spectrum) * (frames / np.sqrt(2 * reach))
    rows = slow.reshape(-1, FRAMES_PER_MS)
    return rows.real.astype(np.float32), rows.imag.astype(np.float32)
