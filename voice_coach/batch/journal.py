"""Record of the files that were made in a folder, so that none is made twice, also after a kill."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from voice_coach.batch.worker import FinishedFile
from voice_coach.core.errors import OutputError, display_path
from voice_coach.storage.locks import lock

NAME = ".voice-coach.jsonl"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """Record of one file.

    Attributes:
        identity: of the job that it comes of.
        made: None while nobody knows whether it was finished.
        mtime_ns: when it was last changed, as the file system has it.
    """

    identity: str
    made: FinishedFile | None = None
    mtime_ns: int = 0


class Journal:
    """The journal of one folder; only one process at a time has it. Use it as a context manager.

    A line is added for every file before it is begun and when it is made. What a killed process wrote of a
    line is passed over.

    Args:
        folder: where the files are.

    Raises:
        OutputError: another process writes there, or the journal cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries: dict[str, JournalEntry] = {}
        self._before: dict[str, JournalEntry | None] = {}
        path = folder / NAME
        try:
            self._file: IO[bytes] = path.open("ab+", buffering=0)
        except OSError as error:
            raise OutputError(
                f"{display_path(folder)} cannot be written into: {error.strerror or error}. "
                "Choose another folder."
            ) from None
        try:
            lock(self._file)
        except BlockingIOError:
            self._file.close()
            raise OutputError(
                f"Another voice-coach is writing into {folder}. Wait until it is done, "
                "or choose another folder."
            ) from None
        except OSError:
            pass  # a file system without locks
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def entry(self, name: str) -> JournalEntry | None:
        """Return what is known of a file; None if it is not one of ours."""
        return self._entries.get(name)

    def is_as_made(self, name: str) -> bool:
        """Return whether a file is there as it was made: then it need not be made again, and may be
        replaced."""
        entry = self._entries.get(name)
        if entry is None or entry.made is None:
            return False
        path = self._folder / name
        try:
            found = path.stat()
        except OSError:
            return False
        if found.st_size != entry.made.size_bytes:
            return False
        if found.st_mtime_ns == entry.mtime_ns:
            return True
        import hashlib

        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == entry.made.sha256

    def begin(self, jobs: Iterable[tuple[str, str]]) -> None:
        """Note that files are going to be made: each name with the identity of its job."""
        lines: list[dict[str, Any]] = []
        for name, identity in jobs:
            self._before[name] = self._entries.get(name)
            self._entries[name] = JournalEntry(identity)
            lines.append({"file": name, "identity": identity})
        self._add(lines)

    def withdraw(self, name: str) -> None:
        """Note that a file was not made after all: what is known of it is what was known before."""
        before = self._before.get(name)
        if before is not None and before.made is not None:
            self._entries[name] = before
            self._add([_line(name, before)])
        else:
            self._entries.pop(name, None)
            self._add([{"file": name, "withdrawn": True}])

    def finish(self, name: str, identity: str, made: FinishedFile) -> None:
        """Note that a file is made."""
        mtime_ns = (self._folder / name).stat().st_mtime_ns
        self._entries[name] = JournalEntry(identity, made, mtime_ns)
        self._add([_line(name, self._entries[name])])

    def _add(self, lines: list[dict[str, Any]]) -> None:
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        try:
            rest = memoryview(text.encode("utf-8", "surrogateescape"))
            while rest:  # a disk that is nearly full takes a part, and then says so
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise OutputError(
                f"{self._folder / NAME} cannot be written: {error.strerror or error}. Make room there."
            ) from None

    def _read(self) -> None:
        self._file.seek(0)
        data = self._file.read()
        for line in data.split(b"\n"):
            try:
                found = json.loads(line)
                if found.get("withdrawn"):
                    self._entries.pop(found["file"], None)
                else:
                    self._entries[found["file"]] = _entry(found)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # cut off by a kill, or damaged: as if it were not there
        if data and not data.endswith(b"\n"):
            self._add([])
            self._file.write(b"\n")
        self._file.seek(0, os.SEEK_END)


def _line(name: str, entry: JournalEntry) -> dict[str, Any]:
    line: dict[str, Any] = {"file": name, "identity": entry.identity}
    if entry.made is not None:
        line |= {
            "sha256": entry.made.sha256,
            "size_bytes": entry.made.size_bytes,
            "duration_ms": entry.made.duration_ms,
            "mtime_ns": entry.mtime_ns,
        }
    return line


def _entry(line: dict[str, Any]) -> JournalEntry:
    if "sha256" not in line:
        return JournalEntry(str(line["identity"]))
    made = FinishedFile(str(line["sha256"]), int(line["size_bytes"]), int(line["duration_ms"]))
    return JournalEntry(str(line["identity"]), made, int(line["mtime_ns"]))
