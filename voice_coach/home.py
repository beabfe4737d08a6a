"""The person's own folders: where platformdirs says, or all below VOICE_COACH_HOME."""

from __future__ import annotations

import os
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
        models: what recognisers were given to hear with, a folder each.
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
    return _home(dirs.user_data_path, dirs.user_cache_path, dirs.user_music_path / APP)


def home_in(base: Path) -> Home:
    """Return the folders of a person who keeps all below one."""
    return _home(base, base / "cache", base / "exports")


def _home(data: Path, cache: Path, exports: Path) -> Home:
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
    )
