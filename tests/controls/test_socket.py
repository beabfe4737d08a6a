"""Other programs speak to a session through its socket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_remote import FakeRemote
from voice_coach.controls.endpoints import NobodyError, listen, meetings
from voice_coach.controls.protocol import LONGEST_LINE
from voice_coach.controls.socket_client import ask
from voice_coach.controls.socket_server import MOST_CONNECTED, SocketControl
from voice_coach.core.errors import CoachError

WAYS = pytest.mark.parametrize("local", [True, False], ids=["path", "port"])


@pytest.fixture
def folder() -> Generator[Path]:
    # A socket's path must be short, so not pytest's tmp_path.
    with tempfile.TemporaryDirectory(prefix="sock-") as made:
        yield Path(made) / "runtime"


@pytest.fixture
def remote() -> FakeRemote:
    return FakeRemote()


class Line:
    """A connection, as another program has it."""

    def __init__(self, folder: Path) -> None:
        self.socket, self.token = meetings(folder)[0].call()
        self.socket.settimeout(20)
        self._lines = self.socket.makefile("rb")

    def say(self, raw: bytes) -> None:
        self.socket.sendall(raw)

    def ask(self, **request: Any) -> dict[str, Any]:
        self.say(json.dumps({"v": 1, "token": self.token} | request).encode() + b"\n")
        return self.hear()

    def hear(self) -> dict[str, Any]:
        said = json.loads(self._lines.readline())
        assert said["v"] == 1
        return said

    def is_over(self) -> bool:
        try:
            return not self._lines.readline()
        except ConnectionError:
            return True

    def close(self) -> None:
        self._lines.close()
        self.socket.close()


@pytest.fixture
def control(folder: Path, remote: FakeRemote) -> Generator[SocketControl]:
    with closing(SocketControl(folder, remote.tell)) as made:
        made.start(remote)
        yield made


@WAYS
def test_commands_and_status(folder: Path, remote: FakeRemote, local: bool) -> None:
    with closing(SocketControl(folder, remote.tell, local=local)) as made:
        made.start(remote)
        with closing(Line(folder)) as line:
            assert line.ask(do="pause") == {"v": 1, "ok": True}
            assert line.ask(do="hurts") == {"v": 1, "ok": True}
            status = line.ask(status=True)["status"]
    assert remote.given == ["pause", "hurts"]
    expected = {
        "mode": "playing",
        "title": "Lower back relief",
        "chapter": 3,
        "chapters": 5,
        "chapter_title": "Knee slide",
        "chapter_position_ms": 65_000,
        "position_ms": 305_000,
        "left_ms": 400_000,
        "rep": 3,
        "side": "left",
    }
    assert expected.items() <= status.items()
    assert remote.told == []


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"pause\n", "one JSON object on a line"),
        (b"[" * 3000 + b"\n", "one JSON object on a line"),
        (b"\xff\xfe\n", "one JSON object on a line"),
        (b"[1]\n", "is a JSON object"),
        (b"{}\n", 'write "v": 1'),
        (b'{"v": true, "do": "pause"}\n', 'write "v": 1'),
        (b'{"v": 2, "do": "pause"}\n', "speaks version 1"),
        (b'{"v": 1}\n', "has one key"),
        (b'{"v": 1, "do": "pause", "status": true}\n', "has one key"),
        (b'{"v": 1, "status": false}\n', 'Write "status": true'),
        (b'{"v": 1, "do": "puase"}\n', "Did you mean 'pause'?"),
        (b'{"v": 1, "do": ["pause"]}\n', "There is no command"),
        (b'{"v": 1, "do": "zzz"}\n', "control --list"),
    ],
)
def test_what_is_wrong_is_told_and_the_next_line_is_heard(
    control: SocketControl, folder: Path, remote: FakeRemote, said: bytes, answer: str
) -> None:
    del control
    with closing(Line(folder)) as line:
        line.say(said)
        refused = line.hear()
        assert refused["ok"] is False
        assert answer in refused["error"]
        assert line.ask(do="resume")["ok"]
    assert remote.given == ["resume"]


def test_a_last_line_without_an_end_is_a_line(
    control: SocketControl, folder: Path, remote: FakeRemote
) -> None:
    del control
    with closing(Line(folder)) as line:
        line.say(b'{"v": 1, "do": "pause"}')
        line.socket.shutdown(socket.SHUT_WR)
        assert line.hear() == {"v": 1, "ok": True}
        assert line.is_over()
    assert remote.given == ["pause"]


def test_a_follower_is_told_every_change_and_the_end(
    control: SocketControl, folder: Path, remote: FakeRemote
) -> None:
    with closing(Line(folder)) as line:
        assert line.ask(follow=True)["status"]["mode"] == "playing"
        line.socket.shutdown(socket.SHUT_WR)  # as a pipe does that says one line; it still reads
        control.on_change(remote.turn(mode="paused"))
        assert line.hear()["status"]["mode"] == "paused"
        control.on_change(remote.turn(mode="playing", rep=4))
        assert line.hear()["status"]["rep"] == 4
        remote.turn(mode="ended")
        control.close()
        assert line.hear()["status"]["mode"] == "ended"
        assert line.is_over()


def test_a_line_that_never_ends_is_cut_off(control: SocketControl, folder: Path, remote: FakeRemote) -> None:
    del control
    with closing(Line(folder)) as endless, closing(Line(folder)) as other:
        with pytest.raises(OSError):  # noqa: PT011  (reset or broken pipe)
            for _ in range(1000):
                endless.say(b"x" * LONGEST_LINE)
        assert other.ask(do="pause")["ok"]
    assert remote.given == ["pause"]


def test_a_crowd_is_turned_away_and_leaves_room(
    control: SocketControl, folder: Path, remote: FakeRemote
) -> None:
    del control
    crowd = [Line(folder) for _ in range(MOST_CONNECTED)]
    for line in crowd:
        assert line.ask(status=True)["ok"]
    with closing(Line(folder)) as late:
        assert "connected already" in late.hear()["error"]
        assert late.is_over()
    crowd[0].close()
    assert any(_tried(folder) for _ in range(1000))
    assert remote.given == ["pause"]
    for line in crowd[1:]:
        line.close()


def test_commands_come_through_while_others_call_and_hang_up(
    control: SocketControl, folder: Path, remote: FakeRemote
) -> None:
    del control
    calling = f"""
