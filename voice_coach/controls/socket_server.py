"""A socket through which other programs of this user steer the session.

Whatever comes in is bounded: how long a line is, how many are connected, how much is asked in a second, how
long somebody may take to read or to write.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voice_coach.controls.base import Control, SessionRemote
from voice_coach.controls.endpoints import ServerEndpoint, is_own, listen
from voice_coach.controls.mpris import LoopThread
from voice_coach.controls.protocol import (
    LONGEST_LINE,
    Request,
    RequestError,
    error_line,
    read_request,
    status_message,
    write_line,
)

if TYPE_CHECKING:
    from voice_coach.core.status import LiveStatus

MOST_CONNECTED: Final = 16
_REQUESTS_A_SECOND: Final = 100
_AT_ONCE: Final = 50
"""Number of requests that are answered at once after a while without any."""

_SILENT_S: Final = 60.0
"""Seconds of silence after which a caller that does not follow is dropped."""
_SLOW_S: Final = 5.0
"""Seconds that a caller may take to read an answer before it is dropped."""
_STILL_THERE_S: Final = 10.0
"""Seconds between two statuses to a follower when nothing changes; this also shows which followers have
gone."""
_FAREWELL_S: Final = 0.5

_FULL = f"{MOST_CONNECTED} programs are connected already; close one."
_NO_TOKEN = 'Say the token that is in the session\'s file: {"v": 1, "token": …}.'


class SocketControl(Control):
    """Listens for other programs.

    Args:
        folder: where they look for sessions; made if need be, and closed to everybody else.
        notify: told in a sentence what goes wrong later on.
        local: whether through a Unix domain socket rather than a port and a token.
    """

    is_at_hand = False

    def __init__(
        self, folder: Path, notify: Callable[[str], None], *, local: bool = sys.platform != "win32"
    ) -> None:
        self._folder = folder
        self._notify = notify
        self._local = local
        self._ears: ServerEndpoint | None = None
        self._server: _Server | None = None

    def start(self, remote: SessionRemote) -> None:
        self._ears = listen(self._folder, local=self._local)
        self._server = _Server(self._ears, remote, self._notify)
        self._server.start()

    def on_change(self, status: LiveStatus) -> None:
        if self._server is not None:
            self._server.changed(status)

    def close(self) -> None:
        server, self._server = self._server, None
        ears, self._ears = self._ears, None
        try:
            if server is not None:
                server.stop()
        finally:
            if ears is not None:
                ears.close()


class _Server(LoopThread):
    """Answers in a thread of its own."""

    def __init__(self, ears: ServerEndpoint, remote: SessionRemote, notify: Callable[[str], None]) -> None:
        super().__init__()
        self._ears = ears
        self._remote = remote
        self._notify = notify
        self._talks: set[asyncio.Task[None]] = set()
        self._following: dict[asyncio.Event, asyncio.Task[None]] = {}
        self._status: LiveStatus | None = None
        self._due_s = 0.0
        self._has_failed = False

    def _has_changed(self, status: LiveStatus) -> None:
        self._status = status
        for wakened in self._following:
            wakened.set()

    async def _main(self) -> None:
        accepting = self._loop.create_task(self._accept())
        await self._over.wait()
        accepting.cancel()
        followers = set(self._following.values())
        for wakened in self._following:
            wakened.set()
        for talk in self._talks - followers:
            talk.cancel()
        if followers:  # they are still told how it ended
            await asyncio.wait(followers, timeout=_FAREWELL_S)
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(accepting, *self._talks, return_exceptions=True)

    async def _accept(self) -> None:
        while True:
            await self._in_turn()
            try:
                line, _ = await self._loop.sock_accept(self._ears.socket)
            except OSError:  # no more files can be opened just now
                await asyncio.sleep(1)
                continue
            line.setblocking(False)
            if len(self._talks) >= MOST_CONNECTED or not is_own(line):
                with suppress(OSError):
                    line.send(error_line(_FULL if is_own(line) else "This session is somebody else's."))
                line.close()
                continue
            talk = self._loop.create_task(self._talk(line))
            self._talks.add(talk)
            talk.add_done_callback(self._end)

    def _end(self, talk: asyncio.Task[None]) -> None:
        self._talks.discard(talk)
        error = None if talk.cancelled() else talk.exception()
        if error is not None and not self._has_failed:
            self._has_failed = True
            self._notify(f"Another program could not be answered ({error!r}); the session goes on.")

    async def _in_turn(self) -> None:
        """Waits as long as too much has been asked; everybody gets a turn."""
        now_s = self._loop.time()
        self._due_s = max(self._due_s, now_s - _AT_ONCE / _REQUESTS_A_SECOND) + 1 / _REQUESTS_A_SECOND
        if self._due_s > now_s:
            await asyncio.sleep(self._due_s - now_s)

    async def _talk(self, line: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=line, limit=LONGEST_LINE)
        writer.transport.set_write_buffer_limits(high=0)  # so that to drain it is to have it read
        try:
            is_known = not self._ears.token
            while (said := await self._line(reader)) is not None:
                await self._in_turn()
                try:
                    request = read_request(said)
                    is_known = is_known or secrets.compare_digest(
                        request.token.encode("utf-8", "replace"), self._ears.token.encode()
                    )
                    if not is_known:
                        raise RequestError(_NO_TOKEN)
                except RequestError as error:
                    await _send(writer, error_line(str(error)))
                    if not is_known:
                        return
                    continue
                if request.word == "follow":
                    await self._follow(writer)
                    return
                await _send(writer, self._answer(request))
        except asyncio.LimitOverrunError:
            with suppress(OSError, TimeoutError):
                await _send(writer, error_line(f"A line has {LONGEST_LINE} bytes at most."))
        except (OSError, TimeoutError):
            pass  # it has gone, or does not read
        finally:
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    async def _line(self, reader: asyncio.StreamReader) -> bytes | None:
        """The next line, the last one perhaps without an end; None when there is no more."""
        try:
            return await asyncio.wait_for(reader.readuntil(b"\n"), _SILENT_S)
        except asyncio.IncompleteReadError as end:
            return end.partial or None

    def _answer(self, request: Request) -> bytes:
        if request.command is None:
            return write_line({"ok": True, "status": status_message(self._remote.current_status())})
        self._remote.give(request.command)
        return write_line({"ok": True})

    async def _follow(self, writer: asyncio.StreamWriter) -> None:
        """Tells every status until the end; who is slow gets the latest, and misses some."""
        task = asyncio.current_task()
        assert task
        wakened = asyncio.Event()
        self._following[wakened] = task
        try:
            await _send(
                writer, write_line({"ok": True, "status": status_message(self._remote.current_status())})
            )
            is_over = False
            while not is_over:
                with suppress(TimeoutError):
                    await asyncio.wait_for(wakened.wait(), _STILL_THERE_S)
                await self._in_turn()
                is_over = self._over.is_set()
                is_new = wakened.is_set() and not is_over
                wakened.clear()
                status = self._status if is_new and self._status else self._remote.current_status()
                await _send(writer, write_line({"status": status_message(status)}))
        finally:
            del self._following[wakened]


async def _send(writer: asyncio.StreamWriter, line: bytes) -> None:
    writer.write(line)
    await asyncio.wait_for(writer.drain(), _SLOW_S)
