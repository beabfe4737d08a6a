"""The sound cues: described at once, and synthesised when the first is heard."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.model.problems import CoachError
from voice_coach.resources import shipped_cues

if TYPE_CHECKING:
    from voice_coach.model.speech import SoundSource
    from voice_coach.speech.cache import ClipCache


class Sounding:
    """The sound cues that come with voice_coach, and a person's own.

    Args:
        own: the folder of their own.
        cache: gives the cache in which they are kept.
        notify: told, in a sentence, if their own cannot be used.

    Raises:
        ScriptError: those that come with voice_coach have problems.
    """

    def __init__(self, own: Path, cache: Callable[[], ClipCache], notify: Callable[[str], None]) -> None:
        self._cache = cache
        try:
            self.catalogue = SoundCatalogue.load([shipped_cues(), own])
        except CoachError as error:
            # Own sounds that cannot be used are no reason to refuse a session that does without them.
            self.catalogue = SoundCatalogue.load([shipped_cues()])
            notify(f"Your own sounds are left out, for they have problems:\n{error}")

    @cached_property
    def _source(self) -> SoundSource:
        from voice_coach.audio.sound_cues import SoundCues
        from voice_coach.voicing import SoundStore

        return SoundCues(self.catalogue, SoundStore(self._cache()))

    def source(self) -> SoundSource:
        """Their samples."""
        return self._source

    def lengths_ms(self, name: str) -> tuple[int, int]:
        """How long one is, and how long until the next thing may begin."""
        info = self.catalogue.info(name)
        return info.duration_ms, info.lead_ms
