"""Timelines as text and as JSON, and the example of docs/timeline-json.md."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.fake_clips import library, timeline
from voice_coach.core.errors import Where
from voice_coach.core.timeline import Chapter, Event, Mark, Timeline
from voice_coach.reports.timeline_view import clock_ms, text_lines, timeline_json

PAGE = Path(__file__).parents[2] / "docs" / "timeline-json.md"


def _block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_documented_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sway.yaml").write_text(_block("yaml"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    made = timeline_json(timeline(library().session("sway.yaml")))
    assert made == json.loads(_block("json"))


@pytest.mark.parametrize("name", ["lower-back-relief", "lower-back-short"])
def test_every_key_and_kind_is_documented(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    made = timeline_json(timeline(library().session(name)))
    keys = {*made, *made["events"][0], *made["chapters"][0]} - {"start_ms", "end_ms"}
    kinds = {event["kind"] for event in made["events"]}
    assert {word for word in keys | kinds if f"`{word}`" not in page} == set()
    assert all(event.keys() == made["events"][0].keys() for event in made["events"])


def test_json_counts_from_the_start_of_the_session_and_chapters_have_no_gaps() -> None:
    made = timeline_json(timeline(library().session("lower-back-relief")))
    chapters = made["chapters"]
    assert chapters[0]["start_ms"] == 0
    assert chapters[-1]["end_ms"] == made["duration_ms"]
    for before, after in pairwise(chapters):
        assert before["end_ms"] == after["start_ms"]
    for event in made["events"]:
        home = next(each for each in chapters if each["start_ms"] <= event["start_ms"] < each["end_ms"])
        assert (home["exercise"], event["end_ms"] <= home["end_ms"]) == (event["exercise"], True)
    assert json.loads(json.dumps(made)) == made


def test_text_has_one_event_a_line_with_its_place() -> None:
    mark = Mark(where=Where("x.yaml", 3), set=2, rep=3, side="left")
    events = (
        Event(lane="action", kind="hold", start_ms=0, end_ms=5_250, mark=mark),
        Event(lane="sound", kind="sound", start_ms=0, end_ms=60, mark=Mark(where=mark.where), sound="tick"),
        Event(lane="speech", kind="prompt", start_ms=1_000, end_ms=2_500, mark=mark, text="Breathe."),
    )
    chapters = (
        Chapter(title="First", exercise="", duration_ms=60_000, events=()),
        Chapter(title="Second", exercise="second", duration_ms=5_250, events=events),
    )
    made = Timeline(session="s", title="Session", language="en", chapters=chapters)
    assert list(text_lines(made)) == [
        "Session  1:05",
        "",
        "00:00.000  First  1:00",
        "",
        "01:00.000  Second  0:05",
        "01:00.000    5.250  does   hold       -  (set 2, rep 3, left)",
        "01:00.000    0.060  sound  sound      tick",
        "01:01.000    1.500  says   prompt     Breathe.  (set 2, rep 3, left)",
    ]


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "00:00.000"), (187_250, "03:07.250"), (3_599_999, "59:59.999"), (3_600_000, "1:00:00.000")],
)
def test_clock(ms: int, text: str) -> None:
    assert clock_ms(ms) == text
