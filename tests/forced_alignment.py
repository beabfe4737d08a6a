"""When a recogniser that is told the words hears each begin."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import soxr
from pocketsphinx import Decoder

from voice_coach.core.speech import Clip

_RATE_HZ: Final = 16_000


def aligner() -> Decoder:
    """The recogniser, with its US-English sounds."""
    return Decoder(samprate=_RATE_HZ, loglevel="FATAL")


def heard_ms(decoder: Decoder, text: str, clip: Clip) -> list[int]:
    """The milliseconds at which the words of a text begin in a clip."""
    edge_ms = 200
    samples = soxr.resample(clip.samples, clip.rate_hz, _RATE_HZ)
    sound = np.pad(samples * (0.7 / np.abs(samples).max()), edge_ms * _RATE_HZ // 1000)
    # A quiet room, −55 dBFS: it never heard digital silence.
    sound += np.random.default_rng(0).normal(0, 60 / 32_768, len(sound))
    decoder.set_align_text(re.sub(r"[^a-z ]", "", text.lower()))
    decoder.start_utt()
    decoder.process_raw((sound * 32_767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    return [
        each.start_frame * 10 - edge_ms
        for each in decoder.seg() or []
        if not each.word.startswith(("<", "[", "+"))
    ]
