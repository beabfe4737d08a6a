"""Small files kept in a folder under keys, as many as there is room for; all could be made again."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from voice_coach.storage.locks import clear, lock_new

Thing = TypeVar("Thing")

# Who keeps things here packs and checks them alone, though clips and encoded packets do it much alike: each
# header says what its own kind needs, and one for both would make all that was kept before worthless.

_TEMPORARY: Final = ".tmp"
_FIRST_LOOK_BYTES: Final = 4 * 1024 * 1024
_FRESH_S: Final = 600.0
_MAY_RENAME_OPEN: Final = os.name == "posix"


class FileStore:
    """Keeps files in a folder. Never fails: without the folder it is merely empty.

    A file is written under another name and moved into place, so a process that is killed leaves no broken
    one, and what it was writing is removed by the next that is closed. Who unpacks a file finds damage from
    elsewhere, and it is removed. Nothing is synced to the disk: after a power cut the checksum tells. Safe to
    use from several threads and processes.

    Args:
        folder: made when the first file is put into it.
        ending: of the names of the files.
        max_bytes: the files used longest ago are removed beyond this; looked at now and then, so there may be
            an eighth more for a while.
        what: what is kept, as a sentence begins with it.
        notify: told once, in a sentence, if the folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        ending: str,
        max_bytes: int,
        what: str,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._folder = folder
        self._ending = ending
        self._max_bytes = max_bytes
        self._what = what
        self._notify = notify
        self._lock = threading.Lock()
        self._works = True
        self._until_look = min(_FIRST_LOOK_BYTES, max_bytes // 8)
        self._put_any = False

    def get(self, key: str, unpack: Callable[[bytes], Thing | None]) -> Thing | None:
        """Return what is kept under this key, or None.

        Args:
            key: its name.
            unpack: makes it of the bytes; None if they are not what was put, and then the file is removed.
        """
        path = self._folder / f"{key}{self._ending}"
        try:
            with path.open("rb", buffering=0) as file:
                used_s = os.fstat(file.fileno()).st_mtime
                data = file.readall()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._give_up(error)
            return None
        thing = unpack(data)
        try:
            if thing is None:
                path.unlink()
            elif time.time() - used_s > _FRESH_S:
                os.utime(path)  # used now: the last to be removed
        except OSError:
            pass  # a folder that can be read only is still good to read from
        return thing

    def put(self, key: str, *parts: bytes | memoryview) -> None:
        """Keep the parts, one after the other, under this key."""
        self.put_file(f"{key}{self._ending}", *parts)

    def read_text(self, name: str) -> str:
        """The words of a file by its full name; "" if there is none."""
        try:
            return (self._folder / name).read_text("ascii")
        except (OSError, ValueError):
            return ""

    def put_file(self, name: str, *parts: bytes | memoryview) -> None:
        """Keep a file by its full name; with another ending it is never removed to make room."""
        if not self._works:
            return
        temporary = self._folder / f"{name}.{os.urandom(4).hex()}{_TEMPORARY}"
        try:
            try:
                kept = self._write(temporary, name, parts)
            except FileNotFoundError:
                self._folder.mkdir(parents=True, exist_ok=True)
                kept = self._write(temporary, name, parts)
        except OSError as error:
            _remove(temporary)
            if not (self._folder / name).exists():  # on Windows another process may be reading the same file
                self._give_up(error)
            return
        if not kept:
            return
        with self._lock:
            self._put_any = True
            self._until_look -= sum(len(part) for part in parts)
            look = self._until_look <= 0
            if look:
                self._until_look = self._max_bytes // 8
        if look:
            self._make_room()

    def close(self) -> None:
        """Make room if anything was put, and remove what killed processes left."""
        if self._put_any and self._works:
            self._make_room()
        with contextlib.suppress(OSError):  # there is no folder, or it cannot be read
            with os.scandir(self._folder) as entries:
                unfinished = [entry.path for entry in entries if entry.name.endswith(_TEMPORARY)]
            clear(map(Path, unfinished))

    def _write(self, temporary: Path, name: str, parts: tuple[bytes | memoryview, ...]) -> bool:
        """Write a file; False if another process took it for a leftover, which is a pity and no more."""
        with io.FileIO(temporary, "x") as file:
            if not lock_new(file, temporary):
                return False
            for part in parts:
                rest = memoryview(part).cast("B")
                while rest:  # a disk that is nearly full takes a part, and then says so
                    rest = rest[file.write(rest) :]
            if _MAY_RENAME_OPEN:
                temporary.replace(self._folder / name)
        if not _MAY_RENAME_OPEN:
            temporary.replace(self._folder / name)
        return True

    def _make_room(self) -> None:
        """Remove the files used longest ago beyond the bound."""
        kept: list[tuple[float, int, str]] = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if entry.name.endswith(self._ending):
                        status = entry.stat()
                        kept.append((status.st_mtime, status.st_size, entry.path))
        except OSError:
            return  # another process tidies or removes the folder right now
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._max_bytes:
                return
            _remove(Path(path))
            total -= size

    def _give_up(self, error: OSError) -> None:
        with self._lock:
            told, self._works = not self._works, False
        if not told:
            reason = error.strerror or str(error)
            self._notify(
                f"{self._what} cannot be kept in {self._folder} ({reason}): going on without, more slowly."
            )


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # in use on Windows; the next look finds it again
        path.unlink(missing_ok=True)
