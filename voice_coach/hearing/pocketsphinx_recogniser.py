"""pocketsphinx with its own US-English model: it listens back whenever somebody stops speaking.

First the wake word is looked for among all sounds, which is cheap. Only where it may be is it asked what was
said: the phrases against everyday words and words that are near to them. A phrase counts if it was said last.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder, get_model_path

from voice_coach.hearing.ease import USUAL_EASE
from voice_coach.hearing.endings import FRAME, Endings
from voice_coach.hearing.phrases import WAKE_WORD
from voice_coach.hearing.pronunciations import decoys, phrase_sounds, pronunciations
from voice_coach.hearing.recogniser import RATE_HZ, Heard, HearingError, Recogniser
from voice_coach.hearing.thresholds import EASED, LEAST_SURE, Thresholds

_NAME: Final = "pocketsphinx"
_WAKE, _WORDS = "wake", "words"  # its two searches
_WAKE_FIRST = f"{WAKE_WORD} "
_DECOY, _PHRASE = "~", "^"  # before a word of its dictionary

# All in frames of 10 ms.
_KEPT = 300
_LONGEST = 280
"""From the wake word to the notice that a phrase is over."""
_SHORTEST = 40
_LEAD = 25
"""Before the wake word."""
_LEAST_HEARD = 120
"""For the wake word's search: the level of speech is taken from it."""
_OVERLAP = 60
"""The wake word may lie across two searches."""
_PAUSE = 5
"""What is between words that do not belong together, and before the first."""
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
        """Whether it was hardly a word."""
        return self.word[0] == _DECOY and self.sure < _GUESS

    @property
    def is_pause(self) -> bool:
        return self.is_silence and self.frames >= _PAUSE


