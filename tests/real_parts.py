"""Real parts that tests use: programs, libraries, servers that a machine may lack.

Where one is missing the test skips with the reason; with ``VOICE_COACH_REQUIRE_REAL=1``, as in CI, it fails.
"""

from __future__ import annotations

import os
import shutil

import pytest


def require_real(name: str, available: bool, reason: str) -> None:
    """Go on if the real part is there.

    Args:
        name: the part, such as ``pulseaudio``.
        available: whether it is there.
        reason: why not, and what would bring it.
    """
    if available:
        return
    message = f"{name} is missing: {reason}"
    if os.environ.get("VOICE_COACH_REQUIRE_REAL") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def require_program(name: str, package: str = "") -> str:
    """The path of a program, found on PATH; ``package`` is the Debian package that brings it."""
    path = shutil.which(name)
    require_real(name, path is not None, f"apt install {package or name}")
    return str(path)
