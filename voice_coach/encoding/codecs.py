"""The codecs MP3, AAC and Opus, and where one encoded stream can go on from another.

A decoder remembers something of the packets before: AAC and MP3 add the end of each packet's window to the
beginning of the next, MP3 finds a part of a packet's data in the packets before it (the bit reservoir), Opus
predicts. Where both encoders have known the same sound for a while, they decide alike, so what a decoder
remembers of the one fits the other. That is looked at for each join, in the packets themselves.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from voice_coach.core.options import Quality

Fits = Callable[[Sequence[bytes], Sequence[bytes]], bool]
"""Function that tells whether packets of a second encoder may replace those of a first, from one packet on.

Given are those of each from the cut up to the first one that would be taken; at least one, as many of each.
"""

Carried = Callable[[Sequence[bytes], Sequence[bytes]], list[bytes]]
"""The packets of the first encoder as they are before those of the second."""

_OPUS_STEADY: Final = 5
"""Packets of 20 ms: RFC 7845, section 4.6, has decoders begin 80 ms before what is heard."""

_OPUS_WAYS: Final = (12, 16)

_MP3_HEADER: Final = 4
_MP3_HEAD: Final = _MP3_HEADER + 17  # and side information: MPEG-1, one channel, no checksum
_MP3_GRANULES: Final = (18, 18 + 59)  # bits before each, in the side information (ISO 11172-3, 2.4.1.7)
_MP3_SWITCHING: Final = 33  # bits before the flag, in a granule; the two bits of the block's type follow


def aac_fits(first: Sequence[bytes], second: Sequence[bytes]) -> bool:
    """Both take the same window, so the packet before ends with a slope that this one's beginning fits."""
    return _aac_window(first[-1]) == _aac_window(second[-1])


def opus_fits(first: Sequence[bytes], second: Sequence[bytes]) -> bool:
    """Both code in the same way, and did for a while.

    After a change of that, each predicts from what the other has not: it is heard as a loud click.
    """
    ways = {_opus_way(packet) for packets in (first, second) for packet in packets[-_OPUS_STEADY:]}
    return len(second) >= _OPUS_STEADY and len(ways) == 1


def mp3_fits(first: Sequence[bytes], second: Sequence[bytes]) -> bool:
    """Both take the same windows, and the first has left as much room as the second has used before."""
    used = _reservoir(second[-1])
    room = (len(second) - 1) * (len(second[-1]) - _MP3_HEAD)
    return used <= min(room, _reservoir(first[-1])) and _mp3_windows(first[-1]) == _mp3_windows(second[-1])


def mp3_carried(first: Sequence[bytes], second: Sequence[bytes]) -> list[bytes]:
    """The packets of the first encoder with what the second keeps in its own packets there.

    Args:
        first: packets before the join.
        second: those of the second encoder from the cut up to the first one that is kept, which fits.
    """
    used = _reservoir(second[-1])
    data = b"".join(packet[_MP3_HEAD:] for packet in second[:-1])
    data = data[len(data) - used :]
    carried = list(first)
    at = len(carried)
    while data:
        at -= 1
        packet = carried[at]
        part = data[-(len(packet) - _MP3_HEAD) :]
        carried[at] = packet[: len(packet) - len(part)] + part
        data = data[: len(data) - len(part)]
    return carried


def _aac_window(packet: bytes) -> int:
    """The sequence and shape of windows of a packet (ISO 14496-3: after element, tag, gain, one bit)."""
    return int.from_bytes(packet[:3], "big") >> 5 & 0b111


def _opus_way(packet: bytes) -> int:
    """For speech, for both, or for music, whatever the bandwidth (RFC 6716, section 3.1)."""
    return bisect(_OPUS_WAYS, packet[0] >> 3)


def _reservoir(packet: bytes) -> int:
    """Return how many bytes before this packet its own data begin (``main_data_begin``)."""
    return int.from_bytes(packet[_MP3_HEADER : _MP3_HEADER + 2], "big") >> 7


def _mp3_windows(packet: bytes) -> list[int]:
    side = int.from_bytes(packet[_MP3_HEADER:_MP3_HEAD], "big")
    last = 8 * (_MP3_HEAD - _MP3_HEADER)
    found: list[int] = []
    for granule in _MP3_GRANULES:
        bits = side >> (last - granule - _MP3_SWITCHING - 3) & 0b111
        found.append(bits if bits & 0b100 else 0)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """Codec: how samples become packets. Packet *n* is about the samples from *n* × frame − priming on.

    Attributes:
        name: FFmpeg's name of the encoder.
        adapter: the class that encodes, as ``module:name``.
        frame: samples in a packet, at 48 000 Hz.
        priming: samples that decoding gives before the first one of the stream.
        lead: packets of silence that an encoder is given before a sound, so that it knows of the silence.
        tail: packets after a sound that are not plain silence yet.
        run_up: packets of the sound before a cut that an encoder is given, and that are thrown away, so that
            it decides after the cut as the one before does.
        fits: whether packets of one encoder may follow those of another.
        carried: what such a join changes in the packets before it, if anything.
        filler: which packet of an encoder's digital silence stands for all silence. LAME's first one needs
            nothing of those before it, while later ones look back into its bit reservoir.
        bit_rates: bits per second for each quality.
        options: the encoder's options.
    """

    name: str
    adapter: str
    frame: int
    priming: int
    lead: int
    tail: int
    run_up: int
    fits: Fits = field(repr=False)
    carried: Carried | None = field(default=None, repr=False)
    filler: int
    bit_rates: Mapping[Quality, int]
    options: Mapping[str, str]


_AV = "voice_coach.encoding.encoder:AvEncoder"

MP3 = Codec(
    name="libmp3lame",
    adapter="voice_coach.encoding.encoder:LameEncoder",
    frame=1152,
    priming=576 + 529,  # LAME's own delay and that of every decoder
    lead=4,
    tail=3,
    run_up=4,
    fits=mp3_fits,
    carried=mp3_carried,
    filler=0,
    bit_rates={"small": 40_000, "normal": 64_000, "high": 96_000},
    options={"compression_level": "7"},  # as little noise as 5, the default, in half the time
)
AAC = Codec(
    name="aac",
    adapter=_AV,
    frame=1024,
    priming=1024,
    lead=3,
    tail=2,
    run_up=8,
    fits=aac_fits,
    filler=20,
    bit_rates={"small": 40_000, "normal": 64_000, "high": 96_000},
    options={"aac_coder": "fast"},  # less noise than the default at these rates, in a third of the time
)
OPUS = Codec(
    name="libopus",
    adapter=_AV,
    frame=960,
    priming=312,
    lead=3,
    tail=4,
    run_up=8,
    fits=opus_fits,
    filler=40,
    bit_rates={"small": 20_000, "normal": 32_000, "high": 64_000},
    options={},
)


@dataclass(frozen=True, slots=True)
class Settings:
    """A codec with what it is asked for; packets of equal settings go together."""

    codec: Codec
    bit_rate: int

    @classmethod
    def of(cls, codec: Codec, quality: Quality) -> Settings:
        return cls(codec, codec.bit_rates[quality])
