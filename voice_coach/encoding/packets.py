"""Packets, as encoders make them, and the store that keeps them on disk."""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.errors import OutputError
from voice_coach.storage.file_cache import FileStore

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
    """Encoder for one stretch of sound, from the first sample to the last; made again for each."""

    def __init__(self, settings: Settings) -> None: ...

    @staticmethod
    def version() -> str:
        """Return what decides which bytes come out, besides the samples and the settings."""
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


IN_MEMORY_BYTES = 64 * 1024 * 1024
"""About two hours of sound; more goes to a temporary file."""


class Run(NamedTuple):
    """Place of a run of packets."""

    first_byte: int
    sizes: NDArray[np.uint16]


class Recording:
    """Gathers packets; gives them again, in order, as often as asked.

    Args:
        settings: how they were encoded.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.samples = 0
        """Of the stream, as it was before it was encoded."""
        self._runs: list[Run | int] = []
        """Packets, or a count of those of silence."""
        self._filler = b""
        self._end = 0
        self._data: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  (closed in close)

    def add(self, packets: Packets) -> Run:
        """Append packets.

        Raises:
            OutputError: there is no room for them.
        """
        run = Run(self._end, packets.sizes)
        try:
            self._data.write(packets.data)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                f"The encoded sound cannot be kept in {tempfile.gettempdir()} ({reason}). Make room there, "
                f"or name another folder in the environment variable TMPDIR."
            ) from error
        self._end += len(packets.data)
        self._runs.append(run)
        return run

    def repeat(self, run: Run) -> None:
        """Append packets that were added before."""
        self._runs.append(run)

    def quiet(self, count: int) -> None:
        """Append so many packets of silence."""
        self._runs.append(count)

    def finish(self, samples: int, filler: bytes) -> None:
        """Say how many samples all of it stands for, and what a packet of silence is."""
        self.samples, self._filler = samples, filler
        if self._end:
            self._data.flush()

    def __iter__(self) -> Iterator[bytes]:
        for run in self._runs:
            if isinstance(run, int):
                yield from repeat(self._filler, run)
            else:
                self._data.seek(run.first_byte)
                yield from Packets(self._data.read(int(run.sizes.sum())), run.sizes)

    def close(self) -> None:
        """Let go of the packets."""
        self._data.close()
