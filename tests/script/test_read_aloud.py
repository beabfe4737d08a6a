"""What voices do not read as it is meant is told, and what they do is left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.calibration import loops_taken, within
from tests.support.golden_messages import HEAD, SOUNDS
from voice_coach.paths import shipped_scripts
from voice_coach.script.library import ScriptLibrary
from voice_coach.script.validation import AS_SAID, misread

MISREAD = {
    "Take 10 kg.": ("10 kg", "10 kilograms"),
    "3x each": ("3x", "3 times"),
    "2-3 cm apart": ("2-3 cm", "2 to 3 centimetres"),
    "8–10 times": ("8–10", "8 to 10"),
    "Hold it for 30s.": ("30s", "30 seconds"),
    "Wait 1 min.": ("1 min", "1 minute"),
    "Take 2,5 kg.": ("2,5 kg", "2.5 kilograms"),
    "For 2,5 seconds.": ("2,5", "2.5, or a space after the comma if these are two numbers"),
    "Walk 1,000 m.": ("1,000 m", "1000 metres, or 1 metre if the comma is a decimal one"),
    "Walk 1.500 m.": ("1.500 m", "1500 metres, or 1.5 metres if the point is a decimal one"),
    "Walk 1 000 m.": ("1 000 m", "1000 metres, if that is one number"),
    "Walk 1'000 m.": ("1'000 m", "1000 metres"),
    "Walk 12,500,000 m.": ("12,500,000 m", "12500000 metres"),
    "Walk 1.000,5 m.": ("1.000,5 m", "1000.5 metres"),
    "10 kg–12 kg each": ("10 kg–12 kg", "10 to 12 kilograms"),
    "From 50 cm-1 m.": ("50 cm-1 m", "50 centimetres to 1 metre"),
    "Bend it 45°-60°.": ("45°-60°", "45° to 60°"),
    "Do 2 – 3 of them.": ("2 – 3", "2 to 3, or put a comma for the dash if it is a pause"),
    "{reps}–12 times": ("{reps}–12", "{reps} to 12"),
    "(05)": ("05", "5"),
    "Between L4/L5.": ("L4/L5", ""),
    "Between L4–L5.": ("L4–L5", ""),
    "Shoulders and/or hips": ("and/or", ""),
    "Breathe 4-7-8.": ("4-7-8", ""),
    "{rep}/{reps}": ("{rep}/{reps}", ""),
    "{rep}—{reps}": ("{rep}—{reps}", ""),
    "{reps},5 of them": ("{reps},5", ""),
    "{hold}s": ("{hold}s", ""),
    "{weight} kg": ("{weight} kg", ""),
    "Slots 1,2,3.": ("1,2,3", ""),
    "Wait 1:30.": ("1:30", ""),
    "1½ turns": ("1½", ""),
    "–3 degrees": ("–3", ""),
    "1e3": ("1e3", ""),
    "٣ times": ("٣", ""),
}
READ_WELL = [
    "Ten kilograms, 2 to 3 centimetres.",
    "Bend to 45 degrees, the 1st and 2nd time, 90%.",
    "A 20-second rest, side-lying, 90-degree.",
    "{rep} of {reps}. {rep:ordinal}. {side2}'s, ({hold}, {rep}–",
    "3, 2, 1. 3 2 1.",
    "It's 1.5 minutes at L4, 3D.",
    "Then—5 more; (5), “5”, '5'. Phase-3, 45 °: 5—and on.",
    "{title} – 3 times. {side} - {reps} breaths.",
]


@pytest.mark.parametrize(("text", "expected"), MISREAD.items())
def test_misread(text: str, expected: tuple[str, str]) -> None:
    ((token, hint),) = misread(text)
    assert token == expected[0]
    assert hint == (f"write it out: {expected[1]}" if expected[1] else AS_SAID)


@pytest.mark.parametrize("text", READ_WELL)
def test_read_well(text: str) -> None:
    assert list(misread(text)) == []


@dataclass(frozen=True)
class _Written:
    """A number as it may be written, and all that it may mean."""

    text: str
    values: frozenset[Decimal]


@st.composite
def _numbers(draw: st.DrawFn) -> _Written:
    """A number in one of the ways of the world, grouped or not, with decimals or none."""
    value = draw(st.integers(0, 9_999_999))
    decimals = draw(st.text("0123456789", max_size=3))
    point = draw(st.sampled_from(".,"))
    groups = draw(st.sampled_from(["", "'", "’", "_", " ", ".", ","]))
    if groups == point and decimals:
        point = "." if groups == "," else ","
    whole = f"{value:,}".replace(",", groups)
    text = f"{whole}{point}{decimals}" if decimals else whole
    meant = {Decimal(f"{value}.{decimals}")}
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):  # 1,000 is a thousand here, and one elsewhere
        meant = {Decimal(text.replace(",", ".")), Decimal(re.sub("[.,]", "", text))}
    return _Written(text, frozenset(meant))


_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SPACES = st.sampled_from(["", "", " "])
_UNITS = st.sampled_from(["", "°", " °", "%", " kg", "m", " min", "s", " x"])
_PLAIN = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?(?: ?[°%])?")
_READING = re.compile(
    r"write it out: (.*?)(?:, or (\d.*) if the .*|, or put .*|, or a space .*|, if that .*)?"
)


def _is_reading(text: str, numbers: list[_Written]) -> bool:
    found = [Decimal(each) for each in re.findall(r"\d+(?:\.\d+)?", text)]
    return len(found) == len(numbers) and all(
        value in number.values for value, number in zip(found, numbers, strict=True)
    )


@settings(max_examples=1_000, deadline=None)
@given(st.lists(_numbers(), min_size=1, max_size=2), st.data())
def test_advice_holds_the_numbers_of_the_text_and_reads_well(
    numbers: list[_Written], data: st.DataObject
) -> None:
    parts = [number.text + data.draw(_UNITS) for number in numbers]
    space = data.draw(_SPACES)
    written = f"{space}{data.draw(st.sampled_from(_DASHES))}{space}".join(parts)
    told = list(misread(f"Do ({written}), now."))
    if _PLAIN.fullmatch(written):
        assert len(told) <= 1  # 1.500 is a decimal here, and a thousand elsewhere
        assert not told or re.search(r"\.\d\d0", written)
    else:
        assert [token for token, _ in told] == [written]
    for _, hint in told:
        reading = _READING.fullmatch(hint)
        assert reading, hint
        for each in filter(None, reading.groups()):
            assert _is_reading(each, numbers), hint
            assert list(misread(each)) == []


@settings(max_examples=1_000, deadline=None)
@given(st.text(f"0123459.,'’_ {_DASHES}°%kgmx{{}}a/:+½²٣…", max_size=12))
def test_advice_never_holds_a_digit_that_the_text_does_not(text: str) -> None:
    for token, hint in misread(" ".join(text.split())):
        assert token in " ".join(text.split())
        assert set(re.findall(r"\d", hint)) <= set(re.findall(r"\d", token))


@pytest.mark.parametrize(
    "piece",
    ["1", "{", "a/", "1-", "{a}", "a:", "{}", "1x", "1 - ", "1 000", "1,", "1 ", "a-", "°", "{a}-1", "½"],
)
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    text = piece * (2_000 // len(piece))
    assert within(2, lambda: loops_taken(lambda: list(misread(text))))


def _warnings(folder: Path, steps: str, language: str = "en") -> list[str]:
    path = folder / "cat-back.yaml"
    path.write_text(f"language: {language}\n{HEAD}{steps}", encoding="utf-8")
    library = ScriptLibrary([folder, shipped_scripts()], SOUNDS)
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


def test_odd_spaces_do_not_hide_the_place(in_folder: Path) -> None:
    assert _warnings(in_folder, "  - Walk 1\u00a0000\u202fm.\n") == [
        '11:10 "1 000 m" is not read aloud as it is meant'
    ]


def test_arguments_of_fragments_are_read_where_they_are_spoken(in_folder: Path) -> None:
    steps = (
        '  - use: walk\n    with: {far: "1,5 km", pace: 3-1, name: L4/L5}\n'
        "  - use: walk\n    with: {far: 90s, pace: 3-1, name: Ann}\n"
        "fragments:\n  walk:\n    parameters: {far: , pace: , name: }\n"
        '    steps: ["Walk {far}.", {count: 2, tempo: pace}]\n'
    )
    assert _warnings(in_folder, steps) == ['12:18 "1,5 km" is not read aloud as it is meant']


def test_titles_and_transitions_are_read_too(in_folder: Path) -> None:
    (in_folder / "cat-back.yaml").write_text(f"{HEAD}  - Up.\n", encoding="utf-8")
    (in_folder / "morning.yaml").write_text(
        "kind: session\nid: morning\ntitle: Part 2–3\nexercises: [cat-back]\n"
        "transitions:\n  - {from: standing, to: all fours, say: Take 2—3 steps., time: 5s}\n",
        encoding="utf-8",
    )
    library = ScriptLibrary([in_folder, shipped_scripts()], SOUNDS)
    assert library.check("morning.yaml")
    told = [(each.where.line, each.where.column) for each in library.warnings]
    assert sorted(told) == [(3, 13), (6, 47)]


def test_other_languages_have_their_own_ways(in_folder: Path) -> None:
    (in_folder / "languages").mkdir()
    english = (shipped_scripts() / "languages" / "en.yaml").read_text(encoding="utf-8")
    text = english.replace("language: en", "language: de")
    (in_folder / "languages" / "de.yaml").write_text(text, encoding="utf-8")
    assert _warnings(in_folder, "  - 10 kg heben.\n", "de") == []
