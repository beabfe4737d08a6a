"""The source of spoken clips: each utterance made once, prepared ahead in the background, kept while room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from voice_coach.giving_back import give_back
from voice_coach.model.problems import CoachError
from voice_coach.model.speech import Clip, Utterance, Word
from voice_coach.speech.fallback import Voices
from voice_coach.speech.grid import GridClip
from voice_coach.speech.pack import PackedClip
from voice_coach.stopping import LOOK_S, may_stop

_MANY: Final = 4
"""After so many utterances memory is given back that was needed to make them."""

PATIENCE_S: Final = 0.3

MEMORY_BYTES: Final = 32 * 1024 * 1024
"""Nearly six minutes of speech, as much as a chapter has, which is measured after it is written. More would
be no quicker: what made room comes from the disk again."""


class Speaker:
    """Gives clips that are ready to mix; a :class:`voice_coach.model.speech.ClipSource`.

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
        self._failures = 0
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
        """How many clips engines have spoken so far."""
        return self._voices.synthesised

    @property
    def from_cache(self) -> int:
        """How many clips came from the disk so far."""
        return self._voices.from_cache

    @property
    def from_pack(self) -> int:
        """How many clips came from packs so far."""
        return self._voices.from_pack

    @property
    def failures(self) -> int:
        """How many voices and engines have failed for good; what was measured before holds no more."""
        return self._voices.failures

    def clip(self, utterance: Utterance) -> Clip:
        """The clip of an utterance: 48 000 Hz, trimmed, at the house level. Blocks until it is there.

        Raises:
            SpeechError: no engine could speak.
            PromptTooLongError: the text is too long for any engine.
            RuntimeError: the speaker has been closed.
        """
        return self._made(utterance).clip()

    def duration_ms(self, utterance: Utterance) -> int:
        """The length of an utterance's clip; blocks until it is there.

        Raises:
            SpeechError, PromptTooLongError, RuntimeError: as ``clip``.
        """
        return self._timed(utterance).duration_ms

    def words(self, utterance: Utterance) -> tuple[Word, ...]:
        """When each word of an utterance is spoken, from the start of its clip; blocks until it is there.

        Raises:
            SpeechError, PromptTooLongError, RuntimeError: as ``clip``.
        """
        return self._timed(utterance).words()

    def choose(self, voice: str, utterances: Callable[[], Iterable[Utterance]]) -> str:
        """Return the voice that can say all of something; as ``Voices.choose``."""
        return self._voices.choose(voice, utterances)

    def _timed(self, utterance: Utterance) -> GridClip | PackedClip:
        """What knows the times of an utterance: its clip, or the pack that has it, not decoded."""
        with self._changed:
            if self._closed:
                raise RuntimeError("the speaker has been closed")
            kept = self._kept.get(utterance)
        return kept or self._voices.packed(utterance) or self._made(utterance)

    def _made(self, utterance: Utterance) -> GridClip:
        """The clip as it is kept, made if need be.

        One that is queued is made at once, by the caller. While another thread is making it the caller does
        not just wait but makes the next in the queue, so that two cores speak.
        """
        while True:
            may_stop()
            with self._changed:
                if self._closed:
                    raise RuntimeError("the speaker has been closed")
                if self._voices.failures != self._failures:
                    # Another voice may speak now, and says all of it.
                    self._failures = self._voices.failures
                    self._kept.clear()
                    self._kept_bytes = 0
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
                is_packed = self._voices.packed(utterance) is not None
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
                give_back()
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
        """Takes the next of the queue, to be made by the calling thread, which holds the lock."""
        if not self._queue:
            return None
        utterance, _ = self._queue.popitem(last=False)
        self._making.add(utterance)
        return utterance

    def _make_quietly(self, utterance: Utterance) -> None:
        """Make a clip ahead; what goes wrong is told when it is asked for."""
        with suppress(CoachError):
            self._make(utterance)

    def _make(self, utterance: Utterance) -> GridClip:
        """Make a clip that this thread has put into ``_making``."""
        try:
            clip = self._voices.clip(utterance)
        except BaseException:
            with self._changed:
                self._making.discard(utterance)
                self._changed.notify_all()
            raise
        with self._changed:
            self._making.discard(utterance)
            self._kept[utterance] = clip
            self._kept_bytes += clip.samples.nbytes
            while self._kept_bytes > self._memory_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= oldest.samples.nbytes
            self._changed.notify_all()
        return clip
