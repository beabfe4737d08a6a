"""What the ear and its child process say to each other.

To the child goes a header and as many bytes as it says; what comes back see ``ear_child``.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Collection
from typing import BinaryIO, Final

PLAYED: Final = b"p"
"""What follows are frames that the loudspeaker was given: their position, then 16 bits each."""
EXPECT: Final = b"e"
"""What follows are the phrases to expect, as a list in JSON."""

_HEADER: Final = struct.Struct("<cI")
_POSITION: Final = struct.Struct("<Q")

_LARGEST: Final = 1 << 20


def played_message(position_frames: int, samples: bytes | bytearray) -> bytes:
    """Frames that the loudspeaker was given, and how many it was given before."""
    return _message(PLAYED, _POSITION.pack(position_frames) + samples)


def expect_message(phrases: Collection[str]) -> bytes:
    """The phrases to expect."""
    return _message(EXPECT, json.dumps(list(phrases)).encode())


def read_message(source: BinaryIO) -> tuple[bytes, bytes] | None:
    """The kind of the next message and what follows; waits for it. None at the end."""
    header = source.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack(header)
    if length > _LARGEST:
        return None
    content = source.read(length)
    return (kind, content) if len(content) == length else None


def read_played(content: bytes) -> tuple[int, memoryview]:
    """Position and frames, as bytes, of a ``PLAYED`` message."""
    return _POSITION.unpack_from(content)[0], memoryview(content)[_POSITION.size :]


def _message(kind: bytes, content: bytes) -> bytes:
    return _HEADER.pack(kind, len(content)) + content
