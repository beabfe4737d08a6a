"""Sound files from elsewhere: recordings as clips (WAV), and the one way to open files of other kinds."""

from __future__ import annotations

import struct
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame, AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

_FADE_IN_FRAMES = FRAMES_PER_MS  # short enough for the stroke of a gong
_FADE_OUT_FRAMES = 20 * FRAMES_PER_MS

_PCM_TYPES = {"int16": "<i2", "int24": "u1", "int32": "<i4", "float32": "<f4", "float64": "<f8"}


def load_recording(path: Path) -> NDArray[np.float32]:
    """Samples of a WAV file, shape (frames,), full scale ±1, exactly its length in milliseconds × 48 frames.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a WAV file that is understood.
    """
    import numpy as np

    from voice_coach.audio.mixer import fade_in, fade_out

    header = read_wav_header(path)
    with path.open("rb") as file:
        file.seek(header.data_start)
        raw = file.read(header.data_bytes)
    samples = _decoded(raw, header.encoding).reshape(-1, header.channels).mean(axis=1, dtype=np.float32)
    if header.rate_hz != SAMPLE_RATE_HZ:
        import soxr

        samples = soxr.resample(samples, header.rate_hz, SAMPLE_RATE_HZ)
    exact = np.zeros(header.duration_ms * FRAMES_PER_MS, np.float32)
    kept = min(len(exact), len(samples))
    exact[:kept] = samples[:kept]
    fade_in(exact, min(_FADE_IN_FRAMES, len(exact)))
    fade_out(exact[:kept], min(_FADE_OUT_FRAMES, kept))
    return exact


