"""The espeak engine: libespeak-ng inside this process, and its voices."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Final

import numpy as np

from voice_coach.core.speech import Clip, duration_ms
from voice_coach.speech import espeak_ffi as library
from voice_coach.speech.engine import Engine, EngineError, VoiceInfo, time_words
from voice_coach.speech.espeak_ffi import by_handle, short_data_path, size_bytes

SLOWEST, FASTEST = 80, 450
"""Range of espeak's own rate parameter."""

_SECONDS_PER_GAP: Final = 0.0258  # what one unit of word gap adds to each word at the slowest rate
_LONGEST_GAP_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EspeakVoice:
    """A voice and what it is tuned with.

    Attributes:
        file: espeak's file for the language in small letters, with ``+VARIANT`` if any.
        pitch: 0 to 100; 50 is the voice's own.
        range: how far the pitch moves, 0 (monotone) to 100; 50 is the voice's own.
        word_gap: extra pause between words, in 10 ms.
        spoken_per_asked: words per minute that are spoken for each that espeak is asked for.
        gain_db: brings it to the speech level; None if not measured.
    """

    name: str
    language: str
    description: str
    file: str
    pitch: int = 50
    range: int = 50
    word_gap: int = 0
    spoken_per_asked: float = 1.28
    gain_db: float | None = None

    def rate(self, rate_wpm: int) -> tuple[int, int]:
        """Return what to ask of espeak for this many spoken words per minute: its rate, and more word gap."""
        asked = max(rate_wpm, 1) / self.spoken_per_asked
        if asked >= SLOWEST:
            return round(min(asked, FASTEST)), 0
        # Slower than espeak goes: the words as slow as they get, and the rest of the time between them.
        missing_s = 60 / max(rate_wpm, 1) - 60 / (SLOWEST * self.spoken_per_asked)
        return SLOWEST, round(min(missing_s, _LONGEST_GAP_S) / _SECONDS_PER_GAP)


VOICES: Final = (
    EspeakVoice(
        name="en-us",
        language="en-us",
        description="American English, the clearest by measurement",
        file="gmw/en-us",
        spoken_per_asked=1.25,
        gain_db=1.5,
    ),
    EspeakVoice(
        name="en-gb",
        language="en-gb",
        description="British English",
        file="gmw/en",
        spoken_per_asked=1.285,
        gain_db=0.6,
    ),
    EspeakVoice(
        name="en-us-f5",
        language="en-us",
        description="American English, a higher voice",
        file="gmw/en-us+f5",
        spoken_per_asked=1.16,
        gain_db=1.3,
    ),
)
"""The first is the default."""


LICENCE = "GPL-3.0-or-later"
"""Of the library and all its voices."""

# A file or language, and a variant: what the library looks up inside its own folder, and its buffers hold.
_VOICE_NAME = re.compile(r"([A-Za-z0-9_/-]{1,24})(?:\+([A-Za-z0-9_ -]{1,12}))?")


class EspeakEngine(Engine):
    """Speaks with libespeak-ng through ctypes; a clip is a pure function of its utterance.

    Every voice of the library can be had by its name there, with a variant if wished: ``de``, ``en-us+f3``.

    Args:
        voices: the tuned voices, the default one first.
    """

    name: ClassVar[str] = "espeak"

    def __init__(self, voices: Sequence[EspeakVoice] = VOICES) -> None:
        self._tuned = {voice.name: voice for voice in voices}
        self._default = voices[0].name
        self._looked_up: dict[str, EspeakVoice] = {}
        self._lock = threading.RLock()

    def voices(self) -> list[VoiceInfo]:
        size = size_bytes(self._files)
        tuned = [
            VoiceInfo(
                voice.name,
                voice.language,
                voice.description,
                LICENCE,
                size,
                is_recommended=True,
            )
            for voice in self._tuned.values()
        ]
        listed = {voice.file for voice in self._tuned.values()}
        with self._library() as espeak:
            others = [each for each in espeak.voices() if each[0].lower() not in listed]
        # The library finds every voice by the last part of its file's name alone.
        return tuned + [
            VoiceInfo(file.rpartition("/")[2], language, name, LICENCE, size)
            for file, language, name in others
        ]

    def identity(self, voice_name: str) -> str:
        voice = self._voice(voice_name)
        tuning = f"{voice.pitch} {voice.range} {voice.word_gap} {voice.spoken_per_asked}"
        return f"{self._version} {voice.file} {tuning}"

    def gain_db(self, voice_name: str) -> float | None:
        return self._voice(voice_name).gain_db

    def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
        voice = self._voice(voice_name)
        rate, more_gap = voice.rate(rate_wpm)
        with self._library() as espeak:
            espeak.select(voice.file, self._files.data and by_handle(self._files.data, voice.file))
            espeak.set(library.RATE, rate)
            espeak.set(library.PITCH, voice.pitch)
            espeak.set(library.RANGE, voice.range)
            espeak.set(library.WORD_GAP, voice.word_gap + more_gap)
            spoken = espeak.speak(text)
        samples = np.multiply(spoken.samples, np.float32(1 / 32_768), dtype=np.float32)
        words = time_words(text, spoken.words, duration_ms(len(samples), espeak.rate_hz))
        return Clip(samples, espeak.rate_hz, words)

    def close(self) -> None:
        """Nothing stays loaded between utterances; what is going on ends within milliseconds."""

    def _library(self) -> library.EspeakLibrary:
        """One loading of the library."""
        data = self._files.data
        return library.EspeakLibrary(replace(self._files, data=data and short_data_path(data)))

    @cached_property
    def _files(self) -> library.Files:
        return library.find_files()

    @cached_property
    def _version(self) -> str:
        return f"espeak-ng {library.version(self._files)}"

    def _voice(self, name: str) -> EspeakVoice:
        """The voice of that name, its file looked up once: by name the library searches hundreds of files."""
        name = name or self._default
        if name in self._tuned:
            return self._tuned[name]
        with self._lock:
            if name not in self._looked_up:
                self._looked_up[name] = self._look_up(name)
            return self._looked_up[name]

    def _look_up(self, name: str) -> EspeakVoice:
        match = _VOICE_NAME.fullmatch(name)
        if not match:
            raise EngineError(self.name, f"{name!r} is not a voice's name, such as en-us or en-us+f3")
        base, variant = match.groups()
        with self._library() as espeak:
            # The library takes any variant, and says nothing if there is none.
            variants = espeak.data_folder / "voices" / "!v"
            if variant and not (variants / variant).is_file():
                known = ", ".join(sorted(each.name for each in variants.iterdir()))
                raise EngineError(self.name, f"has no variant {variant!r}; there are {known}")
            file = espeak.select(base)
        file = f"{file}+{variant}" if variant else file
        return EspeakVoice(name=name, language="", description="", file=file)
