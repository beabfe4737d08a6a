"""Packets, as encoders make them, and the store that keeps them on disk."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.file_store import FileStore

if TYPE_CHECKING:
    from voice_coach.encoding.codecs import Settings

DEFAULT_BYTES: Final = 512 * 1024 * 1024
"""About a day of different sound."""

FOLDER: Final = "encoded"
_ENDING: Final = ".packets"
_HEADER: Final = struct.Struct("<4sHII")  # magic, version, packets, checksum
_MAGIC: Final = b"VPKT"
_VERSION: Final = 1
_SIZE: Final = np.dtype("<u2")


@dataclass(frozen=True, slots=True, eq=False)
class Packets:
    """Packets one after the other.

    Attributes:
        data: their bytes.
        sizes: how many bytes each has, shape (packets,), uint16.
    """

    data: bytes
    sizes: NDArray[np.uint16]

    @classmethod
    def of(cls, packets: Sequence[bytes]) -> Packets:
        return cls(b"".join(packets), np.fromiter(map(len, packets), _SIZE, len(packets)))

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[bytes]:
        end = 0
        for size in self.sizes.tolist():
            start, end = end, end + size
            yield self.data[start:end]

    def first(self, count: int) -> Packets:
        """Only so many."""
        sizes = self.sizes[:count]
        return Packets(self.data[: int(sizes.sum())], sizes)

    def without(self, count: int) -> Packets:
        """All but the first so many."""
        return Packets(self.data[int(self.sizes[:count].sum()) :], self.sizes[count:])


class SpanEncoder(Protocol):
    """Encodes one stretch of sound, from the first sample to the last; made anew for each."""

    def __init__(self, settings: Settings) -> None: ...

    @staticmethod
    def version() -> str:
        """What decides which bytes come out, besides the samples and the settings."""
        ...

    def encode(self, samples: NDArray[np.int16]) -> Packets:
        """Take more samples, mono at 48 000 Hz; the packets that are ready."""
        ...

    def finish(self) -> Packets:
        """The rest of the packets."""
        ...


class PacketStore:
    """Keeps packets in a folder, as a :class:`FileStore` does: it never fails.

    Args:
        folder: made when the first packets are put into it.
        max_bytes: what was used longest ago is removed beyond this.
        notify: told once, in a sentence, if the folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        max_bytes: int = DEFAULT_BYTES,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._store = FileStore(folder, _ENDING, max_bytes, "Encoded sound", notify)

    def get(self, key: str) -> Packets | None:
        """The packets kept under this key, or None. Damaged ones are removed."""
        return self._store.get(key, lambda data: _unpack(data, key))

    def put(self, key: str, packets: Packets) -> None:
        """Keep packets."""
        self._store.put(key, _header(packets, key), packets.sizes.data.cast("B"), packets.data)

    def close(self) -> None:
        """Make room if anything was put."""
        self._store.close()


def _unpack(data: bytes, key: str) -> Packets | None:
    """The packets in these bytes, or None if they are not what was put under this key."""
    if len(data) < _HEADER.size:
        return None
    _, _, count, _ = _HEADER.unpack_from(data)
    body = _HEADER.size + count * _SIZE.itemsize
    if len(data) < body:
        return None
    packets = Packets(data[body:], np.frombuffer(data, _SIZE, count, _HEADER.size))
    if int(packets.sizes.sum()) != len(packets.data) or data[: _HEADER.size] != _header(packets, key):
        return None
    return packets


def _header(packets: Packets, key: str) -> bytes:
    """The header of a file. Its checksum covers the key too, so a file under another name is damage."""
    checksum = zlib.crc32(packets.data, zlib.crc32(packets.sizes.tobytes(), zlib.crc32(key.encode())))
    return _HEADER.pack(_MAGIC, _VERSION, len(packets), checksum)
