"""Compares espeak voices: words per minute spoken, loudness, and a recogniser's word errors.

    python -m benchmarks.voice_quality                        the shipped voices and their nearest rivals
    python -m benchmarks.voice_quality en-us+m3 gmw/en --wpm 130
    python -m benchmarks.voice_quality en-us --pitch 40 --range 60 --word-gap 1

The last column is the ``gain_db`` to put into ``voice_coach/speech/espeak_voices.py``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks._recogniser import SENTENCES, Recogniser
from voice_coach.audio.conditioning import condition
from voice_coach.audio.loudness import SPEECH_LUFS, integrated_lufs
from voice_coach.model.speech import DEFAULT_RATE_WPM, Clip, Utterance
from voice_coach.speech.espeak import EspeakEngine
from voice_coach.speech.espeak_voices import VOICES, EspeakVoice

RIVALS = (
    "gmw/en-gb-x-rp",
    "gmw/en-gb-scotland",
    "en-us+f2",
    "en-us+f3",
    "en-us+f4",
    "en-us+m1",
    "en-us+m3",
    "en-us+Annie",
)
BETWEEN_S = 0.5


def spoken_clips(voice: EspeakVoice, wpm: int, gain_db: float) -> list[Clip]:
    """The coaching sentences, conditioned."""
    engine = EspeakEngine([voice])
    spoken = [Utterance(sentence, f"espeak:{voice.name}", wpm) for sentence in SENTENCES]
    clips = [condition(engine.synthesise(utterance), gain_db) for utterance in spoken]
    engine.close()
    return clips


def words_per_minute(clips: Sequence[Clip]) -> float:
    """Words in the sentences for each minute that their clips last, pauses inside them included."""
    words = sum(len(sentence.split()) for sentence in SENTENCES)
    return words * 60_000 / sum(clip.duration_ms for clip in clips)


def joined(clips: Sequence[Clip]) -> Clip:
    """All clips with pauses between, as a session would have them."""
    pause = np.zeros(int(BETWEEN_S * clips[0].rate_hz), np.float32)
    return Clip(np.concatenate([part for clip in clips for part in (clip.samples, pause)]), clips[0].rate_hz)


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each voice."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("voices", nargs="*", help="espeak's own names, such as en-us+f3")
    parser.add_argument("--wpm", type=int, default=DEFAULT_RATE_WPM)
    parser.add_argument("--pitch", type=int)
    parser.add_argument("--range", type=int)
    parser.add_argument("--word-gap", type=int)
    chosen = parser.parse_args(arguments)

    tuning = {name: getattr(chosen, name) for name in ("pitch", "range", "word_gap")}
    tuning = {name: value for name, value in tuning.items() if value is not None}
    tuned = () if chosen.voices else VOICES
    plain = [EspeakVoice(name=f, language="", description="", file=f) for f in chosen.voices or RIVALS]
    recogniser = Recogniser()
    print("voice                  asked spoken errors quietest loudest gain_db")
    for voice in (replace(voice, **tuning) for voice in (*tuned, *plain)):
        gain_db = voice.gain_db or 0.0
        clips = spoken_clips(voice, chosen.wpm, gain_db)
        for _ in range(2):  # the limiter takes a little away, so the gain is found step by step
            gain_db += SPEECH_LUFS - integrated_lufs(joined(clips))
            clips = spoken_clips(voice, chosen.wpm, gain_db)
        # Levels of whole sentences, not gated: how even the prompts are among each other.
        levels = [10 * np.log10(np.mean(np.square(clip.samples))) for clip in clips]
        print(
            f"{voice.name:<22} {chosen.wpm:>5} {words_per_minute(clips):>6.0f} "
            f"{recogniser.word_error_rate(clips):>6.1%} {min(levels):>8.1f} {max(levels):>7.1f} "
            f"{gain_db:>7.1f}",
            flush=True,
        )


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
