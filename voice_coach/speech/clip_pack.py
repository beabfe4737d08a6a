"""A pack of clips: one file with what a voice says most, ready to mix, which needs no engine.

After a line of JSON that says how the pack was made come the index, the texts and the times of their words,
and then each clip as MP3. The index has every length: a timeline is made without decoding any.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.errors import CoachError
from voice_coach.core.speech import Word, duration_ms
from voice_coach.core.text import word_spans
from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.speech.clip_cache import FULL_SCALE, GridClip, pack_words

ENDING: Final = ".pack"

_MAGIC: Final = b"voice_coach clips 1\n"
_SIZES: Final = struct.Struct("<IIII")  # bytes of the header, clips, bytes of the texts, words
_ENTRY: Final = struct.Struct("<HHIhHI")  # rate, bytes of text, frames, gain, words, bytes of sound
_WORD: Final = struct.Struct("<HH")  # start and end in ms
_GAIN_STEPS: Final = 100
"""In a decibel. What encoding took from the level of a clip is given back with it."""

RATE_HZ: Final = SAMPLE_RATE_HZ // 2
"""Of the encoded sound: a voice has little above 12 000 Hz."""

_DELAY: Final = 576 + 529
"""Frames that LAME and every decoder of MP3 put before the first."""

_FADE_FRAMES: Final = 3 * SAMPLE_RATE_HZ // 1000
"""As a clip is faded before it is encoded: encoding leaves a murmur there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A clip as it goes into a pack.

    Attributes:
        text: what is said.
        rate_wpm: at which rate.
        frames: at 48 000 Hz, exactly.
        gain_db: what brings the decoded clip to the level that the clip had.
        words: when each word is spoken.
        sound: MP3 at ``RATE_HZ``.
    """

    text: str
    rate_wpm: int
    frames: int
    gain_db: float
    words: Sequence[Word]
    sound: bytes


@dataclass(frozen=True, slots=True)
class PackedClip:
    """A clip in a pack, not decoded; its length and its words are known.

    Attributes:
        text: what is said.
        frames: at 48 000 Hz.
        times: when each word starts and ends, packed.
        read: gives the samples; takes milliseconds.
    """

    text: str
    frames: int
    times: bytes
    read: Callable[[], NDArray[np.int16]]

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds, rounded up as a clip's is."""
        return duration_ms(self.frames, SAMPLE_RATE_HZ)

    def words(self) -> tuple[Word, ...]:
        """Return when each word is spoken."""
        times = _WORD.iter_unpack(self.times)
        return tuple(Word(*span, *time) for span, time in zip(word_spans(self.text), times, strict=True))

    def grid_clip(self) -> GridClip:
        """Return the clip decoded, as clips are kept in memory.

        Raises:
            PackError: the file was changed or removed meanwhile.
        """
        return GridClip(self.read(), SAMPLE_RATE_HZ, pack_words(self.words()))


class PackError(CoachError):
    """A file that is no pack of clips, or no whole one."""


@dataclass(frozen=True, slots=True)
class _PackEntry:
    rate_wpm: int
    frames: int
    gain: int
    words: slice
    offset: int
    size: int


