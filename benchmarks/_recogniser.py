"""How many words a speech recogniser gets wrong: a stand-in for a listener, the same for every voice."""

from __future__ import annotations

import collections
import math
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soxr
from pocketsphinx import Decoder

from voice_coach.model.speech import Clip

SENTENCES = tuple(Path(__file__).with_name("coaching_sentences.txt").read_text("utf-8").splitlines())
"""Forty sentences as a coach says them."""

_RATE_HZ = 16_000
_ROOM_NOISE = 60 / 32_768  # −55 dBFS, a quiet room: the recogniser never heard digital silence
_LEVEL = 0.7
_EDGE_S = 0.2
_DISCOUNT = 0.5


class Recogniser:
    """pocketsphinx with its US-English sounds, expecting the word pairs of ``SENTENCES`` and their words.

    It knows which word is likely to follow, as someone does who has heard the exercise before. Being
    trained on American speakers it favours American voices.
    """

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "coach.arpa"
            model.write_text(_bigrams([_words(sentence) for sentence in SENTENCES]), "ascii")
            self._decoder = Decoder(lm=str(model), samprate=_RATE_HZ, loglevel="FATAL")

    def heard(self, clip: Clip) -> list[str]:
        """The words it makes of a clip, at any rate and level."""
        speech = soxr.resample(clip.samples, clip.rate_hz, _RATE_HZ)
        sound = np.pad(speech * (_LEVEL / np.abs(speech).max()), int(_EDGE_S * _RATE_HZ))
        sound += np.random.default_rng(0).normal(0, _ROOM_NOISE, len(sound))
        self._decoder.start_utt()
        self._decoder.process_raw((sound * 32_767).astype(np.int16).tobytes(), full_utt=True)
        self._decoder.end_utt()
        guess = self._decoder.hyp()
        return guess.hypstr.split() if guess else []

    def word_error_rate(self, clips: Sequence[Clip]) -> float:
        """Words wrong, missing or too many in the clips of ``SENTENCES``, as a share of their words."""
        spoken = [_words(sentence) for sentence in SENTENCES]
        wrong = sum(_distance(words, self.heard(clip)) for words, clip in zip(spoken, clips, strict=True))
        return wrong / sum(map(len, spoken))


def _words(sentence: str) -> list[str]:
    return re.sub(r"[^a-z ]", "", sentence.lower()).split()


def _distance(said: list[str], heard: list[str]) -> int:
    """The fewest words to change, add or drop (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for count, word in enumerate(said, 1):
        before, row = row, [count]
        for at, other in enumerate(heard):
            row.append(min(before[at] + (word != other), before[at + 1] + 1, row[at] + 1))
    return row[-1]


def _bigrams(sentences: list[list[str]]) -> str:
    """An ARPA model of word pairs with absolute discounting, backing off to single words."""
    singles = collections.Counter(word for words in sentences for word in [*words, "</s>"])
    pairs = collections.Counter(
        pair for words in sentences for pair in zip(["<s>", *words], [*words, "</s>"], strict=True)
    )
    firsts: collections.Counter[str] = collections.Counter()
    followers: dict[str, list[str]] = collections.defaultdict(list)
    for (first, second), count in pairs.items():
        firsts[first] += count
        followers[first].append(second)
    total = sum(singles.values())
    lines = ["\\data\\", f"ngram 1={len(singles) + 1}", f"ngram 2={len(pairs)}", "", "\\1-grams:"]
    for word in ["<s>", *sorted(singles)]:
        log_share = -99.0 if word == "<s>" else math.log10(singles[word] / total)
        back_off = 0.0
        if seen := followers[word]:
            left = 1 - sum(singles[second] / total for second in seen)
            back_off = math.log10(len(seen) * _DISCOUNT / firsts[word] / left)
        lines.append(f"{log_share:.4f} {word} {back_off:.4f}")
    lines += ["", "\\2-grams:"]
    for (first, second), count in sorted(pairs.items()):
        lines.append(f"{math.log10((count - _DISCOUNT) / firsts[first]):.4f} {first} {second}")
    return "\n".join([*lines, "", "\\end\\", ""])
