"""The interface of a speech engine, the table of engines, and word times aligned to a text."""

from __future__ import annotations

import importlib
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Final

import numpy as np

from voice_coach.core.errors import CoachError
from voice_coach.core.speech import DEFAULT_RATE_WPM, Clip, Utterance, Word
from voice_coach.core.text import ends_phrase, has_words, shares, word_spans

_STEP_MS: Final = 10
_QUIET_DB: Final = -40.0  # below the clip's loudest step; what is softer is a pause
_PAUSE_MS: Final = 120
"""The shortest pause that may be a comma; the closures of ``p``, ``t`` and ``k`` last up to 100 ms."""


def time_words(text: str, begins: Sequence[tuple[int, int]], duration_ms: int) -> tuple[Word, ...]:
    """The words of a text whose engine tells when words begin.

    Args:
        text: what was spoken.
        begins: index of a character in the text, and the millisecond at which the word there begins, in the
            order of the sound. Several may lie in one word (the parts of a number); a word without any is
            said as one with others, and shares the time with them by its letters.
        duration_ms: the length of the clip.
    """
    spans = word_spans(text)
    if not spans:
        return ()
    starts: list[int | None] = [None] * len(spans)
    told = iter(begins)
    at, ms = next(told, (len(text), duration_ms))
    latest = 0
    for number, (_, end) in enumerate(spans):
        while at < end:
            latest = max(latest, min(ms, duration_ms))
            if starts[number] is None:
                starts[number] = latest
            at, ms = next(told, (len(text), duration_ms))
    known = [number for number, start in enumerate(starts) if start is not None and number]
    words: list[Word] = []
    for first, stop in pairwise([0, *known, len(spans)]):
        begin = starts[first] or 0
        end = duration_ms if stop == len(spans) else starts[stop] or 0
        words += _shared(text, spans[first:stop], [(begin, end)])
    return tuple(words)


def align_words(text: str, clip: Clip) -> tuple[Word, ...]:
    """The words of a text whose engine tells nothing, placed by the sound and their letters."""
    spans = word_spans(text)
    stretches = _stretches(clip)
    marks = [number for number, (first, end) in enumerate(spans[:-1], 1) if ends_phrase(text[first:end])]
    if len(stretches) != len(marks) + 1:
        return tuple(_shared(text, spans, stretches))
    words: list[Word] = []
    for (first, stop), stretch in zip(pairwise([0, *marks, len(spans)]), stretches, strict=True):
        words += _shared(text, spans[first:stop], [stretch])
    return tuple(words)


def _shared(text: str, spans: Sequence[tuple[int, int]], stretches: Sequence[tuple[int, int]]) -> list[Word]:
    """Words that share stretches of time by their letters."""
    if len(spans) == 1:
        return [Word(*spans[0], stretches[0][0], stretches[-1][1])]
    times = shares([text[first:end] for first, end in spans], sum(end - begin for begin, end in stretches))
    return [
        Word(first, end, _clock_ms(begin, stretches), _clock_ms(stop, stretches, ends=True))
        for (first, end), begin, stop in zip(spans, times[:-1], times[1:], strict=True)
    ]


def _clock_ms(sounding_ms: int, stretches: Sequence[tuple[int, int]], *, ends: bool = False) -> int:
    """Return when so much has sounded; of a pause between stretches its end, or its beginning."""
    for begin, end in stretches:
        length = end - begin
        if sounding_ms < length or (ends and sounding_ms == length):
            return begin + sounding_ms
        sounding_ms -= length
    return stretches[-1][1]


