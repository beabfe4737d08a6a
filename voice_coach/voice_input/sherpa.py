"""A recognizer by sherpa-onnx, with a model that is downloaded when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from voice_coach.paths import find_home
from voice_coach.voice_input.microphone import floats
from voice_coach.voice_input.models import MODELS, NEEDED, installed_model
from voice_coach.voice_input.recognizer import RATE_HZ, WAKE_FIRST, HearingError, RecognizedPhrase, Recognizer
from voice_coach.voice_input.sensitivity import USUAL_SENSITIVITY

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sherpa_onnx import OnlineStream

NAME: Final = "sherpa"

_BOOST: Final = 1.5
"""Boost of the sounds of expected phrases, as in sherpa's own examples."""
_ENDED: Final = 8
"""Steps of 40 ms without a sound that end a phrase, as sherpa advises where one begins with another: not
to understand "next" in "next exercise"."""
_SURE: Final[Mapping[int, float]] = {-1: 0.35, 0: 0.25, 1: 0.18, 2: 0.12}
"""Least average probability of a sound, by sensitivity: the usual one is sherpa's own default."""
_SURER_WHILE_THE_COACH_SPEAKS: Final = 2

_NO_MODEL = f"it has no model; get one with: voice-coach listen --download {next(iter(MODELS))}"
_NOT_INSTALLED = "it is not installed; get it with: pip install 'voice-coach[sherpa]'"


class SherpaRecogniser(Recognizer):
    """Spots phrases with a streaming transducer; it gives no score, so that of every phrase is 0.

    Two streams listen at once, one of which asks for more: which one counts depends on whether the coach
    speaks. sherpa cannot be asked for more while it listens.

    Args:
        folder: of the model; the first one that was downloaded if not given.
    """

    def __init__(self, folder: Path | None = None, *, sensitivity: int = USUAL_SENSITIVITY) -> None:
        try:
            import sherpa_onnx
        except (ImportError, OSError) as error:
            raise HearingError(NAME, _NOT_INSTALLED) from error
        folder = folder or installed_model(find_home().models)
        if folder is None:
            raise HearingError(NAME, _NO_MODEL)
        encoder, decoder, joiner, tokens = (_part(folder, pattern) for pattern in NEEDED)
        self._tokens = _TokenSplitter(folder, tokens)
        nothing = folder / ".expect-nothing"
        try:
            nothing.touch()
        except OSError as error:
            raise HearingError(NAME, f"{folder} cannot be written: {error.strerror}") from error
        self._spotter = sherpa_onnx.KeywordSpotter(
            str(tokens),
            str(encoder),
            str(decoder),
            str(joiner),
            str(nothing),
            num_threads=1,
            num_trailing_blanks=_ENDED,
        )
        self._sure = _SURE[sensitivity], _SURE[sensitivity] * _SURER_WHILE_THE_COACH_SPEAKS
        self._streams: list[OnlineStream] = []
        self._phrases: dict[str, str] = {}
        self._frames = 0

    def expect(self, phrases: Collection[str]) -> None:
        # A label is one word, so it is the number of its phrase.
        labels = {str(number): phrase for number, phrase in enumerate(phrases)}
        spelt = {label: self._tokens.spelt(phrase) for label, phrase in labels.items()}
        self._phrases = labels
        self._streams = [
            self._spotter.create_stream(
                "/".join(f"{sounds} :{_BOOST} #{sure} @{label}" for label, sounds in spelt.items())
            )
            for sure in (self._sure if labels else ())
        ]

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[RecognizedPhrase]:
        self._frames += len(samples)
        heard: list[RecognizedPhrase] = []
        for number, stream in enumerate(self._streams):
            stream.accept_waveform(RATE_HZ, floats(samples))
            found = list(self._find(stream))
            if coach_speaks == (number == 1):
                heard += [one for one in found if not coach_speaks or one.phrase.startswith(WAKE_FIRST)]
        return heard

    def close(self) -> None:
        self._streams, self._phrases = [], {}

    def _find(self, stream: OnlineStream) -> Iterator[RecognizedPhrase]:
        while self._spotter.is_ready(stream):
            self._spotter.decode_stream(stream)
            label: str = self._spotter.get_result(stream)
            if label:
                self._spotter.reset_stream(stream)
                yield RecognizedPhrase(self._phrases[label], self._frames * 1000 // RATE_HZ, 0.0)


class _TokenSplitter:
    """Splitter of words into a model's tokens: by a list of words, or in pieces."""

    def __init__(self, folder: Path, tokens: Path) -> None:
        self._known = {line.split()[0] for line in tokens.read_text("utf-8").splitlines() if line.strip()}
        self._lexicon = next(iter(folder.glob("*.phone")), None)
        self._pieces = next(iter(folder.glob("bpe*.model")), None)
        if self._lexicon is None and self._pieces is None:
            raise HearingError(
                NAME, f"in {folder} nothing tells how words are made up (*.phone or bpe*.model)"
            )

    def spelt(self, phrase: str) -> str:
        """The tokens of a phrase, with spaces between them.

        Raises:
            HearingError: a word is unknown.
        """
        tokens = self._by_words(phrase) if self._lexicon else self._by_pieces(phrase)
        unknown = [token for token in tokens if token not in self._known]
        if unknown or not tokens:
            raise HearingError(NAME, f"its model does not know how {phrase!r} is said")
        return " ".join(tokens)

    def _by_words(self, phrase: str) -> list[str]:
        assert self._lexicon
        missing = set(phrase.upper().split())
        words = dict[str, list[str]]()
        with self._lexicon.open(encoding="utf-8") as lines:
            for line in lines:
                word, *sounds = line.split()
                if word.upper() in missing:
                    missing.remove(word.upper())
                    words[word.upper()] = sounds
        if missing:
            raise HearingError(NAME, f"its model does not know how {sorted(missing)[0].lower()!r} is said")
        return [sound for word in phrase.upper().split() for sound in words[word]]

    def _by_pieces(self, phrase: str) -> list[str]:
        try:
            from sentencepiece import SentencePieceProcessor
        except ImportError as error:
            raise HearingError(NAME, _NOT_INSTALLED) from error
        return SentencePieceProcessor(str(self._pieces)).encode(phrase.upper(), out_type=str)


def _part(folder: Path, pattern: str) -> Path:
    """The file of a model's part: of several the one that takes least sound at once, and its smallest."""
    found = sorted(
        folder.glob(pattern), key=lambda path: ("chunk-8" not in path.name, ".int8." not in path.name)
    )
    if not found:
        raise HearingError(NAME, f"its model in {folder} is not whole: there is no {pattern}")
    return found[0]
