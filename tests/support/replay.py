"""What a session that was led must have sounded like: the same done at the same frames, played by hand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tests.support.hand_device import HandDevice
from voice_coach.audio.mixer import Block
from voice_coach.core.commands import CommandName
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.rendering.performance import Performance
from voice_coach.session.content import SessionContent
from voice_coach.session.state import Rules, State
from voice_coach.session.stream import FADE_MS, LiveStream
from voice_coach.session.transitions import announce

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_QUIET_MS = 80
"""What follows a command may have to be spoken first; until then, after a fade, it is quiet."""

_LOOK_S = 0.05
_PIECE = 480_000


@dataclass(frozen=True, slots=True)
class Pace:
    """The knob was turned: another pace from a chapter on."""

    percent: int
    first: int


Announcement = Literal["deaf", "hears_again"]


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done at a frame."""

    frame: int
    what: CommandName | Announcement | Pace


class RanDryError(AssertionError):
    """The sound broke off."""


def replayed(
    performance: Performance,
    deeds: Sequence[Deed],
    *,
    rules: Rules = Rules(),  # noqa: B008  (it never changes)
    state: State = State(),  # noqa: B008  (it never changes)
    spoken: bool = False,
) -> NDArray[np.int16]:
    """What the stream gives when this is done at these frames.

    Args:
        performance: the session.
        deeds: in order.
        rules: of the session.
        state: in which it begins.
        spoken: whether the commands were spoken to a coach who listens.
    """
    scores = [_score(performance, 0, listens=spoken)]

    def render(chapter: Chapter, frames: int, start_ms: int, volume_db: float) -> Iterator[Block]:
        return scores[-1].performance.render(chapter, frames, start_ms, volume_db)

    stream = LiveStream(scores[-1], rules, render, state)
    by_hand = HandDevice(stream)
    for deed in deeds:
        if deed.frame > by_hand.position_frames:  # or the stream would have begun
            by_hand.hear(deed.frame - by_hand.position_frames)
        if isinstance(deed.what, Pace):
            other = performance.with_tempo_factor(deed.what.percent / 100)
            score, old = _score(other, deed.what.first, listens=spoken), scores[-1]
            scores.append(score)
            stream.exchange(lambda now, score=score, old=old: score.continue_from(old, now))
        elif deed.what == "deaf" or deed.what == "hears_again":
            what = deed.what
            stream.adjust(lambda state, what=what: announce(state, scores[-1], what))
        else:
            stream.give(deed.what, spoken=spoken)
    by_hand.hear(10**9)
    for score in scores:
        score.close(1)
    return by_hand.heard


def _score(performance: Performance, first: int, *, listens: bool) -> SessionContent:
    """What can be heard, all of it compiled: what is told of the time left is not to depend on when."""
    score = SessionContent(performance, first, listens=listens)
    score.start()
    for index in range(score.count):
        while score.chapter(index) is None:
            score.expect(index, _LOOK_S)
    return score


@dataclass(frozen=True, slots=True)
class Silence:
    """Silence in a recording that was not played.

    Attributes:
        frame: before which frame of what was played.
        frames: how long.
        recorded: at which frame of the recording.
        after_deed: whether it came right after something was done, or after the fade that follows it.
    """

    frame: int
    frames: int
    recorded: int
    after_deed: bool


def silences(
    recorded: NDArray[np.int16], expected: NDArray[np.int16], deeds: Sequence[Deed]
) -> list[Silence]:
    """The silence in a recording that was not played; all else must be as expected, sample for sample.

    Raises:
        AssertionError: it is not.
    """
    began = first_sound(recorded)
    recorded = recorded[began:]
    frame = first_sound(expected)
    expected = expected[: last_sound(expected) + 1]
    begins = [0, *(deed.frame for deed in deeds)]
    found: list[Silence] = []
    at = 0
    while frame < len(expected):
        same = _same(recorded[at:], expected[frame:])
        at, frame = at + same, frame + same
        if frame == len(expected):
            break
        quiet = int(np.argmax(recorded[at:] != 0)) if recorded[at:].any() else 0
        assert quiet, f"frame {frame} is not what was played"
        fade_ends = begins[bisect_right(begins, frame) - 1] + FADE_MS * FRAMES_PER_MS
        found.append(Silence(frame, quiet, began + at, not expected[fade_ends:frame].any()))
        at += quiet
    return found


def _same(one: NDArray[np.int16], other: NDArray[np.int16]) -> int:
    """How long they are the same from their start."""
    frames = min(len(one), len(other))
    for begin in range(0, frames, _PIECE):
        differ = (
            one[begin : begin + _PIECE][: frames - begin] != other[begin : begin + _PIECE][: frames - begin]
        )
        if differ.any():
            return begin + int(np.argmax(differ))
    return frames


def gaps(recorded: NDArray[np.int16], expected: NDArray[np.int16], deeds: Sequence[Deed]) -> list[int]:
    """The frames of silence that came after the fade at deeds, until what follows was there.

    Raises:
        RanDryError: there was silence elsewhere, too.
        AssertionError: what was played is not what was expected.
    """
    found = silences(recorded, expected, deeds)
    broke = [each for each in found if not each.after_deed]
    if broke:
        raise RanDryError(broke)
    return [0, *(each.frames for each in found)]


def first_sound(samples: NDArray[np.int16]) -> int:
    return int(np.flatnonzero(samples)[0])


def last_sound(samples: NDArray[np.int16]) -> int:
    return int(np.flatnonzero(samples)[-1])
