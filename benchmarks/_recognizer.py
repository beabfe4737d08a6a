"""Recognizers as stand-ins for a listener, the same for every voice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from num2words import num2words
from pocketsphinx import Decoder, get_model_path

from benchmarks._room import RATE_HZ, Sound, hiss, noisy, pcm, room_noise
from voice_coach.core.speech import Clip
from voice_coach.voice_input.moonshine_model import BEGIN, END, MoonshineModel, Vocabulary
from voice_coach.voice_input.recognizer import TOKENS, moonshine_folder

SENTENCES: Final = tuple(Path(__file__).with_name("coaching_sentences.txt").read_text("utf-8").splitlines())
"""Forty sentences as a coach says them; no session has them all."""

EDGE_MS: Final = 300
"""Silence of the room before and after a clip."""

_TOKENS_PER_S: Final = 6.5
"""The most that English has, by Moonshine's authors; more is a model that repeats itself."""
_FEWEST_TOKENS: Final = 8
_PEAK: Final = 0.5
_FRAME_MS: Final = 10


class Transcriber:
    """Writes down what it hears with Moonshine tiny, each time the likeliest token; it expects no words.

    Raises:
        RuntimeError: Moonshine is not installed.
    """

    def __init__(self) -> None:
        folder = moonshine_folder()
        if folder is None:
            raise RuntimeError("Moonshine is not installed: make moonshine")
        self._tokens = Vocabulary((folder / TOKENS).read_bytes())
        self._model = MoonshineModel(folder)
        self._sounds: dict[str, str] = {}
        for line in Path(get_model_path("en-us/cmudict-en-us.dict")).read_text("utf-8").splitlines():
            word, _, phones = line.partition(" ")
            if "(" not in word:
                self._sounds[word] = phones

    def text(self, sound: Sound) -> str:
        """Return what it writes down."""
        read = self._model.start_texts(self._model.encoded(sound), [BEGIN])
        written: list[int] = []
        most = max(_FEWEST_TOKENS, round(len(sound) / RATE_HZ * _TOKENS_PER_S))
        while len(written) < most and (token := int(read.logs[0].argmax())) != END:
            written.append(token)
            read = self._model.next(read, [0], [token])
        return self._tokens.text(written)

    def wrong(self, text: str, sound: Sound) -> tuple[int, str]:
        """Count the words of a text that were taken for others, missed or added; and return what was written.

        Case and punctuation do not count, nor whether a number is written in digits, nor whether a compound
        is written as one word ("tailbone"), nor how a word is spelled that sounds the same ("two", "to").
        """
        written = self.text(sound)
        said, heard = words_of(text), words_of(written)
        said, heard = _compounds(said, heard), _compounds(heard, said)
        return _distance(
            *([self._sounds.get(word, word) for word in words] for words in (said, heard))
        ), written


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, numbers in words, without punctuation."""
    spelled = re.sub(r"\d+", lambda number: f" {num2words(int(number[0]))} ", text.lower().replace("’", "'"))
    return re.sub(r"[^a-z ]", "", re.sub(r"[-–—]", " ", spelled)).split()


def in_room(clip: Clip, noise_db: float | None = None, seed: int = 0) -> Sound:
    """Return a clip at a recognizer's rate in a quiet room, or so many dB above pink noise."""
    speech = soxr.resample(clip.samples, clip.rate_hz, RATE_HZ)
    speech = (speech * (_PEAK / np.abs(speech).max())).astype(np.float32)
    sound = np.pad(speech, EDGE_MS * RATE_HZ // 1000)
    seconds = len(sound) / RATE_HZ
    sound += np.resize(room_noise(seconds, seed), len(sound))
    return sound if noise_db is None else noisy(sound, speech, noise_db, hiss(seconds, seed))


class Aligner:
    """Finds the words of a text in its clip: forced alignment by pocketsphinx, in steps of 10 ms."""

    def __init__(self) -> None:
        self._decoder = Decoder(samprate=RATE_HZ, loglevel="FATAL")

    def begins_ms(self, text: str, clip: Clip) -> list[tuple[int, bool]]:
        """Return when each word begins, and whether after a pause (or first); [] where it finds no words.

        Apart from hyphens, a text must be of words that pocketsphinx knows.
        """
        try:
            self._decoder.set_align_text(re.sub(r"[^a-z ']", "", text.lower()))
        except RuntimeError:  # a word that is not in its dictionary
            return []
        self._decoder.start_utt()
        self._decoder.process_raw(pcm(in_room(clip)).tobytes(), full_utt=True)
        self._decoder.end_utt()
        segments = [("<sil>", 0), *((each.word, each.start_frame) for each in self._decoder.seg() or [])]
        return [
            (start * _FRAME_MS - EDGE_MS, _is_pause(before))
            for (before, _), (word, start) in pairwise(segments)
            if not _is_pause(word)
        ]


def _is_pause(word: str) -> bool:
    return word.startswith(("<", "[", "+"))


def _compounds(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return words, two of them as one where that is one of the others."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] + word in others:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest words to change, add or drop (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for count, word in enumerate(said, 1):
        before, row = row, [count]
        for at, other in enumerate(heard):
            row.append(min(before[at] + (word != other), before[at + 1] + 1, row[at] + 1))
    return row[-1]
