"""A program in a real terminal of its own (a pty), with keys sent to it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence

from tests.real_parts import require_real

try:
    import pty
    import termios
except ImportError:  # Windows
    pty = termios = None

_PATIENCE_S = 60


class Terminal:
    """A running program and its terminal."""

    def __init__(self, arguments: Sequence[str]) -> None:
        require_real("a pty", pty is not None, "it takes a POSIX system")
        assert pty
        assert termios
        self._master, self._slave = pty.openpty()
        termios.tcsetwinsize(self._slave, (40, 120))
        self.modes_before = self.modes()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voice_coach", *arguments],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=os.environ | {"TERM": "xterm-256color"},
            start_new_session=True,
            preexec_fn=_take_terminal,  # so that Ctrl-C reaches it
        )
        self._shown = bytearray()
        self._grown = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def modes(self) -> list[object]:
        """How the terminal is set."""
        assert termios
        return list(termios.tcgetattr(self._slave))

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    @property
    def shown(self) -> str:
        """All that was written to the terminal."""
        with self._grown:
            return self._shown.decode(errors="replace")

    def wait_for(self, text: str) -> None:
        """Block until this has been shown."""
        with self._grown:
            found = self._grown.wait_for(lambda: text.encode() in self._shown, _PATIENCE_S)
        assert found, f"{text!r} was not shown in:\n{self.shown}"

    def wait(self) -> int:
        """Block until the program has ended; its exit code."""
        return self.process.wait(_PATIENCE_S)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._slave)
        self._reader.join()
        os.close(self._master)

    def _read(self) -> None:
        # Once nobody has the other end open any more, reading is an error.
        with contextlib.suppress(OSError):
            while piece := os.read(self._master, 1 << 16):
                with self._grown:
                    self._shown += piece
                    self._grown.notify_all()


def _take_terminal() -> None:
    import fcntl

    assert termios
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextlib.contextmanager
def terminal(*arguments: str) -> Generator[Terminal]:
    """voice-coach with these arguments, in a terminal."""
    running = Terminal(arguments)
    try:
        yield running
    finally:
        running.close()
