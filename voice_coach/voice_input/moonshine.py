"""The recognizer Moonshine: it searches what was said for the likeliest phrase."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from voice_coach.core.commands import BY_NAME, BY_POINTS
from voice_coach.voice_input.endpointing import FRAME, HOLD_FRAMES, SpeechSegment, SpeechSegmenter
from voice_coach.voice_input.microphone import floats
from voice_coach.voice_input.moonshine_model import BEGIN, END, MoonshineModel, Vocabulary
from voice_coach.voice_input.recognizer import (
    MEANINGS,
    RATE_HZ,
    TOKENS,
    WAKE_FIRST,
    WAKE_WORD,
    HearingError,
    RecognizedPhrase,
    Recognizer,
    moonshine_folder,
)
from voice_coach.voice_input.sensitivity import MOONSHINE, USUAL_SENSITIVITY, MoonshineThresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.voice_input.moonshine_model import DecoderState

_LONGEST: Final = 30
"""Tokens; more words than can be said in a look."""
_DOORWAY: Final = 6.0
"""Log probability by which the start of a phrase may be below what the model writes."""
_PLACES: Final = 4
_PLACES_OF_NUMBERS: Final = 6
"""At so many words, counted from the end, a phrase may begin; "seven out of ten" has many."""
_BEAM: Final = 8
_BEHIND: Final = 9.0
"""Log probability below the best after which a branch is not followed any further."""
_WAYS: Final = 2.0
"""By about how much a phrase is likelier than the likeliest way to write it."""
_BESIDE: Final = 4.0
"""Log probability below the expected phrases from which another phrase raises no doubt."""

_CALLED: Final = WAKE_WORD
"""Name alone, after which the command has yet to come."""
_SELDOM: Final = 5.0
"""By how much less that is to be expected than any phrase, as a logarithm."""

_FILLERS: Final = ("oh", "um", "uh", "ow", "ouch", "ah", "hm", "mm", "well", "yes", "no")
"""Words that people say without a meaning; short words are near to numbers."""

_ENDS: Final = (".", "?", "!", "")
_CAPITALS: Final = {"i'm": "I'm", "am i": "am I", "can i": "can I"}
_DIGITS: Final = {BY_NAME[name].phrases[0]: str(points) for points, name in enumerate(BY_POINTS)}
NUMBERS: Final = frozenset((*_DIGITS, *_DIGITS.values()))
"""Words that are numbers, as they are said and as they are written."""
_OUT_OF: Final = {word: (f"{word} out of ten", f"{digit} out of 10") for word, digit in _DIGITS.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase that may have been said last.

    Attributes:
        phrase: which.
        likely: how likely it is beside what the model would write: the logarithm of the quotient.
        surely: the logarithm of its own probability.
        share: the share of all phrases' probability that those have which mean the same.
        before: the words that were said before it, in lower case.
    """

    phrase: str
    likely: float
    surely: float
    share: float
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """Result of a search for phrases.

    Attributes:
        found: those that may have been said last, the likeliest first.
        nearest: how likely any begins anywhere at all beside what the model writes there, as a logarithm.
    """

    found: Sequence[Found]
    nearest: float


@dataclass(slots=True)
class _Branch:
    """Common part of the spellings of phrases so far."""

    phrase: str | None = None
    on: dict[int, _Branch] = field(default_factory=dict[int, "_Branch"])


