"""What a killed process leaves is cleared, and what is in use is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from voice_coach.storage.locks import clear, scratch_folder

HOLDER = """
import sys
from voice_coach.storage.locks import scratch_folder
with scratch_folder("test") as folder:
    (folder / "deep").mkdir()
    (folder / "deep" / "file").write_text("half")
    print(folder, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, for this test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def holder() -> Generator[subprocess.Popen[str]]:
    """Another process that uses a folder with something in it, until it is told a line."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        process.kill()


def told(process: subprocess.Popen[str]) -> Path:
    assert process.stdout
    return Path(process.stdout.readline().strip())


def test_a_scratch_folder_is_gone_at_the_end(temporary: Path) -> None:
    with pytest.raises(KeyboardInterrupt), scratch_folder("test") as folder:
        (folder / "file").write_text("half")
        raise KeyboardInterrupt
    assert list(temporary.iterdir()) == []


def test_one_in_use_is_left_alone_and_one_of_a_killed_process_is_cleared(
    temporary: Path, holder: subprocess.Popen[str]
) -> None:
    theirs = told(holder)
    with scratch_folder("test") as ours:
        assert ours != theirs
    assert (theirs / "deep" / "file").exists()
    holder.kill()
    holder.wait()
    assert (theirs / "deep" / "file").exists()
    with scratch_folder("other"):
        assert theirs.exists()
    with scratch_folder("test"):
        assert not theirs.exists()
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes, and links need rights there")
def test_what_only_looks_like_a_leftover_is_not_waited_for_or_followed(temporary: Path) -> None:
    precious = temporary / "precious"
    precious.mkdir()
    (precious / "file").touch()
    os.mkfifo(temporary / "pipe.lock")
    (temporary / "link.lock").symlink_to(precious / "file")
    clear(temporary.glob("*.lock"))
    assert (precious / "file").exists()
    (temporary / "voice-coach-test-0.lock").touch()
    (temporary / "voice-coach-test-0").symlink_to(precious, target_is_directory=True)
    with scratch_folder("test"):
        assert (precious / "file").exists()
