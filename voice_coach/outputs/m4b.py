"""M4B and M4A: AAC, with the chapters that phones show. The default of an export."""

from __future__ import annotations

import io
from dataclasses import replace

from voice_coach.encoding.codecs import AAC
from voice_coach.encoding.muxing import Label, mux
from voice_coach.encoding.recording import Recording
from voice_coach.outputs.encoded_file import EncodedFile

_BRAND = "M4A "
"""What Apple's players look for; FFmpeg's own format for them, ``ipod``, takes no picture from PyAV."""

_AUDIOBOOK = "2"
"""Apple's kind of media for what is heard from where it was left."""


class M4bFile(EncodedFile):
    """Writes an M4B file: chapters as a text track and as Nero's list, as players read one or the other."""

    codec = AAC

    def _mux(self, file: io.RawIOBase, recording: Recording, label: Label) -> None:
        tags = {**label.tags, "media_type": _AUDIOBOOK}
        mux(file, "mp4", {"brand": _BRAND}, recording, replace(label, tags=tags))
