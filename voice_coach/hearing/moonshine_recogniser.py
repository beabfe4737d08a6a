"""Moonshine, a small model of English speech, understands phrases far better than pocketsphinx does.

It listens back whenever somebody stops speaking, and weighs each phrase against what the model would write by
itself. A phrase counts if it was said last, whatever was said before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from voice_coach.hearing.ease import USUAL_EASE
from voice_coach.hearing.endings import FRAME, HOLD_FRAMES
from voice_coach.hearing.looks import Look, Looks
from voice_coach.hearing.moonshine_files import TOKENS, moonshine_folder
from voice_coach.hearing.moonshine_model import MoonshineModel
from voice_coach.hearing.moonshine_search import NUMBERS, Found, PhraseSearch
from voice_coach.hearing.moonshine_tokens import Tokens
from voice_coach.hearing.phrases import WAKE_FIRST
from voice_coach.hearing.recogniser import RATE_HZ, Heard, HearingError, Recogniser
from voice_coach.hearing.samples import floats
from voice_coach.hearing.thresholds import MOONSHINE, MoonshineThresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAME: Final = "moonshine"
_MISSING: Final = "its model is not installed: pip install 'voice-coach[moonshine]'"

_PEAK: Final = np.float32(0.5)
_MOST_GAIN: Final = np.float32(20)
_SILENCE: Final = np.float32(1e-6)

_FAR: Final = -9.0
"""Where no phrase begins more likely than this it hardly pays to look at what was said since a pause; a
logarithm. Who talks without end has two looks in three spared."""

_WORDS_BEFORE: Final = 2
"""Whoever is asked for a number may say one or two words before it, or the name, which was not understood;
but no other number: which of them counts is not for us to guess."""

_ARTICLES: Final = frozenset(("the", "a", "our", "my", "your", "his", "her", "their", "this", "that"))
"""Who says "the coach helped" speaks of one, and not to one."""


class MoonshineRecogniser(Recogniser):
    """Works offline on one core; nothing is done while nothing sounds.

    Raises:
        HearingError: it is not installed, or cannot be loaded.
    """

    def __init__(self, *, ease: int = USUAL_EASE) -> None:
        folder = moonshine_folder()
        if folder is None:
            raise HearingError(_NAME, _MISSING)
        self._thresholds = MOONSHINE[ease]
        try:
            self._tokens = Tokens((folder / TOKENS).read_bytes())
            self._model: MoonshineModel | None = MoonshineModel(folder)
        except Exception as error:  # onnxruntime has no error of its own that all others are
            raise HearingError(_NAME, f"it cannot be loaded ({error})") from error
        self._search: PhraseSearch | None = None
        self._looks = Looks()

    def expect(self, phrases: Collection[str]) -> None:
        self._looks.forget()
        self._search = None
        if self._model is None or not phrases:
            return
        try:
            self._search = PhraseSearch(self._model, self._tokens, phrases)
        except KeyError as error:
            raise HearingError(_NAME, f"it cannot write {error}") from error

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[Heard]:
        search = self._search
        if search is None:
            self._looks.skip(samples)
            return ()
        told = (self._understood(search, look) for look in self._looks.hear(samples, coach_speaks))
        return [heard for heard in told if heard is not None]

    def close(self) -> None:
        self._model = self._search = None

    def _understood(self, search: PhraseSearch, look: Look) -> Heard | None:
        """What was said last, if it was a phrase."""
        asked = self._thresholds
        found, nearest = self._found(search, look, asked)
        # What is not understood after much else may be, alone.
        if found is None and (last := look.since_coach()) is not None:
            found, _ = self._found(search, last, asked.after_coach)
        if found is None and nearest > _FAR and (last := look.since_pause()) is not None:
            found, _ = self._found(search, last, asked.after_pause)
        if found is None:
            return None
        end = look.end - HOLD_FRAMES
        self._looks.forget_until(end)
        return Heard(found.phrase, end * 1000 * FRAME // RATE_HZ, found.likely)

    def _found(
        self, search: PhraseSearch, look: Look, asked: MoonshineThresholds
    ) -> tuple[Found | None, float]:
        """The likeliest phrase that was said last, if one is likely enough, and how near any was at all."""
        came = search.search(_levelled(look.sound), asked)
        return next((each for each in came.found if self._is_meant(each, look, asked)), None), came.nearest

    def _is_meant(self, found: Found, look: Look, asked: MoonshineThresholds) -> bool:
        if not found.phrase.startswith(WAKE_FIRST):
            # What others say, and the coach itself, is full of words that need no name before them.
            if len(found.before) > _WORDS_BEFORE or look.has_coach_since(look.begin):
                return False
            if any(word.strip(".,?!") in NUMBERS for word in found.before):
                return False
            least = asked.likely_alone
        elif found.before and found.before[-1] in _ARTICLES:
            least = asked.likely_after_article
        else:
            least = asked.likely_after_words if found.before else asked.likely
        return found.likely >= least and found.surely >= asked.surely and found.share >= asked.share


def _levelled(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Sound as loud as the model knows it, full scale 1."""
    sound = floats(samples)
    sound -= sound.mean()
    return sound * np.minimum(_MOST_GAIN, _PEAK / np.maximum(np.abs(sound).max(), _SILENCE))
