"""Names of espeak's data by which the library finds it, and at once."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from voice_coach.leftovers import scratch_folder
from voice_coach.speech.espeak_library import DATA_FOLDER, LONGEST_PATH, Files


def size_bytes(files: Files) -> int | None:
    """Return what the library and its data take on disk; None where only the system knows where they lie."""
    if files.data is None:
        return None
    found = (file for file in (files.data / DATA_FOLDER).rglob("*") if file.is_file())
    return sum(file.stat().st_size for file in (Path(files.library), *found))


@cache
def near(data: Path) -> Path:
    """A short name of the folder that holds ``espeak-ng-data``, or the folder itself if there is none.

    The library cannot read data whose path is longer than about 140 characters, as happens in deep virtual
    environments.
    """
    if len(os.fsencode(data)) <= LONGEST_PATH:
        return data
    return _by_handle(data) or _by_link(data) or data


@cache
def by_handle(data: Path, voice_file: str) -> str:
    """A name by which the library opens a voice's file, whatever its capitals; "" where there is none.

    It looks for a file under its name in small letters. Where the file system tells ``en-us`` from ``en-US``
    it does not find it so, and then opens some 250 files to look into each: 2.4 ms more for every utterance,
    more than it takes to speak one.

    Args:
        data: the folder that holds ``espeak-ng-data``.
        voice_file: such as ``gmw/en-us+f3``.
    """
    language, plus, variant = voice_file.partition("+")
    file = data / DATA_FOLDER / "lang" / language.lower()
    if file.exists():
        return ""
    found = _in_other_letters(file)
    handle = _by_handle(found) if found else None
    return f"{handle}{plus}{variant}" if handle else ""


def _by_handle(path: Path) -> Path | None:
    """The short name that Linux gives to what a process holds open: it goes with the process."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None  # Windows opens no folders
    name = Path(f"/proc/self/fd/{handle}")
    if name.exists():
        return name
    os.close(handle)
    return None


def _by_link(data: Path) -> Path | None:
    """A folder among the temporary ones with a link to the data."""
    try:
        link = _links.enter_context(scratch_folder("espeak")) / DATA_FOLDER
        link.symlink_to(data / DATA_FOLDER, target_is_directory=True)
    except (OSError, NotImplementedError):
        return None
    return link.parent


_links = ExitStack()
atexit.register(_links.close)


def _in_other_letters(path: Path) -> Path | None:
    """The file of this name, whatever its capitals."""
    try:
        return next((file for file in path.parent.iterdir() if file.name.lower() == path.name), None)
    except OSError:
        return None
