"""Makes the voice: engines with their fall-backs, clips made ready to mix, and the cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from voice_coach.audio.conditioning import CONDITIONING_VERSION, condition
from voice_coach.audio.loudness import gain_to_speech_level
from voice_coach.speech.cache import ClipCache
from voice_coach.speech.fallback import Conditioning, Voices
from voice_coach.speech.speaker import Speaker

CLIPS = "clips"


def make_speaker(cache: Path, notify: Callable[[str], None]) -> Speaker:
    """A speaker that keeps its clips in a folder of the cache.

    Args:
        cache: the person's cache folder; made when the first clip is kept.
        notify: told, in a sentence, what did not go as asked but is no reason to stop.
    """
    conditioning = Conditioning(
        condition=condition, gain_db=gain_to_speech_level, version=CONDITIONING_VERSION
    )
    return Speaker(Voices(conditioning, ClipCache(cache / CLIPS, notify=notify), notify=notify))
