"""A disk that is soon full: a file system in memory, which only root can make."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real_parts import require_program


@contextmanager
def mounted_disk(folder: Path, megabytes: int) -> Generator[Path]:
    """Mount a disk of this size on a folder until the block ends; skip where that is not allowed."""
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("only root can make a disk")
    mount, unmount = require_program("mount"), require_program("umount", "mount")
    made = [mount, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(made, check=False).returncode:
        pytest.skip("no disk can be made in here")
    try:
        yield folder
    finally:
        subprocess.run([unmount, str(folder)], check=True)


def make_read_only(disk: Path) -> None:
    """Let a mounted disk be read only."""
    subprocess.run([require_program("mount"), "-o", "remount,ro", str(disk)], check=True)
