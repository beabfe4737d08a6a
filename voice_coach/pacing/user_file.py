"""The file with a person's own values: read as it is, changed whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path

from voice_coach.core.errors import CoachError, OutputError, Problem, ScriptError
from voice_coach.core.user_values import UserValues
from voice_coach.script.reader import display_name
from voice_coach.script.user_values import read_own
from voice_coach.script.yaml_edit import begin


class PacingFile:
    """One pacing file.

    Args:
        path: where it is, or will be.
        named: whether the person named it: then it must be there to be read.
    """

    def __init__(self, path: Path, *, named: bool = False) -> None:
        self.path = path
        self.named = named

    def read(self, *, to_change: bool = False) -> tuple[UserValues, list[Problem]]:
        """Return what it says, as far as it can be read, and its problems; where there is no file, nothing.

        Args:
            to_change: whether it is going to be changed: then one that is not there will be made.

        Raises:
            CoachError: there is no file of this name, or it cannot be opened.
            ScriptError: none of it can be read, and the person named it.
        """
        if (to_change or not self.named) and not _is_there(self.path):
            return UserValues(display_name(self.path)), []
        own, problems = read_own(self.path)
        if own is None and self.named:
            raise ScriptError(problems)
        return own or UserValues(display_name(self.path)), problems

    def change(self, changed: Callable[[str], str]) -> None:
        """Change its text, or makes it, while no other process does.

        A process that is killed leaves it as it was; what others write meanwhile is not lost.

        Args:
            changed: gives the new text for the old one.

        Raises:
            ScriptError: it has problems, so that it cannot be changed safely.
            CoachError: it cannot be read or written.
        """
        # A link is followed, as it is when the file is written.
        folder = Path(os.path.realpath(self.path)).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CoachError(f"{folder} cannot be made: {error.strerror or error}.") from None
        with _alone(folder):
            text = ""
            if is_there := _is_there(self.path):
                own, problems = read_own(self.path)
                if own is None or problems:
                    raise ScriptError(problems)
                text = own.text
            begun = begin(text)
            new = changed(begun)
            if new != begun or not is_there:
                self._write(new)

    def _write(self, text: str) -> None:
        try:
            write_whole(self.path, text, force=True)
        except OutputError as error:
            what, _, _ = str(error).partition(". ")
            raise CoachError(
                f"{what.rstrip('.')}. Nothing was changed. '--file FILE' would keep the values elsewhere."
            ) from None


def _is_there(path: Path) -> bool:
    """Return whether there is anything of this name, as far as we may look; unlike Path's own this never
    fails."""
    return os.path.exists(path)  # noqa: PTH110


def write_whole(target: Path, text: str, *, force: bool) -> None:
    """Write a text file, whole or not at all; it keeps the rights that it had.

    Raises:
        OutputError: it cannot be written, or is there and not to be replaced.
    """
    from voice_coach.storage.atomic import atomic_write

    with atomic_write(target, force=force) as file:
        with contextlib.suppress(OSError):
            if sys.platform != "win32":
                os.fchmod(file.fileno(), target.stat().st_mode & 0o777)
        file.write(text.encode())
        os.fsync(file.fileno())


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Keep other processes from changing files in a folder until the block ends, or this process does.

    Windows cannot lock a folder: of two that change the same file at once there, the last wins.

    Raises:
        CoachError: we may not look into the folder.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise CoachError(f"{folder} cannot be opened: {error.strerror or error}.") from None
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
