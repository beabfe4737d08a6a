"""The sound of a room at a recognizer's rate: people who speak, noise, echo; the same every time."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

RATE_HZ: Final = 16_000

Sound = NDArray[np.float32]
"""Shape (frames,), mono at ``RATE_HZ``, full scale 1."""

TUNING_VOICES: Final = (
    "flite:kal16", "festival:ked_diphone", "espeak:en-us", "espeak:en-gb", "espeak:en-us+f3",
    "espeak:en-gb+m3", "espeak:en-gb-x-rp+f2", "espeak:en-gb-scotland+klatt2",
)  # fmt: skip
REPORT_VOICES: Final = ("flite:slt", "flite:rms", "flite:awb")


@cache
def speak_text(voice: str, text: str, speed: float = 1.0) -> Sound:
    """Speech at a peak of 0.5 without the silence around it.

    Args:
        voice: ``flite:slt``, ``espeak:en-gb+f3`` or ``festival:ked_diphone``.
        text: plain words.
        speed: 1.15 for 15 % faster.

    Raises:
        FileNotFoundError, subprocess.CalledProcessError: the program or the voice is missing.
    """
    engine, _, name = voice.partition(":")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        program, *arguments = _COMMANDS[engine](name, text, speed, str(path))
        subprocess.run(
            [shutil.which(program) or program, *arguments],
            input=text.encode(),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            speech = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32_768
    sound = np.asarray(soxr.resample(speech, rate, RATE_HZ), np.float32)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    sound = sound[max(0, loud[0] - 160) : loud[-1] + 160]
    return np.asarray(sound * np.float32(0.5 / np.abs(sound).max()), np.float32)


def _flite(name: str, text: str, speed: float, path: str) -> list[str]:
    return ["flite", "-voice", name, "--setf", f"duration_stretch={1 / speed}", "-t", text, "-o", path]


def _espeak(name: str, text: str, speed: float, path: str) -> list[str]:
    return ["espeak-ng", "-v", name, "-s", str(round(155 * speed)), "-w", path, text]


def _festival(name: str, _text: str, speed: float, path: str) -> list[str]:
    stretch = f"(Parameter.set 'Duration_Stretch {1 / speed})"
    return ["text2wave", "-eval", f"(voice_{name})", "-eval", stretch, "-o", path]


_COMMANDS: Final[Mapping[str, Callable[[str, str, float, str], list[str]]]] = {
    "flite": _flite,
    "espeak": _espeak,
    "festival": _festival,
}


def join(pieces: Sequence[Sound], gap_s: float) -> Sound:
    """Pieces one after the other."""
    gap = np.zeros(round(gap_s * RATE_HZ), np.float32)
    return np.concatenate([part for piece in pieces for part in (piece, gap)])


def mixed(under: Sound, over: Sound, at_s: float) -> Sound:
    """One sound laid over another from a moment on; as long as the first."""
    at = round(at_s * RATE_HZ)
    out = under.copy()
    over = over[: max(0, len(out) - at)]
    out[at : at + len(over)] += over
    return out


def noisy(sound: Sound, speech: Sound, snr_db: float, noise: Sound) -> Sound:
    """Noise laid over a sound, so much quieter than the speech in it."""
    noise = np.resize(noise, len(sound))
    gain = _level(speech) / _level(noise) * 10 ** (-snr_db / 20)
    return np.asarray(sound + noise * gain, np.float32)


def _level(sound: Sound) -> float:
    """Root mean square where there is sound."""
    frames = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    power = (frames**2).mean(axis=1)
    return float(np.sqrt(power[power > power.max() / 1_000].mean())) + 1e-9


def reverberant(sound: Sound, t60_s: float, seed: int = 0) -> Sound:
    """As heard across a room whose sound takes so long to fall by 60 dB, half of it from the walls."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(t60_s * RATE_HZ)) / RATE_HZ
    walls = rng.normal(0, 1, len(time_s)) * 10 ** (-3 * time_s / t60_s)
    walls[: round(0.004 * RATE_HZ)] = 0
    walls /= np.sqrt((walls**2).sum())
    walls[0] = 1
    size = len(sound) + len(walls) - 1
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(walls, size), size)[: len(sound)]
    return (wet * (np.abs(sound).max() / np.abs(wet).max())).astype(np.float32)


def pcm(sound: Sound) -> NDArray[np.int16]:
    """Return what a microphone's converter gives; clipped like it."""
    return (sound.clip(-1, 1) * 32_767).astype(np.int16)


