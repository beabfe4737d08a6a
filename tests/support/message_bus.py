"""A real D-Bus session of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.real_parts import require_program, require_real
from voice_coach.controls.mpris import bus_name

_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class MessageBus:
    """A running bus. ``environ`` is what a program needs to find it."""

    environ: dict[str, str]
    process: subprocess.Popen[str]

    def playerctl(self, *arguments: str) -> str:
        """What playerctl prints about our player."""
        player = bus_name().removeprefix("org.mpris.MediaPlayer2.")
        return self._run(require_program("playerctl"), "-p", player, *arguments)

    def call(self, interface: str, method: str, *arguments: str) -> str:
        """What our player answers to a call that playerctl does not make."""
        return self._run(
            require_program("dbus-send", "dbus"),
            "--session",
            "--print-reply",
            f"--dest={bus_name()}",
            "/org/mpris/MediaPlayer2",
            f"{interface}.{method}",
            *arguments,
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=os.environ | self.environ,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@contextmanager
def running_bus() -> Generator[MessageBus]:
    """A bus until the end of the block."""
    daemon = require_program("dbus-daemon", "dbus")
    require_real("dbus-fast", _has_library(), "pip install dbus-fast")
    with tempfile.TemporaryDirectory(prefix="bus-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [daemon, "--session", "--nofork", "--print-address", f"--address=unix:path={folder}/bus"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            require_real("dbus-daemon", bool(address), "it is there and does not start")
            yield MessageBus({"DBUS_SESSION_BUS_ADDRESS": address}, process)
        finally:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
            process.wait()
            process.stdout.close()


def _has_library() -> bool:
    from importlib.util import find_spec

    return find_spec("dbus_fast") is not None
