"""Every control with somebody who uses it: a terminal, another program, a desktop.

For the contract suite, and for whoever tries a real session with all of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real_parts import require_real
from tests.support.message_bus import running_bus
from voice_coach.controls.base import Control
from voice_coach.controls.keyboard import KeyboardControl
from voice_coach.controls.mpris import MprisControl
from voice_coach.controls.socket_client import ask
from voice_coach.controls.socket_server import SocketControl
from voice_coach.controls.voice import VoiceControl
from voice_coach.core.commands import COMMANDS, CommandName
from voice_coach.voice_input.recognizer import COMMAND_PHRASES

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Driven:
    """A control, not yet started; ``send`` has it get one of its commands, from outside."""

    control: Control
    commands: tuple[CommandName, ...]
    send: Callable[[CommandName], None]


_SENT = {
    "space": b" ",
    "enter": b"\r",
    "escape": b"\x1b",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "f5": b"\x1b[15~",
}


@contextmanager
def keyboard(notify: Notify, patch: pytest.MonkeyPatch) -> Generator[Driven]:
    require_real("a pty", sys.platform != "win32", "it takes a POSIX system")
    import pty

    keys: dict[CommandName, str] = {
        each.name: each.keys[0] for each in COMMANDS if each.keys and each.only_in != "scoring"
    }
    master, slave = pty.openpty()
    with os.fdopen(slave, "r", closefd=True) as stdin, closing(KeyboardControl(notify)) as control:
        patch.setattr(sys, "stdin", stdin)
        sent = {name: _SENT.get(key, key.encode()) for name, key in keys.items()}

        def send(command: CommandName) -> None:
            os.write(master, sent[command])

        yield Driven(control, tuple(keys), send)
    os.close(master)


@contextmanager
def socket_path(notify: Notify, patch: pytest.MonkeyPatch) -> Generator[Driven]:
    require_real("a Unix domain socket", sys.platform != "win32", "it takes a POSIX system")
    with _socket(notify, patch, local=True) as driven:
        yield driven


@contextmanager
def socket_port(notify: Notify, patch: pytest.MonkeyPatch) -> Generator[Driven]:
    with _socket(notify, patch, local=False) as driven:
        yield driven


@contextmanager
def _socket(notify: Notify, patch: pytest.MonkeyPatch, *, local: bool) -> Generator[Driven]:
    # A socket's path must be short, so not pytest's tmp_path.
    with tempfile.TemporaryDirectory(prefix="sock-") as made:
        folder = Path(made) / "runtime"
        patch.setenv("VOICE_COACH_HOME", made)  # where 'voice-coach control' looks
        with closing(SocketControl(folder, notify, local=local)) as control:
            every: tuple[CommandName, ...] = tuple(command.name for command in COMMANDS)

            def send(command: CommandName) -> None:
                ask(folder, {"do": command})

            yield Driven(control, every, send)


@contextmanager
def mpris(notify: Notify, patch: pytest.MonkeyPatch) -> Generator[Driven]:
    with running_bus() as bus:
        for name, value in bus.environ.items():
            patch.setenv(name, value)
        methods: dict[CommandName, str] = {
            command.name: command.mpris for command in COMMANDS if command.mpris
        }

        def send(command: CommandName) -> None:
            bus.call("org.mpris.MediaPlayer2.Player", methods[command])

        with closing(MprisControl(notify)) as control:
            yield Driven(control, tuple(methods), send)


@contextmanager
def voice(notify: Notify, patch: pytest.MonkeyPatch) -> Generator[Driven]:
    del patch
    require_real("a named pipe", sys.platform != "win32", "it takes a POSIX system")
    child = Path(__file__).with_name("told_child.py")
    phrases: dict[CommandName, str] = {command: phrase for phrase, command in COMMAND_PHRASES.items()}
    with tempfile.TemporaryDirectory(prefix="voice-") as folder:
        pipe = Path(folder) / "said"
        os.mkfifo(pipe)

        def send(command: CommandName) -> None:
            pipe.write_text(f"{phrases[command]}\n")

        program = (sys.executable, "-P", str(child), str(pipe))
        with closing(VoiceControl(notify, child=program)) as control:
            yield Driven(control, tuple(phrases), send)


WAYS: Mapping[str, Callable[[Notify, pytest.MonkeyPatch], AbstractContextManager[Driven]]] = {
    "keyboard": keyboard,
    "socket by path": socket_path,
    "socket by port": socket_port,
    "mpris": mpris,
    "voice": voice,
}
"""Each is entered with what the control is to notify, and with what takes back changes of the environment."""
