"""The tables of formats tell of the same formats."""

from __future__ import annotations

from voice_coach.formats.base import AUDIO, FILE_FORMATS, KINDS
from voice_coach.podcast.episodes import MEDIA_TYPES


def test_every_format_has_its_kind_and_every_audio_file_its_media_type() -> None:
    assert list(KINDS) == list(FILE_FORMATS)
    assert set(AUDIO) == set(MEDIA_TYPES)