import socket
calls = 0
while True:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect({str(meetings(folder)[0].path)!r})
            calls += 1
            if calls == 80:
                print("called", flush=True)
        except OSError:
            pass
"""
    with subprocess.Popen([sys.executable, "-c", calling], stdout=subprocess.PIPE) as caller:
        assert caller.stdout
        assert caller.stdout.readline() == b"called\n"  # now as many are waiting as may
        for _ in range(3):
            ask(folder, {"do": "pause"}, patience_s=20)
        caller.kill()
    assert remote.given == ["pause"] * 3


def _tried(folder: Path) -> bool:
    try:
        with closing(Line(folder)) as line:
            return bool(line.ask(do="pause")["ok"])
    except (OSError, ValueError):
        return False


def test_who_does_not_read_is_left_and_holds_up_nobody(
    control: SocketControl, folder: Path, remote: FakeRemote
) -> None:
    with closing(Line(folder)) as deaf, closing(Line(folder)) as follower, closing(Line(folder)) as other:
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.socket.setblocking(False)
        follower.ask(follow=True)
        with pytest.raises(BlockingIOError):
            while True:  # until neither end has room for more: no more is read from who does not read
                deaf.socket.send(b'{"v": 1, "status": true}\n' * 100)
        assert other.ask(do="pause")["ok"]
        control.on_change(remote.turn(mode="paused"))
        assert follower.hear()["status"]["mode"] == "paused"
    assert remote.given == ["pause"]


def test_nobody_but_this_user_can_reach_it(control: SocketControl, folder: Path) -> None:
    del control
    (path,) = folder.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_user_is_refused_though_the_folder_is_open(
    control: SocketControl, folder: Path, remote: FakeRemote
) -> None:
    del control
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can be somebody else, and only Linux tells who it is")
    (path,) = folder.iterdir()
    for each, mode in ((folder.parent, 0o755), (folder, 0o755), (path, 0o666)):
        each.chmod(mode)
    program = f"""
