"""The one stream: equal to a naive mix for any blocks and start; no clicks; bounded peaks."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voice_coach.audio.loudness import true_peak
from voice_coach.audio.mixer import CUT_FADE_MS, Block, render
from voice_coach.audio.sound_cues import SoundCues
from voice_coach.core.errors import Where
from voice_coach.core.speech import Clip, Utterance
from voice_coach.core.timeline import Chapter, Event, Mark

MARK = Mark(where=Where("test.yaml", 1))
SPEECH_PEAK = 10 ** (-3 / 20)
CEILING = 10 ** (-1 / 20)
CUES = SoundCues.load([Path(__file__).parents[2] / "audio_cues"])
Floats = NDArray[np.float32]


@dataclass
class Spoken:
    """Clips by text: noise seeded by the text's length in frames, or given samples."""

    given: dict[str, Floats] = field(default_factory=dict[str, Floats])
    rate_hz: int = 48_000

    def clip(self, utterance: Utterance) -> Clip:
        samples = self.given.get(utterance.text)
        if samples is None:
            frames = int(utterance.text)
            samples = np.random.default_rng(frames).uniform(-0.7, 0.7, frames).astype(np.float32)
        return Clip(samples, self.rate_hz)


class Sounded:
    """Sounds by name, a number of frames; stretched to their milliseconds."""

    def clip(self, name: str, duration_ms: int | None) -> Clip:
        frames = int(name) if duration_ms is None else duration_ms * 48
        samples = np.random.default_rng(frames + 1).uniform(-0.17, 0.17, frames)
        return Clip(samples.astype(np.float32), 48_000)


def speech(start_ms: int, end_ms: int, text: str) -> Event:
    utterance = Utterance(text, "fake:noise", 150)
    return Event(
        lane="speech",
        kind="prompt",
        start_ms=start_ms,
        end_ms=end_ms,
        mark=MARK,
        utterance=utterance,
        text=text,
    )


def sound(start_ms: int, end_ms: int, name: str, sound_ms: int | None = None) -> Event:
    return Event(
        lane="sound", kind="sound", start_ms=start_ms, end_ms=end_ms, mark=MARK, sound=name, sound_ms=sound_ms
    )


def action(start_ms: int, end_ms: int) -> Event:
    return Event(lane="action", kind="hold", start_ms=start_ms, end_ms=end_ms, mark=MARK, text="hold")


def chapter(duration_ms: int, *events: Event) -> Chapter:
    ordered = tuple(sorted(events, key=lambda event: (event.start_ms, event.lane)))
    return Chapter(title="Test", exercise="test", duration_ms=duration_ms, events=ordered)


def joined(blocks: Iterator[Block]) -> NDArray[np.int16]:
    return np.concatenate([np.zeros(0, np.int16), *(block.samples for block in blocks)])


def naive(whole: Chapter, clips: Spoken, sounds: Sounded) -> NDArray[np.int16]:
    """The whole chapter at once, in the plainest way."""
    mix = np.zeros(whole.duration_ms * 48, np.float32)
    for event in whole.events:
        if event.lane == "speech" and event.utterance is not None:
            samples = clips.clip(event.utterance).samples
        elif event.lane == "sound":
            samples = sounds.clip(event.sound, event.sound_ms).samples
        else:
            continue
        room = (min(event.end_ms, whole.duration_ms) - event.start_ms) * 48
        if room <= 0:
            continue
        if len(samples) > room:
            samples = samples[:room].copy()
            faded = min(CUT_FADE_MS * 48, room)
            samples[room - faded :] *= (
                np.cos(np.linspace(0, np.pi, faded + 1)[1:]).astype(np.float32) / 2 + 0.5
            )
        mix[event.start_ms * 48 :][: len(samples)] += samples
    return np.clip(np.rint(mix * 32_768), -32_768, 32_767).astype(np.int16)


@st.composite
def chapters(draw: st.DrawFn) -> Chapter:
    duration_ms = draw(st.integers(0, 300))
    events: list[Event] = []
    for _ in range(draw(st.integers(0, 7))):
        start = draw(st.integers(0, 320))
        end = start + draw(st.integers(0, 120))
        lane = draw(st.sampled_from(["speech", "sound", "stretched", "action"]))
        frames = str(draw(st.integers(0, 7_000)))
        if lane == "speech":
            events.append(speech(start, end, frames))
        elif lane == "sound":
            events.append(sound(start, end, frames))
        elif lane == "stretched":
            events.append(sound(start, end, "9", draw(st.integers(1, 150))))
        else:
            events.append(action(start, end))
    return chapter(duration_ms, *events)


