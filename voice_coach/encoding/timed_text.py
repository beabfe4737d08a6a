"""Captions as a track of an MP4 file: 3GPP Timed Text, which FFmpeg calls ``mov_text``."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

CODEC = "mov_text"


class Subtitle(NamedTuple):
    """A text that is shown at a time, in milliseconds from the start of the file; one after the other."""

    text: str
    start_ms: int
    end_ms: int


class Sample(NamedTuple):
    """A sample of the track: what its packet holds, and when."""

    start_ms: int
    duration_ms: int
    data: bytes


def samples(subtitles: Iterable[Subtitle]) -> Iterator[Sample]:
    """The samples of a track: 16 bits of length and UTF-8 (3GPP TS 26.245, 5.17).

    They lie one behind the other from 0 on: where nothing is shown an empty one stands.
    """
    at_ms = 0
    for text, start_ms, end_ms in subtitles:
        if at_ms < start_ms:
            yield _sample(at_ms, start_ms, "")
        yield _sample(start_ms, end_ms, text)
        at_ms = end_ms
    if at_ms:
        yield _sample(at_ms, at_ms + 1, "")  # or players leave the last one standing


def _sample(start_ms: int, end_ms: int, text: str) -> Sample:
    data = text.encode("utf-8", "replace")
    return Sample(start_ms, end_ms - start_ms, struct.pack(">H", len(data)) + data)
