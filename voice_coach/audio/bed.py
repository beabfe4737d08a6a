"""The bed: a quiet background that keeps players which cut silence from cutting our pauses.

What such players take for silence: ExoPlayer's ``SilenceSkippingAudioProcessor`` (AntennaPod and many others)
100 ms in which no sample reaches 1024 of 32 768, −30.1 dBFS; others go by power, at about −45 dBFS and below.
The beds that are made here have a peak above that in every 100 ms, also where they are ducked under speech,
and lie more than 20 dB below it all the same, as their waveform is peaky.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.ducking import DUCK_DB
from voice_coach.audio.levels import OFFSET_LU
from voice_coach.audio.loudness import SPEECH_LUFS
from voice_coach.audio.metering import UNHEARD_LUFS, gated_lufs, step_powers
from voice_coach.model.problems import OutputError
from voice_coach.model.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

UNDER_SPEECH_LU: Final = 22.0
"""How far below speech the ducked bed lies. WCAG 2.2, success criterion 1.4.7 (Low or No Background Audio),
asks for 20 dB; the rest is for softer prompts."""

_STEP_MS: Final = 960
"""A whole number of packets in each codec (``encoding/spans.py``): only so do they repeat with the loop."""

LOOP_MS: Final = 10 * _STEP_MS

MADE: Final = ("none", "tone", "noise")
"""Beds that need no file."""

_TONE_PERIODS: Final = 94  # in a step: 97.9 Hz, as good as G2 (98.0), the key of the sound cues
_TONE_PARTIALS: Final = 14
_TONE_SLOPE: Final = 1.0  # strength of the nth partial: n to the power of minus this

_NOISE_SEED: Final = 20_261
_NOISE_BAND_HZ: Final = (60.0, 3_000.0)
_NOISE_SLOPE: Final = 0.75  # between pink (0.5) and brown (1): distant surf, not a hiss
_NOISE_PEAKINESS: Final = 1.5  # its samples, to this power
_EVEN_MS: Final = 50  # any 100 ms hold one of these whole
_EVEN_TIMES: Final = 8

_GRID: Final = 32_767


@dataclass(frozen=True, slots=True, eq=False)
class Bed:
    """A loop without a seam, beside speech at the house level.

    Attributes:
        loop: 16-bit mono at 48 000 Hz.
        scale: what brings it to full scale ±1 at the level of a pause.
        power: its K-weighted mean square at that level.
    """

    loop: NDArray[np.int16]
    scale: float
    power: float

    def samples(self, first: int, frames: int) -> NDArray[np.float32]:
        """What lies from frame ``first`` of the session on, as in a pause; the same however it is cut."""
        at = first % len(self.loop)
        pieces = [self.loop[at : at + frames]]
        missing = frames - len(pieces[0])
        while missing > 0:
            pieces.append(self.loop[:missing])
            missing -= len(pieces[-1])
        looped = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        return looped * np.float32(self.scale)


def check_bed(name: str) -> None:
    """Refuses a bed whose file is not there, before it is worth reading it.

    Raises:
        OutputError: it cannot be read; the text says why.
    """
    if name not in MADE:
        from voice_coach.audio.bed_file import opened

        opened(name).close()


def make_bed(name: str) -> Bed | None:
    """The bed of that name.

    Args:
        name: ``none``, ``tone``, ``noise``, or the path of an audio file.

    Raises:
        OutputError: the file cannot be used; the text says why.
    """
    if name == "none":
        return None
    if name == "tone":
        return levelled(_tone(), name)
    if name == "noise":
        return levelled(_noise(), name)
    from voice_coach.audio.bed_file import load_loop

    return levelled(load_loop(name), name)


def levelled(samples: NDArray[np.float32], name: str) -> Bed:
    """A bed of these samples that lies, ducked, ``UNDER_SPEECH_LU`` below speech.

    Raises:
        OutputError: they are silent.
    """
    loudness = gated_lufs(np.concatenate([powers := step_powers(samples), powers[:4]]))
    if loudness <= UNHEARD_LUFS:
        raise OutputError(f"The bed {name} cannot be used: it is silent. Choose another file.")
    level = SPEECH_LUFS - UNDER_SPEECH_LU - DUCK_DB
    highest = float(np.abs(samples).max())
    return Bed(
        loop=np.rint(samples * (_GRID / highest)).astype(np.int16),
        scale=highest / _GRID * 10 ** ((level - loudness) / 20),
        power=10 ** ((level - OFFSET_LU) / 10),
    )


def _tone() -> NDArray[np.float32]:
    """A hum whose partials all swing together once in each of its periods, so that it is peaky."""
    frames = _STEP_MS * FRAMES_PER_MS
    turns = np.arange(frames) * (2 * np.pi * _TONE_PERIODS / frames)
    partials = range(1, _TONE_PARTIALS + 1)
    step = sum((n**-_TONE_SLOPE * np.cos(n * turns) for n in partials), np.zeros(1))
    return np.tile(step.astype(np.float32), LOOP_MS // _STEP_MS)


def _noise() -> NDArray[np.float32]:
    """Soft noise, its strength so evened out that each 50 ms peak at the same height."""
    frames = LOOP_MS * FRAMES_PER_MS
    pitch_hz = np.fft.rfftfreq(frames, 1 / SAMPLE_RATE_HZ)
    pitch_hz[0] = 1.0
    low_hz, high_hz = _NOISE_BAND_HZ
    strength = pitch_hz**-_NOISE_SLOPE
    strength /= np.sqrt((1 + (low_hz / pitch_hz) ** 4) * (1 + (pitch_hz / high_hz) ** 8))
    strength[0] = 0.0
    angles = np.random.default_rng(_NOISE_SEED).uniform(0, 2 * np.pi, len(strength))
    samples = np.fft.irfft(strength * np.exp(1j * angles), frames)
    samples = np.copysign(np.abs(samples / samples.std()) ** _NOISE_PEAKINESS, samples)
    for _ in range(_EVEN_TIMES):
        peaks = np.abs(samples).reshape(-1, _EVEN_MS * FRAMES_PER_MS).max(axis=1)
        gains = 1 / peaks
        edges = (gains + np.roll(gains, 1)) / 2
        edges = np.append(edges, edges[0])  # the loop's end is its start
        samples *= np.interp(np.arange(frames), np.arange(len(edges)) * (_EVEN_MS * FRAMES_PER_MS), edges)
    return samples.astype(np.float32)
