"""Keys as a real terminal sends them, read in a pty."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from tests.real_parts import require_real
from tests.support.fake_remote import FakeRemote
from voice_coach.controls.keyboard import Digits, Keyboard, KeyboardControl, meant, windows_key_name
from voice_coach.core.errors import CoachError
from voice_coach.core.status import Mode


@pytest.fixture
def master(monkeypatch: pytest.MonkeyPatch) -> Generator[int]:
    """The other end of the terminal that is our stdin."""
    require_real("a pty", sys.platform != "win32", "it takes a POSIX system")
    import pty

    master, slave = pty.openpty()
    with os.fdopen(slave, "r", closefd=True) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield master
    os.close(master)


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (b"s", ["s"]),
        (b" r+", ["space", "r", "+"]),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D", ["up", "down", "right", "left"]),
        (b"\x1bOA", ["up"]),
        (b"\x1b", ["escape"]),
        (b"\r", ["enter"]),
        ("é→q".encode(), ["é", "→", "q"]),
        # Keys that we do not know do nothing at all, and no part of them is taken for another.
        (b"\x1b[5~\x1b[6~\x1b[15~\x1b[15;2~", ["pageup", "pagedown", "f5", "f5"]),
        (b"\x1b[H\x1bOH\x1b[1~\x1b[7~", ["home"] * 4),
        (b"\x1b[[Es", ["f5", "s"]),  # the console of Linux
        (b"\x1b[[As", ["other", "s"]),
        (b"\x1bOk\x1bOm\x1bOM\x1bO \x1bOn\x1bOr\x1bOX", ["+", "-", "enter", "space", ".", "2", "="]),
        (b"\x1b[3~s", ["other", "s"]),
        (b"\x1b[1;5Cs", ["right", "s"]),
        (b"\x1b[200~", ["other"]),
        (b"\x1bq", ["other"]),
        (b"\x01s", ["other", "s"]),
    ],
)
def test_keys_have_names(master: int, sent: bytes, keys: list[str]) -> None:
    with Keyboard() as keyboard:
        os.write(master, sent)
        assert [keyboard.read(10) for _ in keys] == keys
        assert keyboard.read(0) == ""


def test_a_terminal_that_has_gone_is_the_end(master: int) -> None:
    import pty

    with Keyboard() as keyboard:
        other, nowhere = pty.openpty()
        os.close(other)
        os.dup2(nowhere, sys.stdin.fileno())  # as if it were hung up
        os.close(nowhere)
        assert keyboard.read(10) == "end"
    assert master


def test_what_was_typed_too_late_is_not_left_for_the_shell(master: int) -> None:
    import select

    with Keyboard() as keyboard:
        os.write(master, b"q")
        assert keyboard.read(10) == "q"
        os.write(master, b"rm -r\n")
        assert select.select([sys.stdin], [], [], 10)[0]  # it has arrived
    assert select.select([sys.stdin], [], [], 0)[0] == []


def test_a_file_is_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file: IO[str]
    with (tmp_path / "keys").open("w+") as file:
        monkeypatch.setattr(sys, "stdin", file)
        with pytest.raises(CoachError, match="there is no terminal"), Keyboard():
            pass


@pytest.mark.parametrize(
    ("signs", "name"),
    [
        ("\xe0H", "up"),
        ("\x00H", "up"),
        ("\xe0I", "pageup"),
        ("\xe0Q", "pagedown"),
        ("\xe0G", "home"),
        ("\x00?", "f5"),
        ("\xe0S", "other"),
        ("\r", "enter"),
        ("b", "b"),
        ("\x01", "other"),
    ],
)
def test_the_console_of_windows_has_the_same_names(signs: str, name: str) -> None:
    letters = iter(signs)
    assert windows_key_name(next(letters), lambda: next(letters)) == name
    assert list(letters) == []


@pytest.mark.parametrize(
    ("key", "mode", "command"),
    [
        ("space", "playing", "toggle"),
        ("B", "playing", "toggle"),
        ("other", "playing", None),
        ("ö", "paused", None),
        ("ö", "waiting", "ready"),
        ("other", "waiting", "ready"),
        ("1", "waiting", "rest"),  # an answer is no "ready": something may have hurt
        ("1", "asking", "rest"),
        ("h", "waiting", "hurts"),
        ("q", "waiting", "stop"),
    ],
)
def test_any_other_key_means_ready_to_whoever_is_waited_for(
    key: str, mode: Mode, command: str | None
) -> None:
    assert meant(key, mode) == command


def test_digits_are_the_pain_where_that_is_asked() -> None:
    assert [meant(digit, "scoring") for digit in ("0", "7", "10")] == ["score-0", "score-7", "score-10"]
    assert [meant(digit, "asking") for digit in ("1", "4", "7")] == ["rest", "end", "repeat"]
    assert meant("0", "playing") is None


@pytest.mark.parametrize(
    ("pressed", "meant_"),
    [
        ([("1", 0.0), ("0", 4.9)], ["1", "10"]),
        ([("1", 0.0), ("0", 5.1)], ["1", "0"]),
        ([("1", 0.0), ("5", 0.2), ("0", 0.4)], ["1", "5", "0"]),
        ([("1", 0.0), ("1", 1.0), ("0", 2.0)], ["1", "1", "10"]),
        ([("0", 0.0)], ["0"]),
    ],
)
def test_a_one_and_a_nought_are_ten(pressed: list[tuple[str, float]], meant_: list[str]) -> None:
    digits = Digits()
    assert [digits.join(key, at_s) for key, at_s in pressed] == meant_


def test_ten_is_typed_at_the_end(master: int) -> None:
    fake = FakeRemote()
    fake.turn(mode="scoring")
    with closing(KeyboardControl(fake.tell)) as control:
        control.start(fake)
        os.write(master, b"10")
        assert fake.wait_given(2) == ["score-1", "score-10"]


@pytest.mark.parametrize(
    ("name", "sent", "commands"),
    [
        ("presenter", b"\x1b[6~\x1b[5~b\x1b[15~\x1b", ["skip", "back", "toggle", "toggle", "stop"]),
        ("presenter with a full stop", b"\x1b[6~.\x1b[15;2~", ["skip", "toggle", "toggle"]),
        (
            "arrows and enter",
            b"\x1b[A\x1b[B\x1bOC\x1bOD\r",
            ["louder", "quieter", "next", "previous", "ready"],
        ),
        ("number pad", b"\x1bOk\x1bOm\x1bOM", ["faster", "slower", "ready"]),
    ],
)
def test_a_bare_remote_is_a_keyboard(master: int, name: str, sent: bytes, commands: list[str]) -> None:
    del name
    fake = FakeRemote()
    with closing(KeyboardControl(fake.told.append)) as control:
        control.start(fake)
        os.write(master, sent)
        assert fake.wait_given(len(commands)) == commands
    assert fake.told == []


def modes(master: int) -> list[object]:
    import termios

    del master
    return list(termios.tcgetattr(sys.stdin.fileno()))


def test_the_terminal_is_put_right_when_the_desk_fails(master: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = modes(master)
    failures: list[object] = []
    monkeypatch.setattr("threading.excepthook", failures.append)
    fake = FakeRemote()
    fake.fails = True
    with closing(KeyboardControl(fake.told.append)) as control:
        control.start(fake)
        assert modes(master) != before
        os.write(master, b"q")
        fake.wait_asked()
    assert modes(master) == before


ENDINGS = {
    "an error that nobody catches": "raise ValueError",
    "exit": "sys.exit(3)",
    "a signal": "os.kill(os.getpid(), signal.SIGTERM)",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_terminal_is_put_right_however_the_program_ends(master: int, ending: str) -> None:
    """By whoever forgets to close it, too."""
    before = modes(master)
    program = f"""