def _stretches(clip: Clip) -> list[tuple[int, int]]:
    """Return where there is sound, in milliseconds; pauses shorter than ``_PAUSE_MS`` count as sound."""
    step = clip.rate_hz * _STEP_MS // 1000
    count = max(1, len(clip.samples) // step)
    rows = clip.samples[: count * step].reshape(count, -1)
    level = np.abs(rows).max(axis=1)
    loud = np.flatnonzero(level > level.max() * 10 ** (_QUIET_DB / 20))
    if not len(loud):
        return [(0, clip.duration_ms)]
    gaps: list[int] = np.flatnonzero(np.diff(loud) * _STEP_MS > _PAUSE_MS).tolist()
    return [
        (int(loud[before + 1]) * _STEP_MS, (int(loud[last]) + 1) * _STEP_MS)
        for before, last in pairwise([-1, *gaps, len(loud) - 1])
    ]


ENGINES: dict[str, str] = {
    "hibari": "voice_coach.speech.hibari:HibariEngine",
    "espeak": "voice_coach.speech.espeak:EspeakEngine",
    "pyttsx3": "voice_coach.speech.pyttsx3:Pyttsx3Engine",
}
"""Every engine as ``module:Class``, loaded only when it is asked for. The order is the fall-back order."""

LONGEST_TEXT = 5_000
"""Characters in one utterance: about six minutes of speech, far more than anyone can follow."""


class EngineError(CoachError):
    """An engine could not speak, or what it gave is no speech.

    Attributes:
        engine: its name.
        reason: what went wrong and, where known, what to do.
        lasting: whether this voice is of no more use; otherwise only this one utterance failed.
    """

    def __init__(self, engine: str, reason: str, *, lasting: bool = True) -> None:
        self.engine = engine
        self.reason = reason
        self.lasting = lasting
        super().__init__(engine, reason)

    def __str__(self) -> str:
        return f"{self.engine}: {self.reason}"


class PromptTooLongError(CoachError):
    """A text that no engine should be asked to speak in one go.

    Attributes:
        text: all of it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        return (
            f"The prompt “{self.text[:40]}…” has {len(self.text)} characters; the most is {LONGEST_TEXT}. "
            "Split it into shorter prompts."
        )


class UnspeakableError(CoachError):
    """A text that no engine can speak, though they speak others.

    Attributes:
        text: all of it.
        attempts: (voice, what went wrong) in the order tried.
    """

    def __init__(self, text: str, attempts: list[tuple[str, str]]) -> None:
        self.text = text
        self.attempts = attempts
        super().__init__(text, attempts)

    def __str__(self) -> str:
        tried = "; ".join(f"{voice} {reason}" for voice, reason in self.attempts)
        return f"The prompt “{self.text[:60]}” cannot be spoken ({tried}). Write it in words."


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice that an engine has.

    Attributes:
        name: what to write after ``ENGINE:``.
        language: its code, such as ``en-us``.
        description: a line for people.
        licence: an SPDX expression; "" where it is not known.
        size_bytes: what it takes on disk, with all that it shares with other voices; None if not known.
        is_installed: whether it speaks without being downloaded first.
        is_recommended: whether it is shown to people who only ask which voices there are.
    """

    name: str
    language: str
    description: str
    licence: str = ""
    size_bytes: int | None = None
    is_installed: bool = True
    is_recommended: bool = False


class Engine(ABC):
    """Makes speech of text. To add an engine:

    1. Write one module here with a subclass of this class; import its library inside methods only, and turn
       everything the library can raise into :class:`EngineError` with a reason a person can act on.
    2. Write the four methods below that are abstract. ``_speak`` gets text that is clean (no control
       characters, one space between words, something in it to say) and gives mono float32 at any rate;
       how loud it is and how much silence surrounds it does not matter. If it knows when each word is spoken
       it says so in the clip; else that is worked out from the sound. The same text, voice and rate must
       give the same samples every time, whatever was spoken before.
    3. ``identity`` must change whenever the samples would: name the library's version, the data's version and
       whatever the voice is tuned with. It becomes part of the name that a clip is kept under.
    4. Add a line to ``ENGINES``, and the class to ``tests/speech/test_engine_contract.py``.

    Making an engine is cheap and never fails; what is missing shows when it is asked to speak. Methods may be
    called from any thread, several at a time.
    """

    name: ClassVar[str]

    @abstractmethod
    def voices(self) -> list[VoiceInfo]:
        """All voices here, the recommended ones first.

        Raises:
            EngineError: the engine does not work here.
        """

    @abstractmethod
    def identity(self, voice_name: str) -> str:
        """Everything besides text and rate that shapes the samples of this voice ("" is the default voice).

        Raises:
            EngineError: the engine does not work here, or has no such voice.
        """

    @abstractmethod
    def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
        """Speak clean text; blocks until done. Words, if any, are those of ``word_spans``, all of them.

        Raises:
            EngineError: it could not.
        """

    @abstractmethod
    def close(self) -> None:
        """End what is going on in any thread, soon, and let go of everything. May be called twice."""

    def trouble(self, voice_name: str) -> str:
        """Return why this voice does not speak here, as far as that shows at once; "" if it may."""
        try:
            self.identity(voice_name)
        except EngineError as error:
            return error.reason
        return ""

    def gain_db(self, voice_name: str) -> float | None:  # noqa: ARG002 - for engines that know their voices
        """The gain that brings this voice to the speech level, or None if it has to be measured."""
        return None

    def synthesise(self, utterance: Utterance) -> Clip:
        """Speak an utterance; blocks until done.

        Returns:
            mono float32 at the engine's own rate, with all words of the text; no frames at all if there is
            nothing to say in it.

        Raises:
            EngineError: the engine does not work here, has no such voice, or gave what is no speech.
            PromptTooLongError: the text is longer than ``LONGEST_TEXT``.
        """
        text = clean_text(utterance.text)
        if len(text) > LONGEST_TEXT:
            raise PromptTooLongError(text)
        if not has_words(text):
            return Clip(np.zeros(0, np.float32), 22_050)
        clip = self._speak(text, utterance.voice_name, utterance.rate_wpm)
        if doubt := _doubt(clip, text, utterance.rate_wpm):
            raise EngineError(self.name, doubt, lasting=False)
        words = clip.words or align_words(text, clip)
        if text != utterance.text:  # the same words stand elsewhere
            spans = word_spans(utterance.text)
            words = tuple(
                replace(word, first=first, end=end) for word, (first, end) in zip(words, spans, strict=True)
            )
        return replace(clip, words=words)


def make_engine(name: str) -> Engine:
    """The engine of that name.

    Raises:
        EngineError: there is no such engine, or its module cannot be imported.
    """
    if name not in ENGINES:
        raise EngineError(name, f"there is no such engine; there are {', '.join(ENGINES)}")
    module, _, class_name = ENGINES[name].partition(":")
    try:
        engine: type[Engine] = getattr(importlib.import_module(module), class_name)
    except ImportError as error:
        raise EngineError(name, f"cannot be loaded: {error}") from error
    return engine()


def clean_text(text: str) -> str:
    """The text with control characters and broken surrogates as spaces, and single spaces between words."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(printable.split())


def _doubt(clip: Clip, text: str, rate_wpm: int) -> str:
    """Why the clip cannot be this text, or "" if it may be. Bounds are wide: only nonsense is caught."""
    seconds = len(clip.samples) / clip.rate_hz
    slow = max(1.0, DEFAULT_RATE_WPM / max(rate_wpm, 1))
    shortest = 0.03 + 0.008 * sum(char.isalpha() for char in text)
    longest = (5.0 + 2.0 * len(text)) * slow
    if not shortest <= seconds <= longest:
        return f"gave {seconds:.2f} s of sound for {len(text)} characters"
    if not np.isfinite(clip.samples).all():
        return "gave samples that are not numbers"
    if not clip.samples.any():
        return f"gave {seconds:.2f} s of silence"
    return ""
