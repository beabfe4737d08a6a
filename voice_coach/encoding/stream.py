"""A stream of blocks into packets: each sound once, on all cores, and silence not at all.

Most of a session is digital silence, and what an encoder makes of that is always the same packet. Its delay
is the same for every sound that begins on its grid of frames, after and before silence. So each sound is
encoded by an encoder of its own, in any order, and put at its place between packets of silence.
"""

from __future__ import annotations

import hashlib
import importlib
import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voice_coach.encoding.codecs import Settings
from voice_coach.encoding.packets import Packets, PacketStore, SpanEncoder
from voice_coach.encoding.recording import Recording, Run
from voice_coach.encoding.spans import PIECE_SAMPLES, Cutter, Piece, Quiet, Sound

if TYPE_CHECKING:
    from voice_coach.audio.block import Block

_FILLER_FRAMES = 64

WAITING_SAMPLES = 60 * 48_000
"""So much sound may wait to be encoded (6 MB), or a single one that is longer."""


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


class _Encoding:
    """Encodes pieces on all cores and puts them into a recording in order. Use it as a context manager."""

    def __init__(self, settings: Settings, store: PacketStore | None, recording: Recording) -> None:
        self._settings = settings
        self._store = store
        self._recording = recording
        adapter = _adapter(settings)
        self._shaped_by = f"{settings} {adapter.version()}".encode()
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "encoder")
        self._waiting: deque[tuple[str, int, Future[Packets] | Quiet | None]] = deque()
        """The key, how many samples it holds in memory, and what comes; None is what came before."""
        self._waiting_samples = 0
        self._runs: dict[str, Run | None] = {}
        """Where each sound is in the recording, by its key; None while it is being encoded."""
        self._long: SpanEncoder | None = None
        self._long_packets = 0

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
                self._waiting.append(("", 0, piece))
            elif piece.begins and piece.ends:
                self._submit(piece.samples)
            else:
                self._stream(piece)
        self._settle(WAITING_SAMPLES)

    def _submit(self, samples: NDArray[np.int16]) -> None:
        key = hashlib.blake2b(samples.data, digest_size=16, key=_digest(self._shaped_by)).hexdigest()
        if key in self._runs:
            self._waiting.append((key, 0, None))
            return
        self._runs[key] = None
        coming = self._pool.submit(_span, samples, key, self._settings, self._store)
        self._waiting.append((key, len(samples), coming))
        self._waiting_samples += len(samples)

    def _settle(self, samples: int) -> None:
        """Put what is done into the recording, and wait until no more than so many samples wait."""
        while self._waiting:
            key, held, coming = self._waiting[0]
            if isinstance(coming, Future):
                if not coming.done() and self._waiting_samples <= samples and samples:
                    return
                self._runs[key] = self._recording.add(coming.result())
                self._waiting_samples -= held
            elif coming is None:
                run = self._runs[key]
                assert run is not None  # it waited before this one
                self._recording.repeat(run)
            else:
                self._recording.quiet(coming.count)
            self._waiting.popleft()

    def _stream(self, sound: Sound) -> None:
        """Encode a piece of a sound that is too long to be kept, here and now."""
        if sound.begins:
            self._settle(0)
            self._long, self._long_packets = span_encoder(self._settings), 0
        assert self._long is not None
        self._long_packets += len(sound.samples) // self._settings.codec.frame
        ready = self._long.encode(sound.samples)
        self._long_packets -= len(ready)
        self._recording.add(ready)
        if sound.ends:
            self._recording.add(self._long.finish().first(self._long_packets))
            self._long = None


def _span(samples: NDArray[np.int16], key: str, settings: Settings, store: PacketStore | None) -> Packets:
    """The packets of one sound, as many as it has frames."""
    found = store.get(key) if store else None
    if found is not None:
        return found
    coder = span_encoder(settings)
    pieces = [samples[start : start + PIECE_SAMPLES] for start in range(0, len(samples), PIECE_SAMPLES)]
    packets = _joined([*map(coder.encode, pieces), coder.finish()]).first(
        len(samples) // settings.codec.frame
    )
    if store:
        store.put(key, packets)
    return packets


def _joined(parts: Iterable[Packets]) -> Packets:
    parts = list(parts)
    return Packets(b"".join(part.data for part in parts), np.concatenate([part.sizes for part in parts]))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=32).digest()
