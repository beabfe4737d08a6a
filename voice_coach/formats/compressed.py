"""MP3, M4B and Opus: small files with tags, chapters and a picture."""

from __future__ import annotations

import _thread
import base64
import contextlib
import io
import struct
from abc import abstractmethod
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import ClassVar

from voice_coach.audio.mixer import Block
from voice_coach.core.interrupts import check_interrupt, get_or_interrupt
from voice_coach.core.options import About, ChapterLevel, FileOptions
from voice_coach.encoding.codecs import AAC, MP3, OPUS, Codec, Settings
from voice_coach.encoding.encoder import encode
from voice_coach.encoding.muxing import Label, mux
from voice_coach.encoding.packets import FOLDER, PacketStore, Recording
from voice_coach.formats.base import FileOutput
from voice_coach.formats.captions import subtitles
from voice_coach.formats.tags import (
    chapter_marks,
    lyrics_frames,
    put_frames,
    tags,
    three_letters,
    vorbis_comments,
)
from voice_coach.rendering.performance import Programme
from voice_coach.storage.atomic import atomic_write

AHEAD = 16
"""Number of blocks that may wait to be written."""

PATIENCE_S = 0.5
"""Seconds that the end waits for a block that is being made; a slow voice gives up when it is closed."""


@dataclass(frozen=True, slots=True)
class _End:
    """Comes after the last block.

    Attributes:
        error: what making the next one raised, if anything.
    """

    error: BaseException | None


@contextmanager
def prefetched(blocks: Iterable[Block]) -> Generator[Iterator[Block]]:
    """The same blocks, made up to ``AHEAD`` of them ahead by another thread, which begins at once.

    At the end of the ``with`` statement no more blocks are made, and the thread ends soon. What making a
    block raises comes out where the block would have.
    """
    # Ctrl-C may come between any two steps of the thread that writes. What waits for that thread here is
    # written in C: a Condition that is interrupted while it is entered stays locked, and its other thread
    # would keep the process from ever ending.
    waiting: SimpleQueue[Block | _End] = SimpleQueue()
    room: SimpleQueue[None] = SimpleQueue()
    for _ in range(AHEAD):
        room.put(None)
    over = False
    ended = _thread.allocate_lock()
    ended.acquire()

    def pull() -> None:
        error: BaseException | None = None
        try:
            for block in blocks:
                room.get()
                if over:
                    break
                waiting.put(block)
        except BaseException as raised:  # noqa: BLE001  (it is raised again in the thread that writes)
            error = raised
        waiting.put(_End(error))
        ended.release()

    def pulled() -> Iterator[Block]:
        while True:
            check_interrupt()
            block = get_or_interrupt(waiting)
            if isinstance(block, _End):
                break
            room.put(None)
            yield block
        if block.error is not None:
            raise block.error

    # Not a daemon: one that still computes while Python ends can bring the process down.
    thread = Thread(target=pull, name="blocks")
    try:
        # ``start`` waits on a Condition; in a thread of its own no Ctrl-C reaches it.
        _thread.start_new_thread(thread.start, ())
        yield pulled()
    finally:
        over = True
        room.put(None)
        ended.acquire(timeout=PATIENCE_S)


class EncodedFile(FileOutput):
    """Writes sound of which something is left out, mono at 48 000 Hz.

    Sounds that were encoded before are taken from the cache. Chapters and tags are written last, when every
    word has been spoken and measured anyway.
    """

    codec: ClassVar[Codec]

    def write(self, programme: Programme) -> None:
        with (
            atomic_write(self._target, force=self._options.force) as file,
            encode_session(programme, self.codec, self._options) as recording,
        ):
            self._mux(file, recording, self._label(programme))

    @abstractmethod
    def _mux(self, file: io.RawIOBase, recording: Recording, label: Label) -> None:
        """Write the file."""

    def _label(self, programme: Programme) -> Label:
        return replace(make_label(programme, self._options.chapters), subtitles=subtitles(programme))


@contextlib.contextmanager
def encode_session(programme: Programme, codec: Codec, options: FileOptions) -> Generator[Recording]:
    """The sound of a session in a codec; what was encoded before comes from the cache.

    Raises:
        OutputError: it could not be encoded, or not be kept until it is written.
        Retake: as ``Programme.blocks`` does.
        SpeechError: no speech engine works.
    """
    settings = Settings.of(codec, options.quality)
    store = PacketStore(options.cache / FOLDER) if options.cache else None
    with contextlib.ExitStack() as stack:
        with prefetched(programme.blocks()) as blocks:
            import_module("av")  # muxing needs it; it takes a while, and now another core speaks
            recording = stack.enter_context(contextlib.closing(encode(blocks, settings, store)))
        if store:
            store.close()
        yield recording


COVER_PX = 600
"""The side of the picture: sharp on a phone's lock screen, and small beside the sound."""


def make_label(programme: Programme, level: ChapterLevel) -> Label:
    """Return what every audio file says about its sound."""
    about = programme.about
    return Label(
        tags=tags(about),
        language=three_letters(about.language),
        marks=chapter_marks(programme.chapters(), level),
        cover=cover(about, COVER_PX),
        cover_px=COVER_PX,
    )


def cover(about: About, side_px: int) -> bytes:
    """The picture of a session as JPEG; nothing for sound alone."""
    if not about.session:
        return b""
    from voice_coach.formats.cover import cover_jpeg

    return cover_jpeg(about, side_px)


_ROOM = 10
"""Bytes that FFmpeg leaves at the end of a tag in any case: some readers want it."""


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


_BRAND = "M4A "
"""Brand that Apple's players look for; FFmpeg's own format for them, ``ipod``, takes no picture from PyAV."""

_AUDIOBOOK = "2"
"""Apple's kind of media for what is heard from where it was left."""


class M4bFile(EncodedFile):
    """Writes an M4B file: chapters as a text track and as Nero's list, as players read one or the other."""

    codec = AAC

    def _mux(self, file: io.RawIOBase, recording: Recording, label: Label) -> None:
        tags = {**label.tags, "media_type": _AUDIOBOOK}
        mux(file, "mp4", {"brand": _BRAND}, recording, replace(label, tags=tags))


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
