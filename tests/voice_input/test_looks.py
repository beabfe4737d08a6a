"""What is looked at when somebody stops speaking."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_coach.voice_input.endpointing import FRAME, HOLD_FRAMES, SpeechSegment, SpeechSegmenter


def noise(frames: int, loud: float, seed: int = 0) -> NDArray[np.int16]:
    return np.random.default_rng(seed).normal(0, loud, frames * FRAME).astype(np.int16)


def spoken(*parts: tuple[int, bool]) -> NDArray[np.int16]:
    """So many frames each, of somebody who speaks, or not."""
    return np.concatenate(
        [noise(frames, 3_000 if speaks else 20, at) for at, (frames, speaks) in enumerate(parts)]
    )


def looked(
    sound: NDArray[np.int16], looks: SpeechSegmenter | None = None, *, coach: bool = False
) -> list[SpeechSegment]:
    looks = looks or SpeechSegmenter()
    return [look for at in range(0, len(sound), 320) for look in looks.hear(sound[at : at + 320], coach)]


def test_it_is_looked_once_when_speech_is_over() -> None:
    sound = spoken((100, False), (60, True), (80, False))

    (look,) = looked(sound)

    assert look.end == pytest.approx(160 + HOLD_FRAMES, abs=6)
    assert (look.begin, len(look.sound)) == (0, look.end * FRAME)
    assert np.array_equal(look.sound, sound[: look.end * FRAME])
    assert not look.has_coach_since(0)
    assert look.sound_after_coach() is None


def test_no_more_is_looked_at_than_a_phrase_may_last() -> None:
    (look,) = looked(spoken((100, False), (400, True), (60, False)))

    assert look.end - look.begin == 260
    assert len(look.sound) == 260 * FRAME


def test_what_was_understood_is_not_looked_at_again() -> None:
    looks = SpeechSegmenter()
    (first,) = looked(spoken((50, False), (60, True), (40, False)), looks)
    looks.forget_until(first.end)
    (second,) = looked(spoken((20, False), (60, True), (60, False)), looks)

    assert second.begin == first.end


def test_after_a_pause_it_begins_where_somebody_speaks_again() -> None:
    sound = spoken((60, False), (60, True), (15, False), (120, True), (60, False))
    (look,) = looked(sound)

    last = look.sound_after_pause()

    assert last is not None
    assert last.begin == pytest.approx(135, abs=4)
    assert last.end == look.end
    assert np.array_equal(last.sound, sound[last.begin * FRAME : last.end * FRAME])


def test_a_pause_with_too_little_after_it_is_in_the_middle_of_a_phrase() -> None:
    (look,) = looked(spoken((60, False), (90, True), (15, False), (50, True), (60, False)))

    last = look.sound_after_pause()

    assert last is not None
    assert last.begin == pytest.approx(60, abs=4)


def test_without_a_pause_there_is_nothing_more_to_look_at() -> None:
    (look,) = looked(spoken((60, False), (300, True), (60, False)))

    assert look.sound_after_pause() is None


def test_what_comes_after_the_coach_is_looked_at_alone() -> None:
    looks = SpeechSegmenter()
    assert not looked(spoken((60, False), (60, True)), looks, coach=True)
    (look,) = looked(spoken((60, True), (60, False)), looks)

    last = look.sound_after_coach()

    assert look.has_coach_since(119)
    assert last is not None
    assert last.begin == 120
    assert not last.has_coach_since(last.begin)


def test_a_word_that_the_coach_spoke_over_is_not_looked_at_alone() -> None:
    looks = SpeechSegmenter()
    looked(spoken((60, False), (100, True)), looks, coach=True)
    (look,) = looked(spoken((10, True), (60, False)), looks)

    assert look.sound_after_coach() is None


def test_what_was_skipped_is_counted_and_not_looked_at() -> None:
    looks = SpeechSegmenter()
    looks.skip(spoken((50, False), (60, True)))
    (look,) = looked(spoken((60, False), (60, True), (60, False)), looks)

    assert (look.begin, look.end) == (110, pytest.approx(230 + HOLD_FRAMES, abs=6))
    assert len(look.sound) == (look.end - look.begin) * FRAME
