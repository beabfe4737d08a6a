"""Encodes a stream of blocks into packets: each sound once, on all cores, and silence not at all.

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
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.interrupts import check_interrupt
from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.encoding.codecs import Settings
from voice_coach.encoding.packets import Packets, PacketStore, Recording, Run, SpanEncoder
from voice_coach.encoding.segments import JOINING, LOOK_AHEAD, Cutter, PaddedSound, Piece, Quiet

if TYPE_CHECKING:
    from av import AudioFrame
    from av.audio.codeccontext import AudioCodecContext
    from av.buffer import Buffer

    from voice_coach.audio.mixer import Block
    from voice_coach.encoding.codecs import Codec


class Joining:
    """Joins the pieces of one sound, in order.

    Args:
        codec: of the packets.
        new_encoder: makes one, for pieces that cannot be joined.
    """

    def __init__(self, codec: Codec, new_encoder: Callable[[], SpanEncoder]) -> None:
        self._codec = codec
        self._new_encoder = new_encoder
        self._held: list[bytes] = []
        """The packets of the last piece, from its join on."""
        self._cut = 0
        """Index of the first packet of the next piece's time."""
        self._kept_from = 0
        """Number of packets of the last piece before its join."""
        self._last: PaddedSound | None = None
        self._going_on: SpanEncoder | None = None

    def add(self, sound: PaddedSound, packets: Packets) -> Packets:
        """Take the next piece.

        Args:
            sound: the piece.
            packets: its own and those after it for the next join.

        Returns:
            All packets that no later piece changes, after those returned before.
        """
        own = list(packets)
        if self._last is None:
            done, at = list[bytes](), 0
        else:
            at = self._place(own, JOINING)
            if at is None:
                self._go_on(self._last, sound)
                at = self._place(own, sound.count)
            done = self._held[: self._cut + (at or 0)]
        if at is None:  # what the encoder before makes of this piece is all of it
            self._held, self._cut = self._held[self._cut :], sound.count
        else:
            if done and self._codec.carried:
                done = self._codec.carried(done, own[: at + 1])
            self._held, self._cut, self._kept_from, self._going_on = own[at:], sound.count - at, at, None
        self._last = sound
        if not sound.joining:
            done += self._held[: self._cut]
        return Packets.of(done)

    def _place(self, own: list[bytes], end: int) -> int | None:
        """The first packet of the next piece that can be the first one kept, before the given one."""
        held = self._held[self._cut :]
        ends = range(1, min(end, len(held), len(own)) + 1)
        return next((end - 1 for end in ends if self._codec.fits(held[:end], own[:end])), None)

    def _go_on(self, last: PaddedSound, sound: PaddedSound) -> None:
        """Hold what the encoder of the last piece makes of the next one too."""
        if self._going_on is None:
            self._going_on = self._new_encoder()
            self._held = list(self._going_on.encode(last.samples).without(last.run_up + self._kept_from))
        known = (sound.run_up + JOINING + LOOK_AHEAD) * self._codec.frame
        self._held += self._going_on.encode(sound.samples[known:])
        if not sound.joining:
            self._held += self._going_on.finish()


_FILLER_FRAMES = 64
_FED_SAMPLES = 10 * 48_000

WAITING_SAMPLES = 60 * 48_000
"""Number of samples that may wait to be encoded (6 MB)."""


