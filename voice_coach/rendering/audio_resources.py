"""The voice and the sound cues of a coach, each made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.core.errors import CoachError
from voice_coach.paths import Home, shipped_cues
from voice_coach.rendering.performance import ClipLengths

if TYPE_CHECKING:
    from voice_coach.core.speech import SoundSource
    from voice_coach.speech.clip_cache import ClipCache
    from voice_coach.speech.synthesizer import Speaker


class AudioResources:
    """Makes each when it is first needed.

    Args:
        home: gives the person's own folders.
        notify: told, in sentences, what did not go as asked but is no reason to stop.
    """

    def __init__(self, home: Callable[[], Home], notify: Callable[[str], None]) -> None:
        self._home = home
        self._notify = notify
        self._speaker: Speaker | None = None
        self._lengths: tuple[int, ClipLengths] | None = None

    def close(self) -> None:
        """Let go of the speech engines."""
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = self._lengths = None

    @cached_property
    def sounds(self) -> CueSounds:
        """The sound cues."""

        return CueSounds(self._home().sounds, lambda: self._cache, self._notify)

    def speaker(self) -> Speaker:
        """The voice, with its cache and its fall-backs."""
        if self._speaker is None:
            from voice_coach.rendering.voice import make_speaker

            self._speaker = make_speaker(self._cache, self._notify)
        return self._speaker

    def lengths(self) -> ClipLengths:
        """Return the lengths of clips spoken before, so that a session can be compiled again without its
        clips."""
        failures = self.speaker().failures
        if self._lengths is None or self._lengths[0] != failures:
            self._lengths = failures, ClipLengths(self.speaker(), self.sounds)
        return self._lengths[1]

    @cached_property
    def _cache(self) -> ClipCache:
        from voice_coach.rendering.voice import make_cache

        return make_cache(self._home().cache, self._notify)


class CueSounds:
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
        from voice_coach.rendering.voice import SoundStore

        return SoundCues(self.catalogue, SoundStore(self._cache()))

    def source(self) -> SoundSource:
        """Their samples."""
        return self._source

    def lengths_ms(self, name: str) -> tuple[int, int]:
        """Return how long one is, and how long until the next thing may begin."""
        info = self.catalogue.info(name)
        return info.duration_ms, info.lead_ms
