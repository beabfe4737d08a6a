"""Where the scripts and sound cues that come with voice_coach lie.

A wheel is always unpacked to be installed, so a module's own place is enough to find what lies beside it;
``importlib.resources`` would say the same, and takes 10 ms to import.
"""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "data"


def shipped_scripts() -> Path:
    """The folder with ``exercises``, ``sessions``, ``languages`` and ``schema``.

    Raises:
        FileNotFoundError: the installation is damaged; the message says so.
    """
    return _shipped("scripts")


def shipped_cues() -> Path:
    """The folder with ``cues.yaml`` and the sounds it names.

    Raises:
        FileNotFoundError: the installation is damaged; the message says so.
    """
    return _shipped("audio_cues")


def _shipped(name: str) -> Path:
    """In an installed copy inside the package; in a checkout at the top, where people edit them."""
    for folder in (_INSTALLED / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"the folder {name!r} that comes with voice_coach is missing from {_PACKAGE}; "
        f"install it again: {sys.executable} -m pip install --force-reinstall voice-coach"
    )
