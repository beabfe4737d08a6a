"""The documentation of pacing: its commands do what it says, its file is one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.editor import complaints
from voice_coach.coach import Coach
from voice_coach.core.parameters import FASTEST, GENERAL, PARAMETERS, SLOWEST, TEMPO_FACTORS, Stretch
from voice_coach.core.units import MS_PER_HOUR
from voice_coach.pacing.fit_search import REACH, TOLERANCE_MS
from voice_coach.pacing.guidance import AWAY_MS, FADES
from voice_coach.pacing.layers import CLEAR_WPM, Layer, effective_pace
from voice_coach.script.user_values import read_own_text

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "pacing.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
FILES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_commands_work_one_after_the_other(tmp_path: Path) -> None:
    shell = require_program("sh", "dash")
    command = tmp_path / "bin" / "voice-coach"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m voice_coach "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [shell, "-eu", "-c", "\n".join(COMMANDS)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "hold 45s" in done.stdout.replace("  ", " ")
    assert (tmp_path / "mine.yaml").is_file()


@pytest.mark.parametrize("text", FILES)
def test_the_file_is_one(text: str) -> None:
    own, problems = read_own_text(text, "pacing.yaml")
    assert own is not None
    assert not problems
    assert complaints(text) == []


def test_there_are_examples() -> None:
    assert len(COMMANDS) >= 6
    assert FILES


def test_what_is_named_can_be_tuned() -> None:
    table = TEXT[TEXT.index("| what |") : TEXT.index("## For this time")]
    first = "".join(row.split("|")[1] for row in table.splitlines() if row.count("|") > 2)
    assert set(re.findall(r"`(\w+)`", first)) <= {*PARAMETERS, *GENERAL, "guidance", "pace"}


WORDS = " ".join(TEXT.split())


@pytest.mark.parametrize(
    "claim",
    [
        f"`calm` is {TEMPO_FACTORS['calm']:g}",
        f"`brisk` is {TEMPO_FACTORS['brisk']:g}; any number from {SLOWEST} (half as fast) to {FASTEST}",
        f"neither below {CLEAR_WPM[0]} nor above {CLEAR_WPM[1]} words a minute",
        "at half speed to four fifths of its rate",
        f"end within {'a second' if TOLERANCE_MS == 1_000 else '?'} of a time",
        "written pauses and the gap after prompts, to half their time",
        f"to {REACH['moves'][0]:.0%} of their time".replace("%", " %"),
        f"| fewer than {FADES[0][0]} times | `full` |",
        f"| {FADES[0][0]} to {FADES[0][0] + FADES[1][0] - 1} times | `key` |",
        f"| {FADES[0][0] + FADES[1][0]} times or more | `names` |",
        f"After **two weeks**{'' if AWAY_MS == 14 * 24 * MS_PER_HOUR else '?'}",
    ],
)
def test_the_figures_in_the_text_are_those_of_the_code(claim: str) -> None:
    assert claim in WORDS


def test_the_knob_moves_what_the_text_says() -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("| pauses, rests, moves"))
    named = set(re.findall(r"`(\w+)`", row.rpartition("What can be tuned")[2].partition(")")[0]))
    known = {**PARAMETERS, **GENERAL}
    assert named == {name for name, each in known.items() if each.under_pace == "stretches"}
    assert [name for name, each in known.items() if each.under_pace == "gently"] == ["rate"]
    half = effective_pace({}, [Layer("command line", speed=0.5)])
    assert half.stretch == Stretch(pauses=2, rests=2, moves=2, breath=2)
    assert half.rate_wpm == pytest.approx(GENERAL["rate"].default * 4 / 5, abs=2)


def test_a_value_beside_the_knob_is_as_the_text_says(tmp_path: Path) -> None:
    said = re.search(r"after `tune (\S+) (\S+) (\S+)` the rest is (\d+) s", WORDS)
    assert said is not None
    exercise, *values, seconds = said.groups()
    with Coach(pacing=tmp_path / "pacing.yaml") as coach:
        coach.tune(exercise, dict(value.split("=") for value in values))
        (row,) = [row for row in coach.tuning_rows(exercise) if row.name == "rest"]
    assert row.value == int(seconds) * 1_000


def test_a_fit_goes_no_further_than_the_text_says() -> None:
    assert REACH["pauses"] == REACH["rests"] == (0.5, 2.0)
    assert REACH["moves"][1] == 2.0
    assert {name: each.under_fit for name, each in PARAMETERS.items() if each.under_fit != "stays"} == {
        "pause": "pauses",
        "rest": "rests",
        "change": "moves",
        **dict.fromkeys(("reps", "sets", "rounds", "cycles"), "counts"),
    }


def test_the_origins_in_their_order_are_those_of_the_text(tmp_path: Path) -> None:
    """The last of these that says anything: each place wins over all before it."""
    session = "lower-back-short"
    places = [
        ("yours for all", "all", None),
        ("yours", "pelvic-tuck", None),
        (f"yours for {session}", "all", session),
        (f"yours for {session}", "pelvic-tuck", session),
    ]
    assert (
        "what is built in, the script of the exercise, the session, yours for `all`, yours for the exercise"
        in WORDS
    )
    with Coach(pacing=tmp_path / "pacing.yaml") as coach:
        for rate, (origin, exercise, only_for) in enumerate(places, 140):
            coach.tune(exercise, {"rate": str(rate)}, only_for)
            (row,) = [row for row in coach.tuning_rows("pelvic-tuck", session) if row.name == "rate"]
            assert (row.value, row.origin) == (rate, origin)
