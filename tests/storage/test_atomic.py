"""A file is there whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from voice_coach.core.errors import OutputError, display_path
from voice_coach.storage.atomic import atomic_write

WRITER = """
import sys
from pathlib import Path
from voice_coach.storage.atomic import atomic_write
with atomic_write(Path(sys.argv[1]), force=True) as file:
    file.write(b"half")
    print("half", flush=True)
    sys.stdin.readline()
    file.write(b"whole")
"""


@pytest.fixture
def writer(tmp_path: Path) -> Generator[subprocess.Popen[str]]:
    """Another process that has half written ``session.wav``, and ends when it is told a line."""
    command = [sys.executable, "-c", WRITER, str(tmp_path / "session.wav")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "half\n"
        yield process
        process.kill()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "session.wav"
    with atomic_write(target) as file:
        file.write(b"all of it")
        assert not target.exists()
    assert target.read_bytes() == b"all of it"
    assert names(tmp_path) == ["session.wav"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, MemoryError])
def test_an_error_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "session.wav"
    target.write_bytes(b"the old one")
    with pytest.raises(error), atomic_write(target, force=True) as file:
        file.write(b"half of the new")
        raise error
    assert target.read_bytes() == b"the old one"
    assert names(tmp_path) == ["session.wav"]


def test_a_killed_process_leaves_nothing_under_the_name_and_is_cleared_up_after(
    tmp_path: Path, writer: subprocess.Popen[str]
) -> None:
    writer.kill()
    writer.wait()
    left = names(tmp_path)
    assert len(left) == 1
    assert left[0].endswith(".partial")

    with atomic_write(tmp_path / "other.wav") as file:
        file.write(b"another")
    assert names(tmp_path) == ["other.wav"]


def test_the_file_of_a_process_that_still_writes_is_left_alone(
    tmp_path: Path, writer: subprocess.Popen[str]
) -> None:
    with atomic_write(tmp_path / "session.wav") as file:
        file.write(b"ours")
    writer.communicate("go on\n")
    assert writer.returncode == 0
    assert (tmp_path / "session.wav").read_bytes() == b"halfwhole"
    assert names(tmp_path) == ["session.wav"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal to send")
def test_ctrl_c_leaves_nothing(tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    writer.send_signal(signal.SIGINT)
    writer.wait()
    assert writer.returncode != 0
    assert names(tmp_path) == []


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    target = tmp_path / "session.wav"
    target.write_bytes(b"the old one")
    with pytest.raises(OutputError, match="is there already. Use --force"), atomic_write(target):
        pytest.fail("it must not come to writing")
    assert target.read_bytes() == b"the old one"
    with atomic_write(target, force=True) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"


def test_a_file_that_somebody_makes_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "session.wav"
    with pytest.raises(OutputError, match="is there already"), atomic_write(target) as file:
        file.write(b"ours")
        target.write_bytes(b"theirs")
    assert target.read_bytes() == b"theirs"
    assert names(tmp_path) == ["session.wav"]


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"), atomic_write(tmp_path, force=True):
        pytest.fail("it must not come to writing")


def test_a_device_is_no_target() -> None:
    with pytest.raises(OutputError, match="is not a file"), atomic_write(Path(os.devnull), force=True):
        pytest.fail("it must not come to writing")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    target = tmp_path / "no" / "session.wav"
    message = r"session\.wav cannot be written: there is no such folder. Make it first"
    with pytest.raises(OutputError, match=message), atomic_write(target):
        pytest.fail("it must not come to writing")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says that there is no such folder")
def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "session.wav"
    with pytest.raises(OutputError, match="cannot be written: its folder is a file"), atomic_write(target):
        pytest.fail("it must not come to writing")


@pytest.mark.parametrize("name", ["ünï côdé ♪.wav", "-o.wav", "a:b c'd.wav", " .wav", "%d*?.wav"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows forbids some of these")
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    with atomic_write(tmp_path / name) as file:
        file.write(b"whole")
    assert names(tmp_path) == [name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows forbids these")
def test_names_that_would_garble_a_message_are_shown_plainly(tmp_path: Path) -> None:
    assert display_path(Path("a\nb\x1b[2Jc\udcff")) == "a\\nb\\x1b[2Jc\\udcff"
    target = tmp_path / "a\nb\udcff.wav"
    target.touch()
    with pytest.raises(OutputError, match=r"a\\nb\\udcff\.wav is there already"), atomic_write(target):
        pytest.fail("it must not come to writing")


def test_a_zero_byte_in_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="zero byte"), atomic_write(tmp_path / "a\0b"):
        pytest.fail("it must not come to writing")


def test_a_name_is_as_long_as_the_disk_allows_and_no_longer(tmp_path: Path) -> None:
    longest = "x" * 251 + ".wav"
    with atomic_write(tmp_path / longest) as file:
        file.write(b"whole")
    assert names(tmp_path) == [longest]
    with pytest.raises(OutputError, match="its name is too long"), atomic_write(tmp_path / ("x" + longest)):
        pytest.fail("it must not come to writing")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "session.wav"
    link.symlink_to(tmp_path / "there" / "real.wav")
    with atomic_write(link) as file:
        file.write(b"whole")
    assert link.is_symlink()
    assert (tmp_path / "there" / "real.wav").read_bytes() == b"whole"
