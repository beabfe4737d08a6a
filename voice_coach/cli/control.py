"""Steer a session that is running, from another terminal or program: voice-coach control pause"""

from __future__ import annotations

import argparse

from voice_coach.cli.main import DONE
from voice_coach.core.commands import BY_NAME, COMMANDS
from voice_coach.core.errors import UsageError
from voice_coach.core.units import format_clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MODES = {
    "playing": "playing",
    "paused": "paused",
    "waiting": "waiting until you are ready",
    "hurting": "leading you out of the position that hurts",
    "asking": "asking how to go on after that hurt",
    "resting": "resting until you are ready",
    "offering": "offering something: ready takes it",
    "lost": "without a sound device",
    "ended": "ended",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "command", nargs="?", metavar="COMMAND", help="status, or one of those that --list shows"
    )
    parser.add_argument("--list", action="store_true", help="show every command and what comes of it")
    parser.add_argument("--json", action="store_true", help="with status: for other programs")
    parser.add_argument(
        "--session", type=int, metavar="PID", help="the process id of the session (the one begun last)"
    )


def run(options: argparse.Namespace) -> int:
    if options.list:
        print("\n".join(f"{name:<13} {does}" for name, does in _listed()))
        return DONE
    name = options.command
    if name is None:
        raise UsageError("Say what to do, such as: voice-coach control pause. All commands: --list")
    if name != "status" and name not in BY_NAME:
        from voice_coach.controls.protocol import unknown_command

        raise UsageError(unknown_command(name, "status"))
    if options.json and name != "status":
        raise UsageError("--json goes with status: voice-coach control status --json")
    from voice_coach.controls.socket_client import ask
    from voice_coach.paths import find_runtime

    request = {"status": True} if name == "status" else {"do": name}
    answer = ask(find_runtime(), request, options.session)
    if options.json:
        import json

        print(json.dumps(answer["status"], ensure_ascii=False, indent=2))
    elif name == "status":
        print("\n".join(_status_lines(answer["status"])))
    return DONE


def _listed() -> list[tuple[str, str]]:
    asking = [("status", "Show what the session is doing; --json for other programs.")]
    return asking + [(command.name, command.does) for command in COMMANDS]


def _status_lines(status: dict[str, Any]) -> list[str]:
    """The status in a few lines."""
    mode = status["mode"]
    place = status["chapter_title"] or "being prepared"
    lines = [
        f"{status['title']}: {_MODES.get(mode, mode)}",
        f"{place} ({status['chapter']} of {status['chapters']}), "
        f"{format_clock(status['chapter_position_ms'])} of {format_clock(status['chapter_duration_ms'])}",
    ]
    counted = [f"{what} {status[what]}" for what in ("set", "rep") if status[what] is not None]
    if status["side"]:
        counted.append(f"{status['side']} side")
    if counted:
        lines.append(", ".join(counted))
    if status["speech"]:
        lines.append(f"“{status['speech']}”")
    if status["left_ms"] is not None:
        lines.append(f"{format_clock(status['left_ms'])} left")
    return lines
