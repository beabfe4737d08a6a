"""The bed of a live session: under everything, softer under words, and never with a jump."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.session.test_stream import rendered
from tests.support.fake_content import BOW, FakeContent
from tests.support.hand_device import HandDevice
from voice_coach.audio.background import DUCK_DB, make_bed
from voice_coach.audio.mixer import Block
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.session.live_bed import STILL_MS
from voice_coach.session.state import Rules, State
from voice_coach.session.stream import LiveStream

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 1_000.0


class Steady:
    """A bed of one value, so that how loud it is can be read from the samples."""

    def samples(self, first: int, frames: int) -> NDArray[np.float32]:
        del first
        return np.full(frames, LEVEL / 32_768, np.float32)


def silent(chapter: Chapter, frames: int, start_ms: int, volume_db: float) -> Iterator[Block]:
    """The blocks of a chapter without its words."""
    for block in rendered(chapter, frames, start_ms, volume_db):
        yield Block(np.zeros_like(block.samples), silent=True)


def live(state: State, rules: Rules | None = None) -> tuple[LiveStream, HandDevice]:
    stream = LiveStream(FakeContent(), rules or Rules(waits=False), silent, state, bed=Steady())
    return stream, HandDevice(stream)


def heard(device: HandDevice, ms: int) -> NDArray[np.float64]:
    """How loud the bed is in each millisecond of what is heard next, next to its level in a pause."""
    return device.hear(ms * FRAMES_PER_MS)[::FRAMES_PER_MS] / LEVEL


def test_it_comes_up_and_lies_lower_under_words() -> None:
    _stream, device = live(State(chapter=1))
    levels = heard(device, 30_000)
    down = 10 ** (DUCK_DB / 20)
    assert levels[0] < 0.01
    assert levels[6_200] == pytest.approx(down, abs=0.01)  # in a sentence
    assert levels[9_500] == pytest.approx(1.0, abs=0.01)  # in the hold, far from all words
    assert levels.max() <= 1.001


@pytest.mark.parametrize(
    "commands", [("pause", "resume"), ("skip", "back"), ("hurts", "louder"), ("next", "stop")]
)
def test_wherever_a_command_leads_it_gets_there_softly(commands: tuple[str, str]) -> None:
    stream, device = live(State(chapter=1), Rules())
    levels = [heard(device, 9_000)]
    for command in commands:
        stream.give(command)  # pyright: ignore[reportArgumentType]
        levels.append(heard(device, 3_000))
    volume = 10 ** (3 / 20)
    assert np.abs(np.diff(np.concatenate(levels))).max() <= 1.5 / STILL_MS + 0.002 + (volume - 1) * (
        "louder" in commands
    )


def test_in_a_pause_it_is_silent_and_in_a_wait_it_is_not() -> None:
    stream, device = live(State(), Rules())
    heard(device, 20_000)
    assert stream.current_state().mode == "waiting"
    assert heard(device, 100) == pytest.approx(1.0, abs=0.01)
    stream.give("pause")
    heard(device, STILL_MS + 800)
    assert not heard(device, 1_000).any()


def test_with_a_real_bed_words_are_as_they_were() -> None:
    bed = make_bed("noise")
    assert bed is not None
    bare = HandDevice(LiveStream(FakeContent(), Rules(waits=False), rendered, State(chapter=1)))
    under = HandDevice(LiveStream(FakeContent(), Rules(waits=False), rendered, State(chapter=1), bed=bed))
    frames = BOW.duration_ms * FRAMES_PER_MS
    difference = under.hear(frames).astype(float) - bare.hear(frames)
    assert 50 < np.abs(difference[48_000:]).max() < 4_000
