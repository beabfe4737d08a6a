"""Opus in Ogg: the smallest file."""

from __future__ import annotations

import base64
import io
import struct
from dataclasses import replace

from voice_coach.encoding.codecs import OPUS
from voice_coach.encoding.muxing import Label, mux
from voice_coach.encoding.recording import Recording
from voice_coach.outputs.encoded_file import EncodedFile
from voice_coach.outputs.tags import vorbis_comments

_FRONT_COVER = 3
_BITS_PER_PIXEL = 24
_TYPE = b"image/jpeg"


class OpusFile(EncodedFile):
    """Writes an Opus file: chapters and picture as comments."""

    codec = OPUS

    def _mux(self, file: io.RawIOBase, recording: Recording, label: Label) -> None:
        tags = vorbis_comments(label)
        if label.cover:
            tags["METADATA_BLOCK_PICTURE"] = base64.b64encode(_block(label)).decode("ascii")
        mux(file, "opus", {}, recording, replace(label, tags=tags, marks=(), cover=b"", subtitles=()))


def _block(label: Label) -> bytes:
    """The picture as FLAC's PICTURE block, which Vorbis comments carry (RFC 9639, section 8.8)."""
    return b"".join(
        (
            struct.pack(">II", _FRONT_COVER, len(_TYPE)),
            _TYPE,
            struct.pack(">IIIIII", 0, label.cover_px, label.cover_px, _BITS_PER_PIXEL, 0, len(label.cover)),
            label.cover,
        )
    )
