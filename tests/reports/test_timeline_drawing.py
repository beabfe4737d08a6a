"""Timelines drawn for the terminal."""

from __future__ import annotations

import pytest

from tests.support.paced_timelines import chapter, event, paced, shipped
from voice_coach.reports.timeline_view import (
    ACTION_SIGNS,
    GUTTER,
    SIGNS,
    StyledLine,
    comparison_drawing,
    drawing,
    scale,
)

WIDTHS = [80, 120]


def text_of(line: StyledLine) -> str:
    return "".join(text for text, _ in line)


def _lane(lines: list[str], lane: str) -> str:
    return "".join(line[GUTTER:] for line in lines if line[:GUTTER].strip() == lane)


def test_a_small_session_sign_by_sign() -> None:
    made = paced(
        chapter(
            "Stretch",
            60_000,
            event("sound", "sound", 0, 3_000, "bell"),
            event("speech", "prompt", 2_000, 4_500, "Hold."),
            event("action", "hold", 5_000, 15_000),
            event("action", "rest", 15_000, 20_000),
            event("action", "inhale", 20_000, 22_000),
            event("action", "exhale", 22_000, 25_000),
        )
    )
    assert [text_of(line) for line in drawing(made, 40)] == [
        "Session  1:00  plain",
        "",
        "Stretch  1:00",
        "speech 4 %, longest quiet 56s from 0:05, fullest minute from 0:02 (1 word)",
        "        ╷0:00          ╷0:15",
        "speech    ██▄                           ",
        "sound   •──                             ",
        "action       ██████████░░░░░╱╱╲╲╲       ",  # noqa: RUF001  (drawn)
        "                     ╷0:45",
        "speech                              ",
        "action                              ",
        "",
        "speech ▁ little █ much   • sound   █ hold   ░ rest   ╱ inhale   ╲ exhale   ",  # noqa: RUF001  (drawn)
        "one column is 1s; every event in words: --text",
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["lower-back-relief", "lower-back-short"])
def test_a_session_is_folded_to_the_width_and_short(name: str, width: int) -> None:
    made = shipped(name)
    lines = [text_of(line) for line in drawing(made, width)]
    lanes = [line for line in lines if line[:GUTTER].strip() in ("speech", "sound", "action")]
    assert max(map(len, lanes)) == width
    assert len(lines) < 75
    for each in made.timeline.chapters:
        assert any(line.startswith(each.title) for line in lines)


@pytest.mark.parametrize("width", [0, 40, 80, 120, 400])
def test_every_column_is_drawn_once(width: int) -> None:
    made = shipped("lower-back-relief")
    lines = [text_of(line) for line in drawing(made, width)]
    scale_ms = scale(made.timeline.chapters, max(width, 40) - GUTTER)
    columns = sum(-(-each.duration_ms // scale_ms) for each in made.timeline.chapters)
    assert len(_lane(lines, "speech")) == len(_lane(lines, "action")) == columns


def test_every_kind_has_a_sign_and_no_sign_is_unknown() -> None:
    made = shipped("lower-back-relief")
    lines = [text_of(line) for line in drawing(made, 120)]
    kinds = {e.kind for c in made.timeline.chapters for e in c.events if e.lane == "action"}
    for kind in kinds:
        assert ACTION_SIGNS[kind] in _lane(lines, "action")
        assert any(f"{ACTION_SIGNS[kind]} {kind}" in line for line in lines)
    drawn = {sign for lane in ("speech", "sound", "action") for sign in _lane(lines, lane)} - {" "}
    assert drawn <= set(SIGNS)
    assert len(set(ACTION_SIGNS.values())) == len(ACTION_SIGNS)


def test_times_along_the_top_stand_at_their_column() -> None:
    made = shipped("lower-back-relief")
    scale_ms = scale(made.timeline.chapters, 72)
    lines = [text_of(line) for line in drawing(made, 80)]
    start = made.timeline.starts_ms()[1]
    axis = lines[lines.index(next(line for line in lines if line.startswith("Pelvic tuck"))) + 3]
    column = axis.index("╷") - GUTTER
    minutes, seconds = axis[GUTTER + column + 1 :].split()[0].split(":")
    assert 0 <= (int(minutes) * 60 + int(seconds)) * 1000 - start - column * scale_ms < scale_ms


def test_more_speech_is_drawn_higher() -> None:
    made = paced(
        chapter("A", 80_000, *(event("speech", "prompt", n * 1000, n * 1125, "x") for n in range(9)))
    )
    drawn = _lane([text_of(line) for line in drawing(made, 50)], "speech")
    assert sorted(drawn[1:9]) == list(drawn[1:9])
    assert drawn[8] == "█"


def test_hours_and_moments_are_drawn_too() -> None:
    for duration_ms in (1, 300, 8 * 3_600_000):
        hold = event("action", "hold", 0, duration_ms)
        lines = [text_of(line) for line in drawing(paced(chapter("Long", duration_ms, hold)), 80)]
        assert len(lines) < 40
        assert "█" in _lane(lines, "action")


def test_titles_do_not_steer_the_terminal() -> None:
    made = paced(chapter("\x1b]0;gone\x07", 1_000), title="\x1b[2J", name="\x9b31m")
    text = "\n".join(text_of(line) for line in drawing(made, 80))
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_two_pacings_one_above_the_other_in_one_scale(width: int) -> None:
    full, key = shipped("lower-back-relief"), shipped("lower-back-relief", "key", called="guidance key")
    lines = [text_of(line) for line in comparison_drawing(full, key, width)]
    scale_ms = max(scale(each.timeline.chapters, width - GUTTER) for each in (full, key))
    columns = sum(-(-each.duration_ms // scale_ms) for made in (full, key) for each in made.timeline.chapters)
    assert len(_lane(lines, "speech")) == columns
    assert sum(line.startswith("A ") for line in lines) >= sum(line.startswith("B ") for line in lines) >= 5
    assert "Pelvic tuck  A 10:38  B 8:30" in lines


def test_a_part_that_one_lacks_is_drawn_once() -> None:
    first = paced(chapter("One", 5_000), chapter("Two", 5_000))
    lines = [text_of(line) for line in comparison_drawing(first, paced(chapter("Two", 5_000)), 80)]
    assert "One  A 0:05  B –" in lines
    assert "Two  A 0:05  B 0:05" in lines
