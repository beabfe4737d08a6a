"""How the process of a command ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATE = """
import os, signal, sys
class Late:
    def __del__(self, kill=os.kill, pid=os.getpid(), number=signal.{name}):
        kill(pid, number)
sys.late = Late()  # let go of when Python has given the signals back to the system
from voice_coach.cli.main import main
sys.exit(main(["list"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signal_after_the_work_is_done_changes_nothing(name: str) -> None:
    program = [sys.executable, "-c", LATE.format(name=name)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
