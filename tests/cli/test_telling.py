"""What a person is told: on a terminal no word is torn apart, elsewhere a line is a line."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.command import voice_coach, words
from tests.support.terminal import terminal
from voice_coach.cli.console import wrapped

LINE = st.builds(
    "{}{}".format,
    st.sampled_from(["", "    "]),
    st.lists(st.text("abc-", min_size=1), min_size=1).map(" ".join),
)


@given(LINE, st.integers(1, 40))
def test_lines_are_as_long_as_they_may_be_and_no_word_is_lost(line: str, columns: int) -> None:
    told = wrapped(line, columns).split("\n")
    assert " ".join(part.strip() for part in told) == line.strip()
    assert all(len(part) <= columns or " " not in part.strip() for part in told)
    assert all(len(f"{part} {after.split()[0]}") > columns for part, after in pairwise(told))


def test_each_part_of_a_line_is_indented_as_the_line_is() -> None:
    assert wrapped("one two\n  three four five", 10) == "one two\n  three\n  four\n  five"


def test_the_lines_of_a_script_and_their_marks_stay() -> None:
    shown = "   14 |       hold: 60s and many more words\n      |       ^^^^ did you mean this one here?"
    assert wrapped(shown, 20) == shown
    assert wrapped("12 | 13", 6) == "12 | 13"


def test_where_nobody_knows_the_width_a_line_is_a_line() -> None:
    assert wrapped("one two", 0) == "one two"


@pytest.mark.skipif(sys.platform == "win32", reason="tmux is POSIX's")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "a-script-that-is-not-there-at-all.yaml"),
        ("tune", "pelvic-tuck", "hold=soon", "reps=a-few-times-if-you-please"),
        ("play", "--guidance", "everything-there-is-to-say"),
    ],
)
def test_no_word_is_torn_apart_on_a_terminal(arguments: tuple[str, ...], tmp_path: Path) -> None:
    told = voice_coach(*arguments, cwd=tmp_path).err
    assert max(map(len, told.splitlines())) > 50
    with terminal(words(*arguments), columns=50) as opened:
        screen = opened.wait_for(r"^\[exit \d\]$").partition("[exit")[0]
    assert screen.split() == told.split()
    assert max(map(len, screen.splitlines())) <= 50
