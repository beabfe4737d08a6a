"""From an utterance to a conditioned clip: from a pack, the cache or an engine, in the background too."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, Self

from voice_coach.core.errors import CoachError, SpeechError
from voice_coach.core.interrupts import LOOK_S, check_interrupt
from voice_coach.core.log import get_logger
from voice_coach.core.speech import DEFAULT_RATE_WPM, Clip, Utterance, Word
from voice_coach.speech.clip_cache import ClipCache, GridClip, cache_key
from voice_coach.speech.clip_pack import ClipPack, PackedClip, PackError
from voice_coach.speech.engine import ENGINES, Engine, EngineError, UnspeakableError, make_engine

_LOG: Final = get_logger(__name__)

CALIBRATION_TEXT: Final = (
    "Lie down on your back, let your shoulders sink to the ground, and take all the time you need. "
    "Breathe in, deep down and wide into your sides, and breathe out, nice and slow. "
    "Keep your neck long and your head still, and let your ribs sink with every breath."
)
"""Long enough for the gates of BS.1770; what an unknown voice speaks once, to be measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditioning:
    """Function that makes a raw clip ready to mix; passed in, since speech does not know the package audio.

    Attributes:
        condition: a raw clip and the voice's gain in dB, into a clip at 48 000 Hz on the 16-bit grid.
        gain_db: the gain that brings the voice of a raw clip of ``CALIBRATION_TEXT`` to the speech level.
        version: changes when ``condition`` would give other samples.
    """

    condition: Callable[[Clip, float], Clip]
    gain_db: Callable[[Clip], float]
    version: str