@given(
    whole=chapters(),
    block_frames=st.sampled_from([1, 47, 48, 480, 1_024, 48_000]) | st.integers(40, 20_000),
    seek=st.floats(0, 1),
)
@example(whole=chapter(0), block_frames=48_000, seek=0.0)
@example(whole=chapter(100, speech(0, 100, "4800")), block_frames=4_800, seek=1.0)
@settings(max_examples=200, deadline=None)
def test_it_equals_a_naive_mix_for_any_blocks_and_start(
    whole: Chapter, block_frames: int, seek: float
) -> None:
    start_ms = int(seek * whole.duration_ms)
    if block_frames == 1:  # thousands of blocks: the last few milliseconds will do
        start_ms = max(start_ms, whole.duration_ms - 5)
    expected = naive(whole, Spoken(), Sounded())[start_ms * 48 :]
    blocks = list(render(whole, Spoken(), Sounded(), block_frames=block_frames, start_ms=start_ms))
    found = joined(iter(blocks))
    assert len(found) == (whole.duration_ms - start_ms) * 48
    assert np.abs(found.astype(int) - expected).max(initial=0) <= 1  # the fades' last bit
    assert all(len(block.samples) == block_frames for block in blocks[:-1])
    assert all(block.samples.dtype == np.int16 for block in blocks)
    assert not any(block.samples.flags.writeable for block in blocks)
    assert not any(block.samples.any() for block in blocks if block.silent)


