"""Past sessions and practice as frozen data. Times are milliseconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Literal

from voice_coach.core.script import Guidance
from voice_coach.core.units import MS_PER_SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class LedPacing:
    """The pacing that a session was led with.

    Attributes:
        guidance: how much was said, as it was asked for; None is as the scripts say.
        pace_percent: where the tempo factor stood in the end; None if that is not known.
        fit_ms: the time that it was to fit into, if it was.
    """

    guidance: str | None = None
    pace_percent: int | None = None
    fit_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedExercise:
    """An exercise in a led session.

    Attributes:
        chapter: the index of its chapter in the session.
        easier: whether it was done in its easier variant.
        exercise: its id.
        title: its title.
        reps: how many were really done, those of all sets and sides; of
        of_reps: so many.
        heard_ms: how long it was led.
        to_end: whether it was heard to its end.
    """

    chapter: int
    easier: bool = False
    exercise: str
    title: str
    reps: int
    of_reps: int
    heard_ms: int
    to_end: bool


OPENING: Final = "(opening)"
CLOSING: Final = "(closing)"
"""Instead of an exercise's id, which has no brackets, where something hurt outside of all exercises."""

OUTSIDE: Final[Mapping[str, str]] = {OPENING: "Before the first exercise", CLOSING: "After the last exercise"}
"""Titles of the opening and the closing in tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PainStop:
    """One time that the user said "that hurts".

    Attributes:
        exercise: the exercise's id, or ``OPENING`` or ``CLOSING``.
        at_ms: when.
        set: which set that was, if it has them; likewise ``rep_compiler`` and ``side``.
    """

    exercise: str
    at_ms: int
    set: int | None = None
    rep: int | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """A session that was led.

    Attributes:
        id: tells it from all others in the file.
        session: the session's id.
        title: its title then.
        began_ms: when it began, where local time was
        began_offset_s: so many seconds ahead of UTC.
        ended_ms: when it ended, or was last known to go on; likewise ``ended_offset_s``.
        to_end: whether it was heard to its end; None if that is not known.
        heard_ms: how long it was really led, without pauses; None if that is not known.
        pacing: the pacing.
        pain: the pain that was told at its end, 0 to 10; None if none was.
        exercises: what was done, in order.
        stops: what hurt, in order.
    """

    id: int
    session: str
    title: str
    began_ms: int
    began_offset_s: int
    ended_ms: int
    ended_offset_s: int
    to_end: bool | None = None
    heard_ms: int | None = None
    pacing: LedPacing = LedPacing()
    pain: int | None = None
    exercises: tuple[LedExercise, ...] = ()
    stops: tuple[PainStop, ...] = ()

    @property
    def began(self) -> datetime:
        """Return when it began, in the local time of then and there."""
        return _local(self.began_ms, self.began_offset_s)

    @property
    def ended(self) -> datetime:
        """Return when it ended, likewise."""
        return _local(self.ended_ms, self.ended_offset_s)

    @property
    def day(self) -> date:
        """The day on which it began, by the calendar of then and there."""
        return self.began.date()


def local_offset_s(at_ms: int) -> int:
    """Return how many seconds local time is ahead of UTC at a moment."""
    offset = datetime.fromtimestamp(at_ms / MS_PER_SECOND, UTC).astimezone().utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


def _local(at_ms: int, offset_s: int) -> datetime:
    zone = timezone(timedelta(seconds=offset_s))
    return datetime.fromtimestamp(at_ms / MS_PER_SECOND, UTC).astimezone(zone)


AUTO: Final = "auto"
GuidanceOption = Guidance | Literal["auto"]
"""Level of guidance, or ``auto``: fewer words as the user comes to know an exercise."""

PAIN_SCALE = (0, 10)
"""Pain as it is asked for: 0 is none, 10 the worst there can be (medicine's numeric rating scale)."""


@dataclass(frozen=True, slots=True)
class Practice:
    """An exercise's past.

    Attributes:
        completed_ms: when it was completed, in order; several times in one playing of a session count once.
        pain_ms: when pain was last reported for it, or None.
    """

    completed_ms: tuple[int, ...] = ()
    pain_ms: int | None = None
