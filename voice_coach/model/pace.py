"""The effective values for one exercise, and where each came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voice_coach.model.script import Guidance, Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the compiler needs to know of pacing.

    Attributes:
        values: each of the exercise's parameters by name; milliseconds, counts or patterns.
        gap_ms: silence after each prompt.
        rate_wpm: speech rate in words per minute.
        guidance: how much is said.
        origins: the layer each value came from, such as ``script`` or ``command line``.
    """

    values: Mapping[str, Setting]
    gap_ms: int
    rate_wpm: int
    guidance: Guidance
    origins: Mapping[str, str]
