"""Real parts that tests use: programs, libraries, servers that a machine may lack.

Where one is missing the test skips with the reason; with ``VOICE_COACH_REQUIRE_REAL=1``, as in CI, it fails.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def require_real(name: str, available: bool, reason: str) -> None:
    """Go on if the real part is there.

    Args:
        name: the part, such as ``pulseaudio``.
        available: whether it is there.
        reason: why not, and what would bring it.
    """
    if not available:
        report_missing(name, reason)


def report_missing(name: str, reason: str) -> NoReturn:
    """Skip the test, or in CI fail it, for a real part that is not there or cannot be used."""
    message = f"{name} is missing: {reason}"
    if os.environ.get("VOICE_COACH_REQUIRE_REAL") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def require_program(name: str, package: str = "") -> str:
    """The path of a program, found on PATH; ``package`` is the Debian package that brings it."""
    path = shutil.which(name)
    require_real(name, path is not None, f"apt install {package or name}")
    return str(path)


def refuse_bare_names(event: str, arguments: tuple[object, ...]) -> None:
    """Fail a test that starts a program by its bare name, wherever it runs: an audit hook.

    ``require_program`` gives the path; what a test does not ask for may be missing on another machine.
    """
    if event != "subprocess.Popen" or sys.platform == "win32":
        return
    program = arguments[0]
    if isinstance(program, str) and not Path(program).is_absolute():
        raise AssertionError(f"{program!r} is started by its bare name: ask for it with require_program")
