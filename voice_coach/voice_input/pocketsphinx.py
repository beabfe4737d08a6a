"""The recognizer pocketsphinx with its own US-English model.

Then it asks what was said: the phrases with the wake word, against the same without it, everyday words and
words that are near to them. A phrase counts if it was said last.
"""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.voice_input.endpointing import FRAME, SpeechSegment, SpeechSegmenter
from voice_coach.voice_input.recognizer import (
    RATE_HZ,
    WAKE_FIRST,
    WAKE_WORD,
    HearingError,
    RecognizedPhrase,
    Recognizer,
)
from voice_coach.voice_input.sensitivity import EASED, LEAST_SURE, USUAL_SENSITIVITY, Thresholds

if TYPE_CHECKING:
    from pocketsphinx import Decoder

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
    text = resources.files("voice_coach.voice_input").joinpath("decoys.txt").read_text("utf-8")
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


_NAME: Final = "pocketsphinx"
_WORDS = "words"  # its search
_DECOY, _PHRASE = "~", "^"  # before a word of its dictionary
_BARE: Final = "~="  # before a phrase without the wake word

# In frames of 10 ms.
_AFTER = 22
"""Frames of the end of the segment, which are no speech any more. Before the segment, there and back, they
tell pocketsphinx's noise removal what the room sounds like."""
_PAUSE = 5
"""Length of a pause between words that do not belong together, and before the first."""
_ENDS_WITHIN = 55
"""After a phrase nothing is said until its end is noticed."""

_GUESS: Final = 0.6
"""Words less probable than this may be none."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A word, a silence or a noise of what was said, in frames from where was looked; the end exclusive."""

    word: str
    begin: int
    end: int
    sure: float

    @property
    def frames(self) -> int:
        return self.end - self.begin

    @property
    def is_silence(self) -> bool:
        return self.word[0] in "<["

    @property
    def is_guess(self) -> bool:
        """Return whether it was hardly a word."""
        return self.word[0] == _DECOY and self.sure < _GUESS

    @property
    def is_pause(self) -> bool:
        return self.is_silence and self.frames >= _PAUSE


