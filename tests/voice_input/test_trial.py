"""Trying one's voice: what is found to be best, and where it is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks._room import pcm
from tests.support.people import said
from voice_coach.controls.voice import keep_sensitivity
from voice_coach.paths import find_home
from voice_coach.voice_input.mic_test import Try, best_sensitivity
from voice_coach.voice_input.recognizer import (
    COMMAND_PHRASES,
    RATE_HZ,
    RecognizedPhrase,
    Recognizer,
    open_recognizer,
)
from voice_coach.voice_input.sensitivity import USUAL_SENSITIVITY, kept_sensitivity

READY, PAUSE = "coach ready", "coach pause"


class Loudness(Recognizer):
    """Understands "ready" in what is louder than its ease lets through, and "pause" in all that is loud."""

    def __init__(self, sensitivity: int) -> None:
        self._least = 1_000 - 300 * sensitivity
        self._expected: Collection[str] = ()

    def expect(self, phrases: Collection[str]) -> None:
        self._expected = phrases

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Sequence[RecognizedPhrase]:  # noqa: ARG002  (the contract)
        assert READY in self._expected
        loud = int(np.abs(samples).max(initial=0))
        return [RecognizedPhrase(PAUSE if loud > 5_000 else READY, 0, 0.0)] if loud > self._least else []

    def close(self) -> None:
        self._expected = ()


def sound(loud: int) -> NDArray[np.int16]:
    return np.full(RATE_HZ // 10, loud, np.int16)


@pytest.mark.parametrize(
    ("tries", "best"),
    [
        ([(READY, 2_000), (READY, 1_500), ("", 100)], 0),
        ([(READY, 800), (READY, 900), ("", 100)], 1),
        ([(READY, 500), (READY, 500), ("", 100)], 2),
        ([(READY, 2_000), ("", 1_200)], -1),  # what was not meant is not to be understood
        ([(READY, 800), ("", 900)], 0),  # a miss is less than a mistake
        ([], USUAL_SENSITIVITY),
    ],
)
def test_the_best_ease_understands_most_and_mistakes_least(tries: list[tuple[str, int]], best: int) -> None:
    assert best_sensitivity([Try(phrase, (), True, sound(loud)) for phrase, loud in tries], Loudness) == best


def test_a_real_voice_is_understood_at_the_ease_that_is_found() -> None:
    heard = [
        Try(phrase, (), True, pcm(said("flite:kal16", phrase.replace("coach", "coach,"))))
        for phrase in (READY, PAUSE)
    ]
    sensitivity = best_sensitivity(heard, lambda sensitivity: open_recognizer("pocketsphinx", sensitivity))
    recognizer = open_recognizer("pocketsphinx", sensitivity)
    for each in heard:
        recognizer.expect(COMMAND_PHRASES)
        after = np.concatenate((each.sound, np.zeros(RATE_HZ, np.int16)))
        assert [one.phrase for one in recognizer.hear(after, False)] == [each.phrase]
    recognizer.close()


def test_what_was_found_is_kept_for_each_recognizer(coach_home: Path) -> None:
    home = find_home()
    assert kept_sensitivity(home.hearing, "pocketsphinx") == USUAL_SENSITIVITY
    keep_sensitivity(home, "pocketsphinx", 1)
    keep_sensitivity(home, "sherpa", -1)
    assert (kept_sensitivity(home.hearing, "pocketsphinx"), kept_sensitivity(home.hearing, "sherpa")) == (
        1,
        -1,
    )
    assert home.hearing.parent == coach_home


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pocketsphinx": 9}', '{"pocketsphinx": "1"}', "\xff"])
def test_a_file_that_says_something_else_counts_as_none(content: str, tmp_path: Path) -> None:
    path = tmp_path / "hearing.json"
    path.write_bytes(content.encode("latin-1"))
    assert kept_sensitivity(path, "pocketsphinx") == USUAL_SENSITIVITY