@given(whole=chapters(), block_frames=st.integers(40, 20_000), seek=st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_a_seek_and_other_blocks_change_no_bit(whole: Chapter, block_frames: int, seek: float) -> None:
    start_ms = int(seek * whole.duration_ms)
    straight = joined(render(whole, Spoken(), Sounded()))
    sought = joined(render(whole, Spoken(), Sounded(), block_frames=block_frames, start_ms=start_ms))
    assert np.array_equal(straight[start_ms * 48 :], sought)


def test_a_clip_starts_on_its_frame_and_is_rounded_to_the_nearest() -> None:
    ones = np.array([1.0, -1.0, 0.5, 0.25001], np.float32)
    found = joined(render(chapter(10, speech(3, 9, "x")), Spoken({"x": ones}), Sounded()))
    assert found[: 3 * 48].any() == False  # noqa: E712  (an array's answer)
    assert found[3 * 48 : 3 * 48 + 5].tolist() == [32_767, -32_768, 16_384, 8_192, 0]


def test_too_loud_is_held_at_full_scale() -> None:
    loud = np.full(480, 0.9, np.float32)
    whole = chapter(10, speech(0, 10, "x"), speech(0, 10, "y"))
    for other, held in ((-3, -32_768), (3, 32_767)):
        found = joined(render(whole, Spoken({"x": loud, "y": other * loud}), Sounded()))
        assert found.min() == found.max() == held


def test_a_clip_on_the_grid_heard_alone_comes_out_as_it_is() -> None:
    whole = np.arange(-32_768, 32_768, dtype=np.int16)
    clip = (whole / np.float32(32_768)).astype(np.float32)
    found = joined(render(chapter(2_000, speech(0, 2_000, "x")), Spoken({"x": clip}), Sounded()))
    assert np.array_equal(found[: len(whole)], whole)


def test_silence_is_shared_and_told() -> None:
    blocks = list(render(chapter(5_500, speech(2_000, 3_000, "48000")), Spoken(), Sounded()))
    assert [block.silent for block in blocks] == [True, True, False, True, True, True]
    assert [len(block.samples) for block in blocks] == [48_000] * 5 + [24_000]
    assert all(np.shares_memory(blocks[0].samples, blocks[at].samples) for at in (1, 3, 4, 5))


def test_a_clip_that_ends_with_its_block_leaves_the_next_one_silent() -> None:
    """The event lasts longer than its clip: what is silent is told by the clip."""
    blocks = list(render(chapter(3_000, speech(0, 3_000, "48000")), Spoken(), Sounded()))
    assert [block.silent for block in blocks] == [False, True, True]


LOW_HZ, LOUD = 125, 0.7  # a quarter of its period is 2 ms: it can be cut exactly at its height


@pytest.mark.parametrize("end_ms", [2, 4, 10, 102, 1_002])
@pytest.mark.parametrize("chapter_ms", [1_500, 1_002, 102])
def test_nothing_clicks_where_a_clip_is_cut(end_ms: int, chapter_ms: int) -> None:
    wave = LOUD * np.sin(2 * np.pi * LOW_HZ * np.arange(2 * 48_000) / 48_000)
    whole = chapter(chapter_ms, speech(0, end_ms, "sine"))
    found = joined(render(whole, Spoken({"sine": wave.astype(np.float32)}), Sounded(), block_frames=999))
    steps = np.abs(np.diff(np.concatenate(([0], found.astype(int), [0])))) / 32_768
    of_sine = LOUD * 2 * np.pi * LOW_HZ / 48_000
    of_fade = LOUD * np.pi / 2 / (min(CUT_FADE_MS, end_ms, chapter_ms) * 48)
    assert steps.max() <= of_sine + of_fade + 2 / 32_768


@pytest.mark.parametrize("name", CUES.names())
@pytest.mark.parametrize("end_ms", [30, 333, 900])
def test_nothing_clicks_where_a_sound_is_cut(name: str, end_ms: int) -> None:
    found = joined(render(chapter(1_000, sound(0, end_ms, name)), Spoken(), CUES)) / 32_768
    own = np.abs(np.diff(CUES.clip(name, None).samples)).max()
    assert np.abs(np.diff(found)).max() <= own + 0.17 * np.pi / 2 / (CUT_FADE_MS * 48) + 2 / 32_768
    assert not found[end_ms * 48 :].any()


@pytest.mark.parametrize("name", CUES.names())
@pytest.mark.parametrize("length_ms", [None, 700])
def test_speech_and_a_sound_stay_under_the_true_peak(name: str, length_ms: int | None) -> None:
    """The worst case: speech at its own limit whose highest moment is the sound's highest moment."""
    own = CUES.clip(name, length_ms).samples
    voice = (own * (SPEECH_PEAK / true_peak(own))).astype(np.float32)
    span_ms = len(own) // 48
    whole = chapter(span_ms + 100, speech(50, 50 + span_ms, "x"), sound(50, 50 + span_ms, name, length_ms))
    found = joined(render(whole, Spoken({"x": voice}), CUES))
    peak = true_peak((found / 32_768).astype(np.float32))
    assert SPEECH_PEAK < peak <= CEILING


def test_peaks_between_the_samples_stay_under_it_too() -> None:
    """A sine at a quarter of the rate, sampled beside its peaks, under every cue."""
    high = np.sin(np.pi / 2 * np.arange(48_000) + np.pi / 4) * np.hanning(48_000)
    voice = (high * (SPEECH_PEAK / true_peak(high.astype(np.float32)))).astype(np.float32)
    for name in CUES.names():
        whole = chapter(2_000, speech(0, 1_000, "x"), sound(0, 2_000, name))
        found = joined(render(whole, Spoken({"x": voice}), CUES))
        assert true_peak((found / 32_768).astype(np.float32)) <= CEILING


class Watched(Spoken):
    """Counts the clips that somebody still holds, each time one is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: list[weakref.ref[Any]] = []
        self.most = self.asked = 0

    def clip(self, utterance: Utterance) -> Clip:
        clip = super().clip(utterance)
        self.asked += 1
        self.alive = [ref for ref in self.alive if ref() is not None] + [weakref.ref(clip.samples)]
        self.most = max(self.most, len(self.alive))
        return clip


def test_clips_are_fetched_late_and_dropped_when_they_are_over() -> None:
    events = [speech(at, at + 900, "40000") for at in range(0, 200_000, 1_000)]
    clips = Watched()
    stream = render(chapter(200_000, *events), clips, Sounded(), block_frames=4_800)
    assert clips.asked == 0
    next(stream)
    assert clips.asked == 1
    gc.disable()  # dropped at once, not when the collector happens to pass
    try:
        for _ in stream:
            pass
    finally:
        gc.enable()
    assert clips.asked == 200
    assert clips.most <= 2


class Counting(tuple[Event, ...]):
    """Events that count how often one of them is looked at."""

    looked = 0

    def __iter__(self) -> Iterator[Event]:
        for event in super().__iter__():
            Counting.looked += 1
            yield event


def test_fifty_thousand_events_are_walked_once() -> None:
    events = Counting(speech(at * 20, at * 20 + 10, "400") for at in range(50_000))
    whole = Chapter(title="Long", exercise="", duration_ms=1_000_000, events=events)
    Counting.looked = 0
    frames = sum(len(block.samples) for block in render(whole, Spoken(), Sounded(), start_ms=500_000))
    assert frames == 500_000 * 48
    assert Counting.looked == 50_000


def test_a_seek_fetches_only_what_is_still_to_be_heard() -> None:
    clips = Watched()
    whole = chapter(10_000, *(speech(at, at + 500, "24000") for at in range(0, 10_000, 1_000)))
    joined(render(whole, clips, Sounded(), start_ms=7_200))
    assert clips.asked == 3


@pytest.mark.parametrize(("block_frames", "start_ms"), [(0, 0), (-1, 0), (480, -1), (480, 101)])
def test_impossible_requests_are_refused_at_once(block_frames: int, start_ms: int) -> None:
    with pytest.raises(ValueError, match="cannot render 'Test'"):
        render(chapter(100), Spoken(), Sounded(), block_frames=block_frames, start_ms=start_ms)


def test_a_clip_at_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="has 22050 Hz, not 48000"):
        joined(render(chapter(100, speech(0, 50, "480")), Spoken(rate_hz=22_050), Sounded()))
