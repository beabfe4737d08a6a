"""The base classes of file formats, and the table of formats by file ending."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Self

from voice_coach.core.errors import WrongOutputError, display_path
from voice_coach.core.options import FileOptions
from voice_coach.rendering.performance import Programme
from voice_coach.storage.atomic import atomic_write

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voice_coach.audio.mixer import Block


class FileOutput(ABC):
    """One file made of one session: sound, captions, a page, a sheet.

    To add a format, write a class in a file of its own here that derives from this one and writes through
    :func:`voice_coach.storage.atomic.atomic_write`; name it in ``FILE_FORMATS`` by its ending. Import the
    library that does the work inside a method, never at the top: a format that is not used costs nothing.
    The same programme gives the same bytes. Memory does not grow with the length of the session, as far as
    the format lets it.

    Args:
        target: the file to write; nothing is touched before ``write``.
        options: what is asked of it.
    """

    def __init__(self, target: Path, options: FileOptions) -> None:
        self._target = target
        self._options = options

    @abstractmethod
    def write(self, programme: Programme) -> None:
        """Write the file, whole or not at all; blocks until it is done.

        An exception that comes from the programme, or Ctrl-C, passes through after everything is tidied up.

        Raises:
            OutputError: it could not be written; nothing half-written was left behind.
        """


class Output(ABC):
    """A destination for one stream of blocks that are heard as they come.

    To add a device, write a class in a file of its own here that derives from :class:`LiveOutput` and is made
    with ``latency_ms`` and ``live`` or nothing; name it in ``DEVICES``.

    ``write`` gets every frame of the session in order, once: 16-bit mono at 48 000 Hz. It takes a block when
    it has room for it and keeps no more than it needs, so that memory does not grow with the length of the
    session. What goes wrong is an OutputError (DeviceError for a device) whose text says what happened and
    what to do. Import the library that does the work inside a method, never at the top: an output that is not
    used costs nothing. Then add the class to ``tests/formats/test_contract.py``, which tries it out.
    """

    @abstractmethod
    def write(self, blocks: Iterable[Block]) -> None:
        """Write the whole stream; blocks until all of it is heard or written. An output is written once.

        An exception that comes from ``blocks``, or Ctrl-C, passes through after the output is tidied up.

        Raises:
            OutputError: it could not be written or played; nothing half-written was left behind.
        """

    def close(self) -> None:  # noqa: B027 (most outputs have nothing to let go of)
        """Let go of what the output holds, if ``write`` has not done so already. May be called again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


NO_DEVICE = (
    "No sound device was found ({reason}). Plug in or switch on a loudspeaker or headset, and look whether "
    "other programs can play."
)
LOST_DEVICE = "The sound device was lost while playing. Plug it in or switch it on again."


class LiveOutput(Output):
    """An output that is heard while it is written, and that may be opened ahead of that."""

    is_heard: ClassVar[bool] = True
    """Users can hear it. Only then a session counts as done."""

    tells_taken: ClassVar[bool] = False
    """It calls ``on_taken``."""

    on_taken: Callable[[bytearray], None] | None = None
    """Told exactly what the device takes, as it does so, silence too: 16-bit mono at 48 000 Hz. It is called
    in the device's own thread, where nothing may wait. Set it before ``write``; not every device tells."""

    def open(self) -> None:
        """Begin to open the device without waiting for it: it opens while the session is prepared."""

    def ready(self) -> None:
        """Open the device if need be, and wait until it is open.

        Raises:
            DeviceError: there is no device.
        """

    def wake(self) -> None:
        """Have ``write`` pull the next block now, though there may be no room for it; any thread may call."""

    def cut(self) -> NDArray[np.int16]:
        """Take back the frames that were written and that the device has not taken; so the stream goes on.

        Called by whatever makes the blocks, while ``write`` pulls from it: what it yields next follows at
        once upon ``position_frames``. A device that cannot take anything back returns no frames.

        Returns:
            those frames in order, shape (frames,).
        """
        import numpy as np

        return np.zeros(0, np.int16)

    @property
    @abstractmethod
    def position_frames(self) -> int:
        """Frames of the stream handed to the device so far, those that were taken back not counted."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file format: its class, and what decides which options have a meaning.

    Attributes:
        place: the class, as ``MODULE:CLASS``; it is imported when it is used, and made with path and options.
        media_type: its type in a feed, with Apple's name where it has its own. Formats that have one are
            for players of sound: they can be split and fed, and captions can lie beside them.
        sound: sound is in it.
        lossy: a quality can be chosen, as something is left out of the sound.
        chapters: it names chapters of a chosen level.
        paper: it is printed.
    """

    place: str
    media_type: str = ""
    sound: bool = False
    lossy: bool = False
    chapters: bool = False
    paper: bool = False


def _lossy(place: str, media_type: str) -> FileFormat:
    return FileFormat(place, media_type, sound=True, lossy=True, chapters=True)


