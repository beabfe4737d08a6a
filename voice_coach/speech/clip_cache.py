"""Clips kept on disk, one small file each, under a hash of everything that shaped them."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.speech import Clip, Word, duration_ms
from voice_coach.storage.file_cache import FileStore

FULL_SCALE: Final = np.float32(32_768)


def to_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Float samples (full scale ±1) that lie on the grid; little-endian, as files are everywhere."""
    return np.multiply(samples, FULL_SCALE, dtype=np.float32).astype("<i2")


def to_float32(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """The samples again, full scale ±1."""
    return np.multiply(samples, 1 / FULL_SCALE, dtype=np.float32)


_WORD: Final = struct.Struct("<4I")  # first, end, start and end in ms
WORD_BYTES: Final = _WORD.size


def pack_words(words: Iterable[Word]) -> bytes:
    """Return words as a ``GridClip`` has them, ``WORD_BYTES`` each."""
    return b"".join(_WORD.pack(word.first, word.end, word.start_ms, word.end_ms) for word in words)


@dataclass(frozen=True, slots=True)
class GridClip:
    """A clip as it is kept: 16-bit samples, little-endian, shape (frames,), and their rate.

    Its words are packed, ``WORD_BYTES`` each: most who want the samples do not want the words.
    """

    samples: NDArray[np.int16]
    rate_hz: int
    packed_words: bytes = b""

    @classmethod
    def of(cls, clip: Clip) -> GridClip:
        """A clip whose samples lie on the grid."""
        return cls(to_int16(clip.samples), clip.rate_hz, pack_words(clip.words))

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds, rounded up as a clip's is."""
        return duration_ms(len(self.samples), self.rate_hz)

    def words(self) -> tuple[Word, ...]:
        """Return when each word is spoken."""
        return tuple(Word(*each) for each in _WORD.iter_unpack(self.packed_words))

    def clip(self) -> Clip:
        """The clip ready to mix, without its words."""
        return Clip(to_float32(self.samples), self.rate_hz)


DEFAULT_BYTES: Final = 256 * 1024 * 1024
"""About three quarters of an hour of different prompts."""

_CLIP, _GAIN = ".clip", ".gain"
_HEADER: Final = struct.Struct("<4sHIIHI")  # magic, version, rate in Hz, frames, words, checksum
_MAGIC: Final = b"VCLP"
_VERSION: Final = 2
"""1 had no words."""

_LOUDEST_GAIN_DB: Final = 60.0


def cache_key(*parts: str | float) -> str:
    """A name for what these parts shape: the same for the same parts in the same order, else another."""
    text = "\0".join(repr(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class ClipCache:
    """Keeps conditioned clips in a folder, as a :class:`FileStore` does: it never fails.

    Args:
        folder: made when the first clip is put into it.
        max_bytes: the clips used longest ago are removed beyond this.
        notify: told once, in a sentence, if the folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        max_bytes: int = DEFAULT_BYTES,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._store = FileStore(folder, _CLIP, max_bytes, "Speech", notify)

    def get(self, key: str) -> GridClip | None:
        """The clip kept under this key, or None. A damaged one is removed."""
        return self._store.get(key, lambda data: _unpack(data, key))

    def put(self, key: str, clip: GridClip) -> None:
        """Keep a clip."""
        samples = clip.samples.data.cast("B")
        header = _header(clip.rate_hz, len(clip.samples), samples, clip.packed_words, key)
        self._store.put(key, header, samples, clip.packed_words)

    def gain_db(self, key: str) -> float | None:
        """The gain kept under this key, or None."""
        try:
            gain = float(self._store.read_text(f"{key}{_GAIN}"))
        except ValueError:
            return None
        return gain if abs(gain) <= _LOUDEST_GAIN_DB else None

    def put_gain_db(self, key: str, gain_db: float) -> None:
        """Keep the gain of a voice that was measured; it is never removed to make room."""
        self._store.put_file(f"{key}{_GAIN}", repr(gain_db).encode("ascii"))

    def close(self) -> None:
        """Make room if anything was put."""
        self._store.close()


def _unpack(data: bytes, key: str) -> GridClip | None:
    """The clip in these bytes, or None if they are not what was put under this key."""
    if len(data) < _HEADER.size:
        return None
    _, _, rate_hz, frames, count, _ = _HEADER.unpack_from(data)
    end = _HEADER.size + 2 * frames
    samples, words = memoryview(data)[_HEADER.size : end], data[end:]
    if len(data) != end + count * WORD_BYTES:
        return None
    if data[: _HEADER.size] != _header(rate_hz, frames, samples, words, key):
        return None
    return GridClip(np.frombuffer(samples, "<i2"), rate_hz, words)


def _header(rate_hz: int, frames: int, samples: memoryview, words: bytes, key: str) -> bytes:
    """The header of a file. Its checksum covers the key too, so a file under another name is damage."""
    start = zlib.crc32(f"{key} {rate_hz} {frames}".encode())
    checksum = zlib.crc32(words, zlib.crc32(samples, start))
    return _HEADER.pack(_MAGIC, _VERSION, rate_hz, frames, len(words) // WORD_BYTES, checksum)
