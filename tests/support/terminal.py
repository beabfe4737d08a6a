"""A real terminal for tests: tmux on a socket of its own, typed into and read as a person would."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.real_parts import require_program
from tests.support.command import wait_until


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal in which one command runs, and its exit code is shown at the end as ``[exit N]``."""

    socket: str

    def tmux(self, *arguments: str) -> str:
        command = [require_program("tmux"), "-S", self.socket, "-f", os.devnull, *arguments]
        return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout

    def screen(self, *, colours: bool = False) -> str:
        """What is to be seen; with its escape sequences if asked for."""
        return self.tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def wait_for(self, *patterns: str) -> str:
        """The screen once each of these patterns is found on it."""
        seen = ""

        def found() -> bool:
            nonlocal seen
            seen = self.screen()
            return all(re.search(pattern, seen, re.MULTILINE) for pattern in patterns)

        wait_until(found, lambda: seen)
        return seen

    def resize(self, columns: int, lines: int) -> None:
        self.tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def press(self, key: str) -> None:
        self.tmux("send-keys", key)


@contextmanager
def terminal(
    command: Sequence[str], columns: int = 80, lines: int = 24, environ: Mapping[str, str] | None = None
) -> Generator[Terminal]:
    """Runs a command in a terminal of that size; the terminal is closed at the end of the block."""
    tmux, posix_shell = require_program("tmux"), require_program("sh", "dash")
    # A socket's path must be short, so not pytest's tmp_path.
    with tempfile.TemporaryDirectory(prefix="tmux-", ignore_cleanup_errors=True) as folder:
        socket = f"{folder}/socket"
        # Ctrl-C is for the command, not for the shell around it.
        shell = f'trap : INT; {shlex.join(command)}; echo "[exit $?]"; exec cat'
        start = [
            tmux,
            "-S",
            socket,
            "-f",
            os.devnull,
            "new-session",
            "-d",
            "-x",
            str(columns),
            "-y",
            str(lines),
        ]
        changed = {name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR")}
        subprocess.run([*start, posix_shell, "-c", shell], env=changed | dict(environ or {}), check=True)
        shown = Terminal(socket)
        try:
            yield shown
        finally:
            shown.tmux("kill-server")