class PocketsphinxRecogniser(Recognizer):
    """Works offline on one core; nothing is done while nothing sounds."""

    def __init__(self, thresholds: Thresholds | None = None, *, sensitivity: int = USUAL_SENSITIVITY) -> None:
        from pocketsphinx import get_model_path

        self._thresholds = thresholds = thresholds or EASED[sensitivity]
        self._dictionary = Path(get_model_path("en-us/cmudict-en-us.dict"))
        self._decoder: Decoder | None = _decoder(thresholds, self._dictionary)
        self._phrases: Mapping[str, str] = {}
        self._known: dict[str, tuple[str, ...]] = {}
        self._added: set[str] = set()
        self._needs_wake = True
        self._looks = SpeechSegmenter()

    def expect(self, phrases: Collection[str]) -> None:
        if self._decoder is None:
            return
        words = {word for phrase in phrases for word in phrase.split(" ")}
        if new := words - set(self._known):
            self._known |= pronunciations(new, self._dictionary)
        known = self._known
        if unknown := sorted(words - set(known)):
            raise HearingError(_NAME, f"it does not know the word {', '.join(unknown)}")
        # What may be said with and without the wake word needs to be known only without it.
        alone = {
            phrase for phrase in phrases if phrase.removeprefix(WAKE_FIRST) not in set(phrases) - {phrase}
        }
        self._needs_wake = all(phrase.startswith(WAKE_FIRST) for phrase in alone)
        self._phrases = {_PHRASE + phrase.replace(" ", "_"): phrase for phrase in sorted(alone)}
        bare = {
            _BARE + phrase.removeprefix(WAKE_FIRST).replace(" ", "_"): phrase.removeprefix(WAKE_FIRST)
            for phrase in sorted(alone)
            if phrase.startswith(WAKE_FIRST)
        }
        for word, phrase in [*self._phrases.items(), *bare.items()]:
            if word not in self._added:
                _add(self._decoder, word, phrase_sounds(phrase, known, WAKE_WORD))
                self._added.add(word)
        share = self._thresholds.share if self._needs_wake else self._thresholds.share_asked
        shares = dict.fromkeys(self._phrases, share) | dict.fromkeys(bare, self._thresholds.share_bare)
        if not self._needs_wake:
            shares[_DECOY + WAKE_WORD] = share  # with a breath after it, it is no number
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "words.arpa"
            path.write_text(_shares(shares), "utf-8")
            self._decoder.add_lm_file(_WORDS, str(path))
        self._looks.forget()

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[RecognizedPhrase]:
        if self._decoder is None or not self._phrases:
            self._looks.skip(samples)
            return ()
        told = (self._understood(self._decoder, look) for look in self._looks.hear(samples, coach_speaks))
        return [heard for heard in told if heard is not None]

    def close(self) -> None:
        self._decoder = None

    def _understood(self, decoder: Decoder, look: SpeechSegment) -> RecognizedPhrase | None:
        """Return what was said last, if it was a phrase."""
        decoder.activate_search(_WORDS)
        room = look.last_frames(_AFTER)
        said = _decoded(decoder, np.concatenate((room, room[::-1], look.sound)).tobytes())
        over_coach = look.has_coach_since(look.begin)
        # What is left of the coach's words after a phrase is no more than a noise.
        while said and (said[-1].is_silence or (over_coach and said[-1].is_guess)):
            said.pop()
        if not said:
            return None
        word = said[-1]
        first = look.begin - 2 * _AFTER
        phrase, end = self._phrases.get(word.word), first + word.end
        if phrase is None or look.end - end > _ENDS_WITHIN:
            return None
        if not phrase.startswith(WAKE_FIRST) and look.has_coach_since(first + word.begin):
            return None  # what the coach says itself is full of words that need no name before them
        before = said[-2] if len(said) > 1 else None
        after_words = before is not None and not (before.is_pause or before.word == _DECOY + WAKE_WORD)
        if word.sure < self._least(phrase, after_words=after_words, over_coach=over_coach):
            return None
        self._looks.forget_until(end)
        return RecognizedPhrase(phrase, end * 1000 * FRAME // RATE_HZ, word.sure)

    def _least(self, phrase: str, *, after_words: bool, over_coach: bool) -> float:
        """The probability that a phrase must have."""
        least = [LEAST_SURE.get(phrase, 0), self._thresholds.sure]
        if not self._needs_wake:
            least.append(self._thresholds.sure_asked)
        if after_words:
            least.append(self._thresholds.sure_after_words)
        if over_coach:
            least.append(self._thresholds.sure_over_coach)
        return max(least)


def _decoder(thresholds: Thresholds, dictionary: Path) -> Decoder:
    """One that knows the decoys."""
    from pocketsphinx import Decoder, get_model_path

    words = decoys()
    known = pronunciations([*words], dictionary)
    lines = [
        f"{_DECOY}{word}{f'({way})' if way > 1 else ''} {sounds}"
        for word in words
        for way, sounds in enumerate(known.get(word, ()), 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.dict"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return Decoder(
            hmm=get_model_path("en-us/en-us"),
            dict=str(path),
            lm=None,
            lw=thresholds.weight,
            fwdflat=False,  # a second pass, which found no more
            samprate=RATE_HZ,
            cmn="batch",  # every look is a whole utterance
            loglevel="FATAL",
        )


def _add(decoder: Decoder, word: str, ways: Iterable[str]) -> None:
    for way, sounds in enumerate(ways, 1):
        decoder.add_word(word if way == 1 else f"{word}({way})", sounds, False)


def _shares(shares: Mapping[str, float]) -> str:
    """An ARPA model of single words: the decoys with their usual shares, and others or other shares."""
    all_shares = {_DECOY + word: share for word, share in decoys().items()}
    all_shares |= {**shares, "</s>": 0.1}
    ngrams = "".join(f"{math.log10(value):.4f} {word}\n" for word, value in all_shares.items())
    return f"\\data\\\nngram 1={len(all_shares) + 1}\n\n\\1-grams:\n-99 <s>\n{ngrams}\n\\end\\\n"


def _decoded(decoder: Decoder, sound: bytes) -> list[_Said]:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    return [
        _Said(part.word.partition("(")[0], part.start_frame, part.end_frame + 1, part.prob)
        for part in decoder.seg() or ()
    ]
