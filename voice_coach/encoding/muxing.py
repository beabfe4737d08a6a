"""Muxes packets into a file with tags, chapters, captions and a picture, through PyAV."""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from voice_coach.core.errors import OutputError
from voice_coach.core.interrupts import check_interrupt
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ
from voice_coach.encoding.codecs import MP3
from voice_coach.encoding.encoder import EXACT, FORMATS

if TYPE_CHECKING:
    from voice_coach.encoding.codecs import Settings
    from voice_coach.encoding.packets import Recording

CODEC = "mov_text"


class Subtitle(NamedTuple):
    """A text that is shown at a time, in milliseconds from the start of the file; one after the other."""

    text: str
    start_ms: int
    end_ms: int


class Sample(NamedTuple):
    """A sample of the track: what its packet holds, and when."""

    start_ms: int
    duration_ms: int
    data: bytes


def samples(subtitles: Iterable[Subtitle]) -> Iterator[Sample]:
    """The samples of a track: 16 bits of length and UTF-8 (3GPP TS 26.245, 5.17).

    They lie one behind the other from 0 on: where nothing is shown an empty one stands.
    """
    at_ms = 0
    for text, start_ms, end_ms in subtitles:
        if at_ms < start_ms:
            yield _sample(at_ms, start_ms, "")
        yield _sample(start_ms, end_ms, text)
        at_ms = end_ms
    if at_ms:
        yield _sample(at_ms, at_ms + 1, "")  # or players leave the last one standing


def _sample(start_ms: int, end_ms: int, text: str) -> Sample:
    data = text.encode("utf-8", "replace")
    return Sample(start_ms, end_ms - start_ms, struct.pack(">H", len(data)) + data)


_TICK = Fraction(1, SAMPLE_RATE_HZ)
_MS = Fraction(1, 1000)
_SKIPPED = Struct("<IIBB")
"""FFmpeg's ``AV_PKT_DATA_SKIP_SAMPLES``: samples at the start, samples at the end, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterMark:
    """A chapter of a file, in milliseconds from its start."""

    title: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Facts about its sound in a file.

    Attributes:
        tags: by FFmpeg's names for them.
        language: three letters (ISO 639-2), "" for none.
        marks: its chapters.
        cover: a JPEG picture, or nothing.
        cover_px: the side of the picture.
        subtitles: what is shown while it plays, in MP4; gone through once, in step with the sound.
    """

    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    language: str = ""
    marks: Sequence[ChapterMark] = ()
    cover: bytes = b""
    cover_px: int = 0
    subtitles: Iterable[Subtitle] = ()


def mux(
    file: io.RawIOBase, format: str, options: Mapping[str, str], recording: Recording, label: Label
) -> None:
    """Write a whole file; the same packets and label give the same bytes.

    Args:
        file: may be written and sought in.
        format: FFmpeg's name of it.
        options: FFmpeg's options of it.
        recording: the packets.
        label: tags, chapters and picture.

    Raises:
        OutputError: what the file raises.
    """
    import av
    from av.error import FFmpegError

    # No version of the library and no random number in the file.
    container: Any = av.open(file, "w", format=format, container_options={"fflags": "+bitexact", **options})
    try:
        stream = _described(container, recording.settings, label)
        cover = add_cover(container, label)
        shown = _Shown(container, label) if label.subtitles else None
        container.start_encoding()
        if cover is not None:
            cover()
        _write(container, stream, recording, shown)
    except BaseException:
        with contextlib.suppress(FFmpegError, OutputError):
            container.close()  # writes the end of the file, and meets the same full disk again
        raise
    container.close()


def _described(container: Any, settings: Settings, label: Label) -> Any:
    name = settings.codec.name
    stream = container.add_stream(name, rate=SAMPLE_RATE_HZ, layout="mono", format=FORMATS[name])
    stream.bit_rate = settings.bit_rate
    stream.options = {**settings.codec.options, **EXACT}
    container.metadata.update(label.tags)
    if label.language:
        stream.metadata["language"] = label.language
    if label.marks:
        container.set_chapters(
            [
                {
                    "id": number,
                    "start": mark.start_ms,
                    "end": mark.end_ms,
                    "time_base": _MS,
                    "metadata": {"title": mark.title},
                }
                for number, mark in enumerate(label.marks)
            ]
        )
    return stream