class PocketsphinxRecogniser(Recogniser):
    """Works offline on one core; nothing is done while nothing sounds."""

    def __init__(self, thresholds: Thresholds | None = None, *, ease: int = USUAL_EASE) -> None:
        self._thresholds = thresholds = thresholds or EASED[ease]
        self._dictionary = Path(get_model_path("en-us/cmudict-en-us.dict"))
        self._decoder: Decoder | None = _decoder(thresholds, self._dictionary)
        self._phrases: Mapping[str, str] = {}
        self._known: dict[str, tuple[str, ...]] = {}
        self._added: set[str] = set()
        self._needs_wake = True
        self._frames = 0
        self._rest = np.zeros(0, np.int16)
        self._fresh()

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
            phrase for phrase in phrases if phrase.removeprefix(_WAKE_FIRST) not in set(phrases) - {phrase}
        }
        self._needs_wake = all(phrase.startswith(_WAKE_FIRST) for phrase in alone)
        self._phrases = {_PHRASE + phrase.replace(" ", "_"): phrase for phrase in sorted(alone)}
        for word, phrase in self._phrases.items():
            if word not in self._added:
                _add(self._decoder, word, phrase_sounds(phrase, known, WAKE_WORD))
                self._added.add(word)
        share = self._thresholds.share if self._needs_wake else self._thresholds.share_asked
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "words.arpa"
            path.write_text(_shares(self._phrases, share), "utf-8")
            self._decoder.add_lm_file(_WORDS, str(path))
        self._fresh()

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[Heard]:
        if self._decoder is None or not self._phrases:
            self._frames += (len(self._rest) + len(samples)) // FRAME
            self._rest = np.concatenate((self._rest, samples))[
                (len(self._rest) + len(samples)) // FRAME * FRAME :
            ]
            return ()
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) // FRAME * FRAME
        self._rest = sound[whole:]
        heard: list[Heard] = []
        for frame in sound[:whole].reshape(-1, FRAME):
            self._frames += 1
            self._kept[:-FRAME] = self._kept[FRAME:]
            self._kept[-FRAME:] = frame
            if coach_speaks:
                self._coach = self._frames
            if self._endings.ends(frame):
                heard += self._look(self._decoder)
        return heard

    def close(self) -> None:
        self._decoder = None

    def _fresh(self) -> None:
        """Nothing was said yet."""
        self._began = self._searched = self._frames
        self._kept = np.zeros(_KEPT * FRAME, np.int16)
        self._endings = Endings()
        self._wakes: list[int] = []
        self._coach = -_KEPT

    def _last(self, begin: int) -> bytes:
        """What was heard from a frame until now; at most all that is kept."""
        return self._kept[max(0, (_KEPT - (self._frames - begin)) * FRAME) :].tobytes()

    def _look(self, decoder: Decoder) -> Iterator[Heard]:
        """What was said last, as somebody has just stopped speaking."""
        begin = self._woken(decoder) if self._needs_wake else max(self._began, self._frames - _LONGEST)
        if begin is None:
            return
        begin = max(begin, self._frames - _KEPT)
        decoder.activate_search(_WORDS)
        said = _decoded(decoder, self._last(begin))
        over_coach = self._coach >= begin
        # What is left of the coach's words after a phrase is no more than a noise.
        while said and (said[-1].is_silence or (over_coach and said[-1].is_guess)):
            said.pop()
        if not said:
            return
        word = said[-1]
        phrase, end = self._phrases.get(word.word), begin + word.end
        if phrase is None or self._frames - end > _ENDS_WITHIN:
            return
        before = said[-2] if len(said) > 1 else None
        after_words = before is not None and not (before.is_pause or before.word == _DECOY + WAKE_WORD)
        if word.sure < self._least(phrase, after_words=after_words, over_coach=over_coach):
            return
        self._began = end
        self._wakes = []
        yield Heard(phrase, end * 1000 * FRAME // RATE_HZ, word.sure)

    def _least(self, phrase: str, *, after_words: bool, over_coach: bool) -> float:
        """The probability that a phrase must have."""
        least = [LEAST_SURE.get(phrase, 0), self._thresholds.sure]
        if after_words:
            least.append(self._thresholds.sure_after_words)
        if over_coach:
            least.append(self._thresholds.sure_over_coach)
        return max(least)

    def _woken(self, decoder: Decoder) -> int | None:
        """From where on to ask what was said; None if the wake word was not."""
        begin = max(self._searched - _OVERLAP, self._frames - _KEPT)
        begin = max(0, min(begin, self._frames - _LEAST_HEARD))
        self._searched = self._frames
        decoder.activate_search(_WAKE)
        decoder.start_utt()
        decoder.process_raw(self._last(begin), full_utt=True)
        decoder.end_utt()
        self._wakes += [begin + part.start_frame for part in decoder.seg() or ()]
        self._wakes = [wake for wake in self._wakes if wake > max(self._frames - _LONGEST, self._began)]
        early = [wake for wake in self._wakes if wake < self._frames - _SHORTEST]
        return max(self._began, min(early) - _LEAD) if early else None


def _decoder(thresholds: Thresholds, dictionary: Path) -> Decoder:
    """One that knows the decoys and the wake word."""
    words = decoys()
    known = pronunciations([*words, WAKE_WORD], dictionary)
    lines = [
        f"{_DECOY}{word}{f'({way})' if way > 1 else ''} {sounds}"
        for word in words
        for way, sounds in enumerate(known.get(word, ()), 1)
    ]
    lines += [f"{WAKE_WORD} {known[WAKE_WORD][0]}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.dict"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        decoder = Decoder(
            hmm=get_model_path("en-us/en-us"),
            dict=str(path),
            lm=None,
            lw=thresholds.weight,
            fwdflat=False,  # a second pass, which found no more
            samprate=RATE_HZ,
            cmn="batch",  # every look is a whole utterance
            loglevel="FATAL",
        )
        wake = Path(folder) / "wake.list"
        wake.write_text(f"{WAKE_WORD} /{thresholds.wake}/\n", "utf-8")
        decoder.add_kws(_WAKE, str(wake))
    return decoder


def _add(decoder: Decoder, word: str, ways: Iterable[str]) -> None:
    for way, sounds in enumerate(ways, 1):
        decoder.add_word(word if way == 1 else f"{word}({way})", sounds, False)


def _shares(phrases: Collection[str], share: float) -> str:
    """An ARPA model of single words: every phrase with the same share, the decoys with theirs."""
    rows = [(_DECOY + word, value) for word, value in decoys().items()]
    rows += [(phrase, share) for phrase in phrases]
    rows += [("</s>", 0.1)]
    ngrams = "".join(f"{math.log10(value):.4f} {word}\n" for word, value in rows)
    return f"\\data\\\nngram 1={len(rows) + 1}\n\n\\1-grams:\n-99 <s>\n{ngrams}\n\\end\\\n"


def _decoded(decoder: Decoder, sound: bytes) -> list[_Said]:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    return [
        _Said(part.word.partition("(")[0], part.start_frame, part.end_frame + 1, part.prob)
        for part in decoder.seg() or ()
    ]