def encode(blocks: Iterable[Block], settings: Settings, store: PacketStore | None) -> Recording:
    """Encode a whole stream; blocks until it is done. The caller closes the recording.

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
    sound: PaddedSound
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
        """Places of whole sounds in the recording, by their keys; None while one is being encoded."""
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

    def _submit(self, sound: PaddedSound) -> None:
        key = self._key(sound)
        if sound.whole:
            if key in self._runs:
                self._waiting.append(_Waiting(key, sound, None))
                return
            self._runs[key] = None
        coming = self._pool.submit(_encoded, sound, key, self._settings, self._store)
        self._waiting.append(_Waiting(key, sound, coming))
        self._waiting_samples += len(sound.samples)

    def _key(self, sound: PaddedSound) -> str:
        shaped_by = f"{self._shaped_by} {sound.run_up} {sound.joining}".encode()
        return hashlib.blake2b(sound.samples.data, digest_size=16, key=_digest(shaped_by)).hexdigest()

    def _settle(self, samples: int) -> None:
        """Put what is done into the recording, and wait until no more than so many samples wait."""
        while self._waiting:
            check_interrupt()
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


def _encoded(sound: PaddedSound, key: str, settings: Settings, store: PacketStore | None) -> Packets:
    """The packets of one sound, as many as it has frames; of a piece, its own and those for the join."""
    found = store.get(key) if store else None
    if found is not None:
        return found
    coder = span_encoder(settings)
    samples = sound.samples
    parts = [samples[start : start + _FED_SAMPLES] for start in range(0, len(samples), _FED_SAMPLES)]
    packets = _join([*map(coder.encode, parts), coder.finish()])
    packets = packets.first(sound.run_up + sound.count + sound.joining).without(sound.run_up)
    if store:
        store.put(key, packets)
    return packets


def _join(parts: Iterable[Packets]) -> Packets:
    parts = list(parts)
    return Packets(b"".join(part.data for part in parts), np.concatenate([part.sizes for part in parts]))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=32).digest()


FORMATS = {"aac": "fltp", "libopus": "s16", "libmp3lame": "s16p"}
"""The form of samples that each encoder takes."""


class AvEncoder:
    """One encoder of FFmpeg, for one stretch of sound."""

    def __init__(self, settings: Settings) -> None:
        import av

        name = settings.codec.name
        context = cast("AudioCodecContext", av.CodecContext.create(name, "w"))
        context.sample_rate = SAMPLE_RATE_HZ
        context.layout = "mono"
        context.format = FORMATS[name]
        context.bit_rate = settings.bit_rate
        context.time_base = Fraction(1, SAMPLE_RATE_HZ)
        context.options = {**settings.codec.options, **EXACT}
        self._context = context
        self._position = 0

    @staticmethod
    def version() -> str:
        import av

        return f"av {av.__version__} {av.library_versions['libavcodec']}"

    def encode(self, samples: NDArray[np.int16]) -> Packets:
        import av

        if not len(samples):
            return Packets.of([])
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        frame.pts = self._position
        self._position += len(samples)
        return self._packets(frame)

    def finish(self) -> Packets:
        return self._packets(None)

    def _packets(self, frame: AudioFrame | None) -> Packets:
        encode = cast(
            "Callable[[AudioFrame | None], list[Buffer]]", self._context.encode
        )  # typed in part only
        return Packets.of([bytes(packet) for packet in encode(frame)])


EXACT = {"flags": "+bitexact"}
"""No name and version of the encoder among the packets."""


_RESTORING = np.float32(1 / 0.95)
"""LAME's own presets make everything softer by 0.95 (0.45 dB), and lameenc cannot tell it not to."""


class LameEncoder:
    """One LAME, for one stretch of sound, at a constant bit rate."""

    def __init__(self, settings: Settings) -> None:
        import lameenc

        lame = lameenc.Encoder()
        lame.silence()  # tells nothing on the terminal
        lame.set_channels(1)
        lame.set_in_sample_rate(SAMPLE_RATE_HZ)
        lame.set_bit_rate(settings.bit_rate // 1000)
        lame.set_quality(int(settings.codec.options["compression_level"]))
        self._lame = lame
        # At 48 000 Hz the packets of every bit rate have a whole number of bytes, all the same.
        self._size = settings.bit_rate * settings.codec.frame // (8 * SAMPLE_RATE_HZ)
        self._rest = b""
        self._began = False

    @staticmethod
    def version() -> str:
        return f"lameenc {version('lameenc')}, at the level it is given"

    def encode(self, samples: NDArray[np.int16]) -> Packets:
        if not len(samples):
            return self._cut(b"")
        self._began = True
        restored = np.multiply(samples, _RESTORING, dtype=np.float32)
        np.rint(restored, out=restored)
        np.clip(restored, -32_768, 32_767, out=restored)
        return self._cut(bytes(self._lame.encode(restored.astype("<i2").tobytes())))

    def finish(self) -> Packets:
        return self._cut(bytes(self._lame.flush()) if self._began else b"")

    def _cut(self, data: bytes) -> Packets:
        data = self._rest + data
        count = len(data) // self._size
        end = count * self._size
        self._rest = data[end:]
        return Packets(data[:end], np.full(count, self._size, "<u2"))