def room_noise(seconds: float, seed: int) -> Sound:
    """The hiss and rumble of a quiet room at −55 dBFS."""
    return _coloured(seconds, seed, 0.5) * np.float32(10 ** (-55 / 20))


def _coloured(seconds: float, seed: int, slope: float) -> Sound:
    """Noise whose spectrum falls with frequency to this power (0 white, 0.5 pink, 1 brown); level 1."""
    frames = round(seconds * RATE_HZ)
    rng = np.random.default_rng(seed)
    spectrum = rng.normal(size=frames // 2 + 1) + 1j * rng.normal(size=frames // 2 + 1)
    hz = np.fft.rfftfreq(frames, 1 / RATE_HZ)
    noise = np.fft.irfft(spectrum / np.maximum(hz, 60) ** slope, frames)
    return (noise / noise.std()).astype(np.float32)


def hiss(seconds: float, seed: int) -> Sound:
    """A fan, all the time as loud."""
    return _coloured(seconds, seed, 0.5) * np.float32(0.05)


def water(seconds: float, seed: int) -> Sound:
    """A tap that runs, splashing."""
    swell = np.abs(np.interp(*_steps(seconds, seed, 0.15)))
    return (_coloured(seconds, seed, 0.0) * 0.04 * (0.5 + swell)).astype(np.float32)


def hum(seconds: float, seed: int) -> Sound:
    """A motor on the mains."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rng = np.random.default_rng(seed)
    tones = sum(rng.random() * np.sin(2 * np.pi * 50 * part * time_s) / part for part in range(1, 12))
    return (0.1 * np.asarray(tones)).astype(np.float32)


def clatter(seconds: float, seed: int) -> Sound:
    """Return dishes, and doors that bang: knocks that ring."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * RATE_HZ), np.float32)
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    for at in rng.integers(0, max(1, len(sound) - len(time_s)), round(seconds * 1.5)):
        low = rng.random() < 0.25
        pitches = rng.uniform(60, 250, 5) if low else rng.uniform(700, 6_000, 5)
        ring = sum(np.sin(2 * np.pi * hz * time_s) for hz in pitches) * np.exp(-time_s * rng.uniform(8, 60))
        ring = ring + rng.normal(0, 2, len(time_s)) * np.exp(-time_s * rng.uniform(40, 200))
        sound[at : at + len(time_s)] += (rng.uniform(0.01, 0.08) * ring)[: len(sound) - at]
    return sound


def music(seconds: float, seed: int) -> Sound:
    """Return chords that change, with harmonics and a beat."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * RATE_HZ), np.float32)
    at = 0
    while at < len(sound):
        frames = round(rng.uniform(0.2, 1.2) * RATE_HZ)
        time_s = np.arange(frames) / RATE_HZ
        chord = 110 * 2 ** (rng.choice([0, 2, 4, 5, 7, 9, 11, 12, 14, 16], 4) / 12)
        tones = sum(np.sin(2 * np.pi * hz * part * time_s) / part for hz in chord for part in range(1, 6))
        beat = rng.normal(0, 1, frames) * np.exp(-time_s * 60)
        note = 0.04 * np.asarray(tones) * np.exp(-time_s * 2) + 0.08 * beat
        sound[at : at + frames] += note[: len(sound) - at].astype(np.float32)
        at += frames
    return sound


def babble(seconds: float, seed: int, talkers: Sequence[Sound]) -> Sound:
    """Several people at once, each beginning elsewhere in what they say."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * RATE_HZ)
    voices = [np.resize(np.roll(talker, rng.integers(len(talker))), frames) for talker in talkers]
    return (sum(voices, np.zeros(frames, np.float32)) / np.sqrt(len(voices))).astype(np.float32)


NOISES: Final[Mapping[str, Callable[[float, int], Sound]]] = {
    "hiss": hiss,
    "water": water,
    "hum": hum,
    "clatter": clatter,
    "music": music,
}


def _steps(seconds: float, seed: int, every_s: float) -> tuple[Sound, Sound, Sound]:
    """Return arguments for ``np.interp``: random values every so often."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * RATE_HZ)
    knots = np.arange(0, seconds + 2 * every_s, every_s)
    return (
        np.asarray(np.arange(frames) / RATE_HZ, np.float32),
        knots.astype(np.float32),
        rng.normal(0, 0.5, len(knots)).astype(np.float32),
    )