class PhraseSearch:
    """Finds phrases in sound; one thread.

    Args:
        model: what hears.
        tokens: what it writes with.
        phrases: which to find.

    Raises:
        KeyError: a phrase has a letter that it cannot write.
    """

    def __init__(self, model: MoonshineModel, tokens: Vocabulary, phrases: Collection[str]) -> None:
        self._model = model
        self._tokens = tokens
        self._root = _Branch()
        self._phrases = frozenset(phrases)
        needs_name = all(phrase.startswith(WAKE_FIRST) for phrase in self._phrases)
        self._places = _PLACES if needs_name else _PLACES_OF_NUMBERS
        for phrase in (*phrases, _CALLED, *(() if needs_name else _FILLERS)):
            for text in spellings(phrase):
                branch = self._root
                for token in tokens.of(text):
                    branch = branch.on.setdefault(token, _Branch())
                branch.phrase = phrase

    def search(self, sound: NDArray[np.float32], asked: MoonshineThresholds) -> Searched:
        """Look for what was said last.

        Args:
            sound: shape (frames,), 16 000 Hz, full scale 1.
            asked: what can never become as likely as this is not followed to its end.
        """
        states = self._model.encoded(sound)
        free = self._free(states)
        best = [float(read.logs.max()) for read in free]
        said = [int(read.logs.argmax()) for read in free]
        firsts = list(self._root.on)
        near = [float(read.logs[0, firsts].max()) - log for read, log in zip(free, best, strict=True)]
        doorways = [
            at for at in range(len(free)) if self._tokens.begins_word(said[at]) and near[at] > -_DOORWAY
        ]
        found: list[Found] = []
        for at in doorways[-self._places :]:
            rest = sum(best[at:])
            likely = asked.likely_after_words if at else asked.likely
            logs = self._followed(free[at], max(asked.surely, rest + likely))
            before = tuple(self._tokens.text(said[:at]).lower().split())
            found += [
                Found(phrase, log - rest, log, share_of_meaning(phrase, logs), before)
                for phrase, log in logs.items()
                if phrase in self._phrases
            ]
        return Searched(sorted(found, key=lambda each: -each.likely), max(near))

    def _free(self, states: NDArray[np.float32]) -> list[DecoderState]:
        """Return what the model writes by itself, token by token; but once what it repeats without end."""
        reads = [self._model.start_texts(states, [BEGIN])]
        said: list[int] = []
        while len(reads) < _LONGEST:
            said.append(int(reads[-1].logs.argmax()))
            if said[-1] == END:
                break
            if (again := count_repeated(said)) is not None:
                return reads[: -2 * again]
            reads.append(self._model.next(reads[-1], [0], said[-1:]))
        return reads

    def _followed(self, read: DecoderState, least: float) -> Mapping[str, float]:
        """The log probability of each phrase from a place on, to the end; of those that are likely at all.

        Nothing is said of any if none is worth at least so much.
        """
        done: dict[str, float] = {}
        begun = [(self._root, 0.0)]
        while begun:
            further: list[tuple[float, int, int, _Branch]] = []
            for text, (branch, log) in enumerate(begun):
                if branch.phrase is not None:
                    ended = log + float(read.logs[text, END]) - _SELDOM * (branch.phrase == _CALLED)
                    done[branch.phrase] = float(np.logaddexp(done.get(branch.phrase, -np.inf), ended))
                further += [
                    (log + float(read.logs[text, token]), text, token, on) for token, on in branch.on.items()
                ]
            best = max([log for log, *_ in further] + list(done.values()), default=-np.inf)
            if best < least - _WAYS:
                return {}
            enough = max(best - _BEHIND, least - _BESIDE)
            further = sorted((each for each in further if each[0] > enough), key=lambda each: -each[0])
            further = further[:_BEAM]
            begun = [(on, log) for log, _text, _token, on in further]
            if begun:
                read = self._model.next(read, [each[1] for each in further], [each[2] for each in further])
        return done


