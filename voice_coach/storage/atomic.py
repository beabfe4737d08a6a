"""A file that is there whole or not at all.

It is written under another name in the same folder and renamed at the end. While it is being written it is
locked, and the lock dies with its process: so what a killed process left is told apart from the file of one
that is still writing, and is cleared away the next time a file is written into the folder.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.core.errors import OutputError, display_path
from voice_coach.core.interrupts import check_interrupt
from voice_coach.storage.locks import clear, lock_new

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_MAY_RENAME_OPEN = os.name == "posix"

_REASONS = {
    errno.ENOSPC: "the disk is full. Make room, or write to another disk",
    errno.EDQUOT: "your share of the disk is used up. Make room, or write to another disk",
    errno.EFBIG: "the file grew too large for this disk. Write to another disk, or use .flac",
    errno.EROFS: "the disk can only be read. Choose another folder",
    errno.EACCES: "you may not write there. Choose another folder",
    errno.EPERM: "you may not write there. Choose another folder",
    errno.ENOENT: "there is no such folder. Make it first, or choose another",
    errno.ENOTDIR: "its folder is a file. Choose another folder",
    errno.ENAMETOOLONG: "its name is too long. Choose a shorter one",
    errno.ELOOP: "its links lead in a circle. Choose another name",
}


@contextlib.contextmanager
def atomic_write(target: Path, *, force: bool = False) -> Generator[io.FileIO]:
    """A new file to write, read and seek in, which becomes ``target`` when the block ends without an error.

    It is not buffered, as blocks are large; its ``write`` writes all it is given.

    On any error, Ctrl-C included, it is removed and ``target`` is as it was. A link is followed. An error of
    the disk is raised as OutputError by whichever call meets it; what else the block raises passes through.

    Args:
        target: the file to write.
        force: replace the file if there is one.

    Raises:
        OutputError: it cannot be written; the text says why and what to do.
    """
    if "\0" in str(target):
        raise OutputError(
            f"{display_path(target)} cannot be written: its name holds a zero byte. Choose another name."
        )
    made: list[Path] = []
    try:
        try:
            place = Path(os.path.realpath(target))
            _check(place, target, force)
            remove_leftovers(place.parent)
            file = _create(place, target, made)
        except OSError as error:
            raise _explained(error, target) from error
        with file:
            yield file
            if _MAY_RENAME_OPEN:
                # Still locked, so that nobody takes it for a leftover.
                _finish(made[-1], place, target, force)
        if not _MAY_RENAME_OPEN:
            _finish(made[-1], place, target, force)
    except BaseException:
        for partial in made:
            with contextlib.suppress(OSError):
                partial.unlink()
        raise


def check_free(target: Path, *, force: bool = False) -> None:
    """Refuse a file that could not become ``target`` as things are, before it is worth making it.

    Nothing is left of the attempt to begin it.

    Raises:
        OutputError: it cannot be written; the text says why and what to do.
    """
    with contextlib.suppress(_Unmade), atomic_write(target, force=force):
        raise _Unmade


class _Unmade(Exception):
    """It was not meant."""


def _finish(partial: Path, place: Path, target: Path, force: bool) -> None:
    check_interrupt()
    _check(place, target, force)  # somebody may have made it meanwhile
    try:
        partial.replace(place)
    except OSError as error:
        raise _explained(error, target) from error


class _Partial(io.FileIO):
    """A file whose errors are for people, and that is never written in part."""

    def __init__(self, path: Path, target: Path) -> None:
        self._target = target
        super().__init__(path, "x+")

    def write(self, b: ReadableBuffer, /) -> int:
        try:
            rest = memoryview(b).cast("B")
            while rest:
                rest = rest[super().write(rest) :]
        except OSError as error:
            raise _explained(error, self._target) from error
        return memoryview(b).nbytes

    def truncate(self, size: int | None = None, /) -> int:
        try:
            return super().truncate(size)
        except OSError as error:
            raise _explained(error, self._target) from error

    def close(self) -> None:
        try:
            super().close()
        except OSError as error:
            raise _explained(error, self._target) from error


def _explained(error: OSError, target: Path) -> OutputError:
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
    if error.errno != errno.ELOOP and os.path.islink(target):  # noqa: PTH114  (never raises, whatever the name)
        reason = f"it is a link to {display_path(Path(os.path.realpath(target)))}, and {reason}"
    return OutputError(f"{display_path(target)} cannot be written: {reason}.")


def _check(place: Path, target: Path, force: bool) -> None:
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise OutputError(f"{display_path(target)} is a folder. Say which file in it to write.")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{display_path(target)} is not a file. Choose another name.")
    if not force:
        raise OutputError(
            f"{display_path(target)} is there already. Use --force to replace it, or choose another name."
        )


def _create(place: Path, target: Path, made: list[Path]) -> _Partial:
    """A new locked file beside ``place``; its path is put into ``made`` before there is a file."""
    while True:
        # Short, however long the target's name is.
        partial = place.with_name(f".voice-coach-{os.urandom(8).hex()}.partial")
        made.append(partial)
        file = _Partial(partial, target)
        if lock_new(file, partial):
            return file
        file.close()


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left in a folder; what is being written stays."""
    clear(folder.glob(".voice-coach-*.partial"))
