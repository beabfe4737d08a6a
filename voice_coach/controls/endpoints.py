"""Folder where sessions and the programs that steer them find each other; only this user can enter it.

A session has a Unix domain socket there, ``PID.sock``. Where there is none (Windows), or the folder's path is
too long for one (not on Linux), it listens to this machine alone, and ``PID.json`` has the port and a secret
token.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import struct
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from voice_coach.core.errors import CoachError

_LONGEST_PATH: Final = 100
"""Bytes of a socket's path: Linux takes 107, macOS 103."""

_HERE: Final = "127.0.0.1"
_WAITING: Final = 64
"""Number of callers that may wait; past that the system turns callers away."""
PATIENCE_S: Final = 3.0


class NobodyError(Exception):
    """The session has ended, or does not listen any more."""


@dataclass(frozen=True, slots=True)
class ServerEndpoint:
    """A socket that listens, the file by which it is found, and the token that has to be said ("": none)."""

    socket: socket.socket
    path: Path
    token: str

    def close(self) -> None:
        with suppress(OSError):
            self.path.unlink()
        self.socket.close()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A session that may be spoken to: its process, and the file by which it is found."""

    pid: int
    path: Path

    def call(self, patience_s: float = PATIENCE_S) -> tuple[socket.socket, str]:
        """A connection, and the token to say.

        Args:
            patience_s: so long it waits for what is sent through it or read from it.

        Raises:
            NobodyError: its process is gone.
            OSError: it does not answer, or is somebody else's.
        """
        token = ""
        try:
            if self.path.suffix == ".sock":
                line = socket.socket(socket.AF_UNIX)
                address: str | tuple[str, int] = str(self.path)
            else:
                said = cast("dict[str, object]", json.loads(self.path.read_text(encoding="utf-8")))
                token, address = str(said["token"]), (_HERE, int(str(said["port"])))
                line = socket.socket(socket.AF_INET)
        except (FileNotFoundError, KeyError, ValueError):
            raise NobodyError from None
        try:
            _connect(line, address, patience_s)
            if not is_own(line):
                raise PermissionError("it belongs to another user")
        except (ConnectionRefusedError, FileNotFoundError):
            line.close()
            raise NobodyError from None
        except BaseException:
            line.close()
            raise
        return line, token


def meetings(folder: Path) -> list[Endpoint]:
    """All that are to be found there, the newest first; those whose process is gone, too."""
    found: list[tuple[int, Endpoint]] = []
    with suppress(OSError):
        for path in folder.iterdir():
            if path.suffix in (".sock", ".json") and path.stem.isdecimal():
                with suppress(OSError):
                    found.append((path.stat().st_mtime_ns, Endpoint(int(path.stem), path)))
    return [meeting for _, meeting in sorted(found, key=lambda each: (each[0], each[1].pid), reverse=True)]


def listen(folder: Path, *, local: bool = sys.platform != "win32") -> ServerEndpoint:
    """Begin to listen as this process, and clear away what dead ones left.

    Args:
        folder: made if it is not there.
        local: whether through a Unix domain socket, where its path is short enough.

    Raises:
        CoachError: the folder is not ours alone, or cannot be used.
    """
    make_folder(folder)
    try:
        for meeting in _dead(folder):
            meeting.path.unlink(missing_ok=True)
        path = folder / f"{os.getpid()}.sock"
        if local and (sys.platform == "linux" or len(os.fsencode(path)) <= _LONGEST_PATH):
            return _listen_by_path(path)
        return _listen_by_token(path.with_suffix(".json"))
    except OSError as error:
        raise _useless(folder, error) from None


def _connect(line: socket.socket, address: str | tuple[str, int], patience_s: float) -> None:
    if sys.platform == "linux" and line.family == socket.AF_UNIX:
        # With a limit of time of Python's it would not wait its turn where others are waiting already.
        seconds, rest_s = divmod(patience_s, 1)
        limit = struct.pack("@ll", int(seconds), int(rest_s * 1_000_000))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        with _short(Path(str(address))) as name:
            line.connect(name)
        line.settimeout(patience_s)
    else:
        line.settimeout(patience_s)
        line.connect(address)


@contextmanager
def _short(path: Path) -> Generator[str]:
    """A name of a socket that is short enough for the system: on Linux there is one for every path."""
    if sys.platform != "linux" or len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def make_folder(folder: Path) -> None:
    """Make the folder, closed to everybody else.

    Raises:
        CoachError: it cannot be made, or is somebody else's.
    """
    try:
        _make(folder)
    except OSError as error:
        raise _useless(folder, error) from None


def _useless(folder: Path, error: OSError) -> CoachError:
    return CoachError(f"Other programs cannot steer a session here: {error.strerror or error} ({folder}).")


def is_own(line: socket.socket) -> bool:
    """Return whether the other end is this user's, or root's; true where no system tells."""
    if sys.platform != "linux" or line.family != socket.AF_UNIX:
        return True
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return uid in (os.geteuid(), 0)


def _make(folder: Path) -> None:
    if sys.platform == "win32":
        folder.mkdir(parents=True, exist_ok=True)  # below the person's own folder, as closed as that
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or folder.is_symlink():
        raise PermissionError(0, "the folder for its socket belongs to somebody else")
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def _dead(folder: Path) -> Iterator[Endpoint]:
    for meeting in meetings(folder):
        try:
            meeting.call()[0].close()
        except NobodyError:
            if not _is_running(meeting.pid):
                yield meeting
        except OSError:
            continue  # busy, or not ours to judge


def _is_running(pid: int) -> bool:
    """Return whether there is such a process: macOS also refuses where too many are waiting."""
    if sys.platform == "win32" or pid == os.getpid():
        return False  # Windows would end it; and we have only begun
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def _listen_by_path(path: Path) -> ServerEndpoint:
    ears = socket.socket(socket.AF_UNIX)
    # It gets its name once it listens, so that nobody takes it for a dead one.
    unnamed = path.with_name(f".{path.name}")
    try:
        unnamed.unlink(missing_ok=True)
        with _short(unnamed) as name:
            ears.bind(name)
        unnamed.chmod(0o600)
        ears.listen(_WAITING)
        ears.setblocking(False)
        _name(unnamed, path)
    except BaseException:
        ears.close()
        raise
    return ServerEndpoint(ears, path, "")


def _listen_by_token(path: Path) -> ServerEndpoint:
    ears = socket.socket(socket.AF_INET)
    token = secrets.token_urlsafe(32)
    unnamed = path.with_name(f".{path.name}")
    try:
        ears.bind((_HERE, 0))
        ears.listen(_WAITING)
        ears.setblocking(False)
        unnamed.unlink(missing_ok=True)
        said = json.dumps({"port": ears.getsockname()[1], "token": token})
        with os.fdopen(os.open(unnamed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(said)
        _name(unnamed, path)
    except BaseException:
        ears.close()
        raise
    return ServerEndpoint(ears, path, token)


def _name(unnamed: Path, path: Path) -> None:
    """Let it be found, as the newest: a file system's own clock stands still for some milliseconds."""
    now_ns = time.time_ns()
    os.utime(unnamed, ns=(now_ns, now_ns))
    unnamed.replace(path)
