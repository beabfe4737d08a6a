"""The fake voice: a tone whose pitch and length depend on the text, so that order and place can be heard."""

from __future__ import annotations

import zlib
from typing import ClassVar

import numpy as np

from voice_coach.core.speech import Clip
from voice_coach.speech.engine import Engine, EngineError, VoiceInfo

RATE_HZ = 16_000
MS_PER_WORD = 60_000
LOWEST_HZ, HIGHEST_HZ = 200, 2_000
LEVEL = 0.25


def tone_hz(text: str) -> int:
    """The pitch that says this text."""
    return LOWEST_HZ + zlib.crc32(text.encode()) % (HIGHEST_HZ - LOWEST_HZ)


class ToneEngine(Engine):
    """Says every text as a tone, one minute divided by the rate for each word."""

    name: ClassVar[str] = "tone"

    def voices(self) -> list[VoiceInfo]:
        return [VoiceInfo("sine", "en", "A sine tone")]

    def identity(self, voice_name: str) -> str:
        if voice_name not in ("", "sine"):
            raise EngineError(self.name, f"has no voice {voice_name!r}; there is sine")
        return "tone 1"

    def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
        self.identity(voice_name)
        frames = len(text.split()) * MS_PER_WORD * RATE_HZ // (1000 * rate_wpm)
        turns = np.arange(frames) * (2 * np.pi * tone_hz(text) / RATE_HZ)
        return Clip((LEVEL * np.sin(turns)).astype(np.float32), RATE_HZ)

    def close(self) -> None:
        """A tone holds nothing."""
