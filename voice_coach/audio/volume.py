"""Clips louder or softer, under the same ceiling: what a listener turns while a session is played."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from voice_coach.audio.levels import CEILING
from voice_coach.audio.limiter import limit
from voice_coach.model.speech import Clip, ClipSource, SoundSource, Utterance


class LouderClips:
    """The clips of another source, so many decibels louder (below 0: softer)."""

    def __init__(self, clips: ClipSource, gain_db: float) -> None:
        self._clips = clips
        self._gain_db = gain_db

    def clip(self, utterance: Utterance) -> Clip:
        return _louder(self._clips.clip(utterance), self._gain_db)


class LouderSounds:
    """The sound cues of another source, likewise."""

    def __init__(self, sounds: SoundSource, gain_db: float) -> None:
        self._sounds = sounds
        self._gain_db = gain_db

    def clip(self, name: str, duration_ms: int | None) -> Clip:
        return _louder(self._sounds.clip(name, duration_ms), self._gain_db)


def _louder(clip: Clip, gain_db: float) -> Clip:
    samples = clip.samples * np.float32(10 ** (gain_db / 20))
    return replace(clip, samples=limit(samples, CEILING) if gain_db > 0 else samples)
