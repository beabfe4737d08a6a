"""How sure the recogniser must be, found with ``benchmarks/hearing.py`` on voices that it does not report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What pocketsphinx asks of a phrase.

    Attributes:
        wake: the least likelihood ratio of the wake word to any other sounds, as a power of ten.
        share: how often a phrase is expected to be said, of all words.
        sure: the least probability of a phrase among all that could have been said instead.
        sure_over_coach: the same while the coach speaks.
    """

    wake: float = 1e-28
    share: float = 1e-2
    sure: float = 0.0
    sure_over_coach: float = 0.0


USUAL: Final = Thresholds()

LEAST_SURE: Final[Mapping[str, float]] = {}
"""More is asked of these phrases, which other talk resembles."""