class Voices:
    """Speaks each utterance with the voice it asks for, or the default voice of the next engine that can.

    What a voice has in its pack needs no engine. A voice that failed for good is not tried again, and its
    failure told once. If it has a pack, it goes on with that alone, at the nearest rate there is, until
    something is asked for that is in it at no rate: from then on the next voice says everything. Safe to use
    from several threads.

    Args:
        conditioning: what makes a raw clip ready to mix.
        cache: where conditioned clips are kept; None keeps none.
        packs: gives the pack of a voice, if it has one.
        engines: names in fall-back order.
        make: makes an engine of its name.
        notify: told, in a sentence, who speaks instead of whom.
    """

    def __init__(
        self,
        conditioning: Conditioning,
        cache: ClipCache | None = None,
        *,
        packs: Callable[[str], ClipPack | None] = lambda _voice: None,
        engines: Sequence[str] = tuple(ENGINES),
        make: Callable[[str], Engine] = make_engine,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._conditioning = conditioning
        self._cache = cache
        self._packs = packs
        self._order = tuple(engines)
        self._make = make
        self._notify = notify
        self._lock = threading.Lock()
        self._engines: dict[str, Engine] = {}
        self._failed: dict[str, str] = {}
        self._pack_only: dict[str, str] = {}  # voices whose engine does not work, and why
        self._told: set[str] = set()
        self._gains: dict[tuple[str, str], float] = {}
        self._closed = False
        self.synthesised = 0
        self.from_cache = 0
        self.from_pack = 0

    @property
    def failures(self) -> int:
        """Return how many voices and engines have failed for good: with each more, clips may be others."""
        return len(self._failed) + len(self._pack_only)

    def find_packed(self, utterance: Utterance) -> PackedClip | None:
        """Return the clip of an utterance if it comes from its voice's pack; never blocks on an engine."""
        voice = _with_colon(utterance.voice)
        pack = None if voice in self._failed else self._packs(voice)
        if pack is None:
            return None
        return pack.find(utterance.text, utterance.rate_wpm, any_rate=voice in self._pack_only)

    def choose(self, voice: str, utterances: Callable[[], Iterable[Utterance]]) -> str:
        """Return the voice that can say all of something: the one asked for, or else the next that works.

        Decided before the first word, so that one voice says all of a session. What there is to be said is
        asked for only where an engine is missing whose voice has a pack. Which voice speaks instead is told.

        Args:
            voice: the voice asked for.
            utterances: gives all that may have to be said.
        """
        asked = _with_colon(voice)
        pack = self._packs(asked)
        if pack is None:
            return voice  # found out with the first word, and then holds for all
        reason = self._failed.get(asked) or self._pack_only.get(asked) or self._trouble(asked)
        if not reason:
            return voice
        self._pack_only.setdefault(asked, reason)
        if asked not in self._failed and all(pack.find(each.text, each.rate_wpm) for each in utterances()):
            return voice
        engine = asked.partition(":")[0]
        for other in self._candidates(asked):
            if other.partition(":")[0] != engine and other not in self._failed and not self._trouble(other):
                self._tell([(voice, reason)], other)
                return other
        return voice

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
                    clip = self._clip(asked)
                except EngineError as error:
                    reason = error.reason
                    _LOG.warning("%s failed%s", voice, " for good" if error.lasting else "")
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
        asked = _with_colon(voice)
        yield asked
        # A pack is of an engine's default voice, which would only fail a second time.
        engine = asked.partition(":")[0] if self._packs(asked) else None
        for name in self._order:
            if (default := f"{name}:") != asked and name != engine:
                yield default

    def _engine(self, name: str) -> Engine:
        with self._lock:
            if self._closed:
                raise EngineError(name, "has been closed", lasting=False)
            if name not in self._engines:
                _LOG.info("engine %s", name)
                self._engines[name] = self._make(name)
            return self._engines[name]

    def _trouble(self, voice: str) -> str:
        """Why a voice's engine does not work here, as far as that shows without loading it; "" if it may."""
        engine, _, name = voice.partition(":")
        try:
            return self._engine(engine).trouble(name)
        except EngineError as error:
            return error.reason

    def _clip(self, utterance: Utterance) -> GridClip:
        """The clip from the voice's pack, or its engine, or if that fails from the pack at another rate."""
        if (find_packed := self.find_packed(utterance)) and (clip := self._unpacked(find_packed)):
            return clip
        voice = _with_colon(utterance.voice)
        if voice in self._pack_only:
            raise EngineError(utterance.engine, self._pack_only[voice])
        try:
            return self._spoken(self._engine(utterance.engine), utterance)
        except EngineError as error:
            if not error.lasting or self._packs(voice) is None:
                raise
            self._pack_only[voice] = error.reason
            if (find_packed := self.find_packed(utterance)) and (clip := self._unpacked(find_packed)):
                self._notify(
                    f"The voice {voice} can say only what comes with voice_coach, and only at its own rate "
                    f"({error.reason})."
                )
                return clip
            raise

    def _unpacked(self, packed: PackedClip) -> GridClip | None:
        """The clip decoded; None if the file is not what it was when it was opened."""
        try:
            clip = packed.grid_clip()
        except PackError:
            return None
        with self._lock:
            self.from_pack += 1
        return clip

    def _spoken(self, engine: Engine, utterance: Utterance) -> GridClip:
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
        """Return the gain of a voice without a known one, measured on one long text and kept beside the
        clips."""
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
        reasons: dict[str, str] = {}
        for voice, reason in news:
            reasons.setdefault(reason, voice)  # a voice and the default one of its engine fail for one reason
        for reason, voice in reasons.items():
            self._notify(
                f"The voice {voice} does not speak ({reason}): {speaks.removesuffix(':')} speaks instead."
            )


def _with_colon(voice: str) -> str:
    """A voice as it is known here: the name of an engine alone means its default voice."""
    return voice if ":" in voice else f"{voice}:"


def release_memory() -> None:
    """Give back what this process does not use; takes some milliseconds, and does nothing without glibc."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


_MANY: Final = 4
"""After so many utterances memory is given back that was needed to make them."""

PATIENCE_S: Final = 0.3

MEMORY_BYTES: Final = 32 * 1024 * 1024
"""Nearly six minutes of speech, as much as a chapter has, which is measured after it is written. More would
be no quicker: what made room comes from the disk again."""


class Speaker:
    """Gives clips that are ready to mix; a :class:`voice_coach.core.speech.ClipSource`.

    An utterance is made once however many threads ask for it, and again only after it had to make room in
    memory and is not on disk. Use it as a context manager, or call ``close``.

    Args:
        voices: who speaks.
        memory_bytes: how much is kept in memory, those used last.
    """

    def __init__(self, voices: Voices, memory_bytes: int = MEMORY_BYTES) -> None:
        self._voices = voices
        self._memory_bytes = memory_bytes
        self._changed = threading.Condition()
        self._kept: OrderedDict[Utterance, GridClip] = OrderedDict()
        self._kept_bytes = 0
        self._making: set[Utterance] = set()
        self._queue: OrderedDict[Utterance, None] = OrderedDict()
        self._worker: threading.Thread | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def synthesised(self) -> int:
        """Return how many clips engines have spoken so far."""
        return self._voices.synthesised

    @property
    def from_cache(self) -> int:
        """Return how many clips came from the disk so far."""
        return self._voices.from_cache

    @property
    def from_pack(self) -> int:
        """Return how many clips came from packs so far."""
        return self._voices.from_pack

    @property
    def failures(self) -> int:
        """Return how many voices and engines have failed for good; what was measured before holds no more."""
        return self._voices.failures

    def clip(self, utterance: Utterance) -> Clip:
        """The clip of an utterance: 48 000 Hz, trimmed, at the speech level. Blocks until it is there.

        Raises:
            SpeechError: no engine could speak.
            PromptTooLongError: the text is too long for any engine.
            RuntimeError: the speaker has been closed.
        """
        return self._make_clip(utterance).clip()

    def duration_ms(self, utterance: Utterance) -> int:
        """The length of an utterance's clip; blocks until it is there.

        Raises:
            SpeechError, PromptTooLongError, RuntimeError: as ``clip``.
        """
        return self._timed(utterance).duration_ms

    def words(self, utterance: Utterance) -> tuple[Word, ...]:
        """Return when each word of an utterance is spoken, from the start of its clip; blocks until it is
        there.

        Raises:
            SpeechError, PromptTooLongError, RuntimeError: as ``clip``.
        """
        return self._timed(utterance).words()

    def choose(self, voice: str, utterances: Callable[[], Iterable[Utterance]]) -> str:
        """Return the voice that can say all of something; as ``Voices.choose``."""
        return self._voices.choose(voice, utterances)

    def _timed(self, utterance: Utterance) -> GridClip | PackedClip:
        """Return what knows the times of an utterance: its clip, or the pack that has it, not decoded."""
        with self._changed:
            if self._closed:
                raise RuntimeError("the speaker has been closed")
            kept = self._kept.get(utterance)
        return kept or self._voices.find_packed(utterance) or self._make_clip(utterance)

    def _make_clip(self, utterance: Utterance) -> GridClip:
        """The clip as it is kept, made if need be.

        One that is queued is made at once, by the caller. While another thread is making it the caller does
        not just wait but makes the next in the queue, so that two cores speak.
        """
        while True:
            check_interrupt()
            with self._changed:
                if self._closed:
                    raise RuntimeError("the speaker has been closed")
                if utterance in self._kept:
                    self._kept.move_to_end(utterance)
                    return self._kept[utterance]
                if utterance not in self._making:
                    self._queue.pop(utterance, None)
                    self._making.add(utterance)
                    break
                other = self._next_queued()
                if other is None:
                    self._changed.wait(LOOK_S)
            if other is not None:
                self._make_quietly(other)
        return self._make(utterance)

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        """Make these in the background, in this order, after what is queued already. Returns at once.

        Of those that a pack has only the first is decoded: each takes some milliseconds, but the decoder has
        to be imported first. What goes wrong is told by ``clip`` when the utterance is asked for.

        Raises:
            RuntimeError: the speaker has been closed. So who works ahead ends with it, though all that is
                still wanted has been spoken before.
        """
        with self._changed:
            if self._closed:
                raise RuntimeError("the speaker has been closed")
            decodes = True
            for utterance in utterances:
                if utterance in self._kept or utterance in self._making:
                    continue
                is_packed = self._voices.find_packed(utterance) is not None
                if decodes or not is_packed:
                    self._queue[utterance] = None
                decodes = decodes and not is_packed
            if self._queue and self._worker is None:
                worker = threading.Thread(target=self._work, name="speaker", daemon=True)
                worker.start()  # Ctrl-C may come here: then nobody is to wait for it
                self._worker = worker
            self._changed.notify_all()

    def close(self) -> None:
        """End the background work, soon, and let go of the engines. May be called twice."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify_all()
        # A quick engine ends its utterance in peace; a slow one is broken off by closing it.
        if self._worker is not None:
            self._worker.join(PATIENCE_S)
        self._voices.close()
        if self._worker is not None:
            self._worker.join()

    def _work(self) -> None:
        made = 0
        while True:
            if made > _MANY:
                made = 0
                release_memory()
            with self._changed:
                while not self._queue and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                utterance = self._next_queued()
            if utterance is not None:
                made += 1
                self._make_quietly(utterance)

    def _next_queued(self) -> Utterance | None:
        """Take the next of the queue, to be made by the calling thread, which holds the lock."""
        if not self._queue:
            return None
        utterance, _ = self._queue.popitem(last=False)
        self._making.add(utterance)
        return utterance

    def _make_quietly(self, utterance: Utterance) -> None:
        """Make a clip ahead; errors are raised when it is asked for."""
        with suppress(CoachError):
            self._make(utterance)

    def _make(self, utterance: Utterance) -> GridClip:
        """Make a clip that this thread has put into ``_making``."""
        failures = self._voices.failures
        try:
            clip = self._voices.clip(utterance)
        except BaseException:
            with self._changed:
                self._making.discard(utterance)
                self._changed.notify_all()
            raise
        with self._changed:
            self._making.discard(utterance)
            if self._voices.failures != failures:
                # Another voice speaks from now on, and says again what the one before has said.
                self._kept.clear()
                self._kept_bytes = 0
            self._kept[utterance] = clip
            self._kept_bytes += clip.samples.nbytes
            while self._kept_bytes > self._memory_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= oldest.samples.nbytes
            self._changed.notify_all()
        return clip
