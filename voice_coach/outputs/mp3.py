"""MP3: what every device plays, with chapters in ID3."""

from __future__ import annotations

import io
from dataclasses import replace

from voice_coach.encoding.codecs import MP3
from voice_coach.encoding.muxing import Label, mux
from voice_coach.encoding.recording import Recording
from voice_coach.outputs.encoded_file import EncodedFile
from voice_coach.outputs.id3_lyrics import lyrics_frames, put_frames

_ROOM = 10
"""What FFmpeg leaves at the end of a tag in any case, in bytes: some readers want it."""


class Mp3File(EncodedFile):
    """Writes an MP3 file of a constant bit rate, so that every player finds every place in it.

    Its tags are ID3 version 2.3 (more devices know it than 2.4), with a table of contents, what is said as
    lyrics, and LAME's tag, by which players leave out what the encoder put before and after the sound.
    """

    codec = MP3

    def _mux(self, file: io.RawIOBase, recording: Recording, label: Label) -> None:
        tags = dict(label.tags)
        if label.language:
            tags["language"] = label.language
        lyrics = lyrics_frames(list(label.subtitles), label.language)
        options = {"id3v2_version": "3", "metadata_header_padding": str(_ROOM + len(lyrics))}
        mux(file, "mp3", options, recording, replace(label, tags=tags, subtitles=()))
        put_frames(file, lyrics)