class ClipPack:
    """The clips of one voice in a file; only the index is kept in memory. May be used from several threads.

    Args:
        path: the file.

    Raises:
        PackError: it cannot be read, or is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                if file.read(len(_MAGIC)) != _MAGIC:
                    raise PackError(f"{path} is no pack of clips")
                header, clips, texts, words = _SIZES.unpack(file.read(_SIZES.size))
                self.header: Mapping[str, Any] = json.loads(file.read(header))
                index = file.read(clips * _ENTRY.size)
                said = file.read(texts)
                self._times = file.read(words * _WORD.size)
                begin = file.tell()
                self._identity = _identity(file)
            self._entries = self._read_index(index, said, begin)
        except (OSError, ValueError, struct.error) as error:
            raise PackError(f"{path} cannot be read: {error}") from error

    def __len__(self) -> int:
        return sum(map(len, self._entries.values()))

    def contents(self) -> set[tuple[str, int]]:
        """Return each text with its rate."""
        return {(text, entry.rate_wpm) for text, entries in self._entries.items() for entry in entries}

    def find(self, text: str, rate_wpm: int, *, any_rate: bool = False) -> PackedClip | None:
        """Return the clip of a text, or None if the pack does not have it.

        Args:
            text: exactly what is to be said.
            rate_wpm: the rate.
            any_rate: take the clip at the nearest rate there is.
        """
        entries = self._entries.get(text, ())
        entry = min(entries, key=lambda each: abs(each.rate_wpm - rate_wpm), default=None)
        if entry is None or (entry.rate_wpm != rate_wpm and not any_rate):
            return None
        return PackedClip(text, entry.frames, self._times[entry.words], lambda: self._samples(entry))

    def _read_index(self, index: bytes, texts: bytes, begin: int) -> dict[str, list[_PackEntry]]:
        entries: dict[str, list[_PackEntry]] = {}
        text_at = word_at = 0
        for rate, length, frames, gain, words, size in _ENTRY.iter_unpack(index):
            text = texts[text_at : text_at + length].decode()
            times = slice(word_at, word_at + words * _WORD.size)
            entries.setdefault(text, []).append(_PackEntry(rate, frames, gain, times, begin, size))
            text_at, word_at, begin = text_at + length, times.stop, begin + size
        if text_at != len(texts) or word_at != len(self._times) or begin != self._path.stat().st_size:
            raise PackError(f"{self._path} is cut short")
        return entries

    def _samples(self, entry: _PackEntry) -> NDArray[np.int16]:
        try:
            with self._path.open("rb") as file:
                if _identity(file) != self._identity:  # other words may lie at the same place
                    raise PackError(f"{self._path} was replaced meanwhile")
                file.seek(entry.offset)
                data = file.read(entry.size)
        except OSError as error:
            raise PackError(f"{self._path} cannot be read: {error}") from error
        samples = decode(data, entry.frames)
        samples *= np.float32(FULL_SCALE * 10 ** (entry.gain / _GAIN_STEPS / 20))
        _fade(samples)
        return np.rint(samples, out=samples).astype("<i2")


def _identity(file: BinaryIO) -> tuple[int, int, int]:
    """Return what tells a file from one that has taken its place."""
    status = os.fstat(file.fileno())
    return status.st_ino, status.st_size, status.st_mtime_ns


def write_pack(path: Path, header: Mapping[str, Any], clips: Sequence[Encoded]) -> None:
    """Write a pack; the same clips and header give the same bytes.

    Raises:
        OSError: it cannot be written.
    """
    described = json.dumps(header, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    index: list[bytes] = []
    for clip in clips:
        text, gain = clip.text.encode(), round(clip.gain_db * _GAIN_STEPS)
        index.append(
            _ENTRY.pack(clip.rate_wpm, len(text), clip.frames, gain, len(clip.words), len(clip.sound))
        )
    texts = b"".join(clip.text.encode() for clip in clips)
    words = b"".join(_WORD.pack(word.start_ms, word.end_ms) for clip in clips for word in clip.words)
    sizes = _SIZES.pack(len(described), len(clips), len(texts), len(words) // _WORD.size)
    sounds = (clip.sound for clip in clips)
    path.write_bytes(b"".join((_MAGIC, sizes, described, *index, texts, words, *sounds)))


def decode(sound: bytes, frames: int) -> NDArray[np.float32]:
    """Return the first frames at 48 000 Hz of encoded sound, without what the codec puts before them.

    Mono float32, full scale ±1. The decoder and the resampler count in floats: another processor may round a
    sample otherwise.

    Raises:
        PackError: it is broken, or too short.
    """
    import miniaudio
    import soxr

    try:
        decoded = miniaudio.mp3_read_f32(sound)
    except miniaudio.MiniaudioError as error:
        raise PackError(f"a clip cannot be decoded: {error}") from error
    halves = -(-frames * RATE_HZ // SAMPLE_RATE_HZ)
    heard = np.frombuffer(decoded.samples, np.float32)[_DELAY : _DELAY + halves]
    if len(heard) < halves:
        raise PackError(f"a clip has {len(heard)} frames instead of {halves}")
    return soxr.resample(heard, RATE_HZ, SAMPLE_RATE_HZ, quality="HQ")[:frames]


def _fade(samples: NDArray[np.float32]) -> None:
    frames = min(_FADE_FRAMES, len(samples) // 2)
    rising = _rising(frames)
    samples[:frames] *= rising
    samples[len(samples) - frames :] *= rising[::-1]


@lru_cache(maxsize=4)
def _rising(frames: int) -> NDArray[np.float32]:
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / max(1, frames))).astype(np.float32)