def _decoded(raw: bytes, encoding: str) -> NDArray[np.float32]:
    import numpy as np

    stored: NDArray[Any] = np.frombuffer(raw, _PCM_TYPES[encoding])
    if encoding == "int24":  # three bytes to the upper three of an int32
        wide = np.zeros((len(stored) // 3, 4), np.uint8)
        wide[:, 1:] = stored.reshape(-1, 3)
        stored = wide.reshape(-1).view("<i4")
    if encoding.startswith("float"):
        return np.nan_to_num(stored.astype(np.float32), posinf=1.0, neginf=-1.0)
    full_scale = 32_768.0 if encoding == "int16" else 2_147_483_648.0
    return (stored / full_scale).astype(np.float32)


_EXTENSIBLE = 0xFFFE
_FORMAT_BYTES = 16
_SUBFORMAT_AT = 24

ENCODINGS: dict[tuple[int, int], str] = {
    (1, 16): "int16",
    (1, 24): "int24",
    (1, 32): "int32",
    (3, 32): "float32",
    (3, 64): "float64",
}
"""(format code, bits) of the samples that are understood, with our name for them."""

_RATES_HZ = range(8_000, 384_001)
_ACCEPTED = "WAV with 16, 24 or 32 bits or float, mono or stereo"


@dataclass(frozen=True, slots=True)
class WavHeader:
    """Layout of a WAV file; ``data_start`` and ``data_bytes`` say where its samples lie."""

    encoding: str
    channels: int
    rate_hz: int
    data_start: int
    data_bytes: int
    frame_bytes: int

    @property
    def frames(self) -> int:
        return self.data_bytes // self.frame_bytes

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds, rounded up."""
        return -(-self.frames * 1000 // self.rate_hz)


def read_wav_header(path: Path) -> WavHeader:
    """Read the header of a WAV file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a WAV file of a kind that is understood; the message says what was found.
    """
    with path.open("rb") as file:
        if (head := file.read(12))[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise ValueError(f"{path.name} is not a WAV file; what is understood is {_ACCEPTED}")
        layout: tuple[str, int, int, int] | None = None
        while len(chunk := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", chunk)
            if name == b"fmt ":
                layout = _layout(file.read(size), path.name)
            elif name == b"data":
                if layout is None:
                    break
                encoding, channels, rate_hz, frame_bytes = layout
                start = file.tell()
                size = min(size, _bytes_left(file))  # a recorder that was cut off leaves a size of 0xFFFFFFFF
                return WavHeader(encoding, channels, rate_hz, start, size - size % frame_bytes, frame_bytes)
            else:
                file.seek(size, 1)
            if size % 2:
                file.seek(1, 1)
    raise ValueError(f"{path.name} is a WAV file without samples")


def _layout(body: bytes, name: str) -> tuple[str, int, int, int]:
    if len(body) < _FORMAT_BYTES:
        raise ValueError(f"{name} is a damaged WAV file: its header is cut short")
    code, channels, rate_hz, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", body)
    if code == _EXTENSIBLE and len(body) >= _SUBFORMAT_AT + 2:
        (code,) = struct.unpack_from("<H", body, _SUBFORMAT_AT)
    encoding = ENCODINGS.get((code, bits))
    if encoding is None or channels not in (1, 2) or frame_bytes != channels * bits // 8:
        raise ValueError(
            f"{name} has {channels} channels of {bits} bits in format {code}; understood is {_ACCEPTED}"
        )
    if rate_hz not in _RATES_HZ:
        raise ValueError(f"{name} has a rate of {rate_hz} Hz; from 8000 to 384000 is understood")
    return encoding, channels, rate_hz, frame_bytes


def _bytes_left(file: BinaryIO) -> int:
    here = file.tell()
    end = file.seek(0, 2)
    file.seek(here)
    return end - here


_SIGNATURES: Final = (
    (0, b"RIFF", "wav"),
    (0, b"RF64", "wav"),
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (0, b"FORM", "aiff"),
    (0, b"caff", "caf"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (4, b"ftyp", "mov"),
)
"""Starts of plain containers of sound, with FFmpeg's names for them."""

_SYNC: Final = 0xFFE0
"""First eleven bits of a frame of MPEG audio; of AAC in ADTS the layer is 0."""

_HEAD_BYTES: Final = 12
_MOST_CHANNELS: Final = 8


class NotSoundError(Exception):
    """A file is no sound that may be used; the text says why."""


@contextmanager
def open_sound(path: Path) -> Generator[InputContainer]:
    """Open a file that may come from anywhere, to read its sound and its tags.

    Only plain containers are opened, by their content and whatever they are called: a playlist or a session
    description would have FFmpeg open what it names, on the network too. Tags that are no UTF-8 keep what can
    be read of them.

    Args:
        path: the file.

    Yields:
        PyAV's container, which has sound of a rate and with channels that are within bounds.

    Raises:
        OSError: it cannot be read.
        NotSoundError: it is no sound, here or in the block that uses it.
    """
    import av
    from av.error import FFmpegError

    with path.open("rb") as file:
        container_format = _container_format(file.read(_HEAD_BYTES))
        if container_format is None:
            raise NotSoundError("it is not understood as audio")
        file.seek(0)
        try:
            with av.open(
                file,
                "r",
                format=container_format,
                container_options={"protocol_whitelist": ""},
                metadata_errors="replace",
            ) as container:
                if not container.streams.audio:
                    raise NotSoundError("there is no sound in it")
                check_layout(container.streams.audio[0])
                yield container
        except (FFmpegError, OSError, ValueError, OverflowError) as error:
            # OSError: FFmpeg wants to read before the start of a short file.
            raise NotSoundError("it is not understood as audio") from error


def check_layout(sound: AudioStream | AudioFrame) -> None:
    """Refuse sound whose rate or channels would take more memory than any sound needs.

    Raises:
        NotSoundError: they are out of bounds.
    """
    if sound.rate not in _RATES_HZ:
        raise NotSoundError(f"it has a rate of {sound.rate} Hz; from 8000 to 384000 is understood")
    if not 1 <= sound.layout.nb_channels <= _MOST_CHANNELS:
        raise NotSoundError(
            f"it has {sound.layout.nb_channels} channels; up to {_MOST_CHANNELS} are understood"
        )


def _container_format(head: bytes) -> str | None:
    for start, signature, name in _SIGNATURES:
        if head[start : start + len(signature)] == signature:
            return name
    sync = int.from_bytes(head[:2])
    if sync & _SYNC != _SYNC:
        return None
    return "mp3" if sync & 0b110 else "aac"
