"""How sure pocketsphinx must be: found with other voices and sentences than ``benchmarks/hearing.py`` has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What pocketsphinx asks of a phrase.

    Attributes:
        wake: the least likelihood ratio of the wake word to any other sounds, as a power of ten.
        share: how often a phrase is expected to be said, of all words.
        share_asked: the same while a number is asked for.
        weight: by how much what is said counts more than how it sounds.
        sure: the least probability of a phrase among all that could have been said instead.
        sure_after_words: the same where it follows other words without a pause, as in "the coach paused".
        sure_over_coach: the same while the coach speaks.
    """

    wake: float = 1e-28
    share: float = 2e-2
    share_asked: float = 0.2
    weight: float = 10.0
    sure: float = 0.15
    sure_after_words: float = 0.6
    sure_over_coach: float = 0.2


USUAL: Final = Thresholds()

EASED: Final[Mapping[int, Thresholds]] = {
    -1: replace(USUAL, wake=1e-24, sure=0.3, sure_after_words=0.75, sure_over_coach=0.35),
    0: USUAL,
    1: replace(USUAL, wake=1e-32, share=3e-2, sure=0.08, sure_after_words=0.45, sure_over_coach=0.12),
    2: replace(USUAL, wake=1e-36, share=5e-2, sure=0.04, sure_after_words=0.3, sure_over_coach=0.06),
}
"""By ease, see ``EASES``."""

LEAST_SURE: Final[Mapping[str, float]] = {"coach where am i": 0.5, "coach help": 0.4}
"""More is asked of these phrases, which other talk resembles."""
