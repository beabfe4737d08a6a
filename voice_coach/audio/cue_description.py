"""Plain frozen data of `audio_cues/cues.yaml`: layers of tone and noise, or a recording.

Nothing here needs numpy, so that the compiler can ask how long a sound is without loading it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from voice_coach.core.errors import Where

LONGEST_MS = 600_000
"""No sound cue is longer than ten minutes, stretched or not: about 115 MB of samples."""


@dataclass(frozen=True, slots=True)
class SoundTime:
    """A time within a sound: fixed (``20ms``), or a share of its length (``25%``) that stretches with it."""

    fixed_ms: int = 0
    share: float = 0.0

    def at(self, length_ms: int) -> int:
        """Milliseconds in a sound of ``length_ms``; never past its end."""
        return min(length_ms, self.fixed_ms + round(self.share * length_ms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Envelope of a layer within its cue: its start, its length, and how its strength runs.

    Attributes:
        gain_db: strength next to the cue's other layers.
        start: where it begins.
        end: where it ends.
        fade_in: length of its rise from silence.
        fade_out: length of its fall to silence; shares of both are shares of the whole cue.
        decay: the time in which it falls by 60 dB, as a struck thing does; None keeps its strength.
    """

    gain_db: float = 0.0
    start: SoundTime = SoundTime()
    end: SoundTime = SoundTime(share=1.0)
    fade_in: SoundTime = SoundTime(fixed_ms=5)
    fade_out: SoundTime = SoundTime(fixed_ms=20)
    decay: SoundTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """Sines at multiples of a pitch that may glide.

    Attributes:
        glide_hz: pitches passed at even distances from start to end, on a musical (logarithmic) scale.
        partials: (multiple of the pitch, strength in dB) of each sine.
        damping: with a decay, a partial at *n* times the pitch dies *n* to the power of this times faster.
    """

    glide_hz: tuple[float, ...]
    partials: tuple[tuple[float, float], ...] = ((1.0, 0.0),)
    damping: float = 0.0
    shape: Shape = field(default_factory=Shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """A band of soft noise, ``width_hz`` wide, whose centre may glide as a tone's pitch does."""

    glide_hz: tuple[float, ...]
    width_hz: float = 400.0
    shape: Shape = field(default_factory=Shape)


SoundLayer = Tone | Noise


@dataclass(frozen=True, slots=True)
class SoundInfo:
    """Facts about a sound cue that the compiler needs.

    Attributes:
        duration_ms: its natural length.
        lead_ms: after this long the next thing may begin while it rings on; at most ``duration_ms``.
        stretch: whether it can be made any length.
        description: what it is for, in a line.
    """

    duration_ms: int
    lead_ms: int
    stretch: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundCue:
    """One sound cue: either ``layers`` to synthesise or a ``recording`` to play.

    ``level_db`` is its loudness next to speech (0 is as loud), measured where it is loudest.
    """

    name: str
    description: str
    length_ms: int
    lead_ms: int
    level_db: float
    where: Where
    stretch: bool = False
    layers: tuple[SoundLayer, ...] = ()
    recording: Path | None = None

    @property
    def info(self) -> SoundInfo:
        return SoundInfo(self.length_ms, self.lead_ms, self.stretch, self.description)