def count_repeated(said: list[int]) -> int | None:
    """Return how many tokens at the end are there three times in a row, if any are."""
    lengths = (length for length in range(1, len(said) // 3 + 1) if said[-3 * length :] == said[-length:] * 3)
    return next(lengths, None)


def share_of_meaning(phrase: str, logs: Mapping[str, float]) -> float:
    """The share of those phrases that mean the same as one, given the log probability of each."""
    meaning = MEANINGS.get(phrase, phrase)
    same = [log for other, log in logs.items() if MEANINGS.get(other, other) == meaning]
    return float(np.exp(np.logaddexp.reduce(same) - np.logaddexp.reduce(list(logs.values()))))


def spellings(phrase: str) -> Iterator[str]:
    """The ways in which a phrase may be written."""
    for words, written_so in _CAPITALS.items():
        phrase = phrase.replace(words, written_so)
    wake, _, words = phrase.partition(" ")
    if wake != WAKE_WORD or not words:
        wake, words = "", phrase
    for text in filter(None, (words, _DIGITS.get(words), *_OUT_OF.get(words, ()))):
        sentence = text[0].upper() + text[1:]
        name = wake.capitalize()
        begun = (f"{name}, {text}", f"{name} {text}", f"{name}. {sentence}") if wake else (sentence,)
        yield from (start + end for start in begun for end in _ENDS)


_NAME: Final = "moonshine"
_MISSING: Final = "its model is not installed: pip install 'voice-coach[moonshine]'"

_PEAK: Final = np.float32(0.5)
_MOST_GAIN: Final = np.float32(20)
_SILENCE: Final = np.float32(1e-6)

_FAR: Final = -9.0
"""Log probability of a phrase's start below which it hardly pays to look at the speech since a pause. It
saves two looks in three while the user talks without end."""

_WORDS_BEFORE: Final = 2
"""Number of words that may come before a number, or the name that was not understood; but no other number,
as which of them counts cannot be guessed."""

_ARTICLES: Final = frozenset(("the", "a", "our", "my", "your", "his", "her", "their", "this", "that"))
"""Articles: "the coach helped" speaks of a coach, and not to one."""


class MoonshineRecogniser(Recognizer):
    """Works offline on one core; nothing is done while nothing sounds.

    Raises:
        HearingError: it is not installed, or cannot be loaded.
    """

    def __init__(self, *, sensitivity: int = USUAL_SENSITIVITY) -> None:
        folder = moonshine_folder()
        if folder is None:
            raise HearingError(_NAME, _MISSING)
        self._thresholds = MOONSHINE[sensitivity]
        try:
            self._tokens = Vocabulary((folder / TOKENS).read_bytes())
            self._model: MoonshineModel | None = MoonshineModel(folder)
        except Exception as error:  # onnxruntime has no error of its own that all others are
            raise HearingError(_NAME, f"it cannot be loaded ({error})") from error
        self._search: PhraseSearch | None = None
        self._looks = SpeechSegmenter()

    def expect(self, phrases: Collection[str]) -> None:
        self._looks.forget()
        self._search = None
        if self._model is None or not phrases:
            return
        try:
            self._search = PhraseSearch(self._model, self._tokens, phrases)
        except KeyError as error:
            raise HearingError(_NAME, f"it cannot write {error}") from error

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[RecognizedPhrase]:
        search = self._search
        if search is None:
            self._looks.skip(samples)
            return ()
        told = (self._understood(search, look) for look in self._looks.hear(samples, coach_speaks))
        return [heard for heard in told if heard is not None]

    def close(self) -> None:
        self._model = self._search = None

    def _understood(self, search: PhraseSearch, look: SpeechSegment) -> RecognizedPhrase | None:
        """Return what was said last, if it was a phrase."""
        asked = self._thresholds
        found, nearest = self._find(search, look, asked)
        # What is not understood after much else may be, alone.
        if found is None and (last := look.sound_after_coach()) is not None:
            found, _ = self._find(search, last, asked.after_coach)
        if found is None and nearest > _FAR and (last := look.sound_after_pause()) is not None:
            found, _ = self._find(search, last, asked.after_pause)
        if found is None:
            return None
        end = look.end - HOLD_FRAMES
        self._looks.forget_until(end)
        return RecognizedPhrase(found.phrase, end * 1000 * FRAME // RATE_HZ, found.likely)

    def _find(
        self, search: PhraseSearch, look: SpeechSegment, asked: MoonshineThresholds
    ) -> tuple[Found | None, float]:
        """The likeliest phrase that was said last, if one is likely enough, and how near any was at all."""
        came = search.search(_levelled(look.sound), asked)
        return next((each for each in came.found if self._is_meant(each, look, asked)), None), came.nearest

    def _is_meant(self, found: Found, look: SpeechSegment, asked: MoonshineThresholds) -> bool:
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
