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
    """

    scripts: Path
    sounds: Path
    cache: Path
    exports: Path


def find_home() -> Home:
    """The folders of the person who runs this."""
    if own := os.environ.get("VOICE_COACH_HOME"):
        base = Path(os.path.expanduser(own))  # noqa: PTH111  (Path's own fails for a person who is not there)
        return Home(base / "scripts", base / "audio_cues", base / "cache", base / "exports")
    from platformdirs import PlatformDirs

    dirs = PlatformDirs(APP, appauthor=False)
    data = dirs.user_data_path
    return Home(data / "scripts", data / "audio_cues", dirs.user_cache_path, dirs.user_music_path / APP)
