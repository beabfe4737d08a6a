"""Thresholds of recognizers, and how a user's sensitivity shifts them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

SENSITIVITIES: Final = (-1, 0, 1, 2)
"""From hard, with the fewest false commands, to easy, with the fewest that are missed."""

USUAL_SENSITIVITY: Final = 0


def kept_sensitivity(path: Path, recognizer: str) -> int:
    """The ease that was found for a recognizer with ``voice-coach listen``; the usual one if none was.

    A file that cannot be read, or says something else, counts as none.

    Args:
        path: the file that it is kept in, see ``Home.hearing``.
        recognizer: its name.
    """
    sensitivity = _read(path).get(recognizer)
    return sensitivity if isinstance(sensitivity, int) and sensitivity in SENSITIVITIES else USUAL_SENSITIVITY


def sensitivity_text(path: Path, recognizer: str, sensitivity: int) -> str:
    """The content of that file with another ease for a recognizer; what it says of others stays."""
    return json.dumps(_read(path) | {recognizer: sensitivity}) + "\n"


def _read(path: Path) -> dict[str, object]:
    try:
        said: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): sensitivity for name, sensitivity in said.items()} if isinstance(said, dict) else {}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds of pocketsphinx for a phrase.

    Attributes:
        share: how often a phrase is expected to be said, of all words.
        share_bare: the same without the wake word, which means nothing; the more, the clearer must that be.
        share_asked: the same while a number is asked for.
        weight: by how much what is said counts more than how it sounds.
        sure: the least probability of a phrase among all that could have been said instead.
        sure_asked: the same while a number is asked for, which is kept.
        sure_after_words: the same where it follows other words without a pause, as in "the coach paused".
        sure_over_coach: the same while the coach speaks.
    """

    share: float = 2e-2
    share_bare: float = 2e-4
    share_asked: float = 0.2
    weight: float = 10.0
    sure: float = 0.1
    sure_asked: float = 0.4
    sure_after_words: float = 0.6
    sure_over_coach: float = 0.15


USUAL: Final = Thresholds()

EASED: Final[Mapping[int, Thresholds]] = {
    -1: replace(
        USUAL, share_bare=4e-3, sure=0.25, sure_asked=0.5, sure_after_words=0.75, sure_over_coach=0.3
    ),
    0: USUAL,
    1: replace(
        USUAL, share_bare=5e-5, sure=0.06, sure_asked=0.35, sure_after_words=0.45, sure_over_coach=0.1
    ),
    2: replace(USUAL, share_bare=1e-5, sure=0.03, sure_asked=0.3, sure_after_words=0.3, sure_over_coach=0.05),
}
"""By ease, see ``SENSITIVITIES``."""

LEAST_SURE: Final[Mapping[str, float]] = {"coach where am i": 0.75}
"""More is asked of these phrases, which other talk resembles."""


@dataclass(frozen=True, slots=True)
class MoonshineThresholds:
    """Thresholds of Moonshine for a phrase; logarithms of probabilities.

    Attributes:
        likely: the least it is worth beside what the model would write by itself.
        likely_after_words: the same where other words were said just before.
        likely_after_article: the same after "the" or "my".
        likely_alone: the same without the wake word, at any ease: what is taken for a number is kept.
        surely: the least it is worth by itself; where there was no speech nothing is likely.
        share: the least share it must have of all phrases' probability.
    """

    likely: float = -8.0
    likely_after_words: float = -6.0
    likely_after_article: float = -1.5
    likely_alone: float = -2.0
    surely: float = -14.0
    share: float = 0.6

    @property
    def after_coach(self) -> MoonshineThresholds:
        """Return what is asked of what was said after the coach: more, as what was left out may have
        mattered."""
        return replace(
            self,
            likely=self.likely + 2,
            likely_after_words=self.likely_after_words + 1,
            likely_after_article=self.likely_after_article + 0.5,
            surely=self.surely + 1,
            share=self.share + 0.05,
        )

    @property
    def after_pause(self) -> MoonshineThresholds:
        """The same of what was said since a pause: a number may be the end of anything."""
        return replace(self.after_coach, likely_alone=math.inf)


MOONSHINE: Final[Mapping[int, MoonshineThresholds]] = {
    -1: MoonshineThresholds(likely=-5, likely_after_words=-3, surely=-12, share=0.7),
    0: MoonshineThresholds(),
    1: MoonshineThresholds(likely=-10, likely_after_words=-8, surely=-15, share=0.55),
    2: MoonshineThresholds(likely=-13, likely_after_words=-10, surely=-17, share=0.5),
}
"""By ease, see ``SENSITIVITIES``."""
