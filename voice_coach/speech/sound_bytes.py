"""The sound in a file that a speech service wrote, told by its content and not by its name."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from voice_coach.model.speech import Clip

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE

# numpy types without byte order, by (is it float, bits); what maps each onto ±1.
_ENCODINGS: Final = {
    (False, 8): ("i1", 128.0),
    (False, 16): ("i2", 32_768.0),
    (False, 32): ("i4", 2_147_483_648.0),
    (True, 32): ("f4", 1.0),
    (True, 64): ("f8", 1.0),
}

# AIFF-C compression types: (are samples little-endian, are they float); b"" is plain AIFF.
_AIFF_KINDS: Final = {
    b"": (False, False),
    b"NONE": (False, False),
    b"twos": (False, False),
    b"sowt": (True, False),
    b"fl32": (False, True),
    b"FL32": (False, True),
    b"fl64": (False, True),
}


@dataclass(frozen=True, slots=True)
class _Format:
    channels: int
    rate_hz: int
    bits: int
    is_float: bool
    order: Literal["<", ">"]
    unsigned: bool = False  # 8-bit samples of WAV count from 0


def read_sound(data: bytes) -> Clip:
    """The clip in a RIFF/WAVE or FORM/AIFF file; several channels are mixed into one.

    A data chunk that claims to be longer than the file (a stream's header) ends with the file.

    Raises:
        ValueError: it is neither, or broken, or of a kind that speech services do not write.
    """
    kind = data[:4] + data[8:12]
    try:
        if kind == b"RIFFWAVE":
            form, body = _wave(data)
        elif kind in (b"FORMAIFF", b"FORMAIFC"):
            form, body = _aiff(data)
        else:
            raise ValueError(f"it begins with {data[:12]!r}, which is neither WAV nor AIFF")
    except (struct.error, OverflowError) as error:
        raise ValueError("it is cut short in its header") from error
    return _decode(form, body)


def _wave(data: bytes) -> tuple[_Format, bytes]:
    form: _Format | None = None
    for name, body in _chunks(data, "<"):
        if name == b"fmt ":
            tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if tag == _EXTENSIBLE:
                (tag,) = struct.unpack_from("<H", body, 24)
            if tag not in (_PCM, _FLOAT):
                raise ValueError(f"it is WAV of kind {tag}; only plain samples can be read")
            form = _Format(channels, rate_hz, bits, tag == _FLOAT, "<", unsigned=bits == 8)
        elif name == b"data" and form:
            return form, body
    raise ValueError("it is WAV without sound in it")


def _aiff(data: bytes) -> tuple[_Format, bytes]:
    form: _Format | None = None
    body: bytes | None = None
    for name, chunk in _chunks(data, ">"):
        if name == b"COMM":
            channels, _, bits, exponent, mantissa = struct.unpack_from(">hIhHQ", chunk)
            rate_hz = round(mantissa * 2.0 ** (exponent - 16_383 - 63))  # an 80-bit float
            kind = chunk[18:22]
            if kind not in _AIFF_KINDS:
                raise ValueError(f"it is AIFF of kind {kind!r}; only plain samples can be read")
            little, is_float = _AIFF_KINDS[kind]
            form = _Format(channels, rate_hz, bits, is_float, "<" if little else ">")
        elif name == b"SSND":
            (offset,) = struct.unpack_from(">I", chunk)
            body = chunk[8 + offset :]
    if form is None or body is None:
        raise ValueError("it is AIFF without sound in it")
    return form, body


def _chunks(data: bytes, order: Literal["<", ">"]) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from(f"{order}4sI", data, at)
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _decode(form: _Format, body: bytes) -> Clip:
    encoding = _ENCODINGS.get((form.is_float, form.bits))
    if encoding is None or not 1 <= form.channels <= 8 or not 4_000 <= form.rate_hz <= 192_000:
        raise ValueError(
            f"its {form.bits} bits, {form.channels} channels and {form.rate_hz} Hz are not expected"
        )
    kind, full_scale = encoding
    frame = form.channels * form.bits // 8
    raw = np.frombuffer(body[: len(body) // frame * frame], form.order + kind)
    if form.unsigned:
        raw = raw ^ np.int8(-128)
    samples = raw.reshape(-1, form.channels).mean(axis=1, dtype=np.float64) / full_scale
    return Clip(samples.astype(np.float32), form.rate_hz)
