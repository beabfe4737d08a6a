"""Packets into a file with tags, chapters and a picture, through PyAV."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_coach.encoding.av_encoder import EXACT, FORMATS
from voice_coach.encoding.codecs import MP3
from voice_coach.encoding.timed_text import CODEC, Sample, Subtitle, samples
from voice_coach.model.problems import OutputError
from voice_coach.model.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from voice_coach.encoding.codecs import Settings
    from voice_coach.encoding.recording import Recording

_TICK = Fraction(1, SAMPLE_RATE_HZ)
_MS = Fraction(1, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A chapter of a file, in milliseconds from its start."""

    title: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a file says about its sound.

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
    marks: Sequence[Mark] = ()
    cover: bytes = b""
    cover_px: int = 0
    subtitles: Iterable[Subtitle] = ()


def mux(
    file: io.RawIOBase, format: str, options: Mapping[str, str], recording: Recording, label: Label
) -> None:
    """Writes a whole file; the same packets and label give the same bytes.

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
    ends = _ends(recording) if codec is MP3 else None
    packet: Any = None
    before = b""
    for data in recording:
        first, last = at == -codec.priming, at + frame >= recording.samples
        if data is not before or last:  # else it is silence again, and only the time changes
            packet = Packet(data)
            packet.stream = stream
            packet.time_base = _TICK
            packet.is_keyframe = True
            packet.duration = min(frame, recording.samples - at)  # of the last one only a part is heard
            before = b"" if first else data
        packet.pts = packet.dts = at
        if ends is not None and (first or last):
            ends[0 if first else 1].to_packet(packet)
        at += frame
        if shown is not None:
            shown.up_to(at // FRAMES_PER_MS)
        mux_one(packet)


def _ends(recording: Recording) -> tuple[Any, Any]:
    """What MP3's first and last packets tell of the samples that are not heard, for its header (LAME's tag).

    It is taken from an encoder that was given just as much too little for a whole packet.
    """
    import av
    from av.packet import PacketSideData

    settings, frame = recording.settings, recording.settings.codec.frame
    encoder: Any = av.CodecContext.create(settings.codec.name, "w")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE_HZ, "mono", FORMATS[settings.codec.name]
    encoder.bit_rate, encoder.time_base = settings.bit_rate, _TICK
    silence = np.zeros((1, recording.samples % frame + 2 * frame), np.int16)
    samples: Any = av.AudioFrame.from_ndarray(silence, format=FORMATS[settings.codec.name], layout="mono")
    samples.sample_rate, samples.time_base, samples.pts = SAMPLE_RATE_HZ, _TICK, 0
    first, *_, last = [*encoder.encode(samples), *encoder.encode(None)]
    return PacketSideData.from_packet(first, "skip_samples"), PacketSideData.from_packet(last, "skip_samples")