import os, socket
os.setuid(65534)
line = socket.socket(socket.AF_UNIX)
line.connect({str(path)!r})
print(line.makefile().readline())
"""
    told = subprocess.check_output([sys.executable, "-c", program], timeout=60)
    assert "somebody else's" in json.loads(told)["error"]
    assert remote.given == []


def test_without_the_token_nobody_is_heard(folder: Path, remote: FakeRemote) -> None:
    with closing(SocketControl(folder, remote.tell, local=False)) as made:
        made.start(remote)
        (path,) = folder.iterdir()
        assert path.stat().st_mode & 0o777 == 0o600
        for token in ("", "x" * 43):
            with closing(Line(folder)) as line:
                assert "token" in line.ask(token=token, do="pause")["error"]
                assert line.is_over()
        with closing(Line(folder)) as line:
            assert line.ask(do="pause")["ok"]
            line.say(b'{"v": 1, "do": "resume"}\n')  # said once is enough
            assert line.hear()["ok"]
    assert remote.given == ["pause", "resume"]


def test_a_folder_that_is_not_ours_is_not_used(folder: Path, remote: FakeRemote, tmp_path: Path) -> None:
    folder.symlink_to(tmp_path)
    with (
        closing(SocketControl(folder, remote.tell)) as made,
        pytest.raises(CoachError, match="somebody else"),
    ):
        made.start(remote)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_open_is_closed(folder: Path, remote: FakeRemote) -> None:
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with closing(SocketControl(folder, remote.tell)) as made:
        made.start(remote)
        assert folder.stat().st_mode & 0o777 == 0o700


SESSION = """
import sys
from pathlib import Path
from tests.support.fake_remote import FakeRemote
from voice_coach.controls.socket_server import SocketControl
remote = FakeRemote()
control = SocketControl(Path(sys.argv[1]), print, local=sys.argv[2] == "True")
control.start(remote)
print("started", flush=True)
sys.stdin.read()
print(*remote.given)
control.close()
"""


def session(folder: Path, *, local: bool = True) -> subprocess.Popen[str]:
    """A session in a process of its own, once it listens."""
    started = subprocess.Popen(
        [sys.executable, "-c", SESSION, str(folder), str(local)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout
    assert started.stdout.readline() == "started\n"
    return started


@WAYS
def test_of_two_that_begin_in_the_same_moment_the_later_is_the_newest(folder: Path, local: bool) -> None:
    for _ in range(20):
        with closing(listen(folder, local=local)) as first:
            other = first.path.with_stem("99999999")  # of a process whose number is larger than ours
            first.path.rename(other)
            with closing(listen(folder, local=local)) as second:
                assert [each.path for each in meetings(folder)] == [second.path, other]
            other.unlink()


@WAYS
def test_the_newest_of_several_sessions_is_meant_or_the_one_named(
    folder: Path, remote: FakeRemote, local: bool
) -> None:
    first = session(folder, local=local)
    with closing(SocketControl(folder, remote.tell, local=local)) as second:
        second.start(remote)
        ask(folder, {"do": "pause"})
        ask(folder, {"do": "stop"}, first.pid)
        out, _ = first.communicate(timeout=60)
        assert out == "stop\n"
        with pytest.raises(CoachError, match=rf"process id {first.pid}. There is {os.getpid()}"):
            ask(folder, {"do": "stop"}, first.pid)
    assert remote.given == ["pause"]
    assert list(folder.iterdir()) == []
    with pytest.raises(CoachError, match="No session is running"):
        ask(folder, {"do": "stop"})


@WAYS
def test_what_a_killed_session_leaves_is_passed_over_and_cleared_away(
    folder: Path, remote: FakeRemote, local: bool
) -> None:
    with closing(SocketControl(folder, remote.tell, local=local)) as live:
        live.start(remote)
        killed = session(folder, local=local)
        killed.kill()
        killed.communicate(timeout=60)
        assert [meeting.pid for meeting in meetings(folder)] == [killed.pid, os.getpid()]
        with pytest.raises(NobodyError):
            meetings(folder)[0].call()
        ask(folder, {"do": "pause"})
        other = session(folder, local=local)
        assert {meeting.pid for meeting in meetings(folder)} == {other.pid, os.getpid()}
        other.communicate(timeout=60)
    assert remote.given == ["pause"]


def test_a_long_path_is_no_trouble(folder: Path, remote: FakeRemote) -> None:
    """On Linux every path has a short name as well; elsewhere there is a port and a token instead."""
    far = folder / ("x" * 100)
    with closing(SocketControl(far, remote.tell)) as made:
        made.start(remote)
        ask(far, {"do": "pause"})
        assert [path.suffix for path in far.iterdir()] == [".sock" if sys.platform == "linux" else ".json"]
    assert remote.given == ["pause"]


def test_a_session_that_hangs_is_told(folder: Path) -> None:
    folder.mkdir()
    with closing(socket.socket(socket.AF_UNIX)) as deaf:
        deaf.bind(str(folder / "12.sock"))
        deaf.listen()
        with pytest.raises(CoachError, match="process id 12 does not answer"):
            ask(folder, {"do": "pause"}, patience_s=0.1)
