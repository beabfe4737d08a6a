"""From an utterance to a conditioned clip: the engine that is asked for, or the next that works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voice_coach.model.problems import SpeechError
from voice_coach.model.speech import DEFAULT_RATE_WPM, Clip, Utterance
from voice_coach.speech.cache import ClipCache, cache_key
from voice_coach.speech.engine import ENGINES, Engine, EngineError, UnspeakableError, make_engine
from voice_coach.speech.grid import GridClip

CALIBRATION_TEXT: Final = (
    "Lie down on your back, let your shoulders sink to the ground, and take all the time you need. "
    "Breathe in, deep down and wide into your sides, and breathe out, nice and slow. "
    "Keep your neck long and your head still, and let your ribs sink with every breath."
)
"""Long enough for the gates of BS.1770; what an unknown voice speaks once, to be measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditioning:
    """What makes a raw clip ready to mix; handed in, since speech does not know the audio room.

    Attributes:
        condition: a raw clip and the voice's gain in dB, into a clip at 48 000 Hz on the 16-bit grid.
        gain_db: the gain that brings the voice of a raw clip of ``CALIBRATION_TEXT`` to the house level.
        version: changes when ``condition`` would give other samples.
    """

    condition: Callable[[Clip, float], Clip]
    gain_db: Callable[[Clip], float]
    version: str


class Voices:
    """Speaks each utterance with the voice it asks for, or the default voice of the next engine that can.

    A voice that failed for good is not tried again, and its failure told once. Safe to use from several
    threads.

    Args:
        conditioning: what makes a raw clip ready to mix.
        cache: where conditioned clips are kept; None keeps none.
        engines: names in fall-back order.
        make: makes an engine of its name.
        notify: told, in a sentence, who speaks instead of whom.
    """

    def __init__(
        self,
        conditioning: Conditioning,
        cache: ClipCache | None = None,
        *,
        engines: Sequence[str] = tuple(ENGINES),
        make: Callable[[str], Engine] = make_engine,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._conditioning = conditioning
        self._cache = cache
        self._order = tuple(engines)
        self._make = make
        self._notify = notify
        self._lock = threading.Lock()
        self._engines: dict[str, Engine] = {}
        self._failed: dict[str, str] = {}
        self._told: set[str] = set()
        self._gains: dict[tuple[str, str], float] = {}
        self._closed = False
        self.synthesised = 0
        self.from_cache = 0

    @property
    def failures(self) -> int:
        """How many voices have failed for good: with each more, another voice speaks."""
        return len(self._failed)

    def clip(self, utterance: Utterance) -> GridClip:
        """The conditioned clip of an utterance; blocks until it is there.

        Raises:
            SpeechError: no engine could speak.
            UnspeakableError: engines work, but none could speak this text.
            PromptTooLongError: the text is too long for any engine.
        """
        attempts: list[tuple[str, str]] = []
        words_only = True  # as long as it is these words that fail, not the voices
        for voice in self._candidates(utterance.voice):
            asked = replace(utterance, voice=voice)
            reason = self._failed.get(voice)
            words_only = words_only and reason is None
            if reason is None:
                try:
                    clip = self._clip(self._engine(asked.engine), asked)
                except EngineError as error:
                    reason = error.reason
                    if error.lasting:
                        words_only = False
                        self._failed[voice] = reason
                else:
                    self._tell(attempts, voice)
                    return clip
            attempts.append((voice.removesuffix(":"), reason))
            if self._closed:
                break
        if words_only and not self._closed:
            raise UnspeakableError(utterance.text, attempts)
        raise SpeechError(attempts)

    def close(self) -> None:
        """Let go of all engines; what is going on in other threads ends with an error, soon."""
        with self._lock:
            self._closed = True
            engines = list(self._engines.values())
        for engine in engines:
            engine.close()
        if self._cache:
            self._cache.close()

    def _candidates(self, voice: str) -> Iterator[str]:
        """The voice asked for, then the default voices in fall-back order."""
        asked = voice if ":" in voice else f"{voice}:"
        yield asked
        for name in self._order:
            if (default := f"{name}:") != asked:
                yield default

    def _engine(self, name: str) -> Engine:
        with self._lock:
            if self._closed:
                raise EngineError(name, "has been closed", lasting=False)
            if name not in self._engines:
                self._engines[name] = self._make(name)
            return self._engines[name]

    def _clip(self, engine: Engine, utterance: Utterance) -> GridClip:
        identity = engine.identity(utterance.voice_name)
        gain_db = engine.gain_db(utterance.voice_name)
        if gain_db is None:
            gain_db = self._measured_gain_db(engine, utterance, identity)
        key = cache_key(
            engine.name, identity, utterance.text, utterance.rate_wpm, gain_db, self._conditioning.version
        )
        if self._cache and (kept := self._cache.get(key)):
            with self._lock:
                self.from_cache += 1
            return kept
        clip = GridClip.of(self._conditioning.condition(engine.synthesise(utterance), gain_db))
        with self._lock:
            self.synthesised += 1
        if self._cache:
            self._cache.put(key, clip)
        return clip

    def _measured_gain_db(self, engine: Engine, utterance: Utterance, identity: str) -> float:
        """The gain of a voice that nobody measured yet, from one long text; kept beside the clips."""
        voice = (engine.name, identity)
        if voice not in self._gains:
            key = cache_key(*voice, CALIBRATION_TEXT, self._conditioning.version)
            gain_db = self._cache.gain_db(key) if self._cache else None
            if gain_db is None:
                spoken = engine.synthesise(Utterance(CALIBRATION_TEXT, utterance.voice, DEFAULT_RATE_WPM))
                gain_db = self._conditioning.gain_db(spoken)
                if self._cache:
                    self._cache.put_gain_db(key, gain_db)
            self._gains[voice] = gain_db
        return self._gains[voice]

    def _tell(self, attempts: list[tuple[str, str]], speaks: str) -> None:
        with self._lock:
            news = [attempt for attempt in attempts if attempt[0] not in self._told]
            self._told.update(voice for voice, _ in news)
        for voice, reason in news:
            self._notify(
                f"The voice {voice} does not speak ({reason}): {speaks.removesuffix(':')} speaks instead."
            )
