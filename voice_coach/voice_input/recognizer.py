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
from voice_coach.voice_input.sensitivity import USUAL_EASE

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
"""What is expected all the time."""

SCORE_PHRASES: Final[Mapping[str, CommandName]] = {
    said: command.name
    for command in COMMANDS
    if command.only_in == "scoring"
    for phrase in command.phrases
    for said in (phrase, WAKE_FIRST + phrase)
}
"""What is expected besides while the coach asks for a number, which needs no wake word then."""

MEANINGS: Final[Mapping[str, CommandName]] = {**COMMAND_PHRASES, **SCORE_PHRASES}
"""What every phrase means."""


ENCODER: Final = "encoder_model.ort"
DECODER: Final = "decoder_model_merged.ort"
TOKENS: Final = "tokenizer.bin"

_PACKAGE: Final = "moonshine_voice"
_FOLDER: Final = "assets/tiny-en"
_RUNTIME: Final = "onnxruntime"


def moonshine_folder() -> Path | None:
    """Where its files are; None where they, or what runs them, are not installed."""
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None or find_spec(_RUNTIME) is None:
        return None
    folder = Path(package.origin).parent / _FOLDER
    return folder if all((folder / name).is_file() for name in (ENCODER, DECODER, TOKENS)) else None


RATE_HZ = 16_000
"""Of all sound that is listened to."""

RECOGNISERS: dict[str, str] = {
    "moonshine": "voice_coach.voice_input.moonshine:MoonshineRecogniser",
    "pocketsphinx": "voice_coach.voice_input.pocketsphinx:PocketsphinxRecogniser",
    "sherpa": "voice_coach.voice_input.sherpa:SherpaRecogniser",
}
"""Every recogniser as ``module:Class``, loaded only when it is asked for."""

ALWAYS_THERE: Final = "pocketsphinx"
"""It is installed with voice_coach, and brings its model."""


class HearingError(CoachError):
    """A recogniser cannot listen, or there is nothing to listen to.

    Attributes:
        recogniser: its name.
        reason: what went wrong and, where known, what to do.
    """

    def __init__(self, recogniser: str, reason: str) -> None:
        self.recogniser = recogniser
        self.reason = reason
        super().__init__(recogniser, reason)

    def __str__(self) -> str:
        return f"{self.recogniser}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Heard:
    """A phrase that was understood.

    Attributes:
        phrase: one of those that were expected, letter for letter.
        end_ms: where it ended in the sound heard so far, about.
        score: how surely, the higher the more; comparable within one recogniser only.
    """

    phrase: str
    end_ms: int
    score: float


class Recogniser(ABC):
    """Understands the phrases that are expected, and nothing else.

    To add one: a file in this room, a row in ``RECOGNISERS``, and its class in the contract suite
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
    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[Heard]:
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


def usual_recogniser() -> str:
    """The name of the best one that is installed, without one that must be downloaded."""
    return "moonshine" if moonshine_folder() is not None else ALWAYS_THERE


def open_recogniser(name: str, ease: int = USUAL_EASE) -> Recogniser:
    """A recogniser of ``RECOGNISERS`` that expects nothing yet; loading it may take half a second.

    Args:
        name: its name.
        ease: how much more easily than usual it understands, one of ``EASES``.

    Raises:
        HearingError: there is none of this name, or it cannot work here.
    """
    if name not in RECOGNISERS:
        raise HearingError(name, f"there is no such recogniser; there are {', '.join(RECOGNISERS)}")
    module, _, attribute = RECOGNISERS[name].partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)(ease=ease)
    except ImportError as error:
        raise HearingError(name, f"not installed: pip install {name} ({error})") from error
