"""A value is changed in a pacing file, and nothing else: no comment, no order, no other value."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.errors import CoachError
from voice_coach.script.user_values import read_own_text
from voice_coach.script.yaml_edit import START, with_value, without_value

WRITTEN = """\
# For Ms Novak, from Iva
kind: pacing

all: {rate: 140, guidance: key}   # slowly

exercises:
    # the lower back
    pelvic-tuck: # prone
        hold: 45s   # not longer
        # fewer at first
        reps: 4
    # knees
    knee-slide: {hold: 7s}  # gently

    chair-breathing:
        breath: "6 per minute"
# the end of exercises
sessions:
    lower-back-short:
        pelvic-tuck: {reps: 2, hold: 40s}
# bye
"""

SET = {
    "in a block": (("exercises", "pelvic-tuck", "hold"), "50s", "        hold: 45s ", "        hold: 50s "),
    "in quotes": (
        ("exercises", "chair-breathing", "breath"),
        "5-0-5-0",
        'breath: "6 per minute"',
        "breath: 5-0-5-0",
    ),
    "in braces": (("all", "rate"), "150", "{rate: 140,", "{rate: 150,"),
    "new in a block": (
        ("exercises", "pelvic-tuck", "rest"),
        "20s",
        "        reps: 4\n",
        "        reps: 4\n        rest: 20s\n",
    ),
    "new in braces": (("exercises", "knee-slide", "reps"), "3", "{hold: 7s}", "{hold: 7s, reps: 3}"),
    "a new exercise": (
        ("exercises", "squats", "reps"),
        "9",
        'breath: "6 per minute"\n',
        'breath: "6 per minute"\n    squats: {reps: 9}\n',
    ),
    "a new session": (
        ("sessions", "morning", "squats", "reps"),
        "9",
        "hold: 40s}\n",
        "hold: 40s}\n    morning:\n        squats: {reps: 9}\n",
    ),
}


@pytest.mark.parametrize(("path", "value", "old", "new"), SET.values(), ids=SET)
def test_a_value_is_set(path: tuple[str, ...], value: str, old: str, new: str) -> None:
    assert WRITTEN.count(old) == 1
    assert with_value(WRITTEN, path, value) == WRITTEN.replace(old, new)


REMOVED = {
    "in a block": (("exercises", "pelvic-tuck", "reps"), "        reps: 4\n", ""),
    "in a block, with a comment": (
        ("exercises", "pelvic-tuck", "hold"),
        "        hold: 45s   # not longer\n",
        "        # not longer\n",
    ),
    "first in braces": (("sessions", "lower-back-short", "pelvic-tuck", "reps"), "reps: 2, ", ""),
    "last in braces": (("all", "guidance"), ", guidance: key", ""),
    "the only one of an exercise": (
        ("exercises", "chair-breathing", "breath"),
        '    chair-breathing:\n        breath: "6 per minute"\n',
        "",
    ),
    "the only one of an exercise, with a comment": (
        ("exercises", "knee-slide", "hold"),
        "    knee-slide: {hold: 7s}  # gently\n",
        "    knee-slide: {}  # gently\n",
    ),
    "a whole exercise": (
        ("exercises", "chair-breathing"),
        '    chair-breathing:\n        breath: "6 per minute"\n',
        "",
    ),
    "a whole exercise, with comments": (
        ("exercises", "pelvic-tuck"),
        "        hold: 45s   # not longer\n        # fewer at first\n        reps: 4\n",
        "        # not longer\n        # fewer at first\n",
    ),
    "the only one of all sessions": (
        ("sessions", "lower-back-short", "pelvic-tuck"),
        "sessions:\n    lower-back-short:\n        pelvic-tuck: {reps: 2, hold: 40s}\n",
        "",
    ),
}


@pytest.mark.parametrize(("path", "gone", "left"), REMOVED.values(), ids=REMOVED)
def test_a_value_is_taken_away(path: tuple[str, ...], gone: str, left: str) -> None:
    assert WRITTEN.count(gone) == 1
    assert without_value(WRITTEN, path) == WRITTEN.replace(gone, left)


ADVICE = """\
# For Ms Novak
kind: pacing
exercises:
  # her left knee: ask Dr. Huber first
  pelvic-tuck:
    # not longer, see the X-ray
    hold: 45s
