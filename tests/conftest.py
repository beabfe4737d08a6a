"""Fixtures for all tests."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.real_parts import refuse_bare_names, require_program
from tests.support.small_disk import mounted_disk
from tests.support.sound_server import SoundServer, running_sound_server

# How long one example takes says more about the machine; tests/support/calibration.py is for bounds on time.
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-golden",
        action="store_true",
        help="write the golden files anew; read the difference before committing it",
    )


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: what listens in real time leaves its core idle."""
    return len(os.sched_getaffinity(0)) + 1 if sys.platform == "linux" else (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:  # pyright: ignore[reportUnusedFunction]
    """Nothing that a test does touches the person's own files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICE_COACH_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _programs_are_asked_for() -> None:  # pyright: ignore[reportUnusedFunction]
    """From the first test on, so that what pytest starts itself is none of it."""
    sys.addaudithook(refuse_bare_names)


@pytest.fixture(autouse=True)
def _ctrl_c_works() -> Generator[None]:  # pyright: ignore[reportUnusedFunction]
    """A test run in the background ignores Ctrl-C, and its children would inherit that."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.fixture(autouse=True)
def _not_run_by_make(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """What a person is told to type next depends on how this was started."""
    monkeypatch.delenv("MAKELEVEL", raising=False)


@pytest.fixture(autouse=True)
def coach_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of user files, empty at the start of each test."""
    home = tmp_path / "voice_coach_home"
    monkeypatch.setenv("VOICE_COACH_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared_sound_server() -> Generator[SoundServer]:
    """One server for all tests that leave it as they found it."""
    with running_sound_server() as server:
        yield server


@pytest.fixture
def sound_server(shared_sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    """A real sound server, found by this test and its child processes and playing for it alone."""
    return _found(shared_sound_server, monkeypatch)


@pytest.fixture
def own_sound_server(monkeypatch: pytest.MonkeyPatch) -> Generator[SoundServer]:
    """A real sound server that the test may damage."""
    with running_sound_server() as server:
        yield _found(server, monkeypatch)


def _found(server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture
def ffmpeg() -> str:
    """The path of FFmpeg, with ffprobe beside it; asked for before much is made for it to read."""
    return require_program("ffmpeg")


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted_disk(folder, megabytes=2) as disk:
        yield disk


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that listen to the shared server run one after the other, on one worker."""
    for item in items:
        if "sound_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("sound"))
