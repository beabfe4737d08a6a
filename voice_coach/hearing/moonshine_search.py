"""Which of some phrases was said last: each is weighed against what the model would write by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from voice_coach.hearing.moonshine_tokens import BEGIN, END, Tokens
from voice_coach.hearing.phrases import MEANINGS, WAKE_FIRST, WAKE_WORD
from voice_coach.model.commands import BY_NAME, BY_POINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.hearing.moonshine_model import MoonshineModel, Read
    from voice_coach.hearing.thresholds import MoonshineThresholds

_LONGEST: Final = 30
"""Tokens; more words than can be said in a look."""
_DOORWAY: Final = 6.0
"""How much less likely than what the model writes a phrase may begin, as a logarithm."""
_PLACES: Final = 4
_PLACES_OF_NUMBERS: Final = 6
"""At so many words, counted from the end, a phrase may begin; "seven out of ten" has many."""
_BEAM: Final = 8
_BEHIND: Final = 9.0
"""What is so much less likely than the best is not followed any further."""
_WAYS: Final = 2.0
"""By about how much a phrase is likelier than the likeliest way to write it."""
_BESIDE: Final = 4.0
"""What is so much less likely than what is asked for cannot make a phrase doubtful."""

_CALLED: Final = WAKE_WORD
"""Who has only said the name so far has yet to say what to do."""
_SELDOM: Final = 5.0
"""By how much less that is to be expected than any phrase, as a logarithm."""

_FILLERS: Final = ("oh", "um", "uh", "ow", "ouch", "ah", "hm", "mm", "well", "yes", "no")
"""What people say who say nothing; short words are near to numbers."""

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
    """What came of looking for phrases.

    Attributes:
        found: those that may have been said last, the likeliest first.
        nearest: how likely any begins anywhere at all beside what the model writes there, as a logarithm.
    """

    found: Sequence[Found]
    nearest: float


@dataclass(slots=True)
class _Branch:
    """What the ways to write the phrases have in common so far."""

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

    def __init__(self, model: MoonshineModel, tokens: Tokens, phrases: Collection[str]) -> None:
        self._model = model
        self._tokens = tokens
        self._root = _Branch()
        self._phrases = frozenset(phrases)
        needs_name = all(phrase.startswith(WAKE_FIRST) for phrase in self._phrases)
        self._places = _PLACES if needs_name else _PLACES_OF_NUMBERS
        for phrase in (*phrases, _CALLED, *(() if needs_name else _FILLERS)):
            for text in written(phrase):
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

    def _free(self, states: NDArray[np.float32]) -> list[Read]:
        """What the model writes by itself, token by token; but once what it repeats without end."""
        reads = [self._model.begun(states, [BEGIN])]
        said: list[int] = []
        while len(reads) < _LONGEST:
            said.append(int(reads[-1].logs.argmax()))
            if said[-1] == END:
                break
            if (again := repeated(said)) is not None:
                return reads[: -2 * again]
            reads.append(self._model.next(reads[-1], [0], said[-1:]))
        return reads

    def _followed(self, read: Read, least: float) -> Mapping[str, float]:
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


def repeated(said: list[int]) -> int | None:
    """How many tokens at the end are there three times in a row, if any are."""
    lengths = (length for length in range(1, len(said) // 3 + 1) if said[-3 * length :] == said[-length:] * 3)
    return next(lengths, None)


def share_of_meaning(phrase: str, logs: Mapping[str, float]) -> float:
    """The share of those phrases that mean the same as one, given the log probability of each."""
    meaning = MEANINGS.get(phrase, phrase)
    same = [log for other, log in logs.items() if MEANINGS.get(other, other) == meaning]
    return float(np.exp(np.logaddexp.reduce(same) - np.logaddexp.reduce(list(logs.values()))))


def written(phrase: str) -> Iterator[str]:
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
