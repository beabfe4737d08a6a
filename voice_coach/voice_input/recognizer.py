"""The interface of a recognizer, the phrases it is to find, and the files of Moonshine."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voice_coach.core.commands import COMMANDS, CommandName
from voice_coach.core.errors import CoachError
from voice_coach.voice_input.sensitivity import USUAL_SENSITIVITY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WAKE_WORD: Final = "coach"
WAKE_FIRST: Final = f"{WAKE_WORD} "

COMMAND_PHRASES: Final[Mapping[str, CommandName]] = {
    WAKE_FIRST + phrase: command.name
    for command in COMMANDS
    if command.only_in != "scoring"
    for phrase in command.phrases
}
"""Phrases that are always expected."""

SCORE_PHRASES: Final[Mapping[str, CommandName]] = {
    said: command.name
    for command in COMMANDS
    if command.only_in == "scoring"
    for phrase in command.phrases
    for said in (phrase, WAKE_FIRST + phrase)
}
"""Phrases that are also expected while the coach asks for a number, which needs no wake word then."""

MEANINGS: Final[Mapping[str, CommandName]] = {**COMMAND_PHRASES, **SCORE_PHRASES}
"""Command of every phrase."""


ENCODER: Final = "encoder_model.ort"
DECODER: Final = "decoder_model_merged.ort"
TOKENS: Final = "tokenizer.bin"

_PACKAGE: Final = "moonshine_voice"
_FOLDER: Final = "assets/tiny-en"
_RUNTIME: Final = "onnxruntime"


def moonshine_folder() -> Path | None:
    """Return where its files are; None where they, or what runs them, are not installed."""
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None or find_spec(_RUNTIME) is None:
        return None
    folder = Path(package.origin).parent / _FOLDER
    return folder if all((folder / name).is_file() for name in (ENCODER, DECODER, TOKENS)) else None


RATE_HZ = 16_000
"""Of all sound that is listened to."""

RECOGNIZERS: dict[str, str] = {
    "moonshine": "voice_coach.voice_input.moonshine:MoonshineRecogniser",
    "pocketsphinx": "voice_coach.voice_input.pocketsphinx:PocketsphinxRecogniser",
    "sherpa": "voice_coach.voice_input.sherpa:SherpaRecogniser",
}
"""Every recognizer as ``module:Class``, loaded only when it is asked for."""

ALWAYS_THERE: Final = "pocketsphinx"
"""It is installed with voice_coach, and brings its model."""


class HearingError(CoachError):
    """A recognizer cannot listen, or there is nothing to listen to.

    Attributes:
        recognizer: its name.
        reason: what went wrong and, where known, what to do.
    """

    def __init__(self, recognizer: str, reason: str) -> None:
        self.recognizer = recognizer
        self.reason = reason
        super().__init__(recognizer, reason)

    def __str__(self) -> str:
        return f"{self.recognizer}: {self.reason}"


@dataclass(frozen=True, slots=True)
class RecognizedPhrase:
    """A phrase that was understood.

    Attributes:
        phrase: one of those that were expected, letter for letter.
        end_ms: where it ended in the sound heard so far, about.
        score: how surely, the higher the more; comparable within one recognizer only.
    """

    phrase: str
    end_ms: int
    score: float


class Recognizer(ABC):
    """Understands the phrases that are expected, and nothing else.

    To add one: a file in this room, a row in ``RECOGNIZERS``, and its class in the contract suite
    (``tests/voice_input``). It is used by one thread at a time, and never waits for anything.
    """

    @abstractmethod
    def expect(self, phrases: Collection[str]) -> None:
        """The phrases to understand from now on, as in ``phrases``; what was said before counts no more.

        Args:
            phrases: lower case words, one space between them, the wake word among them where it is needed.
                None at all means that nothing is understood.

        Raises:
            HearingError: a word is unknown to it.
        """

    @abstractmethod
    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[RecognizedPhrase]:
        """Listen to what came next, and tell what was understood by now, each phrase once.

        A phrase is told within 0.7 s of sound after its end; it takes much less time than the sound lasts.

        Args:
            samples: shape (frames,), any number of them, none included; mono at ``RATE_HZ``.
            coach_speaks: whether the coach's own voice is in them, however quietly. More may be asked of a
                phrase then, and one without the wake word is not understood at all.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of what it holds; may be called twice. It hears nothing any more."""


def usual_recognizer() -> str:
    """The name of the best one that is installed, without one that must be downloaded."""
    return "moonshine" if moonshine_folder() is not None else ALWAYS_THERE


def open_recognizer(name: str, sensitivity: int = USUAL_SENSITIVITY) -> Recognizer:
    """A recognizer of ``RECOGNIZERS`` that expects nothing yet; loading it may take half a second.

    Args:
        name: its name.
        sensitivity: how much more easily than usual it understands, one of ``SENSITIVITIES``.

    Raises:
        HearingError: there is none of this name, or it cannot work here.
    """
    if name not in RECOGNIZERS:
        raise HearingError(name, f"there is no such recognizer; there are {', '.join(RECOGNIZERS)}")
    module, _, attribute = RECOGNIZERS[name].partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)(sensitivity=sensitivity)
    except ImportError as error:
        raise HearingError(name, f"not installed: pip install {name} ({error})") from error
