"""What every output is, and the tables of those there are."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from voice_coach.audio.block import Block
from voice_coach.model.problems import OutputError


class Output(ABC):
    """A destination for one stream of blocks.

    To add one, write a class in a file of its own here and name it in a table below:

    * A format of audio file derives from this class, is made with ``(target, force)``, writes through
      :func:`voice_coach.outputs.whole_file.whole_file`, and is named in ``FILE_FORMATS`` by its ending.
    * A device derives from :class:`LiveOutput`, is made with ``latency_ms`` or nothing, and is named in
      ``DEVICES``.

    ``write`` gets every frame of the session in order, once: 16-bit mono at 48 000 Hz. It takes a block when
    it has room for it and keeps no more than it needs, so that memory does not grow with the length of the
    session. What goes wrong is an OutputError (DeviceError for a device) whose text says what happened and
    what to do. Import the library that does the work inside a method, never at the top: an output that is not
    used costs nothing. Then add the class to ``tests/outputs/test_contract.py``, which tries it out.
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
    """Whether somebody can listen to it: what is played to nobody does not count as done."""

    def open(self) -> None:
        """Begin to open the device without waiting for it: it opens while the session is prepared."""

    def ready(self) -> None:
        """Open the device if need be, and wait until it is open.

        Raises:
            DeviceError: there is no device.
        """

    @property
    @abstractmethod
    def position_frames(self) -> int:
        """Frames of the stream handed to the device so far."""


FILE_FORMATS = {
    ".wav": "voice_coach.outputs.wav:WavFile",
    ".flac": "voice_coach.outputs.flac:FlacFile",
}
"""The class for each ending of a file's name; it is made with the file's path and ``force``."""

DEVICES = {
    "auto": "voice_coach.outputs.miniaudio_device:MiniaudioDevice",
    "miniaudio": "voice_coach.outputs.miniaudio_device:MiniaudioDevice",
    "simpleaudio": "voice_coach.outputs.simpleaudio_device:SimpleaudioDevice",
    "none": "voice_coach.outputs.null:NullDevice",
}
"""The class for each device by its name; it is made with ``latency_ms``, an int or None."""


def file_output(target: Path, *, force: bool = False) -> Output:
    """The output that writes ``target``, by the ending of its name; nothing is touched before ``write``.

    Args:
        target: the file to write.
        force: replace the file if there is one.

    Raises:
        OutputError: no format has this ending.
    """
    place = FILE_FORMATS.get(target.suffix.lower())
    if place is None:
        name = target.name or str(target)
        found = f"{target.suffix!r} is not an ending" if target.suffix else f"{name!r} has no ending"
        raise OutputError(f"{found} of a file that can be written; use {' or '.join(FILE_FORMATS)}.")
    output: Output = _load(place)(target, force=force)
    return output


def device(name: str = "auto", *, latency_ms: int | None = None) -> LiveOutput:
    """The device of that name, not yet opened.

    Args:
        name: its name in ``DEVICES``.
        latency_ms: how long after a block was pulled it is heard, about and at most; short for a stream that
            follows keys. The shorter, the easier a busy machine makes it stutter. None is what a device
            plays most safely with.

    Raises:
        OutputError: no device has this name, or it cannot run here, or not with such a latency.
    """
    place = DEVICES.get(name)
    if place is None:
        raise OutputError(f"There is no device {name!r}; use {', '.join(DEVICES)}, or name a file.")
    output: LiveOutput = _load(place)(latency_ms=latency_ms)
    return output


def _load(place: str) -> type:
    module, _, name = place.partition(":")
    found: type = getattr(importlib.import_module(module), name)
    return found
