"""What a microphone hears in a room where the coach is played and a person speaks; the same every time."""

from __future__ import annotations

from functools import cache

import numpy as np
import soxr
from numpy.typing import NDArray

from voice_coach.core.speech import Utterance
from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.speech.espeak import EspeakEngine
from voice_coach.voice_input.echo import Echo
from voice_coach.voice_input.recognizer import RATE_HZ

Sound = NDArray[np.float64]

COACH = "Lie on your back, bend your knees, and place your feet flat on the floor, as wide as your hips."
PERSON = "Coach, that hurts."

HOP_MS = 20
_REVERBERATION_S = 0.35


@cache
def said(words: str, voice: str) -> Sound:
    """Speech of about −20 dBFS, at 48 000 Hz."""
    engine = EspeakEngine()
    clip = engine.synthesise(Utterance(words, f"espeak:{voice}", 150))
    engine.close()
    speech = soxr.resample(clip.samples.astype(np.float64), clip.rate_hz, SAMPLE_RATE_HZ)
    return speech * (0.1 / np.sqrt(np.mean(np.square(speech[np.abs(speech) > 0.01]))))


def coach_sound(seconds: float) -> Sound:
    """The coach's sound at 48 000 Hz: sentences, with pauses between them."""
    sentence = np.concatenate([said(COACH, "en-gb"), np.zeros(SAMPLE_RATE_HZ // 2)])
    return np.resize(sentence, round(seconds * SAMPLE_RATE_HZ))


def reflected(sound: Sound, *, seed: int = 1) -> Sound:
    """As it comes from a loudspeaker through a living room, as loud as it went in; at 48 000 Hz."""
    frames = round(_REVERBERATION_S * SAMPLE_RATE_HZ)
    response = np.random.default_rng(seed).normal(size=frames) * 10 ** (-3 * np.arange(frames) / frames)
    response[:144] = 0
    response[144] = 8
    response /= np.sqrt(np.square(response).sum())
    length = 1 << (len(sound) + frames).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, length) * np.fft.rfft(response, length), length)[: len(sound)]


def delayed(sound: Sound, ms: float) -> Sound:
    """So much later, at 48 000 Hz, and as long as before."""
    frames = round(ms * SAMPLE_RATE_HZ / 1000)
    return np.concatenate([np.zeros(frames), sound])[: len(sound)]


def captured(sound: Sound) -> NDArray[np.int16]:
    """What a microphone makes of a sound at 48 000 Hz, in a quiet room."""
    low = soxr.resample(sound, SAMPLE_RATE_HZ, RATE_HZ)
    noisy = low + np.random.default_rng(2).normal(0, 10 ** (-65 / 20), len(low))
    return (np.clip(noisy, -1, 1) * 32_767).astype(np.int16)


def listened(played: Sound, heard: NDArray[np.int16]) -> tuple[NDArray[np.int16], list[bool]]:
    """What is left of what the microphone hears, and whether the coach speaks in each 20 ms of it.

    The device takes 60 ms at once, and holds that.
    """
    echo = Echo()
    frames = (np.clip(played, -1, 1) * 32_767).astype(np.int16)
    piece, hop = 60 * SAMPLE_RATE_HZ // 1000, HOP_MS * RATE_HZ // 1000
    sent = 0
    left: list[NDArray[np.int16]] = []
    speaking: list[bool] = []
    for at in range(0, len(heard) - hop, hop):
        while sent < at * 3 + piece:
            echo.played(sent, frames[sent : sent + piece])
            sent += piece
        clean, speaks = echo.without(heard[at : at + hop])
        left.append(clean)
        speaking.append(speaks)
    return np.concatenate(left), speaking


def level_db(sound: NDArray[np.int16], begin_s: float, end_s: float) -> float:
    """Power in a span, in dB below full scale."""
    span = sound[round(begin_s * RATE_HZ) : round(end_s * RATE_HZ)].astype(np.float64) / 32_768
    return float(10 * np.log10(np.mean(np.square(span)) + 1e-12))
