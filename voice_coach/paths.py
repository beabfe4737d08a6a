"""The folders of the user, and the folders with what comes along: scripts, sounds, voices, licences.

A wheel is always unpacked to be installed, so a module's own place is enough to find what lies beside it;
``importlib.resources`` would say the same, and takes 10 ms to import.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

APP = "voice-coach"


@dataclass(frozen=True, slots=True)
class Home:
    """Folders of one person; none is made before something is put into it.

    Attributes:
        scripts: own ``exercises/``, ``sessions/`` and ``languages/``.
        sounds: own ``cues.yaml`` and recordings.
        cache: clips that can be made again at any time.
        exports: where sessions go when there is no sound device; where people look for music.
        pacing: the person's own values for exercises, a file.
        history: which exercises were completed when, a file.
        bookmark: where the last session was left, a file.
        hearing: how easily the person's own voice is understood, a file.
        models: what recognizers were given to hear with, a folder each.
        log: what the last command with ``--debug`` did, a file.
    """

    scripts: Path
    sounds: Path
    cache: Path
    exports: Path
    pacing: Path
    history: Path
    bookmark: Path
    hearing: Path
    models: Path
    log: Path


def find_runtime() -> Path:
    """The folder where running sessions are found; it is not made."""
    if own := os.environ.get("VOICE_COACH_HOME"):
        return Path(os.path.expanduser(own)) / "runtime"  # noqa: PTH111  (as below)
    import warnings

    from platformdirs import user_runtime_path

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # that XDG_RUNTIME_DIR is not set is no news: it has another place then
        return user_runtime_path(APP, appauthor=False)


def find_home() -> Home:
    """The folders of the person who runs this."""
    if own := os.environ.get("VOICE_COACH_HOME"):
        return home_in(Path(os.path.expanduser(own)))  # noqa: PTH111  (Path's own fails for a person who is not there)
    from platformdirs import PlatformDirs

    dirs = PlatformDirs(APP, appauthor=False)
    return _home(dirs.user_data_path, dirs.user_cache_path, dirs.user_music_path / APP, dirs.user_log_path)


def home_in(base: Path) -> Home:
    """Return the folders of a person who keeps all below one."""
    return _home(base, base / "cache", base / "exports", base / "log")


def _home(data: Path, cache: Path, exports: Path, log: Path) -> Home:
    return Home(
        scripts=data / "scripts",
        sounds=data / "audio_cues",
        cache=cache,
        exports=exports,
        pacing=data / "pacing.yaml",
        history=data / "history.db",
        bookmark=data / "bookmark.json",
        hearing=data / "hearing.json",
        models=data / "models",
        log=log / "voice-coach.log",
    )


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
    """Return what an installed copy keeps where other programs look for it, beside the metadata of the
    package."""
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