import os, signal, sys, termios
from tests.support.fake_remote import FakeRemote
from voice_coach.cli.process import end_as_by_ctrl_c
from voice_coach.controls.keyboard import KeyboardControl
end_as_by_ctrl_c()
before = termios.tcgetattr(0)
control = KeyboardControl(print)
control.start(FakeRemote())
assert termios.tcgetattr(0) != before
print("started", flush=True)
{ENDINGS[ending]}
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], stdin=sys.stdin, capture_output=True, check=False, timeout=60
    )
    assert ended.stdout == b"started\n", ended.stderr
    assert ended.returncode != 0
    assert modes(master) == before


def test_in_the_background_keys_are_left_to_the_shell(master: int) -> None:
    """A program that reads or sets a terminal in the background would be stopped by it."""
    program = """
import fcntl, os, signal, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
child = os.fork()
if child:
    os.setpgid(child, child)
    print(os.WEXITSTATUS(os.waitpid(child, 0)[1]))
    sys.exit()
while os.getpgrp() != os.getpid():
    pass
from tests.support.fake_remote import FakeRemote
from voice_coach.controls.keyboard import KeyboardControl
from voice_coach.core.errors import CoachError
control = KeyboardControl(print)
try:
    control.start(FakeRemote())
except CoachError as error:
    control.close()
    os._exit(7 if "background" in str(error) else 8)
os._exit(9)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], stdin=sys.stdin, capture_output=True, check=False, timeout=60
    )
    assert ended.stdout == b"7\n", ended.stderr
    assert master
