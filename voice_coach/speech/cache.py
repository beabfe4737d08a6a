"""Clips kept on disk, one small file each, under a hash of everything that shaped them."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import struct
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.speech.grid import WORD_BYTES, GridClip

DEFAULT_BYTES: Final = 256 * 1024 * 1024
"""About three quarters of an hour of different prompts."""

_CLIP, _TEMPORARY, _GAIN = ".clip", ".tmp", ".gain"
_HEADER: Final = struct.Struct("<4sHIIHI")  # magic, version, rate in Hz, frames, words, checksum
_MAGIC: Final = b"VCLP"
_VERSION: Final = 2
"""1 had no words."""

_FIRST_LOOK_BYTES: Final = 4 * 1024 * 1024
_STALE_S: Final = 3600.0
_FRESH_S: Final = 600.0
_LOUDEST_GAIN_DB: Final = 60.0


def cache_key(*parts: str | float) -> str:
    """A name for what these parts shape: the same for the same parts in the same order, else another."""
    text = "\0".join(repr(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class ClipCache:
    """Keeps conditioned clips in a folder. Never fails: without the folder it is merely empty.

    A file is written under another name and moved into place, so a process that is killed leaves no broken
    clip; damage from elsewhere is found by a checksum, and the file removed. Nothing is synced to the disk:
    after a power cut the checksum tells. Safe to use from several threads and processes.

    Args:
        folder: made when the first clip is put into it.
        max_bytes: the clips used longest ago are removed beyond this; looked at now and then, so there may
            be an eighth more for a while.
        notify: told once, in a sentence, if the folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        max_bytes: int = DEFAULT_BYTES,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._notify = notify
        self._lock = threading.Lock()
        self._works = True
        self._numbers = itertools.count()
        self._until_look = min(_FIRST_LOOK_BYTES, max_bytes // 8)
        self._put_any = False

    def get(self, key: str) -> GridClip | None:
        """The clip kept under this key, or None. A damaged one is removed."""
        path = self._folder / f"{key}{_CLIP}"
        try:
            with path.open("rb", buffering=0) as file:
                used_s = os.fstat(file.fileno()).st_mtime
                data = file.readall()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._give_up(error)
            return None
        clip = _unpack(data, key)
        try:
            if clip is None:
                path.unlink()
            elif time.time() - used_s > _FRESH_S:
                os.utime(path)  # used now: the last to be removed
        except OSError:
            pass  # a folder that can be read only is still good to read from
        return clip

    def put(self, key: str, clip: GridClip) -> None:
        """Keep a clip."""
        if self._works:
            samples = clip.samples.data.cast("B")
            header = _header(clip.rate_hz, len(clip.samples), samples, clip.packed_words, key)
            self._write(f"{key}{_CLIP}", header, samples, clip.packed_words)

    def gain_db(self, key: str) -> float | None:
        """The gain kept under this key, or None."""
        try:
            gain = float((self._folder / f"{key}{_GAIN}").read_text("ascii"))
        except (OSError, ValueError):
            return None
        return gain if abs(gain) <= _LOUDEST_GAIN_DB else None

    def put_gain_db(self, key: str, gain_db: float) -> None:
        """Keep the gain of a voice that was measured; it is never removed to make room."""
        if self._works:
            self._write(f"{key}{_GAIN}", repr(gain_db).encode("ascii"))

    def close(self) -> None:
        """Make room if anything was put."""
        if self._put_any and self._works:
            self._make_room()

    def _write(self, name: str, *parts: bytes | memoryview) -> None:
        temporary = self._folder / f"{name}.{os.getpid()}-{next(self._numbers)}{_TEMPORARY}"
        try:
            try:
                _write_parts(temporary, parts)
            except FileNotFoundError:
                self._folder.mkdir(parents=True, exist_ok=True)
                _write_parts(temporary, parts)
            temporary.replace(self._folder / name)
        except OSError as error:
            _remove(temporary)
            if not (self._folder / name).exists():  # on Windows another process may be reading the same clip
                self._give_up(error)
            return
        with self._lock:
            self._put_any = True
            self._until_look -= sum(len(part) for part in parts)
            look = self._until_look <= 0
            if look:
                self._until_look = self._max_bytes // 8
        if look:
            self._make_room()

    def _make_room(self) -> None:
        """Remove the clips used longest ago beyond the bound, and what killed processes left."""
        clips: list[tuple[float, int, str]] = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    status = entry.stat()
                    if entry.name.endswith(_CLIP):
                        clips.append((status.st_mtime, status.st_size, entry.path))
                    elif entry.name.endswith(_TEMPORARY) and time.time() - status.st_mtime > _STALE_S:
                        _remove(Path(entry.path))
        except OSError:
            return  # another process tidies or removes the folder right now
        total = sum(size for _, size, _ in clips)
        for _, size, path in sorted(clips):
            if total <= self._max_bytes:
                return
            _remove(Path(path))
            total -= size

    def _give_up(self, error: OSError) -> None:
        with self._lock:
            told, self._works = not self._works, False
        if not told:
            reason = error.strerror or str(error)
            self._notify(
                f"Speech cannot be kept in {self._folder} ({reason}): going on without, more slowly."
            )


def _write_parts(path: Path, parts: tuple[bytes | memoryview, ...]) -> None:
    with path.open("wb", buffering=0) as file:
        for part in parts:
            file.write(part)


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


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # in use on Windows; the next look finds it again
        path.unlink(missing_ok=True)
