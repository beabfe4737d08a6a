"""Speaks to a session that runs in another process."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, Final, cast

from voice_coach.controls.endpoints import PATIENCE_S, Endpoint, NobodyError, meetings
from voice_coach.controls.protocol import write_line
from voice_coach.core.errors import CoachError

_LONGEST_ANSWER: Final = 1 << 20
_NONE = "No session is running that could be steered. Start one: voice-coach play"


def ask(
    folder: Path, request: dict[str, Any], session: int | None = None, patience_s: float = PATIENCE_S
) -> dict[str, Any]:
    """Return what a session answers.

    Args:
        folder: where sessions are found.
        request: without its version, see docs/controls.md.
        session: the process id of the session; the one that was begun last if not given.
        patience_s: so long it may take to answer.

    Raises:
        CoachError: there is no such session, or it does not answer, or it refuses; the text says why.
    """
    line, token, meeting = _connected(folder, session, patience_s)
    with line:
        try:
            line.sendall(write_line({"token": token, **request} if token else request))
            answer = cast("dict[str, Any]", json.loads(_line(line)))
        except (OSError, ValueError):
            raise CoachError(
                f"The session with the process id {meeting.pid} does not answer. Try again, or end it there."
            ) from None
    if not answer.get("ok"):
        raise CoachError(str(answer.get("error", "The session refused without a reason.")))
    return answer


def _connected(folder: Path, session: int | None, patience_s: float) -> tuple[socket.socket, str, Endpoint]:
    refused = ""
    others: list[int] = []
    for meeting in meetings(folder):
        if session is not None and meeting.pid != session:
            others.append(meeting.pid)
            continue
        try:
            return *meeting.call(patience_s), meeting
        except NobodyError:
            continue  # killed; the next session clears it away
        except OSError as error:
            refused = f"The session with the process id {meeting.pid} cannot be reached: {error}."
    if refused:
        raise CoachError(refused)
    if session is None:
        raise CoachError(_NONE)
    known = f" There is {', '.join(map(str, others))}." if others else ""
    raise CoachError(f"No session runs with the process id {session}.{known}")


def _line(line: socket.socket) -> bytes:
    """One line; raises OSError or ValueError where none comes."""
    got = bytearray()
    while not got.endswith(b"\n"):
        piece = line.recv(1 << 16)
        if not piece or len(got) > _LONGEST_ANSWER:
            raise ValueError("no whole line")
        got += piece
    return bytes(got)
