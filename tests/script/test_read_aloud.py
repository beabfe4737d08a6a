"""What voices do not read as it is meant is told, and what they do is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.calibration import loops_taken, within
from tests.script.golden_messages import HEAD, SOUNDS
from voice_coach.resources import shipped_scripts
from voice_coach.script.library import Library
from voice_coach.script.read_aloud import misread

MISREAD = {
    "Take 10 kg.": ("10 kg", "10 kilograms"),
    "3x each": ("3x", "3 times"),
    "2-3 cm apart": ("2-3 cm", "2 to 3 centimetres"),
    "8–10 times": ("8–10", "8 to 10"),
    "Hold it for 30s.": ("30s", "30 seconds"),
    "Wait 1 min.": ("1 min", "1 minute"),
    "Between L4/L5.": ("L4/L5", ""),
    "Shoulders and/or hips": ("and/or", ""),
    "Breathe 4-7-8.": ("4-7-8", ""),
    "{rep}/{reps}": ("{rep}/{reps}", ""),
    "{hold}s": ("{hold}s", ""),
}
READ_WELL = [
    "Ten kilograms, 2 to 3 centimetres.",
    "Bend to 45 degrees, the 1st and 2nd time, 90%.",
    "A 20-second rest, side-lying, 90-degree.",
    "{rep} of {reps}. {rep:ordinal}.",
    "3, 2, 1.",
    "It's 1.5 minutes at L4.",
]


@pytest.mark.parametrize(("text", "expected"), MISREAD.items())
def test_misread(text: str, expected: tuple[str, str]) -> None:
    ((token, hint),) = misread(text)
    assert token == expected[0]
    assert hint == (f"write it out: {expected[1]}" if expected[1] else "write it out as it is said")


@pytest.mark.parametrize("text", READ_WELL)
def test_read_well(text: str) -> None:
    assert list(misread(text)) == []


@pytest.mark.parametrize("piece", ["1", "{", "a/", "1-", "{a}", "a:", "{}", "1x", "1 - "])
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    text = piece * (2_000 // len(piece))
    assert within(2, lambda: loops_taken(lambda: list(misread(text))))


def _warnings(folder: Path, steps: str, language: str = "en") -> list[str]:
    path = folder / "cat-back.yaml"
    path.write_text(f"language: {language}\n{HEAD}{steps}", encoding="utf-8")
    library = Library([folder, shipped_scripts()], SOUNDS)
    assert library.check("cat-back.yaml")
    return [f"{each.where.line}:{each.where.column} {each.message}" for each in library.warnings]


def test_it_is_a_warning_in_its_place(in_folder: Path) -> None:
    steps = (
        "  - say: [Up., Take 10 kg.]\n  - hold: 5s\n    during: [{say: 3x more., at: 2s}]\n"
        "  - use: wait\n    with: {long: 5s}\nfragments:\n  wait:\n    parameters: {long: }\n"
        "    steps: [{pause: long}]\n"
    )
    assert _warnings(in_folder, steps) == [
        '11:21 "10 kg" is not read aloud as it is meant',
        '13:20 "3x" is not read aloud as it is meant',
    ]


def test_other_languages_have_their_own_ways(in_folder: Path) -> None:
    (in_folder / "languages").mkdir()
    english = (shipped_scripts() / "languages" / "en.yaml").read_text(encoding="utf-8")
    text = english.replace("language: en", "language: de")
    (in_folder / "languages" / "de.yaml").write_text(text, encoding="utf-8")
    assert _warnings(in_folder, "  - 10 kg heben.\n", "de") == []
