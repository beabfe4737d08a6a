"""Keys as a real terminal sends them, read in a pty."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import IO

import pytest

from tests.real_parts import require_real
from voice_coach.cli.keyboard import Keyboard
from voice_coach.model.problems import CoachError


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
        (b"\x1b[3~s", ["", "s"]),
        (b"\x1b[1;5Cs", ["right", "s"]),
        (b"\x1b[200~", [""]),
        (b"\x1bq", [""]),
        (b"\x01s", ["", "s"]),
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
