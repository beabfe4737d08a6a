"""Nothing goes over the network: whoever tries is stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.command import SILENT, voice_coach, words

FORBID = """\
import socket, sys

def forbid(event, arguments):
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX or event == "socket.getaddrinfo":
        raise RuntimeError("something wants the network")

sys.addaudithook(forbid)
"""


@pytest.fixture
def forbidden(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python opens no sockets but local ones."""
    folder = tmp_path / "forbid"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(FORBID)
    return {"PYTHONPATH": os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no local sockets")
def test_no_socket_is_opened(forbidden: dict[str, str], tiny: Path, tmp_path: Path) -> None:
    probe = "import socket; socket.socket(socket.AF_INET)"
    tried = subprocess.run(
        [sys.executable, "-c", probe], env=os.environ | forbidden, capture_output=True, check=False
    )
    assert b"something wants the network" in tried.stderr
    assert voice_coach("play", tiny, "--output", "none", environ=forbidden).code == 0
    assert voice_coach("export", tiny, "-o", tmp_path / "tiny.flac", environ=forbidden).code == 0


@pytest.mark.parametrize("arguments", [("play", "--output", "none"), ("export", "-o", "tiny.flac")])
def test_it_works_where_there_is_no_network(tiny: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    alone = [require_program("unshare", "util-linux"), "--net", "--"]
    nothing = [*alone, sys.executable, "-c", ""]
    if subprocess.run(nothing, stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("only root can cut a program off the network")
    verb, *options = arguments
    command = [*alone, *words(verb, tiny, *options)]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | SILENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