"""


@pytest.mark.parametrize("path", [("exercises", "pelvic-tuck", "hold"), ("exercises", "pelvic-tuck")])
def test_advice_above_the_only_value_stays_and_so_does_its_place(path: tuple[str, ...]) -> None:
    without = without_value(ADVICE, path)
    assert without == ADVICE.replace("    hold: 45s\n", "")
    assert with_value(without, ("exercises", "pelvic-tuck", "hold"), "45s") == ADVICE
    # A value that has no comment takes its exercise with it, but not what stands around it.
    bare = ADVICE.replace("    # not longer, see the X-ray\n", "")
    assert without_value(bare, path) == bare.replace("  pelvic-tuck:\n    hold: 45s\n", "")


def test_what_is_not_there_is_not_taken_away() -> None:
    assert without_value(WRITTEN, ("exercises", "squats", "reps")) == WRITTEN
    assert without_value(WRITTEN, ("exercises", "pelvic-tuck", "rest")) == WRITTEN


@pytest.mark.parametrize(
    "text",
    [
        "kind: pacing\nexercises:  # none yet\n",
        "kind: pacing\nexercises: {}\n",
        "kind: pacing\nexercises: ~\n",
        "kind: pacing\nexercises:\n  squats:\n",
        "{kind: pacing}",
        "{kind: pacing,\n exercises: {squats: {hold: 5s, # long\n  rest: 3s}}}\n",
        "---\nkind: pacing\n...\n",
        "kind: pacing",
        "\ufeffkind: pacing\n".removeprefix("\ufeff"),
    ],
)
def test_however_it_is_written(text: str) -> None:
    changed = with_value(text, ("exercises", "squats", "reps"), "9")
    own, problems = read_own_text(changed, "pacing.yaml")
    assert own is not None
    assert not problems
    assert own.values_for("squats")["reps"].text == "9"
    assert [line for line in text.splitlines() if "#" in line] == [
        line for line in changed.splitlines() if "#" in line
    ] or "#" not in text
    back, _ = read_own_text(without_value(changed, ("exercises", "squats", "reps")), "pacing.yaml")
    assert back is not None
    assert "reps" not in back.values_for("squats")


def test_what_cannot_be_changed_safely_is_refused() -> None:
    text = "kind: pacing\nexercises:\n  squats:\n    hold: >\n      45s\n"
    with pytest.raises(CoachError, match="cannot be changed safely at exercises: squats: hold"):
        with_value(text, ("exercises", "squats", "hold"), "50s")


NAMES = st.sampled_from(["squats", "pelvic-tuck", "knee-slide", "x"])
PATHS = st.one_of(
    st.tuples(st.just("all"), st.sampled_from(["rate", "gap", "guidance"])),
    st.tuples(st.just("exercises"), NAMES, st.sampled_from(["hold", "reps", "rest"])),
    st.tuples(
        st.just("sessions"), st.sampled_from(["morning", "evening"]), NAMES, st.sampled_from(["hold", "reps"])
    ),
)
CHANGES = st.lists(st.tuples(PATHS, st.sampled_from([None, "45s", "1:30", "6 per minute", "4"])), max_size=12)


IN_BRACES = """\
kind: pacing
exercises: {squats: {hold: 5s, # long, and slow
  # or none
  rest: 3s}, x: {reps: 3 # few
  }} # all of it
sessions:
  # in the
  morning: # or later
    "squats":   # 'both' # sides
      hold:
        # half
        "45s # s"   # of it
      breath: >
        4-0-6-0 # no comment
"""


@given(CHANGES, st.sampled_from([START, WRITTEN, ADVICE, IN_BRACES]))
def test_any_changes_one_after_the_other(
    changes: list[tuple[tuple[str, ...], str | None]], text: str
) -> None:
    said = _values(text)
    comments = _comments(text)
    for path, value in changes:
        text = without_value(text, path) if value is None else with_value(text, path, value)
        said.pop(path, None)
        if value is not None:
            said[path] = value
    assert _values(text) == said
    assert _comments(text) == comments


def _comments(text: str) -> list[str]:
    """All comments in a text, however they are placed; no value here has a # but those that are set apart."""
    lines = (line for line in text.splitlines() if "no comment" not in line)
    return [comment.rstrip() for line in lines for comment in re.findall(r"#.*", line.replace("45s # s", ""))]


def _values(text: str) -> dict[tuple[str, ...], str]:
    own, problems = read_own_text(text, "pacing.yaml")
    assert own is not None
    assert problems == []
    found: dict[tuple[str, ...], str] = {}
    for session, by_exercise in ((None, own.exercises), *own.sessions.items()):
        for exercise, values in by_exercise.items():
            place = ("sessions", session) if session else () if exercise == "all" else ("exercises",)
            found |= {(*place, exercise, name): value.text for name, value in values.values.items()}
    return found
