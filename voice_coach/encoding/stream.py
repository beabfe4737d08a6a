"""A stream of blocks into packets: each sound once, on all cores, and silence not at all.

Most of a session is digital silence, and what an encoder makes of that is always the same packet. Its delay
is the same for every sound that begins on its grid of frames, after and before silence. So each sound is
encoded by an encoder of its own, in any order, and put at its place between packets of silence.

A sound that is too long for that is cut into pieces, and each is encoded so (:mod:`.joining`).
"""

from __future__ import annotations

import hashlib
import importlib
import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.encoding.codecs import Settings
from voice_coach.encoding.joining import Joining
from voice_coach.encoding.packets import Packets, PacketStore, SpanEncoder
from voice_coach.encoding.recording import Recording, Run
from voice_coach.encoding.spans import Cutter, Piece, Quiet, Sound
from voice_coach.stopping import may_stop

if TYPE_CHECKING:
    from voice_coach.audio.block import Block

_FILLER_FRAMES = 64
_FED_SAMPLES = 10 * 48_000

WAITING_SAMPLES = 60 * 48_000
"""So much sound may wait to be encoded (6 MB)."""


def encode(blocks: Iterable[Block], settings: Settings, store: PacketStore | None) -> Recording:
    """Encodes a whole stream; blocks until it is done. The caller closes the recording.

    What waits to be encoded is bounded; what is encoded lies in memory, or in a file that has no name once it
    is larger than that.

    Args:
        blocks: the stream. What it raises passes through.
        settings: the codec and its bit rate.
        store: where packets are kept for another time, if anywhere.

    Raises:
        OutputError: there is no room for what is encoded.
    """
    recording = Recording(settings)
    try:
        with _Encoding(settings, store, recording) as encoding:
            cutter = Cutter(settings.codec)
            for block in blocks:
                encoding.take(cutter.feed(block))
            encoding.take(cutter.finish())
        recording.finish(cutter.samples, filler(settings))
    except BaseException:
        recording.close()
        raise
    return recording


def filler(settings: Settings) -> bytes:
    """The packet that stands for silence."""
    coder = span_encoder(settings)
    silence = np.zeros(_FILLER_FRAMES * settings.codec.frame, np.int16)
    packets = [*coder.encode(silence), *coder.finish()]
    return packets[settings.codec.filler]


def span_encoder(settings: Settings) -> SpanEncoder:
    """A new encoder."""
    return _adapter(settings)(settings)


def _adapter(settings: Settings) -> type[SpanEncoder]:
    module, _, name = settings.codec.adapter.partition(":")
    adapter: type[SpanEncoder] = getattr(importlib.import_module(module), name)
    return adapter


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """Sound that waits to be put into the recording; ``coming`` is None if it is there already."""

    key: str
    sound: Sound
    coming: Future[Packets] | None


class _Encoding:
    """Encodes pieces on all cores and puts them into a recording in order. Use it as a context manager."""

    def __init__(self, settings: Settings, store: PacketStore | None, recording: Recording) -> None:
        self._settings = settings
        self._store = store
        self._recording = recording
        adapter = _adapter(settings)
        self._shaped_by = f"{settings} {adapter.version()}"
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "encoder")
        self._waiting: deque[_Waiting | Quiet] = deque()
        self._waiting_samples = 0
        self._runs: dict[str, Run | None] = {}
        """Where each whole sound is in the recording, by its key; None while it is being encoded."""
        self._joining: Joining | None = None
        """The long sound whose pieces come."""

    def __enter__(self) -> _Encoding:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._settle(0)
        finally:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def take(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if isinstance(piece, Quiet):
                self._waiting.append(piece)
            else:
                self._submit(piece)
        self._settle(WAITING_SAMPLES)

    def _submit(self, sound: Sound) -> None:
        key = self._key(sound)
        if sound.whole:
            if key in self._runs:
                self._waiting.append(_Waiting(key, sound, None))
                return
            self._runs[key] = None
        coming = self._pool.submit(_encoded, sound, key, self._settings, self._store)
        self._waiting.append(_Waiting(key, sound, coming))
        self._waiting_samples += len(sound.samples)

    def _key(self, sound: Sound) -> str:
        shaped_by = f"{self._shaped_by} {sound.run_up} {sound.joining}".encode()
        return hashlib.blake2b(sound.samples.data, digest_size=16, key=_digest(shaped_by)).hexdigest()

    def _settle(self, samples: int) -> None:
        """Put what is done into the recording, and wait until no more than so many samples wait."""
        while self._waiting:
            may_stop()
            first = self._waiting[0]
            if isinstance(first, Quiet):
                self._recording.quiet(first.count)
            elif first.coming is None:
                run = self._runs[first.key]
                assert run is not None  # it waited before this one
                self._recording.repeat(run)
            elif not first.coming.done() and self._waiting_samples <= samples and samples:
                return
            else:
                self._put(first, first.coming.result())
                self._waiting_samples -= len(first.sound.samples)
            self._waiting.popleft()

    def _put(self, waiting: _Waiting, packets: Packets) -> None:
        if waiting.sound.whole:
            self._runs[waiting.key] = self._recording.add(packets)
            return
        if self._joining is None:
            self._joining = Joining(self._settings.codec, lambda: span_encoder(self._settings))
        self._recording.add(self._joining.add(waiting.sound, packets))
        if not waiting.sound.joining:
            self._joining = None


def _encoded(sound: Sound, key: str, settings: Settings, store: PacketStore | None) -> Packets:
    """The packets of one sound, as many as it has frames; of a piece, its own and those for the join."""
    found = store.get(key) if store else None
    if found is not None:
        return found
    coder = span_encoder(settings)
    samples = sound.samples
    parts = [samples[start : start + _FED_SAMPLES] for start in range(0, len(samples), _FED_SAMPLES)]
    packets = _joined([*map(coder.encode, parts), coder.finish()])
    packets = packets.first(sound.run_up + sound.count + sound.joining).without(sound.run_up)
    if store:
        store.put(key, packets)
    return packets


def _joined(parts: Iterable[Packets]) -> Packets:
    parts = list(parts)
    return Packets(b"".join(part.data for part in parts), np.concatenate([part.sizes for part in parts]))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=32).digest()
