"""What ``docs/controls.md`` tells a programmer is so: its commands, its keys, its protocol."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import voice_coach
from tests.support.fake_remote import AT_THE_THIRD, FakeRemote
from tests.support.message_bus import running_bus
from voice_coach.controls.mpris import MprisControl
from voice_coach.controls.protocol import status_message
from voice_coach.controls.socket_server import SocketControl
from voice_coach.core.commands import COMMANDS
from voice_coach.paths import find_runtime

PAGE = (Path(__file__).parents[2] / "docs" / "controls.md").read_text("utf-8")
_NAMES = {"↑": "up", "↓": "down", "←": "left", "→": "right", "esc": "escape"}


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _commands(block: str) -> list[list[str]]:
    return [shlex.split(line, comments=True) for line in block.splitlines()]


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table below a row of headings."""
    table = PAGE[PAGE.index(heading) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Generator[FakeRemote]:
    # A socket's path must be short, so not pytest's tmp_path.
    with tempfile.TemporaryDirectory(prefix="home-") as made:
        monkeypatch.setenv("VOICE_COACH_HOME", made)
        remote = FakeRemote()
        with closing(SocketControl(find_runtime(), remote.tell)) as control:
            control.start(remote)
            yield remote


def _socket() -> Path:
    return find_runtime() / f"{os.getpid()}.sock"


def test_every_command_works(remote: FakeRemote) -> None:
    for program, *arguments in _commands(_blocks("sh")[0]):
        assert program == "voice-coach"
        assert voice_coach(*arguments).code == 0, arguments
    assert remote.given == ["pause", "resume"]


def test_every_command_of_the_house_works(remote: FakeRemote) -> None:
    written = re.findall(r": voice-coach (.*)", _blocks("yaml")[0])
    ended = [voice_coach(*shlex.split(each)) for each in written]
    assert [each.code for each in ended] == [0, 0, 0]
    assert json.loads(ended[-1].out)["mode"] == "playing"
    assert remote.given == ["pause", "ready"]


def test_every_command_of_playerctl_works(monkeypatch: pytest.MonkeyPatch) -> None:
    remote = FakeRemote()
    with running_bus() as bus, closing(MprisControl(remote.tell)) as control:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.environ["DBUS_SESSION_BUS_ADDRESS"])
        control.start(remote)
        answers = [bus.playerctl(*arguments) for _, *arguments in _commands(_blocks("sh")[1])]
        assert remote.wait_given(5) == ["toggle", "skip", "previous", "quieter", "quieter"]
    assert re.fullmatch(r"Knee slide, Lower back relief: 1:\d\d of 2:30", answers[-1])


def test_every_key_is_one() -> None:
    cells = [cell for row in _rows("| key | command |") for cell in row[::2]]
    keys = [key.strip("`").lower() for cell in cells for key in re.split(r", | / | … | ", cell)]
    named = {_NAMES.get(key, key) for key in keys}
    assert {"space", "b", "f5", "pageup", "1", "["} <= named
    assert named <= {key for command in COMMANDS for key in command.keys}


def test_every_request_gets_its_answer(remote: FakeRemote) -> None:
    for request, answer in _rows("| request | answer |")[:3]:
        with closing(socket.socket(socket.AF_UNIX)) as line:
            line.connect(str(_socket()))
            line.sendall(request.strip("`").encode() + b"\n")
            got = json.loads(line.makefile().readline())
        if "do" in request:
            assert f"`{json.dumps(got)}`" in answer
        assert got["ok"] is True
    assert remote.given == ["pause"]


def test_every_key_of_the_status_is_explained() -> None:
    explained = [key for row in _rows("| key | what it is |") for key in re.findall(r"\w+", row[0])]
    assert explained == list(status_message(AT_THE_THIRD))


def test_the_example_follows_a_session(remote: FakeRemote) -> None:
    (block,) = _blocks("python")
    example = re.sub(r'"/run/.*?"', repr(str(_socket())), block)
    assert example != block
    with subprocess.Popen([sys.executable, "-uc", example], stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout
        assert following.stdout.readline() == "playing\n"
        following.kill()
    assert remote.told == []
