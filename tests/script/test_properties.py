"""Whatever is in a file, reading it gives problems or a model, and nothing else."""

from __future__ import annotations

import random
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.golden_messages import SOUNDS
from voice_coach.core.errors import ScriptError
from voice_coach.core.units import (
    LONGEST_MS,
    LONGEST_PART_MS,
    format_duration,
    format_pattern,
    parse_duration,
    parse_pattern,
)
from voice_coach.schema.diagnostics import MAX_PROBLEMS
from voice_coach.script.library import ScriptLibrary

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted([*(ROOT / "scripts").glob("[els]*/*.yaml"), *(ROOT / "docs" / "examples").glob("*.yaml")])
LIBRARY = [ROOT / "scripts"]
ODD = [
    ":",
    "- ",
    "  ",
    "\t",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    "#",
    "&a ",
    "*a",
    "!t ",
    "|",
    ">",
    "?",
    "%",
    "@",
    "\n",
]
WORDS = [
    "no",
    "on",
    "1:30",
    "012",
    "~",
    "null",
    "0x1F",
    "1e9",
    "-",
    "=",
    "<<",
    "\ufeff",
    "\x00",
    "é",
    "𝄞",
    "\u2028",
]


def _read(data: bytes, name: str) -> None:
    """Reads bytes as a script; anything but a model or problems is an error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            ScriptLibrary(LIBRARY, SOUNDS).check(str(path))
        except ScriptError as error:
            problems, said = error.problems, str(error)
        else:
            return
    assert 1 <= len(problems) <= 2 * MAX_PROBLEMS
    assert said.endswith("found")
    lines = data.decode("utf-8-sig", "replace").splitlines()
    for problem in problems:
        assert problem.message
        assert problem.where.column >= 1
        assert 1 <= problem.where.line <= (len(lines) + 1 if problem.where.file == str(path) else 10_000)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    _read(data, "x.yaml")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_in_a_step(text: str) -> None:
    head = "kind: exercise\nid: x\ntitle: X\nposition: supine\nsteps:\n  - "
    _read((head + text).encode("utf-8", "surrogatepass"), "x.yaml")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_any_damage_to_a_script(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    text = path.read_text(encoding="utf-8")
    for _ in range(chance.randint(1, 6)):
        text = _damaged(text, chance)
    _read(text.encode("utf-8", "surrogatepass"), path.name)


def _damaged(text: str, chance: random.Random) -> str:
    """A text with one mishap: something lost, doubled, swapped, put in, or indented otherwise."""
    at = chance.randrange(len(text) + 1)
    to = min(len(text), at + chance.randint(1, 12))
    lines = text.split("\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            return text[:at] + text[to:]
        case 1:
            return text[:to] + text[at:]
        case 2:
            return text[:at] + chance.choice(ODD + WORDS) + text[at:]
        case 3:
            lines[first], lines[second] = lines[second], lines[first]
        case 4:
            lines[first] = chance.choice([" ", "  ", "\t"]) + lines[first]
        case _:
            key, colon, _ = lines[first].partition(":")
            lines[first] = key + colon + " " + chance.choice(ODD + WORDS)
    return "\n".join(lines)


@given(st.integers(0, LONGEST_MS))
def test_a_duration_is_read_as_it_is_written(ms: int) -> None:
    assert parse_duration(format_duration(ms)) == ms


@given(st.lists(st.integers(0, LONGEST_PART_MS), min_size=2, max_size=8).filter(any))
def test_a_pattern_is_read_as_it_is_written(parts: list[int]) -> None:
    assert parse_pattern(format_pattern(tuple(parts))) == tuple(parts)


@given(st.text(max_size=80) | st.from_regex(r"[\d:.hms \-]{0,30}", fullmatch=True))
def test_a_duration_is_read_or_refused(text: str) -> None:
    ms = 0
    with suppress(ValueError):
        ms = parse_duration(text)
    assert 0 <= ms <= LONGEST_MS


@pytest.mark.parametrize(
    ("text", "ms"),
    {
        "45s": 45_000,
        "1m30s": 90_000,
        "1:30": 90_000,
        "0:45": 45_000,
        "5.5s": 5_500,
        "500ms": 500,
        "90": 90_000,
        "012": 12_000,
        "1h": 3_600_000,
        "1:02:03": 3_723_000,
        "1 min 30 sec": 90_000,
        "2 minutes": 120_000,
        "1 hour": 3_600_000,
        "30 seconds": 30_000,
        "0.001": 1,
    }.items(),
)
def test_durations_that_people_write(text: str, ms: int) -> None:
    assert parse_duration(text) == ms
