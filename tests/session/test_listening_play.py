"""``voice-coach play --listen`` where listening goes wrong: the session goes on, and that is told."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import LONG, LONG_SESSION, PATIENCE_S, TINY, TINY_SESSION, wait_until
from tests.support.replay import MOST_QUIET_MS, replayed, silences
from tests.support.sound_server import SINK, SPEAKERS, VOICES, Room, SoundServer
from tests.support.spoken import NotedSession, People
from voice_coach.coach import Coach
from voice_coach.core.units import FRAMES_PER_MS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")

STAYS_LOST_S = 9
"""Longer than one that gives nothing takes to be given up again."""

PLAIN = """
import sys
from voice_coach.cli.main import main
code = main(["play", "tiny-session"])
print(*sorted(sys.modules))
sys.exit(code)
"""
OF_LISTENING = (
    "voice_coach.voice_input",
    "voice_coach.controls.voice",
    "pocketsphinx",
    "pywebrtc_audio",
    "sherpa_onnx",
    "sentencepiece",
)


@pytest.fixture(autouse=True)
def _scripts(short_home: Path) -> None:  # pyright: ignore[reportUnusedFunction]
    for kind, name, text in (
        ("exercises", "tiny", TINY),
        ("exercises", "long", LONG),
        ("sessions", "tiny-session", TINY_SESSION),
        ("sessions", "long-session", LONG_SESSION),
    ):
        folder = short_home / "scripts" / kind
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.yaml").write_text(text)


@pytest.fixture
def session(room: Room) -> Generator[NotedSession]:
    """One of a minute and a half, that listens."""
    assert room
    with closing(NotedSession("play", "long-session", "--listen", "--quiet")) as session:
        session.reach(lambda status: status.get("action") == "hold")
        yield session


def understood(room: Room, session: NotedSession, folder: Path) -> None:
    """Somebody speaks, and the session does it."""
    with room.record(SPEAKERS) as coach, room.record(VOICES) as voices:
        people = People(room, session, coach, voices, folder)
        people.say("slt", "Coach, pause.", "pause", over=False)
        session.mode("paused")


def children(pid: int) -> list[int]:
    """The processes that this one has started, and has not yet seen end."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def test_without_a_microphone_it_says_so_and_is_a_plain_session(
    sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULSE_SOURCE", raising=False)
    with (
        Coach() as coach,
        sound_server.record(SINK) as recording,
        closing(NotedSession("play", "tiny-session", "--listen", "--quiet")) as session,
    ):
        assert session.end() == 0, session.said
        recorded = recording.samples()[:, 0]
        assert session.said.startswith("No microphone was found (the sound server has none).")
        assert session.said.count("microphone") == 1
        assert [note["announced"] for note in session.notes if "announced" in note] == ["deaf"]
        expected = replayed(coach.prepare("tiny-session"), session.deeds)
        quiet = silences(recorded, expected, [])
        assert all(each.frames <= MOST_QUIET_MS * FRAMES_PER_MS for each in quiet)


def test_a_microphone_that_is_lost_is_told_and_comes_back(
    room: Room, session: NotedSession, tmp_path: Path
) -> None:
    room.lose_microphone()
    session.reach(lambda status: status["speech"].startswith("I cannot hear you."))
    assert "Until then nothing that is said is understood" in session.said
    time.sleep(STAYS_LOST_S)
    assert [note["announced"] for note in session.notes if "announced" in note] == ["deaf"]
    room.find_microphone()
    session.reach(lambda status: status["speech"].startswith("I can hear you now."))
    assert session.said.endswith("There is a microphone now: what is said is understood.")
    assert [note["announced"] for note in session.notes if "announced" in note] == ["deaf", "hears_again"]
    understood(room, session, tmp_path)


def test_an_ear_that_is_killed_is_started_again(room: Room, session: NotedSession, tmp_path: Path) -> None:
    (recognizer,) = children(session.process.pid)
    os.kill(recognizer, signal.SIGKILL)
    wait_until(lambda: children(session.process.pid) not in ([], [recognizer]))
    understood(room, session, tmp_path)
    assert session.said == "Listening broke off (its process ended with -9), and is taken up again."


def test_an_ear_ends_with_a_session_that_is_killed(session: NotedSession) -> None:
    (recognizer,) = children(session.process.pid)
    watched = os.pidfd_open(recognizer)
    try:
        session.process.kill()
        assert select.select([watched], [], [], PATIENCE_S)[0]
    finally:
        os.close(watched)


@pytest.mark.usefixtures("sound_server")
def test_a_session_that_does_not_listen_imports_nothing_of_it() -> None:
    done = subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=True)
    modules = done.stdout.split()
    assert "voice_coach.session.controller" in modules
    assert "voice_coach.devices.miniaudio" in modules
    assert [each for each in modules if each.startswith(OF_LISTENING)] == []
