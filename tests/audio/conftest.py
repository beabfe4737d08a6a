"""What the audio tests share: the shipped sound cues, and a way to write small files of cues."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from voice_coach.audio.sound_cues import SoundCues

SHIPPED = Path(__file__).parents[2] / "audio_cues"


@pytest.fixture(scope="session")
def shipped_folder() -> Path:
    return SHIPPED


@pytest.fixture(scope="session")
def sounds() -> SoundCues:
    return SoundCues.load([SHIPPED])


@pytest.fixture
def cues_folder(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a `cues.yaml` and gives its folder."""

    def write(text: str) -> Path:
        (tmp_path / "cues.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write