def add_cover(container: Any, label: Label) -> Callable[[], None] | None:
    """A stream for the picture, if there is one; what it gives is called once all streams are there."""
    if not label.cover:
        return None
    import av
    from av.stream import Disposition

    stream = container.add_mux_stream("mjpeg", width=label.cover_px, height=label.cover_px)
    stream.disposition = Disposition.attached_pic
    stream.metadata["title"] = "Cover"
    stream.metadata["comment"] = "Cover (front)"  # the kind of picture in ID3 and FLAC

    def write() -> None:
        packet: Any = av.Packet(label.cover)
        packet.stream = stream
        packet.time_base = stream.time_base
        packet.pts = packet.dts = 0
        packet.is_keyframe = True
        container.mux_one(packet)

    return write


class _Shown:
    """The track of subtitles, written in step with the sound."""

    def __init__(self, container: Any, label: Label) -> None:
        self._mux_one = container.mux_one
        self._stream: Any = container.add_mux_stream(CODEC)
        self._stream.time_base = _MS
        if label.language:
            self._stream.metadata["language"] = label.language
        self._samples = iter(samples(label.subtitles))
        self._next: Sample | None = next(self._samples, None)

    def up_to(self, at_ms: int) -> None:
        """Write what begins by this time."""
        from av import Packet

        while self._next is not None and self._next.start_ms <= at_ms:
            packet: Any = Packet(self._next.data)
            packet.stream, packet.time_base, packet.is_keyframe = self._stream, _MS, True
            packet.pts = packet.dts = self._next.start_ms
            packet.duration = self._next.duration_ms
            self._mux_one(packet)
            self._next = next(self._samples, None)


def _write(container: Any, stream: Any, recording: Recording, shown: _Shown | None) -> None:
    from av import Packet

    codec = recording.settings.codec
    at, frame = -codec.priming, codec.frame
    mux_one = container.mux_one
    left_over = (-recording.samples - codec.priming) % frame
    packet: Any = None
    before = b""
    for data in recording:
        check_interrupt()
        first, last = at == -codec.priming, at + frame >= recording.samples
        if data is not before or last:  # else it is silence again, and only the time changes
            packet = Packet(data)
            packet.stream = stream
            packet.time_base = _TICK
            packet.is_keyframe = True
            packet.duration = min(frame, recording.samples - at)  # of the last one only a part is heard
            before = b"" if first else data
        packet.pts = packet.dts = at
        if codec is MP3 and (first or last):
            _unheard(codec.priming if first else 0, left_over if last else 0).to_packet(packet)
        at += frame
        if shown is not None:
            shown.up_to(at // FRAMES_PER_MS)
        mux_one(packet)


def _unheard(skip: int, discard: int) -> Any:
    """Return what MP3's first and last packets tell of the samples that are not heard, for its header
    (LAME's tag).

    PyAV changes such data but does not make it, so it is taken from an encoder. What that one says of its own
    last packet is not for ours: it makes a packet more than we keep where little is left of the last.

    Args:
        skip: samples of what is decoded that come before the sound.
        discard: samples of the packet that come after it.
    """
    import av
    from av.packet import PacketSideData

    encoder: Any = av.CodecContext.create(MP3.name, "w")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE_HZ, "mono", FORMATS[MP3.name]
    encoder.bit_rate, encoder.time_base = MP3.bit_rates["normal"], _TICK
    samples: Any = av.AudioFrame.from_ndarray(
        np.zeros((1, 2 * MP3.frame), np.int16), format=FORMATS[MP3.name], layout="mono"
    )
    samples.sample_rate, samples.time_base, samples.pts = SAMPLE_RATE_HZ, _TICK, 0
    first, *_ = [*encoder.encode(samples), *encoder.encode(None)]
    data = PacketSideData.from_packet(first, "skip_samples")
    data.update(_SKIPPED.pack(skip, discard, 0, 0))
    return data
