"""Keys from the terminal, one at a time: the one place that knows POSIX terminals and the console of Windows.

A remote for slides, or any other small Bluetooth remote, is a keyboard, too.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from voice_coach.controls.base import Control, SessionRemote
from voice_coach.core.commands import CommandName, commands_by_key
from voice_coach.core.errors import CoachError
from voice_coach.core.status import Mode

_SEQUENCE_PATIENCE_S: Final = 0.1
"""Seconds after an escape in which the rest of an arrow key may come, also over ssh; after that it was the
Esc key."""

_LOOK_S: Final = 0.5
"""Seconds between two checks for the end, where no event tells it."""

_TEN_PATIENCE_S: Final = 5.0
"""Seconds after a one in which a nought makes it ten."""

OTHER: Final = "other"
"""A key that has no name here."""

_NAMES: Final = {" ": "space", "\x1b": "escape", "\r": "enter", "\n": "enter"}

# What terminals send after ESC [ or ESC O; with Shift, Ctrl or Alt a key is the same key.
_LETTERS: Final = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home"}
_TILDES: Final = {"1": "home", "7": "home", "5": "pageup", "6": "pagedown", "15": "f5"}
_LINUX_CONSOLE: Final = {"E": "f5"}
_KEYPAD: Final = {chr(0x40 + ord(sign)): sign for sign in "*+,-./0123456789"} | {
    "M": "enter",
    "X": "=",
    " ": "space",
}
"""The keypad after ESC O, once some program has set it to its application mode."""

_WINDOWS: Final = {
    "H": "up",
    "P": "down",
    "M": "right",
    "K": "left",
    "G": "home",
    "I": "pageup",
    "Q": "pagedown",
    "?": "f5",
}

_NO_TERMINAL = (
    "Keys are needed for this, and there is no terminal that they could come from. Run it in a terminal, not "
    "in a pipe (over ssh: ssh -t)."
)
_BACKGROUND = (
    "Keys are not read, since this runs in the background of its terminal. Bring it to the front (fg), or "
    "steer it from there: voice-coach control pause"
)


class Keyboard:
    """Reads single keys while it is entered; the terminal is as it was afterwards, however that comes about.

    Ctrl-C is a KeyboardInterrupt as ever, and so is being ended from outside (``cli/process.py``), so that
    leaving the block puts the terminal right. Ctrl-Z is off: a stopped program would leave the keys silent.
    """

    def __init__(self) -> None:
        self._before: list[Any] | None = None

    def __enter__(self) -> Self:
        """Make the terminal hand over each key at once, and unseen.

        Raises:
            CoachError: there is no terminal, or it is another program's at the moment.
        """
        if sys.stdin is None or not sys.stdin.isatty():
            raise CoachError(_NO_TERMINAL)
        if sys.platform != "win32":
            import termios

            self._fd = sys.stdin.fileno()
            if not _is_in_front(self._fd):
                raise CoachError(_BACKGROUND)
            self._waiting = b""
            try:
                own = termios.tcgetattr(self._fd)
                self._woken, self._waker = os.pipe()
                self._before = termios.tcgetattr(self._fd)
                own[3] &= ~(termios.ICANON | termios.ECHO)
                own[6][termios.VMIN], own[6][termios.VTIME] = 1, 0
                own[6][termios.VSUSP] = bytes([os.fpathconf(self._fd, "PC_VDISABLE") & 0xFF])
                termios.tcsetattr(self._fd, termios.TCSADRAIN, own)
            except termios.error:  # it went in this moment
                raise CoachError(_NO_TERMINAL) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        before, self._before = self._before, None
        if sys.platform != "win32" and before is not None:
            import termios

            with suppress(termios.error):  # the terminal has gone
                # Keys that were pressed too late are thrown away; the shell would take them for a command. In
                # the background the terminal is somebody else's, and setting it would stop us.
                if _is_in_front(self._fd):
                    termios.tcsetattr(self._fd, termios.TCSAFLUSH, before)
            os.close(self._woken)
            os.close(self._waker)

    def read(self, timeout_s: float) -> str:
        """The next key: a letter or sign, or ``up`` ``down`` ``left`` ``right`` ``home`` ``pageup``

        ``pagedown`` ``f5`` ``space`` ``enter`` ``escape``; ``other`` for one that is none of these; "" if
        none came in time. ``end`` is told when the terminal has gone.
        """
        return _read_windows(timeout_s) if sys.platform == "win32" else self._read(timeout_s)

    def wake(self) -> None:
        """Have ``read`` return at once, as if its time were over; any thread may. Not on Windows."""
        if sys.platform != "win32":
            os.write(self._waker, b"w")

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
            return OTHER  # Alt and a letter
        return self._sequence(second.decode())

    def _sequence(self, begin: str) -> str:
        """The key of a sequence, which goes on to its first letter or tilde, and is taken as a whole."""
        parameters = ""
        while last := self._byte(_SEQUENCE_PATIENCE_S):
            sign = last.decode("latin-1")
            if sign == "[" and begin == "[" and not parameters:
                return _LINUX_CONSOLE.get((self._byte(_SEQUENCE_PATIENCE_S) or b"").decode("latin-1"), OTHER)
            if "@" <= sign <= "~" or (begin == "O" and sign == " "):
                if sign == "~":
                    return _TILDES.get(parameters.partition(";")[0], OTHER)
                return _LETTERS.get(sign) or (_KEYPAD.get(sign, OTHER) if begin == "O" else OTHER)
            parameters += sign
        return OTHER

    def _rest_of_letter(self, first: bytes) -> bytes:
        """The other bytes of a letter beyond ASCII, in UTF-8."""
        many = sum(first[0] >= bound for bound in (0xC0, 0xE0, 0xF0))
        return b"".join(self._byte(_SEQUENCE_PATIENCE_S) or b"" for _ in range(many))

    def _byte(self, timeout_s: float) -> bytes | None:
        """One byte; None if none came in time, nothing if none will."""
        if not self._waiting:
            import select

            ready = select.select([self._fd, self._woken], [], [], timeout_s)[0]
            if self._woken in ready:
                os.read(self._woken, 1024)
                return None
            if not ready:
                return None
            if not _is_in_front(self._fd):  # reading would stop the whole program
                select.select([self._woken], [], [], min(timeout_s, _LOOK_S))
                return None
            try:
                self._waiting = os.read(self._fd, 1024)
            except OSError:  # the terminal has gone
                return b""
        byte, self._waiting = self._waiting[:1], self._waiting[1:]
        return byte


class KeyboardControl(Control):
    """The keys of the terminal in which the session runs, by the table of commands.

    Args:
        notify: told in a sentence what goes wrong later on.
    """

    def __init__(self, notify: Callable[[str], None]) -> None:
        self._notify = notify
        self._keyboard: Keyboard | None = None
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def start(self, remote: SessionRemote) -> None:
        self._over.clear()
        self._keyboard = keyboard = Keyboard()
        atexit.register(self.close)  # for whoever is ended before the session could close it
        keyboard.__enter__()
        self._thread = threading.Thread(target=self._run, args=(remote, keyboard), daemon=True)
        self._thread.start()

    def close(self) -> None:
        keyboard, self._keyboard = self._keyboard, None
        if keyboard is None:
            return
        atexit.unregister(self.close)
        try:
            self._over.set()
            if self._thread is not None:
                keyboard.wake()
                self._thread.join()
                self._thread = None
        finally:
            keyboard.__exit__(None, None, None)

    def _run(self, remote: SessionRemote, keyboard: Keyboard) -> None:
        digits = Digits()
        while not self._over.is_set():
            try:
                key = keyboard.read(_LOOK_S if sys.platform == "win32" else 3600)
            except KeyboardInterrupt:  # only the Windows console gives Ctrl-C to whoever reads
                from _thread import interrupt_main

                interrupt_main()
                return
            if key == "end":
                self._notify("The terminal has gone, and its keys with it; the session goes on.")
                return
            command = meant(digits.join(key, time.monotonic()), remote.current_status().mode) if key else None
            if command is not None:
                remote.give(command)


class Digits:
    """Makes the number ten of a one and the nought that soon follows it; the one has been taken by itself."""

    def __init__(self) -> None:
        self._one_s = -_TEN_PATIENCE_S

    def join(self, key: str, now_s: float) -> str:
        """The key, or ``10``; ``now_s`` is any clock that goes on."""
        is_ten = key == "0" and now_s - self._one_s < _TEN_PATIENCE_S
        self._one_s = now_s if key == "1" else -_TEN_PATIENCE_S
        return "10" if is_ten else key


def meant(key: str, mode: Mode) -> CommandName | None:
    """The command that a key gives, if any; any other key means ready where the coach waits for that."""
    keys = commands_by_key(mode)
    command = keys.get(key) or keys.get(key.lower())  # Caps Lock may be on
    if command is None:
        # Whoever fumbles in the dark while something is asked hears it again.
        answers: dict[Mode, CommandName] = {"waiting": "ready", "asking": "repeat", "scoring": "repeat"}
        return answers.get(mode)
    return command.name if command else None


def _is_in_front(fd: int) -> bool:
    """Return whether the terminal gives its keys to us; a shell gives them to one command at a time."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return True  # not the terminal that we were started in: it gives its keys to whoever reads


def _named(raw: bytes) -> str:
    letter = raw.decode("utf-8", "replace")
    return _NAMES.get(letter, letter if letter.isprintable() else OTHER)


def windows_key_name(letter: str, following: Callable[[], str], names: Mapping[str, str] = _WINDOWS) -> str:
    """The name of a key as the console of Windows gives it: a letter, or a sign that a second one follows."""
    if letter in ("\x00", "\xe0"):
        return names.get(following(), OTHER)
    return _NAMES.get(letter, letter if letter.isprintable() else OTHER)


def _read_windows(timeout_s: float) -> str:
    if sys.platform != "win32":
        return ""
    import msvcrt

    until_s = time.monotonic() + timeout_s
    while not msvcrt.kbhit():
        if time.monotonic() >= until_s:
            return ""
        time.sleep(0.01)
    letter = msvcrt.getwch()
    if letter == "\x03":
        raise KeyboardInterrupt
    return windows_key_name(letter, msvcrt.getwch)
