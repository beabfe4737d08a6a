"""The pacing file is there whole or not at all, and no change is lost, however many make one at once."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from voice_coach.core.errors import CoachError, OutputError, ScriptError
from voice_coach.pacing.user_file import PacingFile, write_whole
from voice_coach.script.user_values import read_own
from voice_coach.script.yaml_edit import START, with_value

MANY = 200

WRITERS = """
import os, random, signal, sys
from pathlib import Path
import voice_coach.storage.atomic
from voice_coach.pacing.user_file import PacingFile
from voice_coach.script.yaml_edit import with_value

path, many = Path(sys.argv[1]), int(sys.argv[2])
random.seed(7)
children = {}
for number in range(many):
    doomed = number % 2 and random.uniform(0.0001, 0.1)
    child = os.fork()
    if not child:
        if doomed:
            signal.setitimer(signal.ITIMER_REAL, doomed)  # its signal ends a process at once, wherever it is
        place = ("exercises", f"exercise-{number}", "reps")
        PacingFile(path).change(lambda text: with_value(text, place, "4"))
        os._exit(0)
    children[child] = number
killed = 0
for _ in range(many):
    child, status = os.wait()
    if os.WIFSIGNALED(status):
        killed += 1
    else:
        assert os.WEXITSTATUS(status) == 0
        print(children[child])
print("killed", killed)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork, and cannot lock a folder")
def test_two_hundred_writers_at_once_half_of_them_killed(tmp_path: Path) -> None:
    path = tmp_path / "home" / "pacing.yaml"
    done = subprocess.run(
        [sys.executable, "-c", WRITERS, str(path), str(MANY)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    *finished, last = done.stdout.splitlines()
    assert len(finished) >= MANY // 2
    own, problems = read_own(path)
    assert own is not None
    assert problems == []
    assert {f"exercise-{number}" for number in finished} <= set(own.exercises)
    assert int(last.removeprefix("killed ")) > MANY // 10
    PacingFile(path).change(lambda text: with_value(text, ("all", "rate"), "140"))
    assert [file.name for file in path.parent.iterdir()] == ["pacing.yaml"]


THROUGH_LINK = """
import fcntl, os, sys
from pathlib import Path
from voice_coach.pacing.user_file import PacingFile
from voice_coach.script.yaml_edit import with_value

def changed(text):
    print("changing", flush=True)
    sys.stdin.readline()
    return with_value(text, ("all", "rate"), "140")

PacingFile(Path(sys.argv[1])).change(changed)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot lock a folder")
def test_who_writes_through_a_link_keeps_the_others_out_too(tmp_path: Path) -> None:
    import fcntl

    (tmp_path / "real").mkdir()
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "pacing.yaml"
    link.symlink_to(tmp_path / "real" / "pacing.yaml")
    with subprocess.Popen(
        [sys.executable, "-c", THROUGH_LINK, str(link)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    ) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "changing\n"
        folder = os.open(tmp_path / "real", os.O_RDONLY)
        try:
            with pytest.raises(BlockingIOError):
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(folder)
            writer.communicate("go on\n", timeout=60)
    assert "rate: 140" in (tmp_path / "real" / "pacing.yaml").read_text(encoding="utf-8")
    assert link.is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
@pytest.mark.parametrize(
    ("mode", "says"), [(0o500, "you may not write there. Nothing was changed."), (0o300, "cannot be opened")]
)
def test_a_folder_without_rights_is_told(tmp_path: Path, mode: int, says: str) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    path = tmp_path / "home" / "pacing.yaml"
    PacingFile(path).change(lambda text: text)
    path.parent.chmod(mode)
    try:
        with pytest.raises(CoachError, match=says) as refused:
            PacingFile(path).change(lambda text: with_value(text, ("all", "rate"), "140"))
    finally:
        path.parent.chmod(0o700)
    assert "another folder" not in str(refused.value)
    assert path.read_text(encoding="utf-8") == START


KILLED = """
import os, signal, sys
from pathlib import Path
from voice_coach.pacing.user_file import PacingFile

at = sys.argv[2]
def killing(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, at, killing)
PacingFile(Path(sys.argv[1])).change(lambda text: text + "all: {rate: 140}\\n")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize("moment", ["fsync", "fchmod", "replace"])
def test_a_writer_that_is_killed_leaves_what_was_there(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "pacing.yaml"
    path.write_text("kind: pacing\n# mine\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), moment],
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_text(encoding="utf-8") == "kind: pacing\n# mine\n"
    PacingFile(path).change(lambda text: with_value(text, ("all", "rate"), "150"))
    assert [file.name for file in tmp_path.iterdir()] == ["pacing.yaml"]


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pacing.yaml"
    path.write_text(START, encoding="utf-8")

    def failing(_text: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PacingFile(path).change(failing)
    assert path.read_text(encoding="utf-8") == START


def test_a_file_with_problems_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "pacing.yaml"
    path.write_text("kind: pacing\nexercises: [\n", encoding="utf-8")
    with pytest.raises(ScriptError):
        PacingFile(path).change(lambda text: text)
    assert path.read_text(encoding="utf-8") == "kind: pacing\nexercises: [\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_the_rights_of_the_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "pacing.yaml"
    path.write_text(START, encoding="utf-8")
    path.chmod(0o600)
    PacingFile(path).change(lambda text: with_value(text, ("all", "rate"), "140"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_line_ends_stay(tmp_path: Path) -> None:
    path = tmp_path / "pacing.yaml"
    path.write_bytes(b"kind: pacing\r\nall: {rate: 140}\r\n# end\r\n")
    PacingFile(path).change(lambda text: with_value(text, ("exercises", "x", "reps"), "4"))
    assert path.read_bytes() == (
        b"kind: pacing\r\nall: {rate: 140}\r\nexercises:\r\n  x: {reps: 4}\r\n# end\r\n"
    )


def test_where_nothing_is_yet_nothing_is_read(tmp_path: Path) -> None:
    own, problems = PacingFile(tmp_path / "pacing.yaml").read()
    assert not own.exercises
    assert not problems
    with pytest.raises(CoachError, match="There is no file"):
        PacingFile(tmp_path / "pacing.yaml", named=True).read()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CoachError, match="cannot be made"):
        PacingFile(tmp_path / "file" / "x" / "pacing.yaml").change(lambda text: text)


def test_a_copy_replaces_nothing_unasked(tmp_path: Path) -> None:
    target = tmp_path / "copy.yaml"
    write_whole(target, "one", force=False)
    with pytest.raises(OutputError, match="is there already"):
        write_whole(target, "two", force=False)
    assert target.read_text(encoding="utf-8") == "one"
