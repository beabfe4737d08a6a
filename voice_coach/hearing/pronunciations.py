"""How words sound, in the sounds of pocketsphinx's US-English model."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

ACCENTS: Final[Mapping[str, tuple[str, ...]]] = {
    # Those of Britain: no r after a vowel, a long a, a rounder o.
    "coach": ("K OW CH",),
    "faster": ("F AE S T ER", "F AA S T ER", "F AA S T AH"),
    "slower": ("S L OW ER", "S L OW AH"),
    "louder": ("L AW D ER", "L AW D AH"),
    "quieter": ("K W AY AH T ER", "K W AY AH T AH", "K W AY T ER"),
    "easier": ("IY Z IY ER", "IY Z IY AH"),
    "hurts": ("HH ER T S", "HH AH T S"),
    "exercise": ("EH K S ER S AY Z", "EH K S AH S AY Z"),
    "stop": ("S T AA P", "S T AO P"),
    "four": ("F AO R", "F AO"),
    "nought": ("N AO T",),
}
"""Instead of what the model's dictionary says."""

SILENCE: Final = "SIL"


@lru_cache(maxsize=1)
def decoys() -> Mapping[str, float]:
    """Words that people say most, and those near to a command's, with the share of each."""
    text = resources.files("voice_coach.hearing").joinpath("decoys.txt").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {word: float(share) for word, share in rows}


def pronunciations(words: Collection[str], dictionary: Path) -> Mapping[str, tuple[str, ...]]:
    """The sounds of each word that is known, one string for each way to say it.

    Args:
        words: in lower case.
        dictionary: in the form of the CMU Pronouncing Dictionary.
    """
    wanted = set(words)
    found: dict[str, list[str]] = {}
    with dictionary.open(encoding="utf-8") as lines:
        for line in lines:
            word, _, sounds = line.rstrip().partition(" ")
            word = word.partition("(")[0]
            if word in wanted:
                found.setdefault(word, []).append(sounds)
    return {word: tuple(sounds) for word, sounds in found.items()} | {
        word: ACCENTS[word] for word in wanted & set(ACCENTS)
    }


def phrase_sounds(phrase: str, known: Mapping[str, tuple[str, ...]], wake_word: str) -> tuple[str, ...]:
    """Every way to say a phrase, with and without a breath after the wake word.

    Raises:
        KeyError: a word is not known.
    """
    words = phrase.split(" ")
    ways = [" ".join(way) for way in itertools.product(*(known[word] for word in words))]
    if words[0] == wake_word and len(words) > 1:
        breath = [
            " ".join((first, SILENCE, *rest))
            for first, *rest in itertools.product(*(known[word] for word in words))
        ]
        ways += breath
    return tuple(ways)
