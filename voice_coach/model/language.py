"""The coach's own words in one language, as plain frozen data; what exercises say is in ``script``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from voice_coach.model.live_words import Lines, LiveWords
from voice_coach.model.script import BreathPhase, Move, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The coach's own words in one language, from ``scripts/languages/``."""

    code: str
    breath: Mapping[BreathPhase, tuple[str, ...]]
    sides: Mapping[Side, str]
    change: tuple[str, ...]
    units: Mapping[str, tuple[str, str]]
    joiner: str
    half: tuple[str, str]
    times: Mapping[str, str]
    chapters: Mapping[str, str]
    opening: tuple[str, ...]
    moves: tuple[Move, ...]
    greeting: tuple[str, ...] = ("{name}.",)
    live: LiveWords = field(default_factory=LiveWords)
    listening: Mapping[str, Lines] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def spoken_to(self) -> LiveWords:
        """What is said in a live session to somebody who can speak to the coach."""
        return replace(self.live, **self.listening)
