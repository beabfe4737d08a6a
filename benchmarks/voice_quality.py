"""Understood words, rate and loudness of voices.

    python -m benchmarks voice_quality                     the default voice, and espeak beside it
    python -m benchmarks voice_quality --voice espeak:en-us+m3 --voice espeak:gmw/en --wpm 130

Moonshine writes down what is said, in a quiet room and with pink noise at 5 dB: everything that the shipped
sessions say as it is mixed, and forty other sentences and twenty single words. Then the word times of the
clips are compared with a forced alignment by pocketsphinx.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from statistics import median

import numpy as np

from benchmarks._figures import record
from benchmarks._recognizer import SENTENCES, Aligner, Transcriber, in_room, words_of
from benchmarks._voices import SHORT_WORDS, session_clips, spoken_clips, voices_asked
from voice_coach.audio.loudness import SPEECH_LUFS, integrated_lufs
from voice_coach.core.speech import DEFAULT_RATE_WPM, Clip, Utterance

NOISE_DB = 5
BETWEEN_S = 0.5
SHOWN = 12


def sentence_clips(voice: str, wpm: int = DEFAULT_RATE_WPM) -> list[Clip]:
    """Return the coaching sentences, spoken by the engine and conditioned."""
    return spoken_clips([Utterance(sentence, voice, wpm) for sentence in SENTENCES])


def words_per_minute(clips: Sequence[Clip]) -> float:
    """Words in the sentences for each minute that their clips last, pauses inside them included."""
    words = sum(len(sentence.split()) for sentence in SENTENCES)
    return words * 60_000 / sum(clip.duration_ms for clip in clips)


def join(clips: Sequence[Clip]) -> Clip:
    """All clips with pauses between, as a session would have them."""
    pause = np.zeros(int(BETWEEN_S * clips[0].rate_hz), np.float32)
    return Clip(np.concatenate([part for clip in clips for part in (clip.samples, pause)]), clips[0].rate_hz)


def word_errors(
    transcriber: Transcriber, said: Iterable[tuple[str, Clip]], noise_db: float | None = None
) -> tuple[float, list[str]]:
    """Return the share of words that are wrong, and what was written where any were, the worst first."""
    words = wrong = 0
    shown: list[tuple[int, str]] = []
    for seed, (text, clip) in enumerate(said):
        errors, written = transcriber.wrong(text, in_room(clip, noise_db, seed))
        words += len(words_of(text))
        wrong += errors
        if errors:
            shown.append((-errors, f"{text} -> {written}"))
    return wrong / words, [line for _, line in sorted(shown)]


def word_time_errors_ms(said: Iterable[tuple[str, Clip]]) -> tuple[list[float], list[float]]:
    """Return how far the starts of words lie behind aligned ones: of all words, of those after a pause.

    After silence the aligner lets a word begin a few hundredths of a second too early. By how much, first
    words show: clips are trimmed to them, so their places are known. That is taken off the words after a
    pause inside a clip.
    """
    aligner = Aligner()
    first: list[int] = []
    inner: list[tuple[int, bool]] = []
    for text, clip in said:
        heard = aligner.begins_ms(text, clip)
        if len(heard) == len(clip.words):  # otherwise there is a word that it does not know
            pairs = zip(clip.words, heard, strict=True)
            errors = [(word.start_ms - at_ms, paused) for word, (at_ms, paused) in pairs]
            first.append(errors[0][0])
            inner += errors[1:]
    early_ms = median(first)
    return [*first, *(error for error, _ in inner)], [error - early_ms for error, paused in inner if paused]


def main(arguments: Sequence[str]) -> None:
    """Print the figures of each voice, and what was misheard."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--wpm", type=int, default=DEFAULT_RATE_WPM, help="of the forty sentences and the twenty words"
    )
    voices = voices_asked(arguments, parser)
    wpm: int = parser.parse_args(arguments).wpm
    transcriber = Transcriber()
    for voice in voices:
        sentences = sentence_clips(voice, wpm)
        session = [(said.text, clip) for said, clip in session_clips(voice).items()]
        spoken = [*session, *zip(SENTENCES, sentences, strict=True)]
        for where, noise_db, bound in (("in quiet", None, 0.04), (f"noise at {NOISE_DB} dB", NOISE_DB, 0.1)):
            share, misheard = word_errors(transcriber, spoken, noise_db)
            record(f"{voice}, words wrong, {where}", share, "%", at_most=bound)
            print("".join(f"    {line}\n" for line in misheard[:SHOWN]), end="")
        short = spoken_clips([Utterance(text, voice, wpm) for text in SHORT_WORDS])
        _, misheard = word_errors(transcriber, zip(SHORT_WORDS, short, strict=True))
        understood = len(short) - len(misheard)
        record(f"{voice}, one-word prompts understood", understood, f"of {len(short)}", at_least=len(short))
        print("".join(f"    {line}\n" for line in misheard), end="")
        every, after_pause = word_time_errors_ms(spoken)
        for name, errors, most_ms in (("", every, 40), (" after a pause", after_pause, 25)):
            error_ms = median(map(abs, errors))
            record(f"{voice}, error of {len(errors)} word times{name}", error_ms, "ms", at_most=most_ms)
            bias_ms, p95_ms = median(errors), np.quantile(np.abs(errors), 0.95)
            print(f"    {bias_ms:+.0f} ms in the middle, 95 % within {p95_ms:.0f} ms")
        record(f"{voice}, words a minute at {wpm}", words_per_minute(sentences), "wpm")
        record(f"{voice}, level", integrated_lufs(join(sentences)) - SPEECH_LUFS, "LU from speech")
        # Of whole sentences, not gated: how even the prompts are among each other.
        levels = [10 * np.log10(np.mean(np.square(clip.samples))) for clip in sentences]
        record(f"{voice}, from the quietest to the loudest", max(levels) - min(levels), "dB")


if __name__ == "__main__":
    main(sys.argv[1:])
