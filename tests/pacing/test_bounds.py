"""Bounds of every kind of value, on every way by which a value comes in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from voice_coach.batch.job import Job
from voice_coach.batch.worker import Worker
from voice_coach.coach import Coach
from voice_coach.core.errors import CoachError
from voice_coach.core.parameters import (
    EXPECTED,
    GENERAL,
    PARAMETERS,
    WIDEST,
    parse_setting,
    refusal,
    usual_bounds,
)
from voice_coach.core.units import LONGEST_PART_MS, MS_PER_HOUR, TooLong
from voice_coach.pacing.options import SessionOptions
from voice_coach.script.json_schema import DEFINITIONS

PRESS = """\
kind: exercise
id: press
title: Press
position: standing
tune:
  tempo: {default: 3-1-1}
  breath: {default: 4-0-6-0}
  hold: {default: 5s}
  reps: {default: 5}
steps:
  - {count: reps, tempo: tempo}
  - {breathe: breath, cycles: 2}
  - hold: hold
hurts: Stop.
"""
PRESSES = "kind: session\nid: presses\ntitle: Presses\nexercises:\n  - exercise: press\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "press.yaml").write_text(PRESS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _by_script(old: str, new: str) -> Callable[[str, str], str]:
    """A way in by a changed script."""

    def said(name: str, text: str) -> str:
        changed = PRESS.replace(old.format(name=name), new.format(name=name, text=text))
        assert changed != PRESS
        Path("press.yaml").write_text(changed, encoding="utf-8")
        return _told(lambda: Coach(notify=print).load("press.yaml"))

    return said


def _by_session(name: str, text: str) -> str:
    Path("presses.yaml").write_text(f"{PRESSES}    set: {{{name}: {text}}}\n", encoding="utf-8")
    return _told(lambda: Coach(notify=print).load("presses.yaml"))


def _by_command(name: str, text: str) -> str:
    with Coach(notify=print) as coach:
        session = coach.load("press.yaml")
        return _told(lambda: coach.prepare(session, SessionOptions(said={name: text})))


def _by_table(name: str, text: str) -> str:
    job = Job(file="a.wav", session="press.yaml", said={f"press.{name}": text})
    worker = Worker()
    try:
        return _told(lambda: worker.check(job, Path("out")))
    finally:
        worker.close()


def _by_tuning(name: str, text: str) -> str:
    with Coach(notify=print) as coach:
        return _told(lambda: coach.tune("press.yaml", {name: text}))


def _by_own_file(name: str, text: str) -> str:
    told: list[str] = []
    Path("own.yaml").write_text(f"kind: pacing\nexercises: {{press: {{{name}: {text}}}}}\n", encoding="utf-8")
    with Coach(pacing=Path("own.yaml"), notify=told.append) as coach:
        coach.prepare(coach.load("press.yaml"), SessionOptions())
    return "\n".join(told)


def _told(do: Callable[[], object]) -> str:
    with pytest.raises(CoachError) as raised:
        do()
    return str(raised.value)


WAYS: dict[str, Callable[[str, str], str]] = {
    "default": _by_script("  {name}: {{default: 3-1-1", "  {name}: {{default: {text}"),
    "max": _by_script("  {name}: {{default: 3-1-1", "  {name}: {{default: 3-1-1, max: {text}"),
    "literal": _by_script("tempo: {name}}}", "tempo: {text}}}"),
    "sets": _by_script("  - hold: hold", "  - {{sets: [{{{name}: {text}}}], steps: [Up.]}}\n  - hold: hold"),
    "fragment": _by_script(
        "  - hold: hold\n",
        "  - {{use: down, with: {{slow: {text}}}}}\nfragments:\n"
        "  down: {{parameters: {{slow: }}, steps: [{{count: 2, tempo: slow}}]}}\n",
    ),
    "session": _by_session,
    "--set": _by_command,
    "table": _by_table,
    "tune": _by_tuning,
    "own file": _by_own_file,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("place")
def test_a_date_for_a_tempo_is_refused_on_every_way_in(way: str) -> None:
    said = WAYS[way]("tempo", "2003-01-01")
    assert '"2003-01-01" has a part of 33m23s; each part may last 1m at most' in said
    assert "it looks like a date that a spreadsheet made of a value such as 3-1-1" in said


@pytest.mark.parametrize("way", ["session", "--set", "table", "tune", "own file"])
@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("hold", "01:30:00", "hold 01:30:00 is outside its bounds, 0s to 30m"),
        ("reps", "500", "reps 500 is outside its bounds, 1 to 200"),
        ("breath", "4-0-61-0", '"4-0-61-0" has a part of 1m1s; each part may last 1m at most'),
    ],
)
@pytest.mark.usefixtures("place")
def test_each_value_has_a_bound_where_its_script_says_none(way: str, name: str, text: str, told: str) -> None:
    said = WAYS[way](name, text)
    assert told in said
    assert ("a max: in press.yaml:" in said) == ("outside" in told)


@pytest.mark.parametrize(
    "text",
    ["2003-01-01", "2003-01-01 00:00:00", "01/03/2001", "3.1.2001", "03.01.", "03-Jan", "Jan 03", "3. März"],
)
def test_dates_that_spreadsheets_make_are_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)) as raised:
        parse_setting(text, "tempo")
    assert "spreadsheet" in refusal(text, "tempo", raised.value)[1]


@pytest.mark.parametrize("text", ["3", "3-1-1s", "five", "3-1-75", "3,1,1", "37622"])
def test_other_slips_are_not_taken_for_dates(text: str) -> None:
    with pytest.raises(ValueError, match=text) as raised:
        parse_setting(text, "tempo")
    assert "spreadsheet" not in refusal(text, "tempo", raised.value)[1]


def test_every_parameter_has_a_bound_of_its_own() -> None:
    for name, parameter in PARAMETERS.items():
        least, most = WIDEST[parameter.type]
        assert least <= usual_bounds(name, parameter.type)[1] <= most
        if parameter.type == "duration":
            assert parameter.most <= MS_PER_HOUR
    for general in GENERAL.values():
        assert general.minimum < general.default < general.maximum
    assert set(WIDEST) == set(EXPECTED)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10 * LONGEST_PART_MS), min_size=2, max_size=8).filter(any))
def test_a_pattern_with_a_part_longer_than_a_minute_is_refused(parts: list[int]) -> None:
    text = "-".join(f"{part / 1000:g}" for part in parts)
    if max(round(float(part) * 1000) for part in text.split("-")) > LONGEST_PART_MS:
        with pytest.raises(TooLong):
            parse_setting(text, "tempo")
    else:
        assert parse_setting(text, "tempo")


_PARTS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PARTS, min_size=2, max_size=5).map("-".join).filter(lambda text: re.search("[1-9]", text)))
def test_the_schema_takes_the_patterns_that_the_reader_takes(text: str) -> None:
    for type_ in ("tempo", "breath"):
        try:
            parse_setting(text, type_)
            read = True
        except ValueError:
            read = False
        fits = Draft7Validator(DEFINITIONS[f"{type_}_alone"]).is_valid(text)  # pyright: ignore[reportUnknownMemberType]
        # 60.5 and 007 are beyond what a schema needs to tell apart.
        assert fits == read or re.search(r"\b(60\.|0\d)", text)
