"""Lines of JSON between a session and other programs.

Pure: lines in, lines out. docs/controls.md explains it to those who write the other program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from voice_coach.core.commands import BY_NAME, CommandName

if TYPE_CHECKING:
    from voice_coach.core.status import LiveStatus

VERSION: Final = 1
"""Goes up when a program written for the one before would no longer be right; new keys are no reason."""

LONGEST_LINE: Final = 4096
"""Bytes; the longest request has about a hundred."""

_WORDS: Final = ("do", "status", "follow")


class RequestError(Exception):
    """A problem with a request, as a sentence for the author of the other program."""


@dataclass(frozen=True, slots=True)
class Request:
    """Content of a request; ``command`` is None unless it is to ``do`` something."""

    word: Literal["do", "status", "follow"]
    command: CommandName | None
    token: str


def read_request(line: bytes) -> Request:
    """The request that a line is.

    Raises:
        RequestError: it is none.
    """
    try:
        said: object = json.loads(line)
    except (ValueError, RecursionError):
        raise RequestError(
            'A request is one JSON object on a line, such as {"v": 1, "do": "pause"}.'
        ) from None
    if not isinstance(said, dict):
        raise RequestError('A request is a JSON object, such as {"v": 1, "do": "pause"}.')
    asked = cast("dict[str, object]", said)
    version = asked.pop("v", None)
    if version != VERSION or isinstance(version, bool):
        raise RequestError(f'This session speaks version {VERSION}: write "v": {VERSION}.')
    token = asked.pop("token", "")
    if len(asked) != 1 or next(iter(asked)) not in _WORDS:
        raise RequestError(
            'Beside "v" a request has one key: "do" with a command, or "status" or "follow" with true.'
        )
    ((word, value),) = asked.items()
    if word == "do":
        return Request("do", _command(value), str(token))
    if value is not True:
        raise RequestError(f'Write "{word}": true.')
    return Request("status" if word == "status" else "follow", None, str(token))


def _command(name: object) -> CommandName:
    command = BY_NAME.get(name) if isinstance(name, str) else None
    if command is None:
        raise RequestError(unknown_command(str(name)[:40]))
    return command.name


def unknown_command(name: str, *others: str) -> str:
    """The sentence for a command that there is not, with the nearest that there is."""
    close = get_close_matches(name, [*BY_NAME, *others], n=1)
    hint = f"Did you mean '{close[0]}'?" if close else "'voice-coach control --list' shows them all."
    return f"There is no command '{name}'. {hint}"


def write_line(said: Mapping[str, Any]) -> bytes:
    """An object as a line, with its version."""
    return json.dumps({"v": VERSION, **said}, ensure_ascii=False).encode() + b"\n"


def error_line(sentence: str) -> bytes:
    return write_line({"ok": False, "error": sentence})


def status_message(live: LiveStatus) -> dict[str, Any]:
    """A status as other programs get it; counted from 1, times in ms, null for what there is not."""
    status = live.status
    action = status.action if status else None
    return {
        "mode": live.mode,
        "session": live.session,
        "title": live.title,
        "chapter": live.chapter + 1,
        "chapters": live.chapters,
        "chapter_title": status.chapter if status else "",
        "exercise": status.exercise if status else "",
        "chapter_position_ms": live.position_ms,
        "chapter_duration_ms": live.duration_ms,
        "position_ms": status.position_ms if status else 0,
        "left_ms": status.left_ms if status else None,
        "set": live.set,
        "rep": live.rep,
        "side": live.side,
        "speech": live.saying or (status.speech.text if status and status.speech else ""),
        "coming": status.coming.text if status and status.coming else "",
        "action": action.kind if action else None,
        "action_left_ms": status.action_left_ms if status and action else None,
        "volume_db": live.volume_db,
        "speed_percent": live.speed_percent,
        "score": live.score,
    }
