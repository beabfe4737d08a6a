"""Values as a person would say them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_clips import english
from voice_coach.compiler.wording import TypedValue, Wording

ENGLISH = Wording(english())
NUMBERS = {ENGLISH.number(value): value for value in range(1_000)}


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "zero seconds"),
        (1, "half a second"),
        (200, "half a second"),
        (500, "half a second"),
        (749, "half a second"),
        (750, "one second"),
        (1_000, "one second"),
        (1_249, "one second"),
        (1_250, "one and a half seconds"),
        (1_500, "one and a half seconds"),
        (1_750, "two seconds"),
        (2_250, "two and a half seconds"),
        (2_000, "two seconds"),
        (5_500, "five and a half seconds"),
        (30_000, "thirty seconds"),
        (59_500, "fifty nine and a half seconds"),
        (59_800, "one minute"),
        (60_000, "one minute"),
        (61_000, "one minute and one second"),
        (60_500, "one minute and one second"),
        (61_500, "one minute and two seconds"),
        (62_500, "one minute and three seconds"),
        (70_000, "one minute and ten seconds"),
        (90_000, "one and a half minutes"),
        (119_400, "one minute and fifty nine seconds"),
        (119_600, "two minutes"),
        (120_000, "two minutes"),
        (150_000, "two and a half minutes"),
        (3_599_000, "fifty nine minutes and fifty nine seconds"),
        (3_599_600, "one hour"),
        (3_600_000, "one hour"),
        (5_400_000, "one and a half hours"),
        (4_200_000, "one hour and ten minutes"),
        (7_199_000, "two hours"),
        (7_200_000, "two hours"),
    ],
)
def test_durations(ms: int, words: str) -> None:
    assert ENGLISH.duration(ms) == words


@given(st.integers(250, 3_599_000))
def test_a_spoken_duration_is_true_to_half_a_second(ms: int) -> None:
    assert abs(_heard_ms(ENGLISH.duration(ms)) - ms) <= 500


def _heard_ms(words: str) -> int:
    """What a listener understands."""
    units = {"second": 1_000, "minute": 60_000, "hour": 3_600_000}
    total = 0
    for part in re.split(r" and (?!a half)", words):
        match = re.fullmatch(r"(?:half a|(.+?)(?: (and a half))?) (second|minute|hour)s?", part)
        assert match, words
        amount = 0.5 if match[1] is None else NUMBERS[match[1]] + (0.5 if match[2] else 0)
        total += round(amount * units[match[3]])
    return total


@pytest.mark.parametrize(
    ("style", "value", "words"),
    [
        ("", 3, "three"),
        ("", 21, "twenty one"),
        ("ordinal", 1, "first"),
        ("ordinal", 3, "third"),
        ("ordinal", 22, "twenty second"),
        ("times", 1, "once"),
        ("times", 2, "twice"),
        ("times", 3, "three times"),
        ("times", 12, "twelve times"),
    ],
)
def test_counts(style: str, value: int, words: str) -> None:
    assert ENGLISH.say(TypedValue("count", value), style) == words


def test_patterns() -> None:
    assert (
        ENGLISH.say(TypedValue("breath", (4_000, 0, 5_500, 500)))
        == "four, zero, five and a half, half a second"
    )


KNOWN = {
    "rep": TypedValue("count", 3),
    "reps": TypedValue("count", 5),
    "side": TypedValue("side", "left"),
    "hold": TypedValue("duration", 90_000),
    "place": TypedValue("text", "the floor"),
    "n": TypedValue("text", "4"),
}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No braces.", "No braces."),
        ("{rep} of {reps}.", "Three of five."),
        ("Now the {side} side. {side} it is.", "Now the left side. Left it is."),
        ("Hold for {hold}!", "Hold for one and a half minutes!"),
        ("On {place}. {place} carries you.", "On the floor. The floor carries you."),
        ("The {rep:ordinal} of {reps:times}", "The third of five times"),
        ("{n:times}, the {n:ordinal}, {n}", "Four times, the fourth, four"),
    ],
)
def test_braces(text: str, words: str) -> None:
    assert ENGLISH.fill(text, KNOWN) == words
