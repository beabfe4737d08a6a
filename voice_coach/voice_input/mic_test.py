"""Trying one's voice: what is understood of it, and how much the recognizer had best ask of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from voice_coach.voice_input.endpointing import SpeechSegmenter
from voice_coach.voice_input.recognizer import COMMAND_PHRASES, RATE_HZ, WAKE_WORD, open_recognizer
from voice_coach.voice_input.sensitivity import SENSITIVITIES, USUAL_SENSITIVITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.voice_input.microphone import Microphone
    from voice_coach.voice_input.recognizer import Recognizer

TRIED: Final = tuple(
    f"{WAKE_WORD} {phrase}"
    for phrase in ("ready", "repeat", "slower", "that hurts", "how long", "pause", "go on", "help")
)
"""Phrases that the user is asked to say: those that matter most."""

SAYING_S: Final = 20.0
"""Seconds that a silent user is waited for."""
_UNDERSTOOD_S: Final = 1.5
"""Seconds after a phrase in which it may still be understood."""

_READ_S: Final = 0.1
_AFTER_FRAMES: Final = RATE_HZ
"""Silence behind what was recorded, in which the end of a phrase is noticed."""


@dataclass(frozen=True, slots=True, eq=False)
class Try:
    """One thing that was asked for.

    Attributes:
        phrase: what was to be said; "" where nothing was.
        understood: what was understood, each once.
        was_heard: whether anything sounded at all.
        sound: what the microphone heard, shape (frames,).
    """

    phrase: str
    understood: tuple[str, ...]
    was_heard: bool
    sound: NDArray[np.int16]

    @property
    def is_right(self) -> bool:
        """Return whether that, and nothing else, was understood."""
        return self.understood == ((self.phrase,) if self.phrase else ())


class VoiceTrial:
    """Listens to a person who tries phrases. Use it as a context manager.

    Args:
        recognizer: its name.
        sensitivity: how much easier than usual it understands at first, see ``voice_input.sensitivity``.
        clock_s: any clock that goes on.

    Raises:
        MicrophoneError: on entering or listening: there is no microphone, or it is lost.
        HearingError: on entering: the recognizer cannot work here.
    """

    def __init__(
        self,
        recognizer: str,
        sensitivity: int = USUAL_SENSITIVITY,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = recognizer
        self._sensitivity = sensitivity
        self._clock_s = clock_s
        self._microphone: Microphone | None = None
        self._recognizer: Recognizer | None = None
        self._tries: list[Try] = []

    def __enter__(self) -> Self:
        from voice_coach.voice_input.microphone import Microphone

        self._recognizer = self._opened(self._sensitivity)
        self._microphone = Microphone()
        self._microphone.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._microphone is not None:
            self._microphone.close()
        if self._recognizer is not None:
            self._recognizer.close()

    def ask(self, phrase: str, patience_s: float = SAYING_S) -> Try:
        """Listen until something was said, and understood or not; where nothing is to be said, to the end.

        Args:
            phrase: what is to be said, or "".
            patience_s: so long somebody is waited for who says nothing.
        """
        assert self._microphone is not None
        assert self._recognizer is not None
        self._recognizer.expect(COMMAND_PHRASES)
        pieces: list[NDArray[np.int16]] = []
        understood: list[str] = []
        looks, was_heard = SpeechSegmenter(), False
        until_s = last_s = self._clock_s() + patience_s
        while self._clock_s() < until_s and not (phrase and understood):
            piece = self._microphone.read(_READ_S)
            pieces.append(piece)
            understood += [heard.phrase for heard in self._recognizer.hear(piece, False)]
            for _look in looks.hear(piece, False):
                was_heard = True
                if phrase:
                    until_s = min(last_s, self._clock_s() + _UNDERSTOOD_S)
        sound = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
        self._tries.append(Try(phrase, tuple(understood), was_heard or bool(understood), sound))
        return self._tries[-1]

    @property
    def tries(self) -> Sequence[Try]:
        """All that was asked for so far."""
        return self._tries

    def best_sensitivity(self) -> int:
        """The ease at which most of what was said is understood, and least of what was not."""
        return best_sensitivity(self._tries, self._opened)

    def _opened(self, sensitivity: int) -> Recognizer:
        return open_recognizer(self._name, sensitivity)


def best_sensitivity(tries: Sequence[Try], opened: Callable[[int], Recognizer]) -> int:
    """Likewise, for what was recorded; ``open_default`` gives the recognizer with an ease.

    Something that was misunderstood weighs as much as two phrases that were not understood at all.
    """
    wrongs: dict[int, int] = {}
    for sensitivity in SENSITIVITIES:
        recognizer = opened(sensitivity)
        try:
            wrongs[sensitivity] = sum(_wrong(each, recognizer) for each in tries)
        finally:
            recognizer.close()
    return min(
        SENSITIVITIES,
        key=lambda sensitivity: (wrongs[sensitivity], abs(sensitivity - USUAL_SENSITIVITY), sensitivity),
    )


def _wrong(tried: Try, recognizer: Recognizer) -> int:
    recognizer.expect(COMMAND_PHRASES)
    sound = np.concatenate((tried.sound, np.zeros(_AFTER_FRAMES, np.int16)))
    understood = {heard.phrase for heard in recognizer.hear(sound, False)}
    missed = bool(tried.phrase) and tried.was_heard and tried.phrase not in understood
    return missed + 2 * len(understood - {tried.phrase})
