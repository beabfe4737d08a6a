"""The codecs and their settings, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voice_coach.encoding.joins import Carried, Fits, aac_fits, mp3_carried, mp3_fits, opus_fits
from voice_coach.model.export import Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """How a codec turns samples into packets; packet *n* is about the samples from *n* × frame − priming on.

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


_AV = "voice_coach.encoding.av_encoder:AvEncoder"

MP3 = Codec(
    name="libmp3lame",
    adapter="voice_coach.encoding.lame_encoder:LameEncoder",
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
