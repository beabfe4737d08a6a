"""Captions as lyrics in an MP3 file's ID3 tag: the words (USLT), and each line with its time (SYLT).

FFmpeg writes neither. It leaves room at the end of the tag for what comes later, and here they are put there.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from voice_coach.encoding.timed_text import Subtitle
from voice_coach.model.problems import OutputError

_HEAD: Final = 10
"""So long is the head of a tag, and that of a frame."""

_NO_LANGUAGE: Final = "XXX"
_MILLISECONDS, _LYRICS = b"\x02", b"\x01"
_LATIN_1, _UTF_16 = b"\x00", b"\x01"


def lyrics_frames(subtitles: Sequence[Subtitle], language: str) -> bytes:
    """The frames that tell the words of a file, as ID3 version 2.3 has them; b"" if there are none.

    Args:
        subtitles: the captions; each is a line.
        language: three letters (ISO 639-2), "" if it is not known.
    """
    if not subtitles:
        return b""
    lines = [(" ".join(text.split()), start_ms) for text, start_ms, _ in subtitles]
    encoding, name, end = _encoding("".join(text for text, _ in lines))
    head = encoding + (language or _NO_LANGUAGE).encode("ascii")
    # What stands here is a description, which there is none of; in UTF-16 each text has its byte order.
    nothing = "".encode(name) + end
    words = "\n".join(text for text, _ in lines).encode(name, "replace")
    timed = b"".join(
        f"\n{text}".encode(name, "replace") + end + start_ms.to_bytes(4, "big") for text, start_ms in lines
    )
    return _frame(b"USLT", head + nothing + words) + _frame(
        b"SYLT", head + _MILLISECONDS + _LYRICS + nothing + timed
    )


def put_frames(file: io.RawIOBase, frames: bytes) -> None:
    """Writes frames into the room at the end of a file's tag; what is left of the room stays.

    Args:
        file: an MP3 file that begins with a tag of ID3 version 2.3; may be read, written and sought in.
        frames: what is written.

    Raises:
        OutputError: what the file raises, or there is no such room.
    """
    file.seek(0)
    head = file.read(_HEAD) or b""
    size = sum(part << shift for part, shift in zip(head[6:], (21, 14, 7, 0), strict=False))
    body = file.read(size) or b""
    at = 0
    while body[at : at + 1].strip(b"\0"):
        at += _HEAD + int.from_bytes(body[at + 4 : at + 8], "big")
    if at + len(frames) > len(body):
        raise OutputError("The words of this session are too long for an MP3 file. Choose another format.")
    file.seek(_HEAD + at)
    file.write(frames)


def _encoding(text: str) -> tuple[bytes, str, bytes]:
    """How a text is told in the least room: ID3's mark for it, Python's name for it, and what ends a text."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return _UTF_16, "utf-16", b"\0\0"
    return _LATIN_1, "latin-1", b"\0"


def _frame(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "big") + b"\0\0" + data
