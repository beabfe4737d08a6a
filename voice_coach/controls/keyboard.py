"""Keys from the terminal, one at a time: the one place that knows POSIX terminals and the Windows console."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from voice_coach.model.problems import CoachError

_SEQUENCE_PATIENCE_S: Final = 0.1
"""So long after an escape the rest of an arrow key may come, also over ssh; then it was the Esc key."""

_NAMES: Final = {" ": "space", "\x1b": "escape", "\r": "enter", "\n": "enter"}
_ARROWS: Final = {"A": "up", "B": "down", "C": "right", "D": "left"}
_WINDOWS_ARROWS: Final = {"H": "up", "P": "down", "M": "right", "K": "left"}

_NO_TERMINAL = (
    "Keys are needed for this, and there is no terminal that they could come from. Run it in a terminal, not "
    "in a pipe (over ssh: ssh -t)."
)


class Keyboard:
    """Reads single keys while it is entered; the terminal is as it was afterwards, however that comes about.

    Ctrl-C is a KeyboardInterrupt as ever, and so is being ended from outside (see ``cli/main.py``), so that
    leaving the block puts the terminal right. Ctrl-Z is off: a stopped program would leave the keys silent.
    """

    def __enter__(self) -> Self:
        """Makes the terminal hand over each key at once, and unseen.

        Raises:
            CoachError: there is no terminal.
        """
        if not sys.stdin.isatty():
            raise CoachError(_NO_TERMINAL)
        if sys.platform != "win32":
            import termios

            self._fd = sys.stdin.fileno()
            self._before = termios.tcgetattr(self._fd)
            own = termios.tcgetattr(self._fd)
            own[3] &= ~(termios.ICANON | termios.ECHO)
            own[6][termios.VMIN], own[6][termios.VTIME] = 1, 0
            own[6][termios.VSUSP] = bytes([os.fpathconf(self._fd, "PC_VDISABLE") & 0xFF])
            termios.tcsetattr(self._fd, termios.TCSADRAIN, own)
            self._waiting = b""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if sys.platform != "win32":
            import termios

            with suppress(termios.error):  # the terminal has gone
                # Keys that were pressed too late are thrown away; the shell would take them for a command.
                termios.tcsetattr(self._fd, termios.TCSAFLUSH, self._before)

    def read(self, timeout_s: float) -> str:
        """The next key: a letter or sign, ``up`` ``down`` ``left`` ``right`` ``space`` ``enter`` ``escape``;

        "" if none came in time, or one that is none of these. ``end`` is told when the terminal has gone.
        """
        return _read_windows(timeout_s) if sys.platform == "win32" else self._read(timeout_s)

    def _read(self, timeout_s: float) -> str:
        first = self._byte(timeout_s)
        if first is None:
            return ""
        if not first:
            return "end"
        if first != b"\x1b":
            return _named(first + self._rest_of_letter(first))
        second = self._byte(_SEQUENCE_PATIENCE_S)
        if not second:
            return "escape"
        if second not in (b"[", b"O"):
            return ""  # Alt and a letter
        # A sequence goes on to its first letter or tilde; what is not an arrow is passed over as a whole.
        while last := self._byte(_SEQUENCE_PATIENCE_S):
            if b"@" <= last <= b"~":
                return _ARROWS.get(last.decode(), "")
        return ""

    def _rest_of_letter(self, first: bytes) -> bytes:
        """The other bytes of a letter beyond ASCII, in UTF-8."""
        many = sum(first[0] >= bound for bound in (0xC0, 0xE0, 0xF0))
        return b"".join(self._byte(_SEQUENCE_PATIENCE_S) or b"" for _ in range(many))

    def _byte(self, timeout_s: float) -> bytes | None:
        """One byte; None if none came in time, nothing if none will."""
        if not self._waiting:
            import select

            if not select.select([self._fd], [], [], timeout_s)[0]:
                return None
            try:
                self._waiting = os.read(self._fd, 1024)
            except OSError:  # the terminal has gone
                return b""
        byte, self._waiting = self._waiting[:1], self._waiting[1:]
        return byte


def _named(raw: bytes) -> str:
    letter = raw.decode("utf-8", "replace")
    return _NAMES.get(letter, letter if letter.isprintable() else "")


def _read_windows(timeout_s: float) -> str:
    if sys.platform != "win32":
        return ""
    import msvcrt
    import time

    until_s = time.monotonic() + timeout_s
    while not msvcrt.kbhit():
        if time.monotonic() >= until_s:
            return ""
        time.sleep(0.01)
    letter = msvcrt.getwch()
    if letter in ("\x00", "\xe0"):
        return _WINDOWS_ARROWS.get(msvcrt.getwch(), "")
    if letter == "\x03":
        raise KeyboardInterrupt
    return _NAMES.get(letter, letter if letter.isprintable() else "")
