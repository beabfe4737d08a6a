"""``voice-coach control`` steers a session in another process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import voice_coach
from tests.support.fake_remote import FakeRemote
from voice_coach.controls.socket_server import SocketControl
from voice_coach.core.commands import COMMANDS
from voice_coach.paths import find_runtime


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    # A socket's path must be short, so not pytest's tmp_path.
    with tempfile.TemporaryDirectory(prefix="home-") as made:
        monkeypatch.setenv("VOICE_COACH_HOME", made)
        yield Path(made)


@pytest.fixture
def remote(home: Path) -> Generator[FakeRemote]:
    remote = FakeRemote()
    assert find_runtime() == home / "runtime"
    with closing(SocketControl(find_runtime(), remote.tell)) as control:
        control.start(remote)
        yield remote
    assert remote.told == []


def test_every_command_reaches_the_session(remote: FakeRemote) -> None:
    for command in ("pause", "hurts", "time-left"):
        ended = voice_coach("control", command)
        assert (ended.code, ended.said) == (0, "")
    assert remote.given == ["pause", "hurts", "time-left"]


def test_status_for_people(remote: FakeRemote) -> None:
    remote.turn(mode="waiting", saying="Say when you are ready.")
    ended = voice_coach("control", "status")
    assert ended.code == 0
    assert ended.out == (
        "Lower back relief: waiting until you are ready\n"
        "Knee slide (3 of 5), 1:05 of 2:30\n"
        "set 1, rep 3, left side\n"
        "“Say when you are ready.”\n"
        "6:40 left\n"
    )


def test_status_before_the_first_chapter(remote: FakeRemote) -> None:
    remote.turn(status=None, chapter=0, position_ms=0, duration_ms=0, set=None, rep=None, side=None)
    assert voice_coach("control", "status").out == (
        "Lower back relief: playing\nbeing prepared (1 of 5), 0:00 of 0:00\n"
    )
    assert json.loads(voice_coach("control", "status", "--json").out)["left_ms"] is None


def test_status_for_programs(remote: FakeRemote) -> None:
    remote.turn(mode="paused")
    status = json.loads(voice_coach("control", "--json", "status").out)
    assert (status["mode"], status["chapter_title"], status["rep"]) == ("paused", "Knee slide", 3)


def test_the_list_has_every_command() -> None:
    listed = voice_coach("control", "--list").out
    for command in COMMANDS:
        assert f"{command.name} " in listed
        assert command.does in listed
    assert listed.startswith("status ")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["puase"], 2, "Did you mean 'pause'?"),
        (["statsu"], 2, "Did you mean 'status'?"),
        (["zzz"], 2, "control --list"),
        ([], 2, "Say what to do"),
        (["pause", "--json"], 2, "--json goes with status"),
        (["pause", "--session", "x"], 2, "invalid int"),
        (["pause"], 1, "No session is running that could be steered. Start one: voice-coach play"),
        (["pause", "--session", "1"], 1, "No session runs with the process id 1."),
    ],
)
def test_what_cannot_be_done_is_told(home: Path, words: list[str], code: int, said: str) -> None:
    ended = voice_coach("control", *words)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert not (home / "runtime").exists()


def test_it_starts_without_anything_heavy(remote: FakeRemote) -> None:
    """A button is not to feel slow."""
    program = (
        "import sys\nfrom voice_coach.cli.main import main\nmain(['control', 'pause'])\n"
        "print(*sorted({'numpy', 'asyncio', 'rich', 'yaml', 'voice_coach.coach'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "\n"
    assert remote.given == ["pause"]