FILE_FORMATS: Mapping[str, FileFormat] = {
    ".m4b": _lossy("voice_coach.formats.compressed:M4bFile", "audio/x-m4b"),
    ".m4a": _lossy("voice_coach.formats.compressed:M4bFile", "audio/x-m4a"),
    ".mp3": _lossy("voice_coach.formats.compressed:Mp3File", "audio/mpeg"),
    ".opus": _lossy("voice_coach.formats.compressed:OpusFile", "audio/ogg"),
    ".wav": FileFormat("voice_coach.formats.lossless:WavFile", "audio/wav", sound=True),
    ".flac": FileFormat("voice_coach.formats.lossless:FlacFile", "audio/flac", sound=True, chapters=True),
    ".vtt": FileFormat("voice_coach.formats.text:WebVttFile"),
    ".srt": FileFormat("voice_coach.formats.text:SubRipFile"),
    ".lrc": FileFormat("voice_coach.formats.text:LyricsFile"),
    ".txt": FileFormat("voice_coach.formats.text:Transcript"),
    ".labels": FileFormat("voice_coach.formats.text:LabelTrack"),
    ".ssml": FileFormat("voice_coach.formats.text:SsmlFile"),
    ".pdf": FileFormat("voice_coach.reports.sheet:SheetFile", paper=True),
    ".html": FileFormat("voice_coach.reports.player_page:PlayerPage", sound=True, lossy=True, chapters=True),
}
"""Formats by the ending of their files' names."""

AUDIO = tuple(ending for ending, each in FILE_FORMATS.items() if each.media_type)
"""The endings of the files that players of sound take."""

DEVICES = {
    "auto": "voice_coach.devices.miniaudio:MiniaudioDevice",
    "miniaudio": "voice_coach.devices.miniaudio:MiniaudioDevice",
    "simpleaudio": "voice_coach.devices.simpleaudio:SimpleaudioDevice",
    "none": "voice_coach.devices.base:NullDevice",
}
"""The class for each device by its name; it is made with ``latency_ms`` and ``live``, see ``make_device``."""


def make_file_output(target: Path, options: FileOptions | None = None, *, format: str = "") -> FileOutput:
    """The output that writes ``target``; nothing is touched before ``write``.

    Args:
        target: the file to write.
        options: what is asked of it.
        format: an ending from ``FILE_FORMATS``; the one of the file's name if not given.

    Raises:
        WrongOutputError: no format has this ending, or the file's name says another one than ``format``.
    """
    ending = target.suffix.lower()
    chosen = FILE_FORMATS.get(format or ending)
    if FILE_FORMATS.get(ending, chosen) != chosen:
        raise WrongOutputError(
            f"{display_path(target)} is not what a {format} file is called. "
            f"Name it {display_path(target.with_suffix(format))}, or leave out the format."
        )
    if chosen is None:
        name = target.name or str(target)
        found = f"{target.suffix!r} is not an ending" if ending else f"{name!r} has no ending"
        raise WrongOutputError(f"{found} of a file that can be written; use {endings()}.")
    output: FileOutput = _load(chosen.place)(target, options or FileOptions())
    return output


def endings() -> str:
    """The endings of the files that can be written, in words."""
    *most, last = FILE_FORMATS
    return f"{', '.join(most)} or {last}"


def make_device(name: str = "auto", *, latency_ms: int | None = None, live: bool = False) -> LiveOutput:
    """The device of that name, not yet opened.

    Args:
        name: its name in ``DEVICES``.
        latency_ms: how long after a block was pulled it is heard, about and at most; short for a stream that
            follows keys. The shorter, the easier a busy machine makes it stutter. None is what a device
            plays most safely with.
        live: the stream takes back what waits (``cut``) when it changes: what the device itself holds is so
            short that this is heard within a tenth of a second, while ``latency_ms`` may be long.

    Raises:
        WrongOutputError: no device has this name.
        OutputError: it cannot run here, or not with such a latency.
    """
    place = DEVICES.get(name)
    if place is None:
        raise WrongOutputError(f"There is no device {name!r}; use {', '.join(DEVICES)}, or name a file.")
    output: LiveOutput = _load(place)(latency_ms=latency_ms, live=live)
    return output


def _load(place: str) -> type:
    module, _, name = place.partition(":")
    found: type = getattr(importlib.import_module(module), name)
    return found


class TextFile(FileOutput):
    """Writes UTF-8 without a byte order mark, lines ended by LF.

    To add a format of text, derive from this class and say what stands in the file.
    """

    def write(self, programme: Programme) -> None:
        with atomic_write(self._target, force=self._options.force) as file:
            for piece in self.pieces(programme):
                file.write(piece.encode("utf-8", "replace"))

    @abstractmethod
    def pieces(self, programme: Programme) -> Iterator[str]:
        """The text, piece by piece: best a chapter at a time, since each piece is written to the disk."""
