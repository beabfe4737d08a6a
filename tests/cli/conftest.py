"""Scripts that last a few seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import HOURS, LONG, LONG_SESSION, TINY, TINY_SESSION


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A session of seven seconds: a sound, a word, a hold with its countdown, breath tones."""
    return _script(tmp_path, ("tiny", TINY), ("tiny-session", TINY_SESSION))


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A session in which a minute and a half passes between two prompts."""
    return _script(tmp_path, ("long", LONG), ("long-session", LONG_SESSION))


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """An exercise that takes many seconds to write."""
    return _script(tmp_path, ("hours", HOURS))


def _script(folder: Path, *scripts: tuple[str, str]) -> Path:
    place = folder / "scripts here"
    place.mkdir(exist_ok=True)
    paths = [place / f"{name}.yaml" for name, _ in scripts]
    for path, (_, text) in zip(paths, scripts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths[-1]
