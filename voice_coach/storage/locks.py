"""Leftovers of killed processes: telling them from files in use, and removing them.

What is unfinished is locked, and a lock dies with its process.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import IO, BinaryIO

STALE_S = 3600.0
"""Seconds after which a file that was not written counts as a leftover, where a file system has no locks."""

_LOCK = ".lock"


def lock(file: io.FileIO | BinaryIO | IO[bytes]) -> None:
    """Lock a file until it is closed. On Windows an open file cannot be removed, which serves as well.

    Raises:
        BlockingIOError: another process has it.
        OSError: this file system has no locks.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_new(file: io.FileIO, path: Path) -> bool:
    """Lock a file that was made just now; False if another process took it for a leftover meanwhile."""
    try:
        lock(file)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
    except OSError:
        return True  # a file system without locks


def clear(unfinished: Iterable[Path], remove: Callable[[Path], None] = Path.unlink) -> None:
    """Remove those of these files that no process has locked."""
    for path in unfinished:
        with contextlib.suppress(OSError):  # it went meanwhile, or is not ours
            if sys.platform == "win32":
                remove(path)
            else:
                with io.FileIO(path, opener=_without_waiting) as file:
                    if _is_left(file):
                        remove(path)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)  # somebody may have put a pipe there


def _is_left(file: io.FileIO) -> bool:
    try:
        lock(file)
    except BlockingIOError:
        return False
    except OSError:
        return time.time() - os.fstat(file.fileno()).st_mtime > STALE_S
    return True


@contextlib.contextmanager
def scratch_folder(kind: str) -> Generator[Path]:
    """A folder for temporary files, removed at the end; if the process is killed, by the next of its kind.

    Args:
        kind: what it is for, as a part of its name.

    Raises:
        OSError: it cannot be made.
    """
    import tempfile

    parent, prefix = Path(tempfile.gettempdir()), f"voice-coach-{kind}-"
    clear(parent.glob(f"{prefix}*{_LOCK}"), _remove_with_folder)
    while True:
        folder = parent / f"{prefix}{os.urandom(6).hex()}"
        lock_file = folder.with_name(f"{folder.name}{_LOCK}")
        with io.FileIO(lock_file, "x") as file:
            if not lock_new(file, lock_file):
                continue
            try:
                folder.mkdir(mode=0o700)
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                if os.name == "posix":
                    lock_file.unlink(missing_ok=True)
        if os.name != "posix":
            lock_file.unlink(missing_ok=True)  # not while it is open
        return


def _remove_with_folder(lock_file: Path) -> None:
    """The folder first, so that it can be found as long as it is there."""
    folder = lock_file.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        lock_file.unlink()
