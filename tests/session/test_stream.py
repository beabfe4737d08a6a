"""The stream of a live session, sample by sample, on a device that is played by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.rendering.test_performance import Sounds, ToneVoice
from tests.support.fake_content import BOW, EASIER, OPENING, FakeContent
from tests.support.hand_device import HandDevice
from voice_coach.audio.mixer import Block, LouderClips, render
from voice_coach.core.commands import COMMANDS, CommandName
from voice_coach.core.interrupts import defer_interrupt, request_interrupt, reset
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.session.state import Rules, State
from voice_coach.session.stream import FADE_MS, LiveStream

if TYPE_CHECKING:
    from numpy.typing import NDArray

VOICE, SOUNDS = ToneVoice(), Sounds()
PLAYED = Rules(waits=False)


def rendered(chapter: Chapter, frames: int, start_ms: int, volume_db: float) -> Iterator[Block]:
    clips = LouderClips(VOICE, volume_db) if volume_db else VOICE
    return render(chapter, clips, SOUNDS.source(), block_frames=frames, start_ms=start_ms)


def samples(chapter: Chapter, start_ms: int = 0) -> NDArray[np.int16]:
    blocks = render(chapter, VOICE, SOUNDS.source(), start_ms=start_ms)
    return np.concatenate([np.zeros(0, np.int16), *(block.samples for block in blocks)])


def live(state: State | None = None, rules: Rules = PLAYED, content: FakeContent | None = None) -> LiveStream:
    return LiveStream(content or FakeContent(), rules, rendered, state or State())


FADE = FADE_MS * FRAMES_PER_MS


def goes_over_into(heard: NDArray[np.int16], expected: NDArray[np.int16]) -> bool:
    """Whether what is heard is this, after a fade out of what was heard before (if it sounded) and into it.

    A command that changes nothing may come in the middle of a millisecond, and then nothing fades.
    """
    for begins in (0, FADE):
        long = min(len(heard) - begins, len(expected))
        if np.array_equal(heard[begins + FADE : begins + long], expected[FADE:long]):
            return True
    return any(
        np.array_equal(heard[: len(expected) - into], expected[into : into + len(heard)])
        for into in range(FRAMES_PER_MS)
    )


def test_without_commands_it_is_the_chapters_sample_for_sample() -> None:
    score = FakeContent()
    device = HandDevice(live(content=score))
    device.hear(10**9)
    assert device.ended
    whole = np.concatenate([samples(chapter) for chapter in score.chapters])
    assert np.array_equal(device.heard[: len(whole)], whole)
    assert not device.heard[len(whole) :].any()


def test_a_chapter_that_is_not_compiled_yet_is_waited_for_without_a_gap() -> None:
    score = FakeContent(ready=0)
    device = HandDevice(live(content=score))
    device.hear(10**9)
    whole = np.concatenate([samples(chapter) for chapter in score.chapters])
    assert np.array_equal(device.heard[: len(whole)], whole)


def test_ctrl_c_ends_the_wait_for_a_chapter() -> None:
    class NeverReady(FakeContent):
        def expect(self, index: int, timeout_s: float) -> None:
            looked.append((index, timeout_s))
            assert len(looked) == 1
            request_interrupt()

    looked: list[tuple[int, float]] = []
    device = HandDevice(live(content=NeverReady(ready=0)))
    reset()
    with pytest.raises(KeyboardInterrupt), defer_interrupt():
        device.hear(1)
    assert looked
    reset()


@pytest.mark.parametrize("at_frames", [100_003, 300_000, 312_345])
def test_a_command_is_heard_at_the_very_next_frame(at_frames: int) -> None:
    stream = live(State(chapter=1))
    device = HandDevice(stream)
    before = device.hear(at_frames)
    stream.give("skip")
    after = device.hear(48_000)
    assert np.array_equal(before, samples(BOW)[:at_frames])
    assert goes_over_into(after, samples(FakeContent().chapters[2]))


def test_paused_it_is_silent_and_goes_on_where_it_was() -> None:
    stream = live(State(chapter=1))
    device = HandDevice(stream)
    device.hear(8_000 * FRAMES_PER_MS)
    stream.give("pause")
    assert stream.current_state().mode == "paused"
    device.hear(700 * FRAMES_PER_MS)  # the sound that tells it
    assert not device.hear(5_000 * FRAMES_PER_MS)[FADE:].any()
    assert (stream.current_state().at_ms, stream.current_state().since_ms) == (8_000, 5_000)
    stream.give("resume")
    device.hear(700 * FRAMES_PER_MS)
    heard = device.hear(10_000 * FRAMES_PER_MS)
    assert np.array_equal(heard, samples(BOW, 8_000)[: len(heard)])


def test_no_command_makes_a_click() -> None:
    """In a steady tone a click is a step from one sample to the next that the tone itself does not make."""
    stream = live(State(chapter=1))
    device = HandDevice(stream)
    usual = np.abs(np.diff(samples(BOW).astype(int))).max()
    for turn, name in enumerate(("repeat", "previous", "louder", "pause", "resume", "next", "quieter") * 6):
        device.hear(9_000 + 1_237 * turn)
        stream.give(name)
    device.hear(48_000)
    assert np.abs(np.diff(device.heard.astype(int))).max() <= 1.5 * usual


def test_louder_is_heard_at_once_and_in_the_same_place() -> None:
    stream = live(State(chapter=1))
    device = HandDevice(stream)
    device.hear(100 * FRAMES_PER_MS)  # in the first sentence
    stream.give("quieter")
    after = device.hear(300 * FRAMES_PER_MS)
    softer = samples(BOW, 100)[: len(after)] * 10 ** (-3 / 20)
    assert np.abs(after[2 * FADE :] - softer[2 * FADE :]).max() <= 1


def test_what_means_nothing_changes_nothing() -> None:
    stream = live(State(chapter=1))
    device = HandDevice(stream)
    device.hear(100_003)
    stream.give("rest")
    stream.give("resume")
    device.hear(200_000)
    assert np.array_equal(device.heard, samples(BOW)[:300_003])


def test_what_was_decided_ahead_is_taken_back() -> None:
    """The device holds the wait already when the person goes back before it."""
    stream = live(State(), Rules())
    device = HandDevice(stream)
    device.hear(1_200 * FRAMES_PER_MS)
    stream.give("repeat")
    now = stream.current_state()
    assert (now.mode, now.at_ms) == ("playing", 1_000)
    assert device.hear(1_000 * FRAMES_PER_MS).any()


def test_chapters_that_end_by_themselves_are_told_once_when_they_are_heard() -> None:
    stream = live(State(chapter=1, at_ms=28_500))
    device = HandDevice(stream)
    device.hear(1_000 * FRAMES_PER_MS)
    assert stream.take_ended_chapters() == []  # made, and not heard yet
    stream.give("back")
    stream.give("skip")
    device.hear(2_000 * FRAMES_PER_MS)
    assert stream.take_ended_chapters() == []  # left out
    device.hear(10**9)
    assert [state.chapter for state in stream.take_ended_chapters()] == [2]
    assert stream.take_ended_chapters() == []


def test_after_a_loss_it_goes_on_with_another_device() -> None:
    stream = live(State(chapter=1))
    first = HandDevice(stream)
    first.hear(8_000 * FRAMES_PER_MS)
    stream.lose()
    assert stream.current_state().mode == "lost"
    stream.give("louder")
    assert stream.current_state().volume_db == 3
    stream.give("quieter")
    stream.come_back(5_000)
    second = HandDevice(stream)
    second.hear(700 * FRAMES_PER_MS)  # the sound is back
    heard = second.hear(6_000 * FRAMES_PER_MS)
    assert np.array_equal(heard, samples(BOW, 4_000)[: len(heard)])


def test_ended_while_there_is_no_device() -> None:
    stream = live(State(chapter=1))
    HandDevice(stream).hear(1_000)
    stream.lose()
    stream.give("stop")
    assert stream.current_state().mode == "ended"


def test_the_easier_variant_is_heard() -> None:
    stream = live(State(chapter=1))
    device = HandDevice(stream)
    device.hear(8_000 * FRAMES_PER_MS)
    stream.give("hurts")
    device.hear(1_500 * FRAMES_PER_MS)
    stream.give("easier")
    device.hear(700 * FRAMES_PER_MS)
    assert np.array_equal(device.hear(EASIER.duration_ms * FRAMES_PER_MS), samples(EASIER))


def test_another_pace_goes_on_from_what_is_heard() -> None:
    stream = live(State(chapter=1))
    device = HandDevice(stream)
    device.hear(1_000 * FRAMES_PER_MS)
    states: list[State] = []

    def exchanged(state: State) -> FakeContent:
        states.append(state)
        return FakeContent((OPENING, EASIER, OPENING))

    stream.exchange(exchanged)
    heard = device.hear(2_000 * FRAMES_PER_MS)
    assert states[-1].at_ms == 1_000
    assert np.array_equal(heard[1_000:], samples(EASIER, 1_000)[1_000 : len(heard)])


@settings(max_examples=40, deadline=None)
@given(
    steps=some.lists(
        some.tuples(some.integers(1, 400_000), some.sampled_from([each.name for each in COMMANDS])),
        max_size=12,
    )
)
def test_the_state_is_always_that_of_what_is_heard(steps: list[tuple[int, CommandName]]) -> None:
    """Whatever is asked for, what is heard of the session comes from the place that the state names."""
    stream = live(State(), Rules())
    device = HandDevice(stream)
    for frames, command in steps:
        device.hear(frames)
        stream.give(command)
        state = stream.current_state()
        score = stream.content
        chapter = score.chapter(state.chapter, easier=state.easier)
        assert chapter is not None
        if state.mode != "playing" or state.announcements or state.volume_db:
            continue
        rest = samples(chapter, state.at_ms)
        sounds = device.hear(4_800)
        if not stream.current_state().announcements and len(rest) > 9_600:
            assert goes_over_into(sounds, rest), state
