"""What is heard: the voice and the sound cues, with their cache and what was measured of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from voice_coach.home import Home
from voice_coach.performance import ClipLengths

if TYPE_CHECKING:
    from voice_coach.sounding import Sounding
    from voice_coach.speech.cache import ClipCache
    from voice_coach.speech.speaker import Speaker


class Studio:
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
        """Lets go of the speech engines."""
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = self._lengths = None

    @cached_property
    def sounds(self) -> Sounding:
        """The sound cues."""
        from voice_coach.sounding import Sounding

        return Sounding(self._home().sounds, lambda: self._cache, self._notify)

    def speaker(self) -> Speaker:
        """The voice, with its cache and its fall-backs."""
        if self._speaker is None:
            from voice_coach.voicing import make_speaker

            self._speaker = make_speaker(self._cache, self._notify)
        return self._speaker

    def lengths(self) -> ClipLengths:
        """The lengths of what was spoken before: so a session is compiled anew without its clips."""
        failures = self.speaker().failures
        if self._lengths is None or self._lengths[0] != failures:
            self._lengths = failures, ClipLengths(self.speaker(), self.sounds)
        return self._lengths[1]

    @cached_property
    def _cache(self) -> ClipCache:
        from voice_coach.voicing import make_cache

        return make_cache(self._home().cache, self._notify)
