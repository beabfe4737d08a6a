"""The timelines of all shipped and example scripts, as text: one event a line, read and approved.

After a change that is meant: ``pytest tests/compiler/test_golden.py --regenerate-golden``, then read the
difference as the person on the mat would hear it.
"""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from tests.support import fake_clips as fakes
from voice_coach.core.parameters import parse_pace
from voice_coach.core.script import Guidance
from voice_coach.core.units import format_clock
from voice_coach.paths import shipped_scripts
from voice_coach.reports.timeline_view import chapter_lines, text_lines

GOLDEN = Path(__file__).parents[1] / "golden"

SHIPPED: list[tuple[str, Guidance]] = [
    ("lower-back-relief", "full"),
    ("lower-back-relief", "key"),
    ("lower-back-relief", "names"),
    ("lower-back-short", "full"),
]
PACES = {"calm": 0.75, "normal": 1.0, "brisk": 1.25}
PROGRAMMES = sorted(path for path in fakes.EXAMPLES.glob("*.yaml") if path.stem != "intervals")
EXERCISES = sorted(
    path
    for path in (*PROGRAMMES, *(shipped_scripts() / "exercises").glob("*.yaml"))
    if path.read_text(encoding="utf-8").count("\nkind: exercise\n")
)
"""Every exercise that is shipped or an example."""


def lengths_of(name: str) -> fakes.FakeLengths:
    """Of a session that comes with voice_coach those of its clips."""
    return fakes.PACKED if name.startswith("lower-back") else fakes.LENGTHS


def _compare(
    name: str,
    session: str,
    guidance: Guidance | None,
    request: pytest.FixtureRequest,
    speed: float | None = None,
) -> None:
    """As written in the script where ``guidance`` and ``speed`` are None."""
    timeline = fakes.timeline(
        fakes.library().session(session), guidance, speed=speed, lengths=lengths_of(session)
    )
    _compare_lines(name, list(text_lines(timeline)), request)


def _compare_lines(name: str, lines: list[str], request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"{name}.txt"
    if request.config.getoption("--regenerate-golden"):
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        return
    golden = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    difference = "\n".join(unified_diff(golden, lines, str(path.name), "now", lineterm="", n=1))
    assert not difference, f"the timeline has changed; if that is meant: --regenerate-golden\n{difference}"


@pytest.mark.parametrize(("session", "guidance"), SHIPPED)
def test_shipped_session(session: str, guidance: Guidance, request: pytest.FixtureRequest) -> None:
    _compare(f"{session}.{guidance}", session, guidance, request)


def test_short_session_as_it_is_played(request: pytest.FixtureRequest) -> None:
    _compare("lower-back-short", "lower-back-short", None, request)


@pytest.mark.parametrize("pace", PACES)
def test_paces_of_the_shipped_session(pace: str, request: pytest.FixtureRequest) -> None:
    assert parse_pace(pace) == PACES[pace]
    _compare(f"lower-back-relief.{pace}", "lower-back-relief", None, request, PACES[pace])


@pytest.mark.parametrize("path", PROGRAMMES, ids=lambda path: path.stem)
def test_example(path: Path, request: pytest.FixtureRequest) -> None:
    _compare(f"example.{path.stem}", str(path), None, request)


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_when_it_hurts(path: Path, request: pytest.FixtureRequest) -> None:
    """The way out of an exercise, and its easier variant if it has one, at few words and a brisk pace."""
    (plan,) = (
        plan
        for plan in fakes.plans(fakes.library().session(str(path)), "names", speed=PACES["brisk"])
        if plan.exercise
    )
    out = fakes.scheduled(plan.branches.way_out(True), title="Way out", pace=plan.pace)
    easier = (
        [fakes.scheduled(plan.branches.easier(), title="Easier", pace=plan.pace)]
        if plan.branches.has_easier
        else []
    )
    lines = [plan.title]
    for each in (out, *easier):
        chapter = each.chapter
        lines += ["", f"{chapter.title}  {format_clock(chapter.duration_ms)}", *chapter_lines(chapter)]
    _compare_lines(f"hurts.{path.stem}", lines, request)


def test_every_golden_file_is_compared() -> None:
    names = {f"{session}.{guidance}" for session, guidance in SHIPPED} | {"lower-back-short"}
    names |= {f"lower-back-relief.{pace}" for pace in PACES}
    names |= {f"example.{path.stem}" for path in PROGRAMMES}
    names |= {f"hurts.{path.stem}" for path in EXERCISES}
    assert {path.stem for path in GOLDEN.glob("*.txt")} == names


@pytest.mark.parametrize("guidance", ["full", "key", "names"])
@pytest.mark.parametrize("name", ["lower-back-relief", "lower-back-short", *map(str, PROGRAMMES)])
def test_shipped_scripts_and_examples_give_no_advice(name: str, guidance: Guidance) -> None:
    assert fakes.advice(fakes.library().session(name), guidance, lengths_of(name)) == []
