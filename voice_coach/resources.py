"""Where the scripts, sound cues, voices and licences that come with voice_coach lie.

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


def shipped_voices() -> Path:
    """The folder with packs of clips.

    Raises:
        FileNotFoundError: the installation is damaged; the message says so.
    """
    return _shipped("voices")


def licence_list() -> Path:
    """The list of all that is bundled and installed with voice_coach, as CycloneDX.

    Raises:
        FileNotFoundError: the installation is damaged; the message says so.
    """
    return _with_metadata(Path("licences/voice-coach.cdx.json"), Path("sboms/voice-coach.cdx.json"))


def licence_texts() -> Path:
    """The folder with ``NOTICE`` and the texts of the licences, some of them in folders of their own.

    Raises:
        FileNotFoundError: the installation is damaged; the message says so.
    """
    return _with_metadata(Path("NOTICE"), Path("licenses/NOTICE")).parent


def _with_metadata(in_checkout: Path, in_metadata: Path) -> Path:
    """What an installed copy keeps where other programs look for it, beside the metadata of the package."""
    found = _PACKAGE.parent / in_checkout
    if (_PACKAGE.parent / "pyproject.toml").is_file() and found.is_file():
        return found
    from importlib.metadata import files

    for file in files("voice-coach") or []:
        if Path(*file.parts[1:]) == in_metadata:
            return Path(str(file.locate()))
    raise FileNotFoundError(_missing(str(in_metadata)))


def _shipped(name: str) -> Path:
    """In an installed copy inside the package; in a checkout at the top, where people edit them."""
    for folder in (_INSTALLED / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(_missing(name))


def _missing(name: str) -> str:
    return (
        f"{name!r}, which comes with voice_coach, is missing from {_PACKAGE}; "
        f"install it again: {sys.executable} -m pip install --force-reinstall voice-coach"
    )
