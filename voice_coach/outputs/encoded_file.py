"""MP3, M4B and Opus: small files with tags, chapters and a picture."""

from __future__ import annotations

import contextlib
import io
from abc import abstractmethod
from collections.abc import Generator
from dataclasses import replace
from importlib import import_module
from typing import ClassVar

from voice_coach.encoding.codecs import Codec, Settings
from voice_coach.encoding.muxing import Label
from voice_coach.encoding.packets import FOLDER, PacketStore
from voice_coach.encoding.recording import Recording
from voice_coach.encoding.stream import encode
from voice_coach.model.about import About
from voice_coach.model.export import ChapterLevel, FileWishes
from voice_coach.outputs.beside import beside
from voice_coach.outputs.captions import subtitles
from voice_coach.outputs.chapter_marks import chapter_marks
from voice_coach.outputs.output import FileOutput
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.tags import tags, three_letters
from voice_coach.outputs.whole_file import whole_file


class EncodedFile(FileOutput):
    """Writes sound of which something is left out, mono at 48 000 Hz.

    Sounds that were encoded before are taken from the cache. Chapters and tags are written last, when every
    word has been spoken and measured anyway.
    """

    codec: ClassVar[Codec]

    def write(self, programme: Programme) -> None:
        with (
            whole_file(self._target, force=self._wishes.force) as file,
            encoded(programme, self.codec, self._wishes) as recording,
        ):
            self._mux(file, recording, self._label(programme))

    @abstractmethod
    def _mux(self, file: io.RawIOBase, recording: Recording, label: Label) -> None:
        """Write the file."""

    def _label(self, programme: Programme) -> Label:
        return replace(labelled(programme, self._wishes.chapters), subtitles=subtitles(programme))


@contextlib.contextmanager
def encoded(programme: Programme, codec: Codec, wishes: FileWishes) -> Generator[Recording]:
    """The sound of a session in a codec; what was encoded before comes from the cache.

    Raises:
        OutputError: it could not be encoded, or not be kept until it is written.
        Retake: as ``Programme.blocks`` does.
        SpeechError: no speech engine works.
    """
    settings = Settings.of(codec, wishes.quality)
    store = PacketStore(wishes.cache / FOLDER) if wishes.cache else None
    with contextlib.ExitStack() as stack:
        with beside(programme.blocks()) as blocks:
            import_module("av")  # muxing needs it; it takes a while, and now another core speaks
            recording = stack.enter_context(contextlib.closing(encode(blocks, settings, store)))
        if store:
            store.close()
        yield recording


COVER_PX = 600
"""The side of the picture: sharp on a phone's lock screen, and small beside the sound."""


def labelled(programme: Programme, level: ChapterLevel) -> Label:
    """What every audio file says about its sound."""
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
    from voice_coach.outputs.cover import cover_jpeg

    return cover_jpeg(about, side_px)
